package io.sallyport.bfe.internal;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.bfe.internal.session.BfeImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A base filtering engine with a fake filter engine, and ways to feed it policy files. */
public final class Bench {
    private static final long HOUR_MS = 3_600_000;

    public final FakeEngine engine = new FakeEngine();
    public final BfeImpl bfe;
    private final Path folder;

    public Bench(Path folder) {
        this(folder, null, HOUR_MS);
    }

    public Bench(Path folder, TestBench tests, long holdLimitMs) {
        this.folder = folder;
        this.bfe = new BfeImpl(engine, holdLimitMs, it -> new PolicyFilesImpl(it, () -> tests));
    }

    public PolicyReport apply(String yaml) {
        try {
            return bfe.policyFiles().apply(write(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public PolicyReport validate(String yaml) {
        try {
            return bfe.policyFiles().validate(write(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path write(String yaml) throws IOException {
        Path file = Files.createTempFile(folder, "policy", ".yaml");
        return Files.writeString(file, yaml);
    }
}
