package io.sallyport.sample.nat;

import io.sallyport.callout.NetBuffer;

/**
 * Changes addresses and ports of an IPv4 packet, and its checksums by what changed (RFC 1624, equation 3): so checksums that cover
 * bytes which are elsewhere, as of a first fragment, stay right, and wrong ones wrong.
 */
final class PacketEdit {

    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;

    static final int SOURCE = 12;
    static final int DESTINATION = 16;

    private static final int IP_CHECKSUM = 10;
    private static final int NONE = Integer.MIN_VALUE;

    private PacketEdit() {}

    /** Where the checksum of a transport is in its header; of UDP it may be zero: none. */
    private static int checksumAt(int protocol) {
        return switch (protocol) {
            case TCP -> 16;
            case UDP -> 6;
            case ICMP -> 2;
            default -> NONE;
        };
    }

    /**
     * Changes an address, in the IP header and in the pseudo-header's part of the transport's checksum.
     *
     * @param packet the packet
     * @param ip where the IP header starts
     * @param field {@link #SOURCE} or {@link #DESTINATION}
     * @param address the new one
     * @param transport where the transport header starts, or a negative number if it is not there
     * @param protocol of the transport
     * @param end where the packet, or what is quoted of it, ends
     */
    static void address(NetBuffer packet, int ip, int field, int address, int transport, int protocol, int end) {
        long before = packet.u32(ip + field);
        packet.putU32(ip + field, Integer.toUnsignedLong(address));
        adjust(packet, ip + IP_CHECKSUM, before, Integer.toUnsignedLong(address));
        if (transport >= 0 && protocol != ICMP) {
            adjustTransport(packet, transport, protocol, end, before, Integer.toUnsignedLong(address));
        }
    }

    /** Changes 16 bits of a transport header, and its checksum. */
    static void field(NetBuffer packet, int transport, int offset, int value, int protocol, int end) {
        int before = packet.u16(transport + offset);
        packet.putU16(transport + offset, value);
        adjustTransport(packet, transport, protocol, end, before, value);
    }

    /** Changes the identification of an IP header, and its checksum. */
    static void identification(NetBuffer packet, int ip, int value) {
        int before = packet.u16(ip + 4);
        packet.putU16(ip + 4, value);
        adjust(packet, ip + IP_CHECKSUM, before, value);
    }

    private static void adjustTransport(
            NetBuffer packet, int transport, int protocol, int end, long before, long after) {
        int offset = checksumAt(protocol);
        if (offset < 0 || transport + offset + 2 > end) {
            return; // A quoted packet may end before it.
        }
        int at = transport + offset;
        if (protocol == UDP && packet.u16(at) == 0) {
            return;
        }
        adjust(packet, at, before, after);
        if (protocol == UDP && packet.u16(at) == 0) {
            packet.putU16(at, 0xFFFF); // Zero would mean none; both are the same sum (RFC 768).
        }
    }

    /** HC' = ~(~HC + ~m + m'), for numbers of one or two words. */
    static void adjust(NetBuffer packet, int at, long before, long after) {
        long sum = ~packet.u16(at) & 0xFFFF;
        sum += (~before & 0xFFFF) + (after & 0xFFFF);
        sum += (~(before >>> 16) & 0xFFFF) + (after >>> 16 & 0xFFFF);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        packet.putU16(at, (int) ~sum & 0xFFFF);
    }
}
