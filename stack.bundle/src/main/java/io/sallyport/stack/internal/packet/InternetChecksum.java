package io.sallyport.stack.internal.packet;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071) over a direct buffer, eight bytes at a step: summed, checked, made anew, and put right by
 * what changed (RFC 1624).
 */
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
        int at = offset;
        int end = offset + lengthBytes;
        // Whole words, and their upper halves apart: words less upper halves leave the lower ones, exactly. No half
        // overflows below 2^31 steps, and a frame has far fewer. The two sums of each do not wait for each other.
        long words = 0;
        long upper = 0;
        long otherWords = 0;
        long otherUpper = 0;
        for (int last = end - 15; at < last; at += 16) {
            long word = memory.getLong(at);
            long otherWord = memory.getLong(at + 8);
            words += word;
            upper += word >>> 32;
            otherWords += otherWord;
            otherUpper += otherWord >>> 32;
        }
        if (end - at >= 8) {
            long word = memory.getLong(at);
            words += word;
            upper += word >>> 32;
            at += 8;
        }
        upper += otherUpper;
        long sum = start + upper + (words + otherWords - (upper << 32));
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

    /**
     * The sum of the pseudo-header that the checksums of TCP, UDP and ICMPv6 cover (RFC 9293, 3.1; RFC 768; RFC 8200, 8.1).
     *
     * @param memory big-endian
     * @param ipVersion 4 or 6
     * @param ip index of the IP header
     * @param destination index of the final destination of an IPv6 packet; of no meaning for IPv4
     * @param protocol of the transport header
     * @param lengthBytes of the transport header and what it brings
     * @return not folded
     */
    static long pseudoSum(ByteBuffer memory, int ipVersion, int ip, int destination, int protocol, int lengthBytes) {
        long sum = protocol + (long) lengthBytes;
        if (ipVersion == 4) {
            return sum(memory, ip + 12, 8, sum);
        }
        return sum(memory, destination, 16, sum(memory, ip + 8, 16, sum));
    }

    /**
     * Tells whether bytes that hold their own checksum are as it says.
     *
     * @param memory big-endian
     * @param offset first byte
     * @param lengthBytes how many
     * @param start the sum of a pseudo-header, or 0
     * @return false if one of them was changed
     */
    static boolean isRight(ByteBuffer memory, int offset, int lengthBytes, long start) {
        return fold(sum(memory, offset, lengthBytes, start)) == 0xFFFF;
    }

    /**
     * Makes a checksum anew.
     *
     * @param memory big-endian
     * @param field where it stands, inside the bytes
     * @param offset first byte
     * @param lengthBytes how many
     * @param start the sum of a pseudo-header, or 0
     * @param isUdp zero means that there is none: its other form is written (RFC 768)
     */
    static void make(ByteBuffer memory, int field, int offset, int lengthBytes, long start, boolean isUdp) {
        memory.putShort(field, (short) 0);
        put(memory, field, sum(memory, offset, lengthBytes, start), isUdp);
    }

    /**
     * Makes the checksum of an IPv4 header anew.
     *
     * @param memory big-endian
     * @param ip index of the header, which says its own size
     */
    public static void makeIpv4(ByteBuffer memory, int ip) {
        make(memory, ip + 10, ip, (memory.get(ip) & 0x0F) * 4, 0, false);
    }

    /**
     * Puts a checksum right by what changed: one that was wrong stays wrong.
     *
     * @param memory big-endian
     * @param field where it stands
     * @param delta the sum of all words that went, inverted, and of all that came
     * @param isUdp zero means that there is none
     */
    static void update(ByteBuffer memory, int field, long delta, boolean isUdp) {
        int old = memory.getShort(field) & 0xFFFF;
        if (!isUdp || old != 0) {
            put(memory, field, (~old & 0xFFFF) + delta, isUdp);
        }
    }

    private static void put(ByteBuffer memory, int field, long sum, boolean isUdp) {
        int checksum = ~fold(sum) & 0xFFFF;
        memory.putShort(field, (short) (isUdp && checksum == 0 ? 0xFFFF : checksum));
    }
}
