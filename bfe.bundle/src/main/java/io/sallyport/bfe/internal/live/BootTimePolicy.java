package io.sallyport.bfe.internal.live;

import io.sallyport.engine.api.BootPolicyFile;
import io.sallyport.engine.api.PolicyImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The boot-time policy on disk, {@code boot.bin}: written when the boot-time filters of a commit are others than those in
 * the file. For one thread at a time.
 */
final class BootTimePolicy {
    private final Supplier<@Nullable BootPolicyFile> format;
    private final Path file;
    private final Path previous;
    private @Nullable String revision;

    /** Undoes a write that belongs to a commit that failed after it. */
    interface Undo {
        /** Puts the file back as it was. */
        void run() throws IOException;
    }

    BootTimePolicy(Supplier<@Nullable BootPolicyFile> format, Path file) {
        this.format = format;
        this.file = file;
        this.previous = file.resolveSibling(file.getFileName() + ".previous");
    }

    Path file() {
        return file;
    }

    boolean isThere() {
        return Files.exists(file);
    }

    /** Learns what the file holds. */
    void read() throws IOException {
        revision = format().read(file).revision();
    }

    /** Replaces the file, unless it holds this policy. */
    Undo write(PolicyImage image) throws IOException {
        String before = revision;
        if (image.revision().equals(before)) {
            return () -> {};
        }
        boolean wasThere = isThere();
        if (wasThere) {
            Files.copy(file, previous, StandardCopyOption.REPLACE_EXISTING);
        }
        format().write(file, image);
        revision = image.revision();
        return () -> {
            revision = before;
            if (wasThere) {
                Files.move(previous, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.deleteIfExists(file);
            }
        };
    }

    /** The commit is safe: what was there before is not needed any more. */
    void settle() throws IOException {
        Files.deleteIfExists(previous);
    }

    private BootPolicyFile format() throws IOException {
        BootPolicyFile now = format.get();
        if (now == null) {
            throw new IOException("the filter engine's bundle is away");
        }
        return now;
    }
}
