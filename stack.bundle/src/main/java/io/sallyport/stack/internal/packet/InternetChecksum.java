package io.sallyport.stack.internal.packet;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071) over a direct buffer, eight bytes at a step. */
public final class InternetChecksum {

    private InternetChecksum() {}

    /**
     * Adds bytes to a sum.
     *
     * @param memory big-endian
     * @param offset first byte
     * @param lengthBytes how many; an odd last byte counts as if a zero followed
     * @param start a sum so far
     * @return not folded
     */
    public static long sum(ByteBuffer memory, int offset, int lengthBytes, long start) {
        long sum = start;
        int at = offset;
        int end = offset + lengthBytes;
        while (end - at >= 8) {
            long word = memory.getLong(at);
            // Two 32-bit halves: no carry is lost below 2^31 steps, and a frame has far fewer.
            sum += (word >>> 32) + (word & 0xFFFF_FFFFL);
            at += 8;
        }
        while (end - at >= 2) {
            sum += memory.getShort(at) & 0xFFFF;
            at += 2;
        }
        if (at < end) {
            sum += (memory.get(at) & 0xFF) << 8;
        }
        return sum;
    }

    /**
     * Folds a sum.
     *
     * @param sum from {@link #sum}
     * @return 16 bits, not inverted
     */
    public static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
        while (folded >>> 16 != 0) {
            folded = (folded >>> 16) + (folded & 0xFFFF);
        }
        return (int) folded;
    }
}
