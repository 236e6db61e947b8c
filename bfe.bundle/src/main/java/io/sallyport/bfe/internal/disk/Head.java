package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.store.Digest;
import io.sallyport.bfe.internal.store.IdCounters;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The header of a revision. A store of format 1 is read with the default owners, access entries and options; the next commit
 * writes all records anew, in format 2.
 *
 * @param format 2: its records have owners and access entries, the head has counters, and the hash is the sum of the records'
 *     digests, modulo 2^256, which a commit changes by what it changes. 1, as the first version wrote it: they have none, and
 *     the hash is the digest of all records in the order of their keys
 * @param sequence counts revisions, from 1; 0 before the first one
 * @param before hash of the revision before it; empty for the first one
 * @param hash over all records
 * @param counters the run-time ids that were given
 * @param pending until when it has to be confirmed; null: it stays
 */
record Head(
        int format,
        long sequence,
        String before,
        String hash,
        IdCounters counters,
        @Nullable Pending pending) {

    /** What this version writes. */
    static final int FORMAT = 2;

    /** The first format that knows security information. */
    static final int FORMAT_WITH_SECURITY = 2;

    private static final int OLD_FORMAT = 1;

    /** Before the first revision. */
    static final Head NONE = new Head(Head.FORMAT, 0, "", "", IdCounters.NONE, null);

    /** The revision that follows, with this sum of its records. */
    Head next(Digest sum, IdCounters given, @Nullable Pending wait) {
        return new Head(FORMAT, sequence + 1, hash, sum.hex(), given, wait);
    }

    /** The same revision, which stays. */
    Head confirmed() {
        return new Head(format, sequence, before, hash, counters, null);
    }

    Seal seal() {
        return new Seal(sequence, hash);
    }

    byte[] encode() {
        RecordWriter out =
                new RecordWriter().i32(format).i64(sequence).text(before).text(hash);
        out.i64(counters.filter()).i64(counters.context()).i32(counters.callout());
        out.flag(pending != null);
        if (pending != null) {
            out.i64(pending.committed().toEpochMilli()).i64(pending.confirmMs());
        }
        return out.done();
    }

    static Head decode(byte[] record) throws StoreDamagedException {
        RecordReader in = new RecordReader(record);
        int format = in.i32();
        if (format != FORMAT && format != OLD_FORMAT) {
            throw new StoreDamagedException(
                    "it is of format " + format + ", this version reads formats " + OLD_FORMAT + " and " + FORMAT);
        }
        long sequence = in.i64();
        String before = in.text();
        String hash = in.text();
        IdCounters counters = IdCounters.NONE;
        Pending pending = null;
        if (format == FORMAT) {
            counters = new IdCounters(in.i64(), in.i64(), in.i32());
            pending = in.flag() ? new Pending(Instant.ofEpochMilli(in.i64()), in.i64()) : null;
        }
        in.end();
        return new Head(format, sequence, before, hash, counters, pending);
    }

    /**
     * Refuses records that are not this revision's, and a revision that is older than the newest one.
     *
     * @param isEmpty whether there are no records
     * @param found their hash, as this head's format has it
     * @param seal of the newest revision; null if there is none
     */
    void check(boolean isEmpty, String found, @Nullable Seal seal) throws StoreDamagedException {
        if (sequence == 0 ? !isEmpty : !hash.equals(found)) {
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

    /** What a record adds to the sum. */
    static Digest digestOf(String key, byte[] record) {
        return Digest.of(named(key, record));
    }

    private static byte[] named(String key, byte[] record) {
        return new RecordWriter()
                .blob(key.getBytes(StandardCharsets.UTF_8))
                .blob(record)
                .done();
    }

    /** For a head of format 1, what digests its records; else null. */
    @Nullable OldHash newOldHash() {
        return format == OLD_FORMAT ? new OldHash() : null;
    }

    /** The hash of format 1: of all records in the order of their keys. */
    static final class OldHash {
        private final MessageDigest digest;

        OldHash() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        void add(String key, byte[] record) {
            digest.update(named(key, record));
        }

        String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
