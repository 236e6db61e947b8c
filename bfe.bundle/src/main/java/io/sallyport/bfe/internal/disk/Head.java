package io.sallyport.bfe.internal.disk;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The header of a revision. Formats: 1 has neither owners nor access entries nor options of the engine, which then are the
 * default ones; the next commit writes all records anew, in format 2.
 *
 * @param format of its records
 * @param sequence counts revisions, from 1; 0 before the first one
 * @param before hash of the revision before it; empty for the first one
 * @param hash over all records
 */
record Head(int format, long sequence, String before, String hash) {

    /** What this version writes. */
    static final int FORMAT = 2;

    /** The first format that knows security information. */
    static final int FORMAT_WITH_SECURITY = 2;

    private static final int FIRST_FORMAT = 1;

    /** Before the first revision. */
    static final Head NONE = new Head(Head.FORMAT, 0, "", "");

    Head next(SortedMap<String, byte[]> records) {
        return new Head(FORMAT, sequence + 1, hash, hashOf(records));
    }

    Seal seal() {
        return new Seal(sequence, hash);
    }

    byte[] encode() {
        return new RecordWriter()
                .i32(FORMAT)
                .i64(sequence)
                .text(before)
                .text(hash)
                .done();
    }

    static Head decode(byte[] record) throws StoreDamagedException {
        RecordReader in = new RecordReader(record);
        int format = in.i32();
        if (format < FIRST_FORMAT || format > FORMAT) {
            throw new StoreDamagedException(
                    "it is of format " + format + ", this version reads formats " + FIRST_FORMAT + " to " + FORMAT);
        }
        Head head = new Head(format, in.i64(), in.text(), in.text());
        in.end();
        return head;
    }

    /** Refuses records that are not this revision's, and a revision that is older than the newest one. */
    void check(SortedMap<String, byte[]> records, @Nullable Seal seal) throws StoreDamagedException {
        if (sequence == 0 ? !records.isEmpty() : !hash.equals(hashOf(records))) {
            throw new StoreDamagedException("its records are not those of its last revision");
        }
        if (seal == null) {
            // The first commit may have been cut off before its seal was in place.
            if (sequence > 1) {
                throw new StoreDamagedException("its seal policy.seal is missing");
            }
            return;
        }
        boolean isSealed = seal.sequence() == sequence && seal.hash().equals(hash);
        boolean isOneAhead = seal.sequence() == sequence - 1 && seal.hash().equals(before);
        if (!isSealed && !isOneAhead) {
            throw new StoreDamagedException("it holds revision " + sequence + ", but the newest one is "
                    + seal.sequence() + ": its end is damaged or cut off");
        }
    }

    private static String hashOf(Map<String, byte[]> records) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            records.forEach((key, record) -> {
                byte[] name = key.getBytes(StandardCharsets.UTF_8);
                digest.update(new RecordWriter().blob(name).blob(record).done());
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
