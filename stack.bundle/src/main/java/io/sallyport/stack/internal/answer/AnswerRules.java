package io.sallyport.stack.internal.answer;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * Which packets may be answered at all, whatever policy says: RFC 1122 section 3.2.2, RFC 1812 section 4.3.2.7, RFC 4443
 * section 2.4 (e), RFC 9293 section 3.10.7.1. An answer is never one of them, so no two gateways can talk to each other for
 * ever: a reset is not reset, an ICMP error gets no error, and of other ICMP only requests are refused aloud. Classify
 * plane: pure functions.
 */
public final class AnswerRules {

    private static final int ICMP_ECHO = 8;
    private static final int ICMP_TIMESTAMP = 13;
    private static final int ICMP_INFORMATION = 15;
    private static final int ICMP_ADDRESS_MASK = 17;
    private static final int ICMPV6_ECHO = 128;
    private static final int ICMPV6_REDIRECT = 137;

    private static final long GROUP_BIT = 1L << 40;

    private AnswerRules() {}

    /**
     * Tells whether a refused packet may be answered with a reset.
     *
     * @param p a packet
     * @return only for a whole TCP segment that is no reset itself
     */
    public static boolean mayReset(PacketRecord p) {
        return p.protocol() == Packet.PROTOCOL_TCP
                && p.transportOffset() != Packet.NONE
                && (p.tcpFlags() & Packet.TCP_RST) == 0
                && isBetweenTwoHosts(p);
    }

    /**
     * Tells whether a refused packet may be answered with "administratively prohibited".
     *
     * @param p a packet, or the first fragment of one
     * @return false for ICMP but requests
     */
    public static boolean mayRefuse(PacketRecord p) {
        if (isLaterFragment(p) || !isBetweenTwoHosts(p)) {
            return false;
        }
        return switch (p.protocol()) {
            case Packet.PROTOCOL_TCP -> false;
            case Packet.PROTOCOL_ICMP -> isIcmpRequest(p.icmpType());
            case Packet.PROTOCOL_ICMPV6 -> p.icmpType() == ICMPV6_ECHO;
            default -> true;
        };
    }

    /**
     * Tells whether the sender of a packet may be told that it is too big.
     *
     * @param p a packet or fragment
     * @return false for ICMP errors, and for fragments of IPv4 but the first
     */
    public static boolean mayTellSize(PacketRecord p) {
        if (p.ipVersion() == 4 && isLaterFragment(p)) {
            return false;
        }
        return isBetweenTwoHosts(p) && !isIcmpError(p);
    }

    private static boolean isLaterFragment(PacketRecord p) {
        return p.isFragment() && p.fragmentOffsetBytes() != 0;
    }

    private static boolean isIcmpRequest(int type) {
        return type == ICMP_ECHO || type == ICMP_TIMESTAMP || type == ICMP_INFORMATION || type == ICMP_ADDRESS_MASK;
    }

    /** Unreachable, source quench, redirect, time exceeded, parameter problem: RFC 1122 section 3.2.2. */
    private static boolean isIcmpError(int type) {
        return (type >= 3 && type <= 5) || type == 11 || type == 12;
    }

    /** Also of a first fragment, whose transport header is not parsed. */
    private static boolean isIcmpError(PacketRecord p) {
        boolean isIcmp = p.protocol() == Packet.PROTOCOL_ICMP;
        if (!isIcmp && p.protocol() != Packet.PROTOCOL_ICMPV6) {
            return false;
        }
        if (isLaterFragment(p)) {
            return true; // nobody knows
        }
        int type = p.icmpType();
        if (type == Packet.NONE) {
            int at = p.fragmentHeaderOffset() == Packet.NONE
                    ? p.ipOffset() + p.ipHeaderSizeBytes()
                    : p.fragmentHeaderOffset() + 8;
            if (at >= p.packetEnd()) {
                return true;
            }
            type = p.memory().get(at) & 0xFF;
        }
        return isIcmp ? isIcmpError(type) : type < ICMPV6_ECHO || type == ICMPV6_REDIRECT;
    }

    /** The sender is one host that an answer reaches, and the receiver one in whose name it can be given. */
    private static boolean isBetweenTwoHosts(PacketRecord p) {
        boolean isLoop = p.sourceHigh() == p.destinationHigh() && p.sourceLow() == p.destinationLow();
        return !isLoop
                && isHost(p.ipVersion(), p.sourceHigh(), p.sourceLow())
                && isHost(p.ipVersion(), p.destinationHigh(), p.destinationLow())
                && isStation(p.sourceMac())
                && isStation(p.destinationMac());
    }

    private static boolean isStation(long mac) {
        return mac != 0 && (mac & GROUP_BIT) == 0;
    }

    private static boolean isHost(int version, long high, long low) {
        if (version == 4) {
            int first = (int) (low >>> 24) & 0xFF;
            return first != 0 && first != 127 && first < 224;
        }
        boolean isLoopbackOrUnspecified = high == 0 && low >>> 1 == 0;
        boolean isMapped = high == 0 && low >>> 32 == 0xFFFF;
        return version == 6 && high >>> 56 != 0xFF && !isLoopbackOrUnspecified && !isMapped;
    }
}
