package io.sallyport.bfe.internal.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the newest revision in the store is. An MVStore whose end is damaged opens at an older revision without a word; the
 * seal, a file of its own beside it, tells. A commit writes the new seal under another name before, and renames it after the
 * store has its revision on disk, so the seal is at most one revision behind.
 *
 * @param sequence number of the revision; counts from 1
 * @param hash over all records of the revision, in hexadecimal
 */
record Seal(long sequence, String hash) {
    private static final Pattern FORMAT =
            Pattern.compile("sallyport-store 1 ([0-9]{1,18}) ([0-9a-f]{64}) ([0-9a-f]{8})\n");
    private static final int MAX_LENGTH = 256;

    /** Reads a seal; null if there is none. */
    static @Nullable Seal read(Path file) throws IOException {
        String text;
        try {
            if (Files.size(file) > MAX_LENGTH) {
                throw new StoreDamagedException("its seal " + file.getFileName() + " is damaged");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return null;
        }
        Matcher parts = FORMAT.matcher(text);
        Seal seal = parts.matches() ? new Seal(Long.parseLong(parts.group(1)), parts.group(2)) : null;
        if (seal == null || !seal.text().equals(text)) {
            throw new StoreDamagedException("its seal " + file.getFileName() + " is damaged");
        }
        return seal;
    }

    /** Writes a seal under a temporary name, durably; {@link DurableFile#place} puts it in place. */
    Path prepare(Path file) throws IOException {
        return DurableFile.prepare(file, text(), StandardCharsets.ISO_8859_1);
    }

    private String text() {
        String body = "sallyport-store 1 " + sequence + " " + hash + " ";
        CRC32C checksum = new CRC32C();
        checksum.update(body.getBytes(StandardCharsets.ISO_8859_1));
        return body + String.format("%08x", checksum.getValue()) + "\n";
    }
}
