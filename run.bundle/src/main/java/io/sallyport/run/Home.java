package io.sallyport.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a home ready: its folders, the configuration that is shipped, and room to write. Never overwrites anything. */
final class Home {
    /** Enough for the store, a log and a plug-in; less is a disk that is about to be full. */
    static final long LEAST_FREE_BYTES = 8L << 20;

    private static final List<String> FOLDERS = List.of("etc", "plugins", "store", "log");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final FreeSpace freeSpace;

    /** @param freeSpace how many bytes may be written below a folder */
    Home(Path path, FreeSpace freeSpace) {
        this.path = path;
        this.freeSpace = freeSpace;
    }

    /** How many bytes the operating system lets us write. */
    static long usableBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /**
     * Makes what is missing, claims the home for this process and fills in the shipped configuration.
     *
     * @param shipped file name to content of {@code etc}
     * @return to be closed when the home is used no more
     */
    HomeLock claim(Map<String, Content> shipped) throws RunException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new RunException(ExitCode.FAILED, "home " + path + " is a file; choose another --home");
        }
        HomeLock lock = null;
        try {
            Files.createDirectories(path);
            makeRunFolder();
            lock = HomeLock.take(path);
            checkRoom();
            for (String folder : FOLDERS) {
                Files.createDirectories(path.resolve(folder));
            }
            probe();
            for (Map.Entry<String, Content> file : shipped.entrySet()) {
                copy(file.getValue(), path.resolve("etc").resolve(file.getKey()));
            }
            return lock;
        } catch (IOException e) {
            release(lock);
            throw explain(e);
        } catch (RunException | RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static void release(@org.jspecify.annotations.Nullable HomeLock lock) {
        if (lock != null) {
            lock.close();
        }
    }

    /** The control socket is in there: who reaches the folder reaches the gateway. */
    private void makeRunFolder() throws IOException {
        Path run = path.resolve("run");
        if (!Files.isDirectory(run)) {
            Files.createDirectories(run, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        Files.setPosixFilePermissions(run, OWNER_ONLY);
    }

    private void checkRoom() throws IOException, RunException {
        long free = freeSpace.bytes(path);
        if (free < LEAST_FREE_BYTES) {
            throw new RunException(
                    ExitCode.FAILED,
                    "the disk of home " + path + " is full: " + (free >> 10) + " KiB are free, the gateway needs "
                            + (LEAST_FREE_BYTES >> 20) + " MiB; make room or choose another --home");
        }
    }

    /** The store is what must be written while the gateway runs, so that is where it is tried. */
    private void probe() throws IOException {
        Path file = path.resolve("store").resolve("probe.tmp");
        Files.write(file, new byte[4096]);
        Files.delete(file);
    }

    private static void copy(Content content, Path to) throws IOException {
        if (Files.exists(to)) {
            return;
        }
        // By a temporary name: a process that is killed here must not leave half a policy behind.
        Path temporary = to.resolveSibling(to.getFileName() + ".tmp");
        try (InputStream in = content.open()) {
            Files.write(temporary, in.readAllBytes());
        }
        Files.move(temporary, to);
    }

    private RunException explain(IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : String.valueOf(e.getMessage());
        if (e instanceof AccessDeniedException || reason.contains("Operation not permitted")) {
            return new RunException(
                    ExitCode.DENIED,
                    "home " + path + " may not be written by this user (" + place(e)
                            + "); run as root or choose another --home");
        }
        if (reason.contains("No space left") || reason.contains("quota")) {
            return new RunException(
                    ExitCode.FAILED, "the disk of home " + path + " is full; make room or choose another --home");
        }
        return new RunException(
                ExitCode.FAILED, "home " + path + " cannot be used: " + reason + "; choose another --home");
    }

    private String place(IOException e) {
        return e instanceof FileSystemException system && system.getFile() != null ? system.getFile() : path.toString();
    }

    /** How many bytes may be written below a folder. */
    @FunctionalInterface
    interface FreeSpace {
        long bytes(Path folder) throws IOException;
    }

    /** A file that is shipped. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }
}
