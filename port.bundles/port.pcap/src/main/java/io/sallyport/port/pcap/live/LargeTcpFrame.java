package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;

/** Where the parts of a TCP frame lie that is to be cut, relative to its first byte. Reused. */
final class LargeTcpFrame {
    static final int PROTOCOL_TCP = 6;
    static final int IPV6_HEADER_BYTES = 40;

    private static final int MAC_BYTES = 12;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;

    boolean isIpv6;
    int ipAt;
    int tcpAt;
    /** All headers together; the payload follows. */
    int headerBytes;

    int payloadBytes;
    int identification;
    int urgentPointer;

    private int packetEnd;

    /**
     * Looks at a frame.
     *
     * @return false if it is not TCP over IP, is a fragment, is cut or contradicts itself, or has a header that covers the
     *     whole packet
     */
    boolean parse(ByteBuffer memory, int offset, int lengthBytes) {
        int at = MAC_BYTES;
        int type = 0;
        while (at + 2 <= lengthBytes) {
            type = memory.getShort(offset + at) & 0xFFFF;
            at += 2;
            if (!isTag(type)) {
                break;
            }
            at += 2;
        }
        ipAt = at;
        boolean isTcp = switch (type) {
            case TYPE_IPV4 -> ipv4(memory, offset, lengthBytes);
            case TYPE_IPV6 -> ipv6(memory, offset, lengthBytes);
            default -> false;
        };
        return isTcp && tcp(memory, offset);
    }

    private static boolean isTag(int type) {
        return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
    }

    private boolean ipv4(ByteBuffer memory, int offset, int lengthBytes) {
        if (lengthBytes - ipAt < 20) {
            return false;
        }
        int ip = offset + ipAt;
        int header = (memory.get(ip) & 0x0F) * 4;
        packetEnd = ipAt + (memory.getShort(ip + 2) & 0xFFFF);
        boolean isFragment = (memory.getShort(ip + 6) & 0x3FFF) != 0;
        isIpv6 = false;
        identification = memory.getShort(ip + 4) & 0xFFFF;
        tcpAt = ipAt + header;
        return (memory.get(ip) & 0xF0) == 0x40
                && header >= 20
                && !isFragment
                && memory.get(ip + 9) == PROTOCOL_TCP
                && packetEnd <= lengthBytes
                && tcpAt <= packetEnd;
    }

    private boolean ipv6(ByteBuffer memory, int offset, int lengthBytes) {
        if (lengthBytes - ipAt < IPV6_HEADER_BYTES) {
            return false;
        }
        int ip = offset + ipAt;
        packetEnd = ipAt + IPV6_HEADER_BYTES + (memory.getShort(ip + 4) & 0xFFFF);
        if ((memory.get(ip) & 0xF0) != 0x60 || packetEnd > lengthBytes) {
            return false;
        }
        isIpv6 = true;
        int next = memory.get(ip + 6) & 0xFF;
        int at = ipAt + IPV6_HEADER_BYTES;
        while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS) {
            if (packetEnd - at < 8) {
                return false;
            }
            if (next == ROUTING && memory.get(offset + at + 3) != 0) {
                return false; // on its way to another address than the one that the checksum covers
            }
            next = memory.get(offset + at) & 0xFF;
            at += ((memory.get(offset + at + 1) & 0xFF) + 1) * 8;
        }
        tcpAt = at;
        return next == PROTOCOL_TCP && tcpAt <= packetEnd;
    }

    private boolean tcp(ByteBuffer memory, int offset) {
        if (packetEnd - tcpAt < 20) {
            return false;
        }
        int tcp = offset + tcpAt;
        int header = ((memory.get(tcp + 12) & 0xF0) >> 4) * 4;
        headerBytes = tcpAt + header;
        payloadBytes = packetEnd - headerBytes;
        urgentPointer = memory.getShort(tcp + 18) & 0xFFFF;
        return header >= 20 && payloadBytes > 0 && TcpSegmenter.isCuttable(memory.get(tcp + 13));
    }
}
