package io.sallyport.bfe.internal.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest, or a sum of such digests modulo 2^256. A sum names a set: it does not depend on the order, and one
 * element more or less changes it without a look at the others. Immutable.
 *
 * @param w0 the highest 64 bits
 * @param w1 the next lower ones
 * @param w2 the next lower ones
 * @param w3 the lowest ones
 */
public record Digest(long w0, long w1, long w2, long w3) {
    /** The sum of nothing. */
    public static final Digest ZERO = new Digest(0, 0, 0, 0);

    /**
     * Begins to digest.
     *
     * @return to be filled and given to {@link #of(MessageDigest)}
     */
    static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Ends a digest. */
    static Digest of(MessageDigest digest) {
        ByteBuffer words = ByteBuffer.wrap(digest.digest());
        return new Digest(words.getLong(), words.getLong(), words.getLong(), words.getLong());
    }

    /**
     * Digests bytes.
     *
     * @param bytes all of them
     * @return their SHA-256
     */
    public static Digest of(byte[] bytes) {
        return of(bytes, bytes.length);
    }

    /** Digests the first {@code length} bytes. */
    static Digest of(byte[] bytes, int length) {
        MessageDigest digest = begin();
        digest.update(bytes, 0, length);
        return of(digest);
    }

    /**
     * Adds, modulo 2^256.
     *
     * @param other another one
     * @return the sum
     */
    public Digest plus(Digest other) {
        long s3 = w3 + other.w3;
        long carry = Long.compareUnsigned(s3, w3) < 0 ? 1 : 0;
        long s2 = w2 + other.w2 + carry;
        carry = carry(w2, other.w2, s2);
        long s1 = w1 + other.w1 + carry;
        carry = carry(w1, other.w1, s1);
        return new Digest(w0 + other.w0 + carry, s1, s2, s3);
    }

    /**
     * Takes away, modulo 2^256.
     *
     * @param other what was added before
     * @return the difference
     */
    public Digest minus(Digest other) {
        return plus(other.negated());
    }

    private Digest negated() {
        return new Digest(~w0, ~w1, ~w2, ~w3).plus(new Digest(0, 0, 0, 1));
    }

    /** The bit that a sum of two words, with or without a carry into it, carries out. */
    private static long carry(long a, long b, long sum) {
        return ((a & b) | ((a | b) & ~sum)) >>> (Long.SIZE - 1);
    }

    /** Digests this digest. */
    void addTo(MessageDigest digest) {
        digest.update(bytes());
    }

    private byte[] bytes() {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(w0)
                .putLong(w1)
                .putLong(w2)
                .putLong(w3)
                .array();
    }

    /**
     * As text.
     *
     * @return 64 hexadecimal digits
     */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}
