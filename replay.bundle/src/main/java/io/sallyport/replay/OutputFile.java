package io.sallyport.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that is there when it is complete, and not before: written under another name and renamed at the end. A device or
 * pipe gets the contents at the end.
 */
final class OutputFile implements AutoCloseable {
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Path target;
    private final Path temporary;
    private final boolean isRegular;

    private OutputFile(Path target, Path temporary, boolean isRegular) {
        this.target = target;
        this.temporary = temporary;
        this.isRegular = isRegular;
    }

    /** Prepares a file, and the folders that it is to lie in. */
    static OutputFile prepare(Path file) throws ReplayException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Path temporary = Files.createTempFile("sallyport-", ".part");
                return new OutputFile(file, temporary, false).deletedAtExit();
            }
            // Through a link, so that its target is replaced and not the link.
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.resolveSibling(".");
            Files.createDirectories(folder.normalize());
            String name = ".sallyport-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".part";
            return new OutputFile(target, target.resolveSibling(name), true).deletedAtExit();
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    static ReplayException cannotWrite(Path file, IOException e) {
        return new ReplayException(ExitCode.FAILED, "cannot write " + file + ": " + Reasons.of(e), e);
    }

    /** Where to write. */
    Path temporary() {
        return temporary;
    }

    Path target() {
        return target;
    }

    /** The file is complete. */
    void commit() throws ReplayException {
        try {
            if (isRegular) {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                try (var out = Files.newOutputStream(target, StandardOpenOption.WRITE)) {
                    Files.copy(temporary, out);
                }
            }
        } catch (IOException e) {
            throw cannotWrite(target, e);
        }
    }

    /** Deletes what was not committed. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // it is deleted at exit, or somebody took the folder away
        }
    }

    /** For the process that is stopped by a signal. */
    private OutputFile deletedAtExit() {
        temporary.toFile().deleteOnExit();
        return this;
    }
}
