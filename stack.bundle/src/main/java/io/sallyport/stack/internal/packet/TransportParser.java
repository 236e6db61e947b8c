package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * TCP, UDP, SCTP, ICMP, ICMPv6 and IGMP, tunnels, and the packet that an ICMP error quotes. Other protocols are payload as a
 * whole.
 */
final class TransportParser {

    static final int PROTOCOL_IGMP = 2;
    static final int PROTOCOL_SCTP = 132;

    private static final int MIN_TCP_HEADER = 20;

    private final Ipv4Parser ipv4;
    private final Ipv6Parser ipv6;
    private final TunnelParser tunnels;
    private final boolean isVerifying;

    TransportParser(Ipv4Parser ipv4, Ipv6Parser ipv6, boolean isVerifying) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.tunnels = new TunnelParser(ipv4, ipv6, this, isVerifying);
        this.isVerifying = isVerifying;
    }

    /**
     * Parses the transport header of a whole packet.
     *
     * @param r parsed up to the payload of IP
     * @return why it is malformed, or null
     */
    @Nullable DropReason parse(PacketRecord r) {
        return parse(r, 0);
    }

    /**
     * Parses the transport header of a whole packet, which may be inside others.
     *
     * @param r parsed up to the payload of IP
     * @param depth how many packets it is inside of
     * @return why it is malformed, or null
     */
    @Nullable DropReason parse(PacketRecord r, int depth) {
        int at = r.payloadOffset;
        r.transportOffset = at;
        int available = r.ipEnd - at;
        switch (r.protocol) {
            case Packet.PROTOCOL_TCP -> {
                return tcp(r, at, available);
            }
            case Packet.PROTOCOL_UDP -> {
                return udp(r, at, available);
            }
            case PROTOCOL_SCTP -> {
                return sctp(r, at, available);
            }
            case Packet.PROTOCOL_ICMP -> {
                // Inside IPv6 it is nothing that a host would understand; the same holds the other way round.
                return r.ipVersion == 4 ? icmp(r, at, available) : null;
            }
            case Packet.PROTOCOL_ICMPV6 -> {
                return r.ipVersion == 6 ? icmp(r, at, available) : null;
            }
            case PROTOCOL_IGMP -> {
                return r.ipVersion == 4 ? GroupRecords.checkIgmp(r, isVerifying) : null;
            }
            case TunnelParser.PROTOCOL_IPV4,
                    TunnelParser.PROTOCOL_IPV6,
                    TunnelParser.PROTOCOL_GRE,
                    TunnelParser.PROTOCOL_ESP,
                    TunnelParser.PROTOCOL_AH -> {
                return tunnels.check(r, depth);
            }
            default -> {
                return null;
            }
        }
    }

    private static @Nullable DropReason sctp(PacketRecord r, int at, int available) {
        if (available < 12) {
            return DropReason.MALFORMED_SCTP;
        }
        ports(r, at);
        payload(r, 12);
        return r.sourcePort == 0 || r.destinationPort == 0 ? DropReason.MALFORMED_SCTP : null;
    }

    private static void payload(PacketRecord r, int headerSize) {
        r.transportHeaderSizeBytes = headerSize;
        r.payloadOffset = r.transportOffset + headerSize;
        r.payloadLengthBytes = r.ipEnd - r.payloadOffset;
    }

    private static void ports(PacketRecord r, int at) {
        int both = r.memory.getInt(at);
        r.sourcePort = both >>> 16;
        r.destinationPort = both & 0xFFFF;
    }

    private static @Nullable DropReason tcp(PacketRecord r, int at, int available) {
        if (available < MIN_TCP_HEADER) {
            return DropReason.MALFORMED_TCP;
        }
        ByteBuffer memory = r.memory;
        int headerSize = (memory.get(at + 12) & 0xF0) >>> 2;
        if (headerSize < MIN_TCP_HEADER || headerSize > available) {
            return DropReason.MALFORMED_TCP;
        }
        ports(r, at);
        r.tcpSequence = memory.getInt(at + 4);
        r.tcpAcknowledgement = memory.getInt(at + 8);
        r.tcpFlags = memory.get(at + 13) & 0xFF;
        payload(r, headerSize);
        return headerSize == MIN_TCP_HEADER || TcpOptions.areValid(memory, at, headerSize)
                ? null
                : DropReason.MALFORMED_TCP_OPTION;
    }

    private static @Nullable DropReason udp(PacketRecord r, int at, int available) {
        if (available < 8) {
            return DropReason.MALFORMED_UDP;
        }
        int length = r.memory.getShort(at + 4) & 0xFFFF;
        if (length < 8 || length > available) {
            return DropReason.MALFORMED_UDP;
        }
        ports(r, at);
        payload(r, 8);
        // Bytes behind the UDP datagram (RFC 9868) are no payload.
        r.payloadLengthBytes = length - 8;
        return null;
    }

    private @Nullable DropReason icmp(PacketRecord r, int at, int available) {
        boolean isV4 = r.ipVersion == 4;
        if (available < (isV4 ? 8 : 4)) {
            return DropReason.MALFORMED_ICMP;
        }
        int type = r.memory.get(at) & 0xFF;
        boolean isError = isV4 ? isIcmpv4Error(type) : type < 128;
        boolean isEcho = isV4 ? type == 8 || type == 0 : type == 128 || type == 129;
        if ((isError || isEcho) && available < 8) {
            return DropReason.MALFORMED_ICMP;
        }
        r.icmpType = type;
        r.icmpCode = r.memory.get(at + 1) & 0xFF;
        payload(r, available < 8 ? 4 : 8);
        if (isEcho) {
            r.icmpId = r.memory.getShort(at + 4) & 0xFFFF;
        }
        if (!isV4) {
            DropReason reason = Icmpv6Rules.check(r);
            if (reason != null) {
                return reason;
            }
        }
        return isError ? quoted(r) : null;
    }

    /** Unreachable, source quench, redirect, time exceeded, parameter problem: those that quote a packet. */
    private static boolean isIcmpv4Error(int type) {
        return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    }

    private @Nullable DropReason quoted(PacketRecord r) {
        PacketRecord q = r.quotedRecord();
        if (q == null) {
            return null; // an error inside an error: what that one quotes is of no interest
        }
        q.clear();
        q.memory = r.memory;
        q.frameOffset = r.frameOffset;
        q.frameLengthBytes = r.frameLengthBytes;
        q.destinationMac = r.destinationMac;
        q.sourceMac = r.sourceMac;
        q.etherType = r.etherType;
        q.vlanId = r.vlanId;
        q.innerVlanId = r.innerVlanId;
        q.vlanKey = r.vlanKey;
        DropReason reason = r.ipVersion == 4
                ? ipv4.parse(q, r.payloadOffset, r.ipEnd, true)
                : ipv6.parse(q, r.payloadOffset, r.ipEnd, true);
        if (reason != null) {
            return DropReason.MALFORMED_ICMP;
        }
        r.isIcmpError = true;
        if (q.fragmentOffsetBytes == 0) {
            peek(q);
        }
        return null;
    }

    /**
     * Reads what identifies a flow, as far as it is there.
     *
     * @param r parsed up to the payload of IP
     */
    void peek(PacketRecord r) {
        int at = r.payloadOffset;
        int available = r.ipEnd - at;
        r.transportOffset = at;
        boolean isIcmp = r.protocol == (r.ipVersion == 4 ? Packet.PROTOCOL_ICMP : Packet.PROTOCOL_ICMPV6);
        boolean hasPorts =
                r.protocol == Packet.PROTOCOL_TCP || r.protocol == Packet.PROTOCOL_UDP || r.protocol == PROTOCOL_SCTP;
        if (hasPorts && available >= 4) {
            ports(r, at);
            if (r.protocol == Packet.PROTOCOL_TCP && available >= 8) {
                r.tcpSequence = r.memory.getInt(at + 4);
            }
        } else if (isIcmp && available >= 2) {
            r.icmpType = r.memory.get(at) & 0xFF;
            r.icmpCode = r.memory.get(at + 1) & 0xFF;
            boolean isEcho =
                    r.ipVersion == 4 ? r.icmpType == 8 || r.icmpType == 0 : r.icmpType == 128 || r.icmpType == 129;
            if (isEcho && available >= 6) {
                r.icmpId = r.memory.getShort(at + 4) & 0xFFFF;
            }
        }
    }
}
