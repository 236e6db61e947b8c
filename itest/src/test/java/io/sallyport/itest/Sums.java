package io.sallyport.itest;

import java.nio.ByteBuffer;

/** The internet checksum, byte by byte. */
final class Sums {

    private Sums() {}

    static long sum(ByteBuffer b, int from, int count, long start) {
        long sum = start;
        for (int i = 0; i < count; i++) {
            sum += (long) (b.get(from + i) & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }
}
