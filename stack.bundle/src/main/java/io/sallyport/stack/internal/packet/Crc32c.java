package io.sallyport.stack.internal.packet;

import java.nio.ByteBuffer;

/**
 * CRC-32C as SCTP uses it (RFC 9260, appendix A) over a direct buffer. The JDK's own needs a buffer with a position, which
 * would be an object for each packet.
 */
final class Crc32c {

    private static final int POLYNOMIAL = 0x82F6_3B78;

    /** Row n: the effect of a byte that n more bytes follow. */
    private static final int[][] TABLE = table();

    private Crc32c() {}

    private static int[][] table() {
        int[][] table = new int[8][256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
            }
            table[0][i] = crc;
        }
        for (int n = 1; n < 8; n++) {
            for (int i = 0; i < 256; i++) {
                int before = table[n - 1][i];
                table[n][i] = (before >>> 8) ^ table[0][before & 0xFF];
            }
        }
        return table;
    }

    /**
     * The checksum of an SCTP packet, with zeros in the place of the checksum.
     *
     * @param memory big-endian
     * @param offset of the common header
     * @param lengthBytes 12 or more
     * @return as it stands in the packet when read big-endian
     */
    static int ofSctp(ByteBuffer memory, int offset, int lengthBytes) {
        int crc = update(-1, memory.getLong(offset));
        for (int i = 0; i < 4; i++) {
            crc = update(crc, 0);
        }
        int at = offset + 12;
        int end = offset + lengthBytes;
        while (end - at >= 8) {
            crc = update(crc, memory.getLong(at));
            at += 8;
        }
        while (at < end) {
            crc = update(crc, memory.get(at) & 0xFF);
            at++;
        }
        return Integer.reverseBytes(~crc);
    }

    private static int update(int crc, int octet) {
        return (crc >>> 8) ^ TABLE[0][(crc ^ octet) & 0xFF];
    }

    private static int update(int crc, long eightBytes) {
        long word = Long.reverseBytes(eightBytes) ^ (crc & 0xFFFF_FFFFL);
        int[][] table = TABLE;
        return table[7][(int) word & 0xFF]
                ^ table[6][(int) (word >>> 8) & 0xFF]
                ^ table[5][(int) (word >>> 16) & 0xFF]
                ^ table[4][(int) (word >>> 24) & 0xFF]
                ^ table[3][(int) (word >>> 32) & 0xFF]
                ^ table[2][(int) (word >>> 40) & 0xFF]
                ^ table[1][(int) (word >>> 48) & 0xFF]
                ^ table[0][(int) (word >>> 56) & 0xFF];
    }
}
