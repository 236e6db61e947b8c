package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a fragment has to hold by itself: the first one all headers (RFC 7112 for IPv6; RFC 1858 and RFC 3128 for IPv4), so
 * that nobody on the way, nor the receiver, is shown ports and flags in pieces. Neighbour discovery never is in fragments
 * (RFC 6980).
 */
final class FragmentRules {

    private static final int MIN_TCP_HEADER = 20;
    private static final int PROTOCOL_UDP_LITE = 136;

    private FragmentRules() {}

    /**
     * Checks a fragment.
     *
     * @param r a fragment parsed up to its payload
     * @return what is wrong, or null
     */
    static @Nullable DropReason check(PacketRecord r) {
        if (r.ipVersion == 6) {
            return r.fragmentOffsetBytes == 0 ? firstOfIpv6(r) : null;
        }
        int needed = r.protocol == Packet.PROTOCOL_TCP ? MIN_TCP_HEADER : headerSize(4, r.protocol);
        boolean isHeaderCut =
                r.fragmentOffsetBytes == 0 ? r.payloadLengthBytes < needed : r.fragmentOffsetBytes < needed;
        return isHeaderCut ? DropReason.REASSEMBLY_TINY_FRAGMENT : null;
    }

    /** Walks the headers behind the fragment header, without noting them: they are the whole datagram's. */
    private static @Nullable DropReason firstOfIpv6(PacketRecord r) {
        ByteBuffer memory = r.memory;
        int protocol = r.protocol;
        int at = r.payloadOffset;
        int count = 0;
        while (Ipv6Parser.isExtension(protocol) || protocol == TunnelParser.PROTOCOL_AH) {
            int size = Ipv6Parser.sizeOf(protocol, memory, at, r.ipEnd);
            if (size < 0 || ++count > Ipv6Parser.MAX_EXTENSIONS) {
                return DropReason.MALFORMED_IPV6_HEADER_CHAIN;
            }
            protocol = memory.get(at) & 0xFF;
            at += size;
        }
        int available = r.ipEnd - at;
        if (available < headerSize(6, protocol)) {
            return DropReason.MALFORMED_IPV6_HEADER_CHAIN;
        }
        if (protocol == Packet.PROTOCOL_TCP && available < (memory.get(at + 12) & 0xF0) >>> 2) {
            return DropReason.MALFORMED_IPV6_HEADER_CHAIN;
        }
        boolean isNeighborDiscovery =
                protocol == Packet.PROTOCOL_ICMPV6 && Icmpv6Rules.isNeighborDiscovery(memory.get(at) & 0xFF);
        return isNeighborDiscovery ? DropReason.MALFORMED_ND_FRAGMENT : null;
    }

    /** Bytes of a transport header, at least; 0 for protocols that are not parsed. */
    private static int headerSize(int ipVersion, int protocol) {
        return switch (protocol) {
            case Packet.PROTOCOL_TCP -> MIN_TCP_HEADER;
            case Packet.PROTOCOL_UDP, PROTOCOL_UDP_LITE, TunnelParser.PROTOCOL_ESP -> 8;
            case Packet.PROTOCOL_ICMP -> ipVersion == 4 ? 8 : 0;
            case Packet.PROTOCOL_ICMPV6 -> ipVersion == 6 ? 4 : 0;
            case TransportParser.PROTOCOL_SCTP, TunnelParser.PROTOCOL_AH -> 12;
            case TransportParser.PROTOCOL_IGMP -> 8;
            case TunnelParser.PROTOCOL_GRE -> 4;
            case TunnelParser.PROTOCOL_IPV4 -> 20;
            case TunnelParser.PROTOCOL_IPV6 -> 40;
            default -> 0;
        };
    }
}
