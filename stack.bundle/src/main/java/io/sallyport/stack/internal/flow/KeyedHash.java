package io.sallyport.stack.internal.flow;

/**
 * SipHash-1-3 over 64-bit words with a secret of its own, so that nobody outside can choose addresses that collide. The
 * result decides only where something lies in a table, never the order of anything that leaves.
 */
public final class KeyedHash {

    /** Of the input, where SipHash wants it. */
    private static final long LENGTH = 48L << 56;

    /** With the length. */
    private static final int WORDS = 7;

    private final long k0;
    private final long k1;

    /**
     * Makes a hash.
     *
     * @param k0 half of the secret
     * @param k1 the other half
     */
    public KeyedHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /**
     * Hashes six words. Written out in locals: an object for the state would be made for each packet.
     *
     * @return 64 bits
     */
    public long hash(long w0, long w1, long w2, long w3, long w4, long w5) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        // The words move up, their length behind them as SipHash ends its input. A choice by number would be a jump.
        long word = w0;
        long next1 = w1;
        long next2 = w2;
        long next3 = w3;
        long next4 = w4;
        long next5 = w5;
        long next6 = LENGTH;
        for (int i = 0; i < WORDS + 3; i++) {
            v3 ^= word;
            if (i == WORDS) {
                v2 ^= 0xFF;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
            word = next1;
            next1 = next2;
            next2 = next3;
            next3 = next4;
            next4 = next5;
            next5 = next6;
            next6 = 0;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
