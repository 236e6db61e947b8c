package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;

/**
 * Which MAC address answers for an IP address, learned for each port from ARP and neighbour discovery that the MAC layers let
 * in. Fixed size: a newcomer takes the place of whoever shares its cell. What one port says never counts for the other, so an
 * inside host cannot claim an outside address. Owned by one worker.
 */
final class Neighbors {

    private static final int CELLS = 4_096;
    private static final int ARP = 0x0806;
    private static final int ND_SOLICITATION = 135;
    private static final int ND_ADVERTISEMENT = 136;

    private final KeyedHash hash;
    private final Port lan = new Port();
    private final Port wan = new Port();

    Neighbors(KeyedHash hash) {
        this.hash = hash;
    }

    private static final class Port {
        final long[] high = new long[CELLS];
        final long[] low = new long[CELLS];
        final long[] vlanKey = new long[CELLS];
        /** 0: empty. */
        final long[] mac = new long[CELLS];
    }

    /** Learns from a frame whose direction is known, if it is ARP or neighbour discovery. */
    void learn(PacketRecord p) {
        if (p.etherType() == ARP) {
            learnArp(p);
        } else if (p.icmpType() == ND_SOLICITATION && p.ipVersion() == 6) {
            put(p, p.sourceHigh(), p.sourceLow(), p.sourceMac());
        } else if (p.icmpType() == ND_ADVERTISEMENT && p.ipVersion() == 6) {
            int target = p.transportOffset() + 8;
            if (p.packetEnd() - target >= 16) {
                ByteBuffer memory = p.memory();
                put(p, memory.getLong(target), memory.getLong(target + 8), p.sourceMac());
            }
        }
    }

    private void learnArp(PacketRecord p) {
        ByteBuffer memory = p.memory();
        int end = p.frameOffset() + p.frameLengthBytes();
        int at = p.frameOffset() + 14 + 4 * tags(p);
        // Ethernet and IPv4 only.
        if (end - at < 28 || memory.getLong(at) >>> 16 != 0x0001_0800_0604L) {
            return;
        }
        long mac = (memory.getInt(at + 8) & 0xFFFF_FFFFL) << 16 | (memory.getShort(at + 12) & 0xFFFF);
        put(p, 0, memory.getInt(at + 14) & 0xFFFF_FFFFL, mac);
    }

    private static int tags(PacketRecord p) {
        if (p.vlanId() == Packet.NONE) {
            return 0;
        }
        return p.innerVlanId() == Packet.NONE ? 1 : 2;
    }

    private void put(PacketRecord p, long high, long low, long mac) {
        boolean isUnicast = mac != 0 && (mac >>> 40 & 1) == 0;
        if (!isUnicast || (high == 0 && low == 0)) {
            return;
        }
        Port port = p.direction() == Direction.OUTBOUND ? lan : wan;
        int cell = cell(high, low, p.vlanKey());
        port.high[cell] = high;
        port.low[cell] = low;
        port.vlanKey[cell] = p.vlanKey();
        port.mac[cell] = mac;
    }

    private int cell(long high, long low, long vlanKey) {
        return (int) hash.hash(high, low, 0, 0, 0, vlanKey) & (CELLS - 1);
    }

    /** The MAC address of an outside host; 0 if it is not known: then it is behind the next hop, or silent. */
    long outside(long high, long low, long vlanKey) {
        return find(wan, high, low, vlanKey);
    }

    /** Tells whether an address was seen at the inside port only. */
    boolean isInside(long high, long low, long vlanKey) {
        return find(lan, high, low, vlanKey) != 0 && find(wan, high, low, vlanKey) == 0;
    }

    private long find(Port port, long high, long low, long vlanKey) {
        int cell = cell(high, low, vlanKey);
        boolean isIt = port.high[cell] == high && port.low[cell] == low && port.vlanKey[cell] == vlanKey;
        return isIt ? port.mac[cell] : 0;
    }
}
