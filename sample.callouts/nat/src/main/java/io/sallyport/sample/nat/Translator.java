package io.sallyport.sample.nat;

import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PacketData;
import io.sallyport.sample.nets.KeyedHash;
import org.jspecify.annotations.Nullable;

/**
 * Translates between the inside and one outside address. Every packet that is to be translated is cloned, edited and injected behind
 * the forward layer; the original is absorbed.
 *
 * <p>The tables are shared by all flows, whatever their workers: one at a time is inside. With one worker nobody ever waits.
 */
final class Translator {

    /** What is to become of the original. */
    enum Answer {
        /** It is none of this address's business. */
        CONTINUE,
        /** It leaves translated, or waits for that. */
        TAKEN,
        /** It cannot be translated: it must not pass. */
        REFUSED
    }

    private static final int ETHERNET = 14;
    private static final int TCP_END = 5; // FIN, RST
    private static final int TCP_SYN = 2;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1FFF;

    /** Of ICMP: the identifier, or the header that an error quotes behind it. */
    private static final int ICMP_ID = 4;

    private static final int ICMP_BYTES = 8;
    private static final int IPV4_BYTES = 20;

    private final int outside;
    private final long mac;
    private final Mappings tcp;
    private final Mappings udp;
    private final Mappings icmp;
    private final Fragments fragments;
    private int nextIdentification;

    /**
     * With nothing mapped.
     *
     * @param outside the address that is claimed, in host order
     */
    Translator(int outside) {
        KeyedHash hash = new KeyedHash();
        this.outside = outside;
        // Locally administered, and always the same for an address.
        mac = 0x0200_0000_0000L | Integer.toUnsignedLong(outside);
        tcp = new Mappings(hash, new Mappings.Timeouts(240, 7_440)); // RFC 5382, REQ-5
        udp = new Mappings(hash, new Mappings.Timeouts(120, 300)); // RFC 4787, REQ-5
        icmp = new Mappings(hash, new Mappings.Timeouts(60, 60)); // RFC 5508, REQ-2
        fragments = new Fragments(hash);
    }

    /** The MAC address at which the claimed address is to be found. */
    long mac() {
        return mac;
    }

    /** The claimed address. */
    int address() {
        return outside;
    }

    /** The mappings of a protocol; null if it is not translated. */
    @Nullable Mappings mappings(int protocol) {
        return switch (protocol) {
            case PacketEdit.TCP -> tcp;
            case PacketEdit.UDP -> udp;
            case PacketEdit.ICMP -> icmp;
            default -> null;
        };
    }

    /** Judges, and translates, a packet at the forward layer. Classify path. */
    synchronized Answer translate(CalloutHost host, IncomingMetadata metadata, PacketData data) {
        if (data.lengthBytes() < IPV4_BYTES) {
            return Answer.REFUSED;
        }
        return metadata.packetDirection() == Direction.OUTBOUND
                ? outbound(host, metadata, data)
                : inbound(host, metadata, data);
    }

    // ---- outbound

    private Answer outbound(CalloutHost host, IncomingMetadata metadata, PacketData data) {
        int source = (int) data.u32(PacketEdit.SOURCE);
        int destination = (int) data.u32(PacketEdit.DESTINATION);
        if (source == 0 || destination >>> 28 >= 14) {
            return Answer.CONTINUE; // who has no address yet; groups and broadcast
        }
        if (source == outside || destination == outside) {
            return Answer.REFUSED; // somebody else's claim; hairpin
        }
        int transport = (data.u8(0) & 0x0F) * 4;
        int protocol = data.u8(9);
        int flags = data.u16(6);
        Mappings mappings = mappings(protocol);
        if (mappings == null) {
            return Answer.REFUSED;
        }
        long now = metadata.timestampNs();
        if ((flags & FRAGMENT_OFFSET) != 0) {
            return outboundPiece(host, metadata, -1, 0, 0, now);
        }
        if (data.lengthBytes() < transport + ICMP_BYTES) {
            return Answer.REFUSED;
        }
        if (protocol == PacketEdit.ICMP && isError(data.u8(transport))) {
            return outboundError(host, metadata, data, transport, now);
        }
        int field = 0;
        if (protocol == PacketEdit.ICMP) {
            if (!isRequest(data.u8(transport))) {
                return Answer.REFUSED;
            }
            field = ICMP_ID;
        }
        int port = mappings.findOrMake(source, data.u16(transport + field), sourceMac(data), now);
        if (port == Mappings.NONE) {
            return Answer.REFUSED;
        }
        if (protocol == PacketEdit.TCP && (data.u8(transport + 13) & TCP_END) != 0) {
            mappings.end(port, now);
        }
        return outboundPiece(host, metadata, transport, field, port, now);
    }

