package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * What makes two packets belong to one flow, whichever way they go (ALE-3): both addresses, both ports, protocol, VLANs.
 * The two ends are put in a fixed order, A before B. Reused for each packet; owned by one worker.
 *
 * <p>For ICMP the ports are type with code, and the identifier of an echo; an echo reply counts as the request.
 */
public final class FlowKey {

    private static final int NO_PORT = 0x1FFFF;

    /** Marks, in {@link #rest}, what is no key of two ends. */
    private static final long SHARED = 1L << 50;

    private static final long GROUP_ANSWER = 1L << 51;

    long aHigh;
    long aLow;
    long bHigh;
    long bLow;
    /** Ports (17 bits each, so that "none" is a value of its own), protocol and IP version. */
    long rest;

    long vlanKey;
    int hash;
    boolean isSourceA;
    /** The packet goes to a group: its ends are no part of the key. */
    boolean isShared;

    private final KeyedHash keyedHash;

    /**
     * Makes a key.
     *
     * @param keyedHash where the hash comes from
     */
    public FlowKey(KeyedHash keyedHash) {
        this.keyedHash = keyedHash;
    }

    /**
     * Takes the key of a packet.
     *
     * @param p parsed; for a fragment with its ports peeked
     */
    public void set(PacketRecord p) {
        setTo(p, p.destinationHigh(), p.destinationLow(), p.destinationPort());
    }

    /**
     * Takes the key that a packet would have with another destination.
     *
     * @param p parsed; for a fragment with its ports peeked
     * @param dHigh the address, bytes 0..7; 0 for IPv4
     * @param dLow the address, bytes 8..15, or the IPv4 address
     * @param destinationPort the port, or NONE
     */
    public void setTo(PacketRecord p, long dHigh, long dLow, int destinationPort) {
        long sHigh = p.sourceHigh();
        long sLow = p.sourceLow();
        int order = Long.compareUnsigned(sHigh, dHigh);
        order = order != 0 ? order : Long.compareUnsigned(sLow, dLow);
        int aPort;
        int bPort;
        if (p.icmpType() != Packet.NONE) {
            isSourceA = order <= 0;
            aPort = requestType(p) << 8 | p.icmpCode();
            bPort = port(p.icmpId());
        } else {
            int sPort = port(p.sourcePort());
            int dPort = port(destinationPort);
            isSourceA = order < 0 || (order == 0 && sPort <= dPort);
            aPort = isSourceA ? sPort : dPort;
            bPort = isSourceA ? dPort : sPort;
        }
        isShared = false;
        aHigh = isSourceA ? sHigh : dHigh;
        aLow = isSourceA ? sLow : dLow;
        bHigh = isSourceA ? dHigh : sHigh;
        bLow = isSourceA ? dLow : sLow;
        rest = aPort | (long) bPort << 17 | (long) p.protocol() << 34 | (long) p.ipVersion() << 42;
        vlanKey = p.vlanKey();
        hash = (int) keyedHash.hash(aHigh, aLow, bHigh, bLow, rest, vlanKey);
    }

    /**
     * Takes the key that all datagrams from outside to groups have in common (ALE-6).
     *
     * @param p parsed, inbound
     */
    public void setShared(PacketRecord p) {
        isShared = true;
        isSourceA = true;
        aHigh = 0;
        aLow = 0;
        bHigh = 0;
        bLow = 0;
        rest = SHARED | (long) p.ipVersion() << 42;
        vlanKey = p.vlanKey();
        hash = (int) keyedHash.hash(0, 0, 0, 0, rest, vlanKey);
    }

    /**
     * What an answer to a datagram to a group must have besides the address of who asked: protocol and, if there are any,
     * the port. Which kind of ICMP message it is, and who sends it, does not matter (ALE-6).
     *
     * @param p the packet
     * @param port of who asked
     * @return never 0
     */
    static long groupAnswer(PacketRecord p, int port) {
        int askingPort = p.icmpType() != Packet.NONE ? NO_PORT : port(port);
        return GROUP_ANSWER | askingPort | (long) p.protocol() << 34 | (long) p.ipVersion() << 42;
    }

    /** Whether an ICMP message asks something itself: it is no answer. */
    static boolean isRequest(PacketRecord p) {
        int type = p.icmpType();
        if (p.ipVersion() == 4) {
            // Echo, router solicitation, time stamp, information, address mask.
            return type == 8 || type == 10 || type == 13 || type == 15 || type == 17;
        }
        // Echo, multicast listener query, router and neighbour solicitation, node information query.
        return type == 128 || type == 130 || type == 133 || type == 135 || type == 139;
    }

    /**
     * Tells whether a packet goes to more than one host.
     *
     * @param p parsed
     * @return true for multicast and limited broadcast
     */
    public static boolean isToGroup(PacketRecord p) {
        if (p.ipVersion() == 6) {
            return p.destinationHigh() >>> 56 == 0xFF;
        }
        return p.destinationLow() >>> 28 == 0xE || p.destinationLow() == 0xFFFF_FFFFL;
    }

    /**
     * Tells whether the packet's sender is the end called A.
     *
     * @return true for one of two packets that answer each other, false for the other
     */
    public boolean isSourceA() {
        return isSourceA;
    }

    private static int port(int port) {
        return port == Packet.NONE ? NO_PORT : port;
    }

    private static int requestType(PacketRecord p) {
        if (p.ipVersion() == 4) {
            return p.icmpType() == 0 ? 8 : p.icmpType();
        }
        return p.icmpType() == 129 ? 128 : p.icmpType();
    }
}
