package io.sallyport.port.pcap;

import io.sallyport.stack.port.CaptureFiles.UnreadableCaptureException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What libpcap reads in place of a capture: the file itself, or a copy of its frames in a form that
 * libpcap can read: decompressed, and pcap in place of pcapng.
 *
 * @param readable what libpcap is to read
 * @param isCopy the reader deletes it
 * @param damage why the copy is not complete, or null
 * @param otherLinkTypes which frames of the copy are of another link type than the first Ethernet interface, from 0
 */
record CaptureInput(Path readable, boolean isCopy, @Nullable String damage, BitSet otherLinkTypes) {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] PCAPNG_MAGIC = {0x0a, 0x0d, 0x0d, 0x0a};

    /** Checks the file and copies it if it is compressed or pcapng. */
    static CaptureInput prepare(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new UnreadableCaptureException(file + ": no such file; check the path");
        }
        if (Files.isDirectory(file)) {
            throw new UnreadableCaptureException(file + ": is a folder; name the captures in it");
        }
        if (!Files.isRegularFile(file)) {
            throw new UnreadableCaptureException(file + ": is no regular file; copy the capture into one first");
        }
        if (!Files.isReadable(file)) {
            throw new UnreadableCaptureException(file + ": may not be read; check its permissions");
        }
        if (Files.size(file) == 0) {
            throw new UnreadableCaptureException(file + ": is empty; even a capture without frames has a header");
        }
        try {
            return isPlain(file) ? new CaptureInput(file, false, null, new BitSet()) : convert(file);
        } catch (AccessDeniedException e) {
            throw new UnreadableCaptureException(file + ": may not be read; check its permissions");
        }
    }

    /** Deletes the copy, if there is one. An open copy stays readable. */
    void deleteCopy() {
        if (isCopy) {
            delete(readable);
        }
    }

    /** Anything but gzip and pcapng goes to libpcap as it is. */
    private static boolean isPlain(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(4);
            return !startsWith(start, GZIP_MAGIC) && !startsWith(start, PCAPNG_MAGIC);
        }
    }

    private static boolean startsWith(byte[] start, byte[] magic) {
        return start.length >= magic.length && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
    }

    private static CaptureInput convert(Path file) throws IOException {
        Path copy = Files.createTempFile("sallyport-", ".pcap");
        boolean isDone = false;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy), BUFFER_BYTES)) {
            BitSet otherLinkTypes = new BitSet();
            String damage = copy(file, out, otherLinkTypes);
            isDone = true;
            return new CaptureInput(copy, true, damage, otherLinkTypes);
        } finally {
            if (!isDone) {
                delete(copy);
            }
        }
    }

    /** Copies as much as can be read; says why if that is not all. */
    private static @Nullable String copy(Path file, OutputStream out, BitSet otherLinkTypes) throws IOException {
        boolean isGzip = false;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            isGzip = startsWith(peek(raw, 4), GZIP_MAGIC);
            if (!isGzip) {
                return PcapngCopy.copy(raw, out, otherLinkTypes);
            }
            InputStream in = new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
            if (startsWith(peek(in, 4), PCAPNG_MAGIC)) {
                return PcapngCopy.copy(in, out, otherLinkTypes);
            }
            in.transferTo(out);
            return null;
        } catch (EOFException e) {
            return isGzip ? "its compressed data is cut" : "is cut";
        } catch (ZipException e) {
            return "its compressed data is damaged (" + e.getMessage() + ")";
        }
    }

    /** The first bytes, which stay to be read. */
    private static byte[] peek(InputStream in, int length) throws IOException {
        in.mark(length);
        byte[] start = in.readNBytes(length);
        in.reset();
        return start;
    }

    private static void delete(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            copy.toFile().deleteOnExit();
        }
    }
}