    /** A packet, or a fragment, whose transport header is not there if {@code transport} is negative. */
    private Answer outboundPiece(
            CalloutHost host, IncomingMetadata metadata, int transport, int field, int port, long now) {
        NetBuffer packet = host.packets().clone(metadata);
        if (packet == null) {
            return Answer.REFUSED;
        }
        int protocol = packet.u8(9);
        int end = packet.lengthBytes();
        if ((packet.u16(6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0) {
            PacketEdit.identification(packet, 0, identification(packet, protocol, now));
        }
        PacketEdit.address(packet, 0, PacketEdit.SOURCE, outside, transport, protocol, end);
        if (transport >= 0) {
            PacketEdit.field(packet, transport, field, port, protocol, end);
        }
        putMac(packet, 6, mac);
        return inject(host, Direction.OUTBOUND, packet);
    }

    /** Two hosts inside may use one identification at a time: behind one address each datagram has its own (RFC 6864). */
    private int identification(NetBuffer packet, int protocol, long now) {
        long key = fragments.key(
                (int) packet.u32(PacketEdit.SOURCE), (int) packet.u32(PacketEdit.DESTINATION), protocol, packet.u16(4));
        long known = fragments.find(key, now);
        if (known >= 0) {
            return (int) known;
        }
        nextIdentification = (nextIdentification + 1) & 0xFFFF;
        fragments.remember(key, nextIdentification, 0, now);
        return nextIdentification;
    }

    /** An error about what came in: it quotes that with its inside addresses. */
    private Answer outboundError(
            CalloutHost host, IncomingMetadata metadata, PacketData data, int transport, long now) {
        int quoted = transport + ICMP_BYTES;
        int ports = quotedPorts(data, quoted);
        Mappings mappings = ports < 0 ? null : mappings(data.u8(quoted + 9));
        if (mappings == null) {
            return Answer.REFUSED;
        }
        boolean isIcmp = mappings == icmp;
        int field = isIcmp ? ICMP_ID : 2;
        int port = mappings.find((int) data.u32(quoted + PacketEdit.DESTINATION), data.u16(ports + field), now);
        NetBuffer packet = port == Mappings.NONE ? null : host.packets().clone(metadata);
        if (packet == null) {
            return Answer.REFUSED;
        }
        quote(packet, quoted, ports, PacketEdit.DESTINATION, outside, field, port);
        PacketEdit.address(packet, 0, PacketEdit.SOURCE, outside, transport, PacketEdit.ICMP, packet.lengthBytes());
        putMac(packet, 6, mac);
        return inject(host, Direction.OUTBOUND, packet);
    }

    // ---- inbound

    private Answer inbound(CalloutHost host, IncomingMetadata metadata, PacketData data) {
        if ((int) data.u32(PacketEdit.DESTINATION) != outside) {
            return Answer.CONTINUE;
        }
        int transport = (data.u8(0) & 0x0F) * 4;
        int protocol = data.u8(9);
        int flags = data.u16(6);
        Mappings mappings = mappings(protocol);
        if (mappings == null) {
            return Answer.REFUSED;
        }
        long now = metadata.timestampNs();
        if ((flags & FRAGMENT_OFFSET) != 0) {
            return inboundLater(host, metadata, data, now);
        }
        if (data.lengthBytes() < transport + ICMP_BYTES) {
            return Answer.REFUSED;
        }
        if (protocol == PacketEdit.ICMP && isError(data.u8(transport))) {
            return inboundError(host, metadata, data, transport, now);
        }
        if (protocol == PacketEdit.ICMP && !isReply(data.u8(transport))) {
            return Answer.REFUSED;
        }
        int field = protocol == PacketEdit.ICMP ? ICMP_ID : 2;
        int port = data.u16(transport + field);
        if (!mappings.isMapped(port, now)) {
            return Answer.REFUSED;
        }
        follow(mappings, port, data, transport, now);
        return inboundFirst(host, metadata, transport, field, mappings, port, now);
    }

    private void follow(Mappings mappings, int port, PacketData data, int transport, long now) {
        if (mappings != tcp || data.lengthBytes() < transport + IPV4_BYTES) {
            mappings.establish(port, true, now);
            return;
        }
        int flags = data.u8(transport + 13);
        if ((flags & TCP_END) != 0) {
            mappings.end(port, now);
        } else {
            int header = (data.u8(transport + 12) >>> 4) * 4;
            boolean isMore = (flags & TCP_SYN) != 0 || data.lengthBytes() > transport + header;
            mappings.establish(port, isMore, now);
        }
    }

    /** A whole packet or a first fragment; the others of its datagram that waited follow it. */
    private Answer inboundFirst(
            CalloutHost host,
            IncomingMetadata metadata,
            int transport,
            int field,
            Mappings mappings,
            int port,
            long now) {
        NetBuffer packet = host.packets().clone(metadata);
        if (packet == null) {
            return Answer.REFUSED;
        }
        int protocol = packet.u8(9);
        int end = packet.lengthBytes();
        boolean isFragment = (packet.u16(6) & MORE_FRAGMENTS) != 0;
        long key = isFragment ? inboundKey(packet, protocol) : 0;
        int inside = mappings.address(port);
        long insideMac = mappings.mac(port);
        PacketEdit.address(packet, 0, PacketEdit.DESTINATION, inside, transport, protocol, end);
        PacketEdit.field(packet, transport, field, mappings.port(port), protocol, end);
        putMac(packet, 0, insideMac);
        Answer answer = inject(host, Direction.INBOUND, packet);
        if (isFragment && answer == Answer.TAKEN) {
            fragments.remember(key, Integer.toUnsignedLong(inside), insideMac, now);
            for (NetBuffer later = fragments.takeWaiting(key); later != null; later = fragments.takeWaiting(key)) {
                injectLater(host, later, inside, insideMac);
            }
        }
        return answer;
    }

    private long inboundKey(PacketData packet, int protocol) {
        return fragments.key((int) packet.u32(PacketEdit.SOURCE), outside, protocol, packet.u16(4));
    }

    private Answer inboundLater(CalloutHost host, IncomingMetadata metadata, PacketData data, long now) {
        NetBuffer packet = host.packets().clone(metadata);
        if (packet == null) {
            return Answer.REFUSED;
        }
        long key = inboundKey(data, data.u8(9));
        long inside = fragments.find(key, now);
        if (inside >= 0) {
            return injectLater(host, packet, (int) inside, fragments.mac(key));
        }
        if (fragments.keep(packet, key, now)) {
            return Answer.TAKEN;
        }
        packet.release();
        return Answer.REFUSED;
    }

    private static Answer injectLater(CalloutHost host, NetBuffer packet, int inside, long insideMac) {
        PacketEdit.address(packet, 0, PacketEdit.DESTINATION, inside, -1, 0, packet.lengthBytes());
        putMac(packet, 0, insideMac);
        return inject(host, Direction.INBOUND, packet);
    }

    /** An error about what went out: it quotes that with the outside address. */
    private Answer inboundError(CalloutHost host, IncomingMetadata metadata, PacketData data, int transport, long now) {
        int quoted = transport + ICMP_BYTES;
        int ports = quotedPorts(data, quoted);
        Mappings mappings = ports < 0 ? null : mappings(data.u8(quoted + 9));
        if (mappings == null || (int) data.u32(quoted + PacketEdit.SOURCE) != outside) {
            return Answer.REFUSED;
        }
        int field = mappings == icmp ? ICMP_ID : 0;
        int port = data.u16(ports + field);
        NetBuffer packet = mappings.isMapped(port, now) ? host.packets().clone(metadata) : null;
        if (packet == null) {
            return Answer.REFUSED;
        }
        int inside = mappings.address(port);
        quote(packet, quoted, ports, PacketEdit.SOURCE, inside, field, mappings.port(port));
        PacketEdit.address(packet, 0, PacketEdit.DESTINATION, inside, transport, PacketEdit.ICMP, packet.lengthBytes());
        putMac(packet, 0, mappings.mac(port));
        return inject(host, Direction.INBOUND, packet);
    }

    // ---- both

    /** Where the ports of a quoted packet are; -1 if an error quotes too little, a later fragment, or is one itself. */
    private static int quotedPorts(PacketData data, int quoted) {
        boolean isWhole = (data.u16(6) & MORE_FRAGMENTS) == 0;
        if (!isWhole || data.lengthBytes() < quoted + IPV4_BYTES + ICMP_BYTES || data.u8(quoted) >>> 4 != 4) {
            return -1;
        }
        int ports = quoted + (data.u8(quoted) & 0x0F) * 4;
        boolean isThere = ports >= quoted + IPV4_BYTES && data.lengthBytes() >= ports + ICMP_BYTES;
        return isThere && (data.u16(quoted + 6) & FRAGMENT_OFFSET) == 0 ? ports : -1;
    }

    /** Changes what an error quotes; the error's own checksum is the gateway's work when it is injected (INJ-8). */
    private static void quote(NetBuffer packet, int quoted, int ports, int end, int address, int field, int port) {
        int protocol = packet.u8(quoted + 9);
        int length = packet.lengthBytes();
        PacketEdit.address(packet, quoted, end, address, ports, protocol, length);
        PacketEdit.field(packet, ports, field, port, protocol, length);
    }

    private static boolean isError(int icmpType) {
        return icmpType == 3 || icmpType == 4 || icmpType == 5 || icmpType == 11 || icmpType == 12;
    }

    private static boolean isRequest(int icmpType) {
        return icmpType == 8 || icmpType == 13;
    }

    private static boolean isReply(int icmpType) {
        return icmpType == 0 || icmpType == 14;
    }

    private static long sourceMac(PacketData data) {
        int at = 6 - data.headroomBytes();
        return data.headroomBytes() < ETHERNET ? 0 : ((long) data.u16(at) << 32) | data.u32(at + 2);
    }

    /** Into the MAC header, at 0 the destination, at 6 the source. */
    private static void putMac(NetBuffer packet, int offset, long mac) {
        if (mac != 0 && packet.headroomBytes() >= ETHERNET) {
            int at = offset - packet.headroomBytes();
            packet.putU16(at, (int) (mac >>> 32));
            packet.putU32(at + 2, mac & 0xFFFF_FFFFL);
        }
    }

    private static Answer inject(CalloutHost host, Direction direction, NetBuffer packet) {
        if (host.packets().inject(InjectionPoint.FORWARD, direction, packet, null, null)
                == CalloutHost.Status.SUCCESS) {
            return Answer.TAKEN;
        }
        packet.release();
        return Answer.REFUSED;
    }

    /** Gives all buffers back. */
    synchronized void close() {
        fragments.clear();
    }
}
