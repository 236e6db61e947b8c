package io.sallyport.engine.internal.boot;

import io.sallyport.engine.api.BootPolicyFile;
import io.sallyport.engine.api.PolicyImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.osgi.service.component.annotations.Component;

/**
 * The file, big-endian: the eight bytes {@code SALYBOOT}, format version (int), length of the image (int), the image as
 * {@link ImageWriter} writes it, SHA-256 over all before. A checksum against accidents, not against whoever may write the
 * store. One writer at a time, by this object's monitor; readers need none, since a file is only ever replaced.
 */
@Component(service = BootPolicyFile.class)
public final class BootPolicyFileComponent implements BootPolicyFile {
    private static final byte[] MAGIC = "SALYBOOT".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = MAGIC.length + 2 * Integer.BYTES;
    private static final int DIGEST_BYTES = 32;
    private static final long MOST_BYTES = 1L << 30;

    @Override
    public PolicyImage read(Path file) throws IOException {
        return read(file, bytes(file));
    }

    /**
     * Reads what is in a file.
     *
     * @param file for messages
     * @param bytes all of it
     */
    static PolicyImage read(Path file, byte[] bytes) throws IOException {
        if (bytes.length < HEADER_BYTES || !Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)) {
            throw refused(file, "is no boot-time policy: it does not begin with a whole header");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).position(MAGIC.length);
        int version = in.getInt();
        if (version != VERSION) {
            throw refused(
                    file,
                    "is of format version " + Integer.toUnsignedString(version) + ", but this version reads "
                            + VERSION);
        }
        int length = in.getInt();
        long wanted = (long) HEADER_BYTES + length + DIGEST_BYTES;
        if (length < 0 || wanted != bytes.length) {
            throw refused(file, "is damaged: it has " + bytes.length + " bytes, but should have " + wanted);
        }
        int end = HEADER_BYTES + length;
        byte[] digest = digest(bytes, end);
        if (!Arrays.equals(digest, 0, DIGEST_BYTES, bytes, end, bytes.length)) {
            throw refused(file, "is damaged: its checksum does not match");
        }
        try {
            return ImageReader.read(in.slice(HEADER_BYTES, length));
        } catch (RuntimeException e) {
            throw new IOException("boot-time policy " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw refused(file, "is damaged: no policy takes " + size + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (FileSystemException e) {
            throw new IOException("boot-time policy " + file + " cannot be read: " + reason(e), e);
        }
    }

    @Override
    public synchronized void write(Path file, PolicyImage image) throws IOException {
        byte[] bytes;
        try {
            bytes = bytes(image);
        } catch (IllegalArgumentException e) {
            throw new IOException("boot-time policy " + file + " cannot be written: " + e.getMessage(), e);
        }
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(target);
        } catch (IOException e) {
            throw failed(file, temporary, e);
        }
    }

    /** What a file of an image holds. */
    static byte[] bytes(PolicyImage image) {
        byte[] content = ImageWriter.write(image);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + content.length + DIGEST_BYTES);
        out.put(MAGIC).putInt(VERSION).putInt(content.length).put(content);
        return out.put(digest(out.array(), out.position())).array();
    }

    /** The rename is lasting only when the folder is on disk, too. */
    private static void forceFolder(Path target) throws IOException {
        Path folder = target.getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static IOException failed(Path file, Path temporary, IOException cause) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new IOException("boot-time policy " + file + " cannot be written: " + reason(cause), cause);
    }

    /** Without the path, which the message has already. */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private static IOException refused(Path file, String what) {
        return new IOException("boot-time policy " + file + " " + what);
    }

    private static byte[] digest(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
