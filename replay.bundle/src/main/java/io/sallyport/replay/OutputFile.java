package io.sallyport.replay;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
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

    /** As the user named it. */
    private final Path named;

    private final Path target;
    private final Path temporary;
    private final boolean isRegular;

    private OutputFile(Path named, Path target, Path temporary, boolean isRegular) {
        this.named = named;
        this.target = target;
        this.temporary = temporary;
        this.isRegular = isRegular;
    }

    /** Prepares a file, and the folders that it is to lie in. */
    static OutputFile prepare(Path file) throws ReplayException {
        try {
            if (isDevice(file)) {
                Path temporary = Files.createTempFile("sallyport-", ".part");
                return new OutputFile(file, file, temporary, false).deletedAtExit();
            }
            // Through a link, so that its target is replaced and not the link.
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.resolveSibling(".");
            Files.createDirectories(folder.normalize());
            String name = ".sallyport-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".part";
            return new OutputFile(file, target, target.resolveSibling(name), true).deletedAtExit();
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** Not to be replaced by a file: a device, a pipe, or what {@code /dev/stdout} stands for. */
    static boolean isDevice(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return (Files.exists(file) && !Files.isRegularFile(file))
                || absolute.startsWith("/dev/stdout")
                || absolute.startsWith("/dev/stderr")
                || absolute.startsWith("/dev/fd")
                || absolute.startsWith("/proc");
    }

    /** Writing failed; the reason may name the file that was written in place of this one. */
    ReplayException failed(IOException e) {
        String reason = Reasons.of(e);
        String prefix = "cannot write " + temporary + ": ";
        String rest = reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason;
        return new ReplayException(ExitCode.FAILED, "cannot write " + named + ": " + rest, e);
    }

    static ReplayException cannotWrite(Path file, IOException e) {
        return new ReplayException(ExitCode.FAILED, "cannot write " + file + ": " + Reasons.of(e), e);
    }

    /** Where to write. */
    Path temporary() {
        return temporary;
    }

    /** The file is complete. */
    void commit() throws ReplayException {
        try {
            if (isRegular) {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                copyToDevice();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** What stdout stands for may be a file that has a place to write at, which a second opening would not share. */
    private void copyToDevice() throws IOException {
        if (target.toAbsolutePath().normalize().startsWith("/dev/stdout")) {
            System.out.flush();
            Files.copy(temporary, new FileOutputStream(FileDescriptor.out));
            return;
        }
        try (var out = Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            Files.copy(temporary, out);
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
