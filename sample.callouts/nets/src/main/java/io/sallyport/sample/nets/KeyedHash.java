package io.sallyport.sample.nets;

import java.security.SecureRandom;

/**
 * Hashes addresses and ports with a secret, so that nobody outside can choose what falls together. Two rounds of multiplication
 * with unknown factors and folding (as in the multiply-fold hashes wyhash and MUM): quick, good enough for tables of which
 * only time and fairness depend, and no cryptography. Immutable; any thread.
 */
public final class KeyedHash {

    private final long secretA;
    private final long secretB;
    private final long secretC;

    /** With a new secret. */
    public KeyedHash() {
        SecureRandom random = new SecureRandom();
        secretA = random.nextLong() | 1;
        secretB = random.nextLong();
        secretC = random.nextLong() | 1;
    }

    /**
     * Hashes three numbers.
     *
     * @param a any
     * @param b any
     * @param c any
     * @return never 0, so that 0 can stand for a free place
     */
    public long hash(long a, long b, long c) {
        long hash = fold(fold(a ^ secretA, b ^ secretB) ^ c, secretC);
        hash = fold(hash ^ secretB, secretA);
        return hash == 0 ? 1 : hash;
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }
}
