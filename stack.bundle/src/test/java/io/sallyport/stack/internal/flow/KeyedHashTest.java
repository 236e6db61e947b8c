package io.sallyport.stack.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyedHashTest {

    /** SipHash-1-3 of whole words as its authors write it down, with its state in an array. */
    private static long sipHash13(long k0, long k1, long... words) {
        long[] v = {
            k0 ^ 0x736f6d6570736575L, k1 ^ 0x646f72616e646f6dL, k0 ^ 0x6c7967656e657261L, k1 ^ 0x7465646279746573L
        };
        for (long word : words) {
            compress(v, word);
        }
        compress(v, (8L * words.length) << 56);
        v[2] ^= 0xFF;
        for (int i = 0; i < 3; i++) {
            round(v);
        }
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void compress(long[] v, long word) {
        v[3] ^= word;
        round(v);
        v[0] ^= word;
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13);
        v[1] ^= v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16);
        v[3] ^= v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21);
        v[3] ^= v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17);
        v[1] ^= v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }

    @Test
    void shouldBeSipHash13() {
        Random random = new Random(13);
        for (int i = 0; i < 1_000; i++) {
            long k0 = random.nextLong();
            long k1 = random.nextLong();
            long[] w = random.longs(6).toArray();
            long hash = new KeyedHash(k0, k1).hash(w[0], w[1], w[2], w[3], w[4], w[5]);
            assertThat(hash).isEqualTo(sipHash13(k0, k1, w));
        }
    }
}
