package io.sallyport.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fresh temporary directory that is gone after {@link #close()}. Its name holds the number of its process: what a killed
 * process could not delete, the next one does.
 */
final class WorkDir implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("sallyport-(\\d{1,9})-\\d+");

    private final Path path;

    private WorkDir(Path path) {
        this.path = path;
    }

    static WorkDir create() throws IOException {
        WorkDir fresh = new WorkDir(
                Files.createTempDirectory("sallyport-" + ProcessHandle.current().pid() + "-"));
        forgetTheDead(Path.of(System.getProperty("java.io.tmpdir")));
        return fresh;
    }

    /** Deletes what processes left behind that do not exist any more; what belongs to another user stays. */
    static void forgetTheDead(Path temp) {
        try (Stream<Path> entries = Files.list(temp)) {
            for (Path entry : entries.filter(WorkDir::isOrphaned).toList()) {
                new WorkDir(entry).close();
            }
        } catch (IOException | UncheckedIOException unreadable) {
            // tidying up for others is a courtesy
        }
    }

    private static boolean isOrphaned(Path entry) {
        Matcher name = NAME.matcher(String.valueOf(entry.getFileName()));
        return name.matches()
                && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
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
