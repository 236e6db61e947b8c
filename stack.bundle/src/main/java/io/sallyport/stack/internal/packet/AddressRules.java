package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that no packet between two networks has (RFC 1122, 3.2.1.3; RFC 1812, 5.3.7; RFC 4291, 2.5 to 2.7; RFC 6890).
 * Addresses of a link's own scope pass: this is a bridge, no router. So does 240.0.0.0/4, which hosts take for unicast today.
 *
 * <p>A capture may have been taken on a host's loopback interface: frames without a side may have loopback addresses, and
 * the same one, at both ends.
 */
final class AddressRules {

    private static final int PROTOCOL_IGMP = 2;
    private static final int PORT_BOOTP_SERVER = 67;
    private static final int LOOPBACK_NET = 127;
    private static final int FIRST_GROUP = 224;
    private static final int BEHIND_GROUPS = 240;
    private static final long BROADCAST = 0xFFFF_FFFFL;
    /** The upper half of the low eight bytes of an IPv4-mapped address. */
    private static final int MAPPED = 0xFFFF;

    private AddressRules() {}

    /**
     * Checks both addresses.
     *
     * @param r a whole packet parsed up to its transport header, or a fragment
     * @return what is wrong, or null
     */
    static @Nullable DropReason check(PacketRecord r) {
        if (r.ipVersion == 4) {
            boolean isUsual = isUsual((int) (r.sourceLow >>> 24))
                    && isUsual((int) (r.destinationLow >>> 24))
                    && r.sourceLow != r.destinationLow;
            return isUsual ? null : unusualIpv4(r);
        }
        boolean isUsual = isUsual(r.sourceHigh)
                && isUsual(r.destinationHigh)
                && (r.sourceLow != r.destinationLow || r.sourceHigh != r.destinationHigh);
        return isUsual ? null : unusualIpv6(r);
    }

    /** 1..223 without the loopback network. */
    private static boolean isUsual(int firstByte) {
        return firstByte > 0 && firstByte < FIRST_GROUP && firstByte != LOOPBACK_NET;
    }

    /** No group, and none of the special addresses that begin with 64 zero bits. */
    private static boolean isUsual(long high) {
        return high != 0 && high >>> 56 != 0xFF;
    }

    private static @Nullable DropReason unusualIpv4(PacketRecord r) {
        int source = (int) (r.sourceLow >>> 24);
        int destination = (int) (r.destinationLow >>> 24);
        boolean isGroup = destination >= FIRST_GROUP && destination < BEHIND_GROUPS;
        if ((source >= FIRST_GROUP && source < BEHIND_GROUPS) || r.sourceLow == BROADCAST) {
            return DropReason.MALFORMED_SOURCE_ADDRESS;
        }
        if (source == LOOPBACK_NET || destination == LOOPBACK_NET) {
            return ofLoopback(r, source == LOOPBACK_NET, destination == LOOPBACK_NET);
        }
        if (source == 0 && (r.sourceLow != 0 || !mayHaveNoIpv4Address(r))) {
            return DropReason.MALFORMED_SOURCE_ADDRESS;
        }
        boolean isTcpToMany = r.protocol == Packet.PROTOCOL_TCP && (isGroup || r.destinationLow == BROADCAST);
        if (destination == 0 || isTcpToMany) {
            return DropReason.MALFORMED_DESTINATION_ADDRESS;
        }
        return r.sourceLow == r.destinationLow ? ofSelf(r) : null;
    }

    private static @Nullable DropReason unusualIpv6(PacketRecord r) {
        if (r.sourceHigh >>> 56 == 0xFF) {
            return DropReason.MALFORMED_SOURCE_ADDRESS;
        }
        boolean isSourceLoopback = r.sourceHigh == 0 && r.sourceLow == 1;
        boolean isDestinationLoopback = r.destinationHigh == 0 && r.destinationLow == 1;
        if (isSourceLoopback || isDestinationLoopback) {
            return ofLoopback(r, isSourceLoopback, isDestinationLoopback);
        }
        if (r.sourceHigh == 0) {
            boolean isUnspecified = r.sourceLow == 0;
            if (isUnspecified ? !mayHaveNoIpv6Address(r) : r.sourceLow >>> 32 == MAPPED) {
                return DropReason.MALFORMED_SOURCE_ADDRESS;
            }
        }
        if (r.destinationHigh == 0 && (r.destinationLow == 0 || r.destinationLow >>> 32 == MAPPED)) {
            return DropReason.MALFORMED_DESTINATION_ADDRESS;
        }
        if (r.destinationHigh >>> 56 == 0xFF) {
            // Scope 0 is reserved, scope 1 does not leave a host (RFC 4291, 2.7).
            boolean isOfNoLink = ((r.destinationHigh >>> 48) & 0x0F) < 2;
            if (isOfNoLink || r.protocol == Packet.PROTOCOL_TCP) {
                return DropReason.MALFORMED_DESTINATION_ADDRESS;
            }
        }
        boolean isSelf = r.sourceLow == r.destinationLow && r.sourceHigh == r.destinationHigh;
        return isSelf ? ofSelf(r) : null;
    }

    private static @Nullable DropReason ofLoopback(PacketRecord r, boolean isSource, boolean isDestination) {
        if (isSource && isDestination && r.arrivalSide == Side.UNKNOWN) {
            return null;
        }
        return isSource ? DropReason.MALFORMED_SOURCE_ADDRESS : DropReason.MALFORMED_DESTINATION_ADDRESS;
    }

    /** Between two networks no host talks to itself; on the loopback interface it does, but not with one and the same port. */
    private static @Nullable DropReason ofSelf(PacketRecord r) {
        boolean isSameEnd = r.sourcePort != Packet.NONE && r.sourcePort == r.destinationPort;
        return r.arrivalSide == Side.UNKNOWN && !isSameEnd ? null : DropReason.MALFORMED_LAND;
    }

    /** A host that asks for its address (RFC 951, RFC 2131), or a querier without one (RFC 3376, 4.2.13; RFC 4541, 2.1.1). */
    private static boolean mayHaveNoIpv4Address(PacketRecord r) {
        return r.protocol == PROTOCOL_IGMP
                || (r.protocol == Packet.PROTOCOL_UDP && r.destinationPort == PORT_BOOTP_SERVER);
    }

    /** A host that makes sure of its address (RFC 4862), looks for routers, or joins groups before (RFC 3590). */
    private static boolean mayHaveNoIpv6Address(PacketRecord r) {
        return switch (r.icmpType) {
            case Icmpv6Rules.LISTENER_QUERY,
                    Icmpv6Rules.LISTENER_REPORT,
                    Icmpv6Rules.LISTENER_DONE,
                    Icmpv6Rules.LISTENER_REPORT_V2,
                    Icmpv6Rules.ROUTER_SOLICITATION,
                    Icmpv6Rules.NEIGHBOR_SOLICITATION -> true;
            default -> false;
        };
    }
}
