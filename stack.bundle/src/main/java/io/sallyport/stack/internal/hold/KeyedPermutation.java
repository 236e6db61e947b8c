package io.sallyport.stack.internal.hold;

import io.sallyport.stack.internal.flow.KeyedHash;

/**
 * Numbers in an order that only who knows the secret can tell, none twice until all were there (RFC 7739, 5: identifications
 * of fragments must not be guessed). A Feistel network around a keyed hash.
 */
final class KeyedPermutation {

    private static final int ROUNDS = 4;

    private final KeyedHash hash;
    private final int halfBits;
    private final int halfMask;
    private int counter;

    /**
     * Makes one.
     *
     * @param hash with a secret
     * @param bits of each number, even, 32 at most
     */
    KeyedPermutation(KeyedHash hash, int bits) {
        this.hash = hash;
        this.halfBits = bits / 2;
        this.halfMask = (1 << halfBits) - 1;
    }

    /** The next number. */
    int next() {
        int number = counter;
        counter++;
        int left = (number >>> halfBits) & halfMask;
        int right = number & halfMask;
        for (int round = 0; round < ROUNDS; round++) {
            int mixed = left ^ ((int) hash.hash(halfBits, round, right, 0, 0, 0) & halfMask);
            left = right;
            right = mixed;
        }
        return left << halfBits | right;
    }
}
