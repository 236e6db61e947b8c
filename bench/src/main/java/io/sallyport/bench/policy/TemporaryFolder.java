package io.sallyport.bench.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder on the disk that is to be measured, gone with all that is in it when it is closed. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    /**
     * Makes one.
     *
     * @param parent where; null: in the current folder
     * @param prefix what its name begins with
     * @throws IOException if it cannot be made
     */
    public TemporaryFolder(@Nullable Path parent, String prefix) throws IOException {
        path = Files.createTempDirectory(parent == null ? Path.of("").toAbsolutePath() : parent, prefix);
    }

    /**
     * Where it is.
     *
     * @return an absolute path, if the parent's was one
     */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(path)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
