package io.sallyport.bfe.internal.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a test packet carries behind its IP header, other than TCP and UDP: the smallest message of its protocol that no receiver
 * takes for malformed. A test asks what policy makes of a packet, not whether the packet can exist.
 */
final class TestMessage {
    /** Something to look at for callouts of datagram layers. */
    static final byte[] PAYLOAD = "test".getBytes(StandardCharsets.US_ASCII);

    private static final int TTL = 64;
    /** Messages of neighbour discovery come from the link itself (RFC 4861, 3.1). */
    private static final int ND_HOP_LIMIT = 255;
    /** Those about group membership do not leave it (RFC 3810, 5; RFC 2236, 2). */
    private static final int GROUP_HOP_LIMIT = 1;

    private static final int LISTENER_QUERY = 130;
    private static final int LISTENER_DONE = 132;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int REDIRECT = 137;
    private static final int LISTENER_REPORT_V2 = 143;

    private static final int IGMP = 2;
    private static final int IPV4 = 4;
    private static final int IPV6 = 41;
    private static final int GRE = 47;
    private static final int ESP = 50;
    private static final int AH = 51;
    private static final int SCTP = 132;
    private static final int NO_NEXT_HEADER = 59;

    private TestMessage() {}

    /** TTL or hop limit. */
    static int timeToLive(TestPacket packet) {
        if (packet.protocol() == TestPacket.ICMPV6) {
            int type = packet.icmpType();
            if (type >= ROUTER_SOLICITATION && type <= REDIRECT) {
                return ND_HOP_LIMIT;
            }
            return isListener(type) ? GROUP_HOP_LIMIT : TTL;
        }
        return packet.protocol() == IGMP ? GROUP_HOP_LIMIT : TTL;
    }

    private static boolean isListener(int type) {
        return (type >= LISTENER_QUERY && type <= LISTENER_DONE) || type == LISTENER_REPORT_V2;
    }

    /** Behind the first eight bytes of an ICMPv6 message of the link, which are zero; null for other messages. */
    static byte @Nullable [] linkBody(int type) {
        return switch (type) {
            case ROUTER_SOLICITATION, LISTENER_REPORT_V2 -> new byte[0];
            case ROUTER_ADVERTISEMENT -> new byte[8];
            case REDIRECT -> new byte[32];
            default -> type >= LISTENER_QUERY && type < REDIRECT ? new byte[16] : null;
        };
    }

    /** The payload of a protocol that is none of TCP, UDP, ICMP and ICMPv6. */
    static byte[] of(int protocol) {
        return switch (protocol) {
            case IGMP -> igmp();
            case IPV4 -> ipv4();
            case IPV6 ->
                ByteBuffer.allocate(40)
                        .putInt(0x6000_0000)
                        .putInt(NO_NEXT_HEADER << 8 | TTL)
                        .put(linkLocal(1))
                        .put(linkLocal(2))
                        .array();
            // To nothing in particular: bridged frames, of which none is in it.
            case GRE -> ByteBuffer.allocate(8).putInt(0x6558).put(PAYLOAD).array();
            case ESP ->
                ByteBuffer.allocate(16).putInt(0x100).putInt(1).put(PAYLOAD).array();
            case AH ->
                ByteBuffer.allocate(16)
                        .putInt(NO_NEXT_HEADER << 24 | 2 << 16)
                        .putInt(0x100)
                        .putInt(1)
                        .array();
            case SCTP -> sctp();
            default -> PAYLOAD;
        };
    }

    /** A general query of version 2. */
    private static byte[] igmp() {
        return ByteBuffer.allocate(8).putInt(0x1164_0000 | (~0x1164 & 0xFFFF)).array();
    }

    /** The end of an association, with the checksum of RFC 9260, appendix A. */
    private static byte[] sctp() {
        ByteBuffer packet =
                ByteBuffer.allocate(16).putInt(0x8000_8000).putInt(1).putInt(0).putInt(0x0E00_0004);
        CRC32C sum = new CRC32C();
        sum.update(packet.array());
        return packet.putInt(8, Integer.reverseBytes((int) sum.getValue())).array();
    }

    private static byte[] ipv4() {
        ByteBuffer header = ByteBuffer.allocate(20).putInt(0x4500_0014).putInt(0);
        header.putShort((short) (TTL << 8 | NO_NEXT_HEADER)).putShort((short) 0);
        header.putInt(0x0A00_0001).putInt(0x0A00_0002);
        header.putShort(10, (short) TestFrame.checksum(header.array(), 0));
        return header.array();
    }

    private static byte[] linkLocal(int host) {
        return ByteBuffer.allocate(16).putInt(0xFE80_0000).putInt(12, host).array();
    }
}
