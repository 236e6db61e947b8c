package io.sallyport.bench;

import io.sallyport.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all measurements have in common: where the document goes, progress on stderr, the exit code. */
public abstract class BenchCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int NEGATIVE = 1;

    @Option(names = "--out", paramLabel = "FILE", description = "Writes the JSON to a file, too.")
    private @Nullable Path out;

    /**
     * Measures.
     *
     * @param report gets the figures and floors
     * @throws Exception whatever keeps it from measuring, in words for people
     */
    protected abstract void measure(Report report) throws Exception;

    @Override
    public final Integer call() throws Exception {
        checkOut();
        Report report = new Report(List.of(Bench.commandLine()));
        measure(report);
        String json = report.toJson();
        System.out.print(json);
        System.out.flush();
        if (out != null) {
            Files.writeString(out, json);
        }
        return report.isPassed() ? OK : NEGATIVE;
    }

    /** Before minutes of measuring, not after. */
    private void checkOut() throws IOException {
        Path file = out;
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
                throw new IOException("--out " + file + ": no file can be there; name one in a folder that exists");
            }
        }
    }

    /**
     * Tells people how far it is.
     *
     * @param line one line
     */
    protected static void progress(String line) {
        System.err.println("bench: " + line);
    }
}
