package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The IPv6 header and its chain of extension headers (RFC 8200). An authentication header ends it, as in IPv4: its packets
 * are classified as what they are.
 */
final class Ipv6Parser {

    private static final int HEADER = 40;
    static final int MAX_EXTENSIONS = 16;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_JUMBO = 0xC2;

    /**
     * Parses a header and its chain.
     *
     * @param r is filled
     * @param at where the header starts
     * @param end of the bytes that hold it
     * @param isQuoted in an ICMP error: may be cut behind its header
     * @return why it is malformed, or null
     */
    @Nullable DropReason parse(PacketRecord r, int at, int end, boolean isQuoted) {
        ByteBuffer memory = r.memory;
        int available = end - at;
        if (available < HEADER || (memory.get(at) & 0xF0) != 0x60) {
            return DropReason.MALFORMED_IPV6;
        }
        int length = HEADER + (memory.getShort(at + 4) & 0xFFFF);
        if (length > available && !isQuoted) {
            return DropReason.MALFORMED_IPV6;
        }
        r.ipVersion = 6;
        r.ipOffset = at;
        r.ipHeaderSizeBytes = HEADER;
        r.ipEnd = at + Math.min(length, available);
        r.timeToLive = memory.get(at + 7) & 0xFF;
        r.sourceHigh = memory.getLong(at + 8);
        r.sourceLow = memory.getLong(at + 16);
        r.destinationHigh = memory.getLong(at + 24);
        r.destinationLow = memory.getLong(at + 32);
        r.pseudoDestinationOffset = at + 24;
        r.protocol = memory.get(at + 6) & 0xFF;
        DropReason reason = walk(r, isQuoted);
        r.payloadLengthBytes = r.ipEnd - r.payloadOffset;
        return reason;
    }

    /** Walks from header to header; {@code r.protocol} is always the kind of the one at {@code next}. */
    private static @Nullable DropReason walk(PacketRecord r, boolean isQuoted) {
        ByteBuffer memory = r.memory;
        int next = r.ipOffset + HEADER;
        int namedBy = r.ipOffset + 6;
        for (int count = 0; isExtension(r.protocol); count++) {
            int size = sizeOf(r.protocol, memory, next, r.ipEnd);
            boolean isOutOfPlace = r.protocol == HOP_BY_HOP && count > 0;
            boolean isSecondFragment = r.protocol == FRAGMENT && r.fragmentHeaderOffset != Packet.NONE;
            if (size < 0 || isOutOfPlace || isSecondFragment || count == MAX_EXTENSIONS) {
                settle(r, next);
                return isQuoted && size < 0 ? null : DropReason.MALFORMED_IPV6_EXTENSION;
            }
            DropReason reason = isQuoted ? null : content(r, next, size);
            if (reason != null) {
                settle(r, next);
                return reason;
            }
            if (r.protocol == FRAGMENT) {
                fragment(r, next, namedBy);
            }
            r.protocol = memory.get(next) & 0xFF;
            namedBy = next;
            next += size;
            if (r.isFragment) {
                break;
            }
        }
        settle(r, next);
        return null;
    }

    private static void settle(PacketRecord r, int end) {
        r.ipHeaderSizeBytes = end - r.ipOffset;
        r.payloadOffset = end;
    }

    static boolean isExtension(int protocol) {
        return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == FRAGMENT || protocol == DESTINATION_OPTIONS;
    }

    /** Size of an extension header or an authentication header, or -1 if it is cut. */
    static int sizeOf(int protocol, ByteBuffer memory, int at, int end) {
        if (end - at < 8) {
            return -1;
        }
        int length = memory.get(at + 1) & 0xFF;
        int size = switch (protocol) {
            case FRAGMENT -> 8;
            case TunnelParser.PROTOCOL_AH -> (length + 2) * 4;
            default -> (length + 1) * 8;
        };
        return size > end - at ? -1 : size;
    }

    private static @Nullable DropReason content(PacketRecord r, int at, int size) {
        return switch (r.protocol) {
            case HOP_BY_HOP, DESTINATION_OPTIONS -> options(r.memory, at + 2, at + size);
            case ROUTING -> routing(r, at, size);
            default -> null;
        };
    }

    private static @Nullable DropReason options(ByteBuffer memory, int from, int to) {
        int at = from;
        while (at < to) {
            int kind = memory.get(at) & 0xFF;
            if (kind == OPTION_PAD1) {
                at++;
                continue;
            }
            if (kind == OPTION_JUMBO) {
                return DropReason.MALFORMED_IPV6_JUMBOGRAM;
            }
            int length = to - at < 2 ? Integer.MAX_VALUE : 2 + (memory.get(at + 1) & 0xFF);
            if (length > to - at) {
                return DropReason.MALFORMED_IPV6_EXTENSION;
            }
            at += length;
        }
        return null;
    }

    /** While segments are left, transport checksums cover the final destination, which the routing header holds. */
    private static @Nullable DropReason routing(PacketRecord r, int at, int size) {
        int type = r.memory.get(at + 2) & 0xFF;
        int segmentsLeft = r.memory.get(at + 3) & 0xFF;
        if (segmentsLeft == 0) {
            return null; // it has been at all its stops; whoever does not know the type skips it (RFC 8200, 4.4)
        }
        if (type == 0) {
            return DropReason.MALFORMED_IPV6_ROUTING_TYPE_0;
        }
        int addresses = (size - 8) / 16;
        switch (type) {
            case 2 -> {
                if (addresses != 1 || segmentsLeft != 1) {
                    return DropReason.MALFORMED_IPV6_EXTENSION; // RFC 6275, 6.4.1
                }
                r.pseudoDestinationOffset = at + 8;
            }
            case 4 -> {
                if (addresses == 0) {
                    return DropReason.MALFORMED_IPV6_EXTENSION;
                }
                r.pseudoDestinationOffset = at + 8;
            }
            default -> r.pseudoDestinationOffset = Packet.NONE;
        }
        return null;
    }

    private static void fragment(PacketRecord r, int at, int namedBy) {
        int field = r.memory.getShort(at + 2) & 0xFFFF;
        r.fragmentHeaderOffset = at;
        r.fragmentNextHeaderOffset = namedBy;
        r.fragmentId = r.memory.getInt(at + 4);
        r.fragmentOffsetBytes = field & 0xFFF8;
        r.hasMoreFragments = (field & 1) != 0;
        // Offset 0 and nothing to follow: an atomic fragment (RFC 6946) is a whole datagram.
        r.isFragment = r.hasMoreFragments || r.fragmentOffsetBytes != 0;
    }
}
