package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * Headers of packets that carry packets: GRE (RFC 2784, RFC 2890, RFC 2637), IP in IP (RFC 2003), 6in4, 4in6 (RFC 2473), ESP
 * (RFC 4303) and AH (RFC 4302). A tunnel is one flow without ports; what is inside is checked as far as its headers go, so
 * that no malformed packet comes out at the other end.
 */
final class TunnelParser {

    static final int PROTOCOL_IPV4 = 4;
    static final int PROTOCOL_IPV6 = 41;
    static final int PROTOCOL_GRE = 47;
    static final int PROTOCOL_ESP = 50;
    static final int PROTOCOL_AH = 51;

    /** What RFC 2473, 5.1 takes for the usual limit of encapsulations. */
    private static final int MAX_DEPTH = 4;

    private static final int GRE_CHECKSUM = 0x8000;
    private static final int GRE_KEY = 0x2000;
    private static final int GRE_SEQUENCE = 0x1000;
    private static final int GRE_ACKNOWLEDGEMENT = 0x0080;
    /** Routing, strict source route and the bit behind: who does not know RFC 1701 has to discard (RFC 2784, 2.3). */
    private static final int GRE_RESERVED = 0x4C00;

    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int TYPE_PPP = 0x880B;

    private final Ipv4Parser ipv4;
    private final Ipv6Parser ipv6;
    private final TransportParser transport;
    private final boolean isVerifying;

    /** One for each depth. */
    private final PacketRecord[] inner = new PacketRecord[MAX_DEPTH];

    TunnelParser(Ipv4Parser ipv4, Ipv6Parser ipv6, TransportParser transport, boolean isVerifying) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.transport = transport;
        this.isVerifying = isVerifying;
        for (int i = 0; i < MAX_DEPTH; i++) {
            inner[i] = PacketRecord.createInner();
        }
    }

    /**
     * Checks the header of a tunnel, and the headers inside.
     *
     * @param r parsed up to the payload of IP; its protocol is one of the constants above
     * @param depth how many packets it is inside of
     * @return what is wrong, or null
     */
    @Nullable DropReason check(PacketRecord r, int depth) {
        int at = r.payloadOffset;
        return switch (r.protocol) {
            case PROTOCOL_IPV4 -> packet(r, at, TYPE_IPV4, depth);
            case PROTOCOL_IPV6 -> packet(r, at, TYPE_IPV6, depth);
            case PROTOCOL_GRE -> gre(r, at, depth);
            case PROTOCOL_ESP -> esp(r, at);
            default -> ah(r, at);
        };
    }

    private @Nullable DropReason packet(PacketRecord outer, int at, int type, int depth) {
        if (depth == MAX_DEPTH) {
            return DropReason.MALFORMED_TUNNEL_DEPTH;
        }
        PacketRecord r = inner[depth];
        r.clear();
        r.memory = outer.memory;
        r.frameOffset = outer.frameOffset;
        r.frameLengthBytes = outer.frameLengthBytes;
        DropReason reason =
                type == TYPE_IPV4 ? ipv4.parse(r, at, outer.ipEnd, false) : ipv6.parse(r, at, outer.ipEnd, false);
        if (reason == null && !r.isFragment) {
            reason = transport.parse(r, depth + 1);
        }
        return reason == null || reason == DropReason.MALFORMED_TUNNEL_DEPTH ? reason : DropReason.MALFORMED_TUNNEL;
    }

    private @Nullable DropReason gre(PacketRecord r, int at, int depth) {
        int available = r.ipEnd - at;
        if (available < 4) {
            return DropReason.MALFORMED_GRE;
        }
        int flags = r.memory.getShort(at) & 0xFFFF;
        int type = r.memory.getShort(at + 2) & 0xFFFF;
        int version = flags & 7;
        if (version == 1) {
            return pptp(r, at, available, flags, type);
        }
        int size = 4 + size(flags, GRE_CHECKSUM) + size(flags, GRE_KEY) + size(flags, GRE_SEQUENCE);
        if (version != 0 || (flags & GRE_RESERVED) != 0 || size > available) {
            return DropReason.MALFORMED_GRE;
        }
        boolean isSumWrong =
                isVerifying && (flags & GRE_CHECKSUM) != 0 && !InternetChecksum.isRight(r.memory, at, available, 0);
        if (isSumWrong) {
            return DropReason.MALFORMED_GRE_CHECKSUM;
        }
        boolean isIp = type == TYPE_IPV4 || type == TYPE_IPV6;
        return isIp ? packet(r, at + size, type, depth) : null;
    }

    /** Enhanced GRE (RFC 2637, 4.1): always with a key, whose upper half is the length of the PPP frame. */
    private static @Nullable DropReason pptp(PacketRecord r, int at, int available, int flags, int type) {
        int size = 8 + size(flags, GRE_SEQUENCE) + size(flags, GRE_ACKNOWLEDGEMENT);
        boolean isValid = type == TYPE_PPP
                && (flags & (GRE_CHECKSUM | GRE_RESERVED)) == 0
                && (flags & GRE_KEY) != 0
                && size <= available
                && (r.memory.getShort(at + 4) & 0xFFFF) <= available - size;
        return isValid ? null : DropReason.MALFORMED_GRE;
    }

    private static int size(int flags, int flag) {
        return (flags & flag) == 0 ? 0 : 4;
    }

    /** Header, and at least padding to four bytes with pad length and next header. SPI 0 never is on a wire. */
    private static @Nullable DropReason esp(PacketRecord r, int at) {
        return r.ipEnd - at < 12 || r.memory.getInt(at) == 0 ? DropReason.MALFORMED_ESP : null;
    }

    private static @Nullable DropReason ah(PacketRecord r, int at) {
        int available = r.ipEnd - at;
        if (available < 12) {
            return DropReason.MALFORMED_AH;
        }
        int size = ((r.memory.get(at + 1) & 0xFF) + 2) * 4;
        boolean isAligned = r.ipVersion == 4 || size % 8 == 0;
        boolean isValid = size >= 12 && size <= available && isAligned && r.memory.getInt(at + 4) != 0;
        return isValid ? null : DropReason.MALFORMED_AH;
    }
}
