package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver of neighbour discovery (RFC 4861, RFC 6980) or multicast listener discovery (RFC 2710, RFC 3810) has to
 * discard without a word. These protocols stay on a link, and a bridge is in the middle of one.
 */
final class Icmpv6Rules {

    static final int LISTENER_QUERY = 130;
    static final int LISTENER_REPORT = 131;
    static final int LISTENER_DONE = 132;
    static final int ROUTER_SOLICITATION = 133;
    static final int ROUTER_ADVERTISEMENT = 134;
    static final int NEIGHBOR_SOLICITATION = 135;
    static final int NEIGHBOR_ADVERTISEMENT = 136;
    static final int REDIRECT = 137;
    static final int LISTENER_REPORT_V2 = 143;

    private static final int SOURCE_LINK_LAYER_ADDRESS = 1;
    private static final int SOLICITED_FLAG = 0x4000_0000;
    /** ff02::1:ff00:0/104. */
    private static final long SOLICITED_NODE_HIGH = 0xFF02_0000_0000_0000L;

    private static final long SOLICITED_NODE_LOW = 0x0000_0001_FF00_0000L;

    private Icmpv6Rules() {}

    /**
     * Tells whether a type is neighbour discovery.
     *
     * @param type of ICMPv6
     * @return false for all other messages
     */
    static boolean isNeighborDiscovery(int type) {
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
    }

    /**
     * Checks a message.
     *
     * @param r parsed up to the type
     * @return what is wrong, or null
     */
    static @Nullable DropReason check(PacketRecord r) {
        int type = r.icmpType;
        int length = r.ipEnd - r.transportOffset;
        if (isNeighborDiscovery(type)) {
            if (r.isReassembled || r.fragmentHeaderOffset != Packet.NONE) {
                return DropReason.MALFORMED_ND_FRAGMENT;
            }
            return isNeighborDiscoveryValid(r, type, length) ? null : DropReason.MALFORMED_ND;
        }
        boolean isListener = (type >= LISTENER_QUERY && type <= LISTENER_DONE) || type == LISTENER_REPORT_V2;
        return !isListener || isListenerValid(r, type, length) ? null : DropReason.MALFORMED_MLD;
    }

    private static boolean isNeighborDiscoveryValid(PacketRecord r, int type, int length) {
        int fixed = switch (type) {
            case ROUTER_SOLICITATION -> 8;
            case ROUTER_ADVERTISEMENT -> 16;
            case NEIGHBOR_SOLICITATION, NEIGHBOR_ADVERTISEMENT -> 24;
            default -> 40;
        };
        if (r.timeToLive != 255 || r.icmpCode != 0 || length < fixed) {
            return false;
        }
        boolean hasNoSource = r.sourceHigh == 0 && r.sourceLow == 0;
        boolean isToGroup = r.destinationHigh >>> 56 == 0xFF;
        boolean isFixedPartValid = switch (type) {
            case ROUTER_SOLICITATION -> true;
            case ROUTER_ADVERTISEMENT -> isLinkLocal(r.sourceHigh);
            case NEIGHBOR_SOLICITATION -> !isGroupAt(r, 8) && (!hasNoSource || isToSolicitedNode(r));
            case NEIGHBOR_ADVERTISEMENT ->
                !isGroupAt(r, 8) && !(isToGroup && (r.memory.getInt(r.transportOffset + 4) & SOLICITED_FLAG) != 0);
            default -> isLinkLocal(r.sourceHigh) && !isGroupAt(r, 24);
        };
        return isFixedPartValid && areOptionsValid(r, r.transportOffset + fixed, hasNoSource);
    }

    /** Who has no address yet cannot name its link-layer address for it. */
    private static boolean areOptionsValid(PacketRecord r, int from, boolean hasNoSource) {
        ByteBuffer memory = r.memory;
        int at = from;
        while (at < r.ipEnd) {
            int left = r.ipEnd - at;
            int size = left < 8 ? 0 : (memory.get(at + 1) & 0xFF) * 8;
            if (size == 0 || size > left) {
                return false;
            }
            if (hasNoSource && (memory.get(at) & 0xFF) == SOURCE_LINK_LAYER_ADDRESS) {
                return false;
            }
            at += size;
        }
        return true;
    }

    private static boolean isListenerValid(PacketRecord r, int type, int length) {
        boolean isFromLink = isLinkLocal(r.sourceHigh) || (r.sourceHigh == 0 && r.sourceLow == 0);
        if (r.timeToLive != 1 || !isFromLink) {
            return false;
        }
        ByteBuffer memory = r.memory;
        int at = r.transportOffset;
        return switch (type) {
            // Between the two lengths there is no version (RFC 3810, 8.1).
            case LISTENER_QUERY ->
                length == 24 || (length >= 28 && length >= 28 + 16 * (memory.getShort(at + 26) & 0xFFFF));
            case LISTENER_REPORT_V2 ->
                length >= 8 && GroupRecords.areValid(memory, at + 8, r.ipEnd, memory.getShort(at + 6) & 0xFFFF, 16);
            default -> length >= 24;
        };
    }

    private static boolean isLinkLocal(long high) {
        return high >>> 54 == 0x3FA;
    }

    private static boolean isGroupAt(PacketRecord r, int offset) {
        return r.memory.get(r.transportOffset + offset) == (byte) 0xFF;
    }

    private static boolean isToSolicitedNode(PacketRecord r) {
        return r.destinationHigh == SOLICITED_NODE_HIGH && (r.destinationLow & ~0xFF_FFFFL) == SOLICITED_NODE_LOW;
    }
}
