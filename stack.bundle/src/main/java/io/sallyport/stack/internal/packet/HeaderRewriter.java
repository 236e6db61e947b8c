package io.sallyport.stack.internal.packet;

import java.nio.ByteBuffer;

/**
 * Changes single fields of IP headers in place. An IPv4 checksum is updated, not made anew (RFC 1624): one that was wrong stays
 * wrong. Transport checksums do not cover any of these fields.
 */
public final class HeaderRewriter {

    /** Version and congestion bits. */
    private static final int IPV6_KEPT = 0xF030_0000;

    private HeaderRewriter() {}

    /**
     * Sets the identification of an IPv4 packet.
     *
     * @param memory big-endian
     * @param ip index of the IP header
     * @param id 16 bits
     */
    public static void setIpv4Id(ByteBuffer memory, int ip, int id) {
        replaceWord(memory, ip, 4, id & 0xFFFF);
    }

    /**
     * Sets the time to live of an IPv4 packet.
     *
     * @param memory big-endian
     * @param ip index of the IP header
     * @param timeToLive 8 bits
     */
    public static void setIpv4TimeToLive(ByteBuffer memory, int ip, int timeToLive) {
        replaceWord(memory, ip, 8, timeToLive << 8 | (memory.get(ip + 9) & 0xFF));
    }

    /**
     * Sets the service class of an IPv4 packet; what routers say about congestion stays.
     *
     * @param memory big-endian
     * @param ip index of the IP header
     * @param typeOfService 8 bits, of which the upper 6 count
     */
    public static void setIpv4ServiceClass(ByteBuffer memory, int ip, int typeOfService) {
        replaceWord(memory, ip, 0, (memory.getShort(ip) & 0xFF03) | (typeOfService & 0xFC));
    }

    private static void replaceWord(ByteBuffer memory, int ip, int offset, int word) {
        int before = memory.getShort(ip + offset) & 0xFFFF;
        memory.putShort(ip + offset, (short) word);
        InternetChecksum.update(memory, ip + 10, (~before & 0xFFFF) + word, false);
    }

    /**
     * Sets the hop limit of an IPv6 packet.
     *
     * @param memory big-endian
     * @param ip index of the IP header
     * @param hopLimit 8 bits
     */
    public static void setIpv6HopLimit(ByteBuffer memory, int ip, int hopLimit) {
        memory.put(ip + 7, (byte) hopLimit);
    }

    /**
     * Sets service class and flow label of an IPv6 packet; what routers say about congestion stays.
     *
     * @param memory big-endian
     * @param ip index of the IP header
     * @param firstWord the first 32 bits of a header that has both
     */
    public static void setIpv6ServiceClass(ByteBuffer memory, int ip, int firstWord) {
        memory.putInt(ip, (memory.getInt(ip) & IPV6_KEPT) | (firstWord & ~IPV6_KEPT));
    }
}
