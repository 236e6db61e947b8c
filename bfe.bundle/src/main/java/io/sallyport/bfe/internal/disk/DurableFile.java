package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces small files so that a crash leaves the old one or the new one, whole. */
public final class DurableFile {

    private DurableFile() {}

    /**
     * Replaces a file, or makes it.
     *
     * @param file its folder is there
     * @param text what it holds from then on
     * @param charset how it is written
     * @throws IOException if that fails: the old file is there still
     */
    public static void replace(Path file, String text, Charset charset) throws IOException {
        place(prepare(file, text, charset), file);
    }

    /** Writes what a file is to hold under a temporary name beside it, durably. */
    static Path prepare(Path file, String text, Charset charset) throws IOException {
        Path prepared = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                prepared, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(charset));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return prepared;
    }

    /** Puts what was prepared in place, durably. */
    static void place(Path prepared, Path file) throws IOException {
        Files.move(prepared, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder)) {
                channel.force(true);
            }
        }
    }
}
