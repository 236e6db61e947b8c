package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;

/**
 * Replaces one end of a packet, address and port, where it lies in memory, and puts the checksums right by what changed (RFC
 * 1624): so it serves whole packets, first fragments, which hold only part of what the checksum covers, and the packets that
 * ICMP errors quote. Classify plane; reads and writes nothing behind the packet's end. The record is not changed.
 */
public final class EndRewriter {

    private static final int IPV6_DESTINATION = 24;

    private EndRewriter() {}

    /**
     * Replaces an end if it is there.
     *
     * @param p parsed
     * @param isDestination the end to look at
     * @param oldHigh its address
     * @param oldLow its address
     * @param oldPort its port; NONE: ports are left alone
     * @param newHigh the address in its place
     * @param newLow the address in its place
     * @param newPort the port in its place
     * @return false if the packet has another end there
     */
    public static boolean replace(
            PacketRecord p,
            boolean isDestination,
            long oldHigh,
            long oldLow,
            int oldPort,
            long newHigh,
            long newLow,
            int newPort) {
        long high = isDestination ? p.destinationHigh : p.sourceHigh;
        long low = isDestination ? p.destinationLow : p.sourceLow;
        boolean isFragment = p.isFragment;
        int transport = isFragment ? (p.fragmentOffsetBytes == 0 ? p.payloadOffset : Packet.NONE) : p.transportOffset;
        boolean hasPorts = oldPort != Packet.NONE
                && transport != Packet.NONE
                && (p.protocol == Packet.PROTOCOL_TCP || p.protocol == Packet.PROTOCOL_UDP)
                && p.ipEnd - transport >= 4;
        int portAt = transport + (isDestination ? 2 : 0);
        if (high != oldHigh || low != oldLow) {
            return false;
        }
        if (hasPorts && (p.memory.getShort(portAt) & 0xFFFF) != oldPort) {
            return false;
        }
        ByteBuffer memory = p.memory;
        // The sum of all words that go, inverted, and of all that come.
        long delta = setAddress(p, isDestination, newHigh, newLow);
        if (p.ipVersion == 4) {
            InternetChecksum.update(memory, p.ipOffset + 10, delta, false);
        } else if (isDestination && p.pseudoDestinationOffset != p.ipOffset + IPV6_DESTINATION) {
            delta = 0; // checksums cover the final destination, which a routing header holds
        }
        if (hasPorts) {
            delta += (~oldPort & 0xFFFF) + newPort;
            memory.putShort(portAt, (short) newPort);
        }
        int checksumAt = transport == Packet.NONE ? Packet.NONE : checksumAt(p, transport);
        if (checksumAt != Packet.NONE && p.ipEnd - checksumAt >= 2) {
            InternetChecksum.update(memory, checksumAt, delta, p.protocol == Packet.PROTOCOL_UDP);
        }
        return true;
    }

    private static long setAddress(PacketRecord p, boolean isDestination, long newHigh, long newLow) {
        ByteBuffer memory = p.memory;
        if (p.ipVersion == 4) {
            int at = p.ipOffset + (isDestination ? 16 : 12);
            long delta = sum(~memory.getInt(at) & 0xFFFF_FFFFL) + sum(newLow & 0xFFFF_FFFFL);
            memory.putInt(at, (int) newLow);
            return delta;
        }
        int at = p.ipOffset + (isDestination ? IPV6_DESTINATION : 8);
        long delta = sum(~memory.getLong(at)) + sum(~memory.getLong(at + 8)) + sum(newHigh) + sum(newLow);
        memory.putLong(at, newHigh);
        memory.putLong(at + 8, newLow);
        return delta;
    }

    private static long sum(long words) {
        return (words >>> 48) + (words >>> 32 & 0xFFFF) + (words >>> 16 & 0xFFFF) + (words & 0xFFFF);
    }

    /** Where a checksum is that covers addresses. */
    private static int checksumAt(PacketRecord p, int transport) {
        return switch (p.protocol) {
            case Packet.PROTOCOL_TCP -> transport + 16;
            case Packet.PROTOCOL_UDP -> transport + 6;
            case Packet.PROTOCOL_ICMPV6 -> p.ipVersion == 6 ? transport + 2 : Packet.NONE;
            default -> Packet.NONE;
        };
    }

    /**
     * Makes the checksum of an ICMP error anew: what it covers was changed. One whose final destination is not known, because of a
     * routing header of an unknown type, keeps its checksum: nobody on the way could have verified it either.
     *
     * @param p a whole ICMP or ICMPv6 message
     */
    public static void finishIcmp(PacketRecord p) {
        int at = p.transportOffset;
        int length = p.ipEnd - at;
        if (p.ipVersion == 6 && p.pseudoDestinationOffset == Packet.NONE) {
            return;
        }
        long start = p.ipVersion == 4
                ? 0
                : InternetChecksum.pseudoSum(
                        p.memory, 6, p.ipOffset, p.pseudoDestinationOffset, Packet.PROTOCOL_ICMPV6, length);
        InternetChecksum.make(p.memory, at + 2, at, length, start, false);
    }

    /**
     * Sends a frame to another station of its link.
     *
     * @param p parsed
     * @param mac 48 bits
     */
    public static void setDestinationMac(PacketRecord p, long mac) {
        p.memory.putInt(p.frameOffset, (int) (mac >>> 16));
        p.memory.putShort(p.frameOffset + 4, (short) mac);
    }
}
