package io.sallyport.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A fresh temporary directory that is gone after {@link #close()}. */
final class WorkDir implements AutoCloseable {
    private final Path path;

    private WorkDir(Path path) {
        this.path = path;
    }

    static WorkDir create() throws IOException {
        return new WorkDir(Files.createTempDirectory("sallyport-"));
    }

    Path path() {
        return path;
    }

    /** Deletes what can be deleted; may be called again, also from another thread. */
    @Override
    public synchronized void close() {
        for (Path file : deepestFirst()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException left) {
                // a left-over in the temp directory is no reason to change the exit code
            }
        }
    }

    private List<Path> deepestFirst() {
        try (Stream<Path> files = Files.walk(path)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException alreadyGone) {
            return List.of();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }
}
