package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Parses a frame's headers once. Strict where a receiver could read the packet in another way than we do, and where an RFC
 * tells hosts or firewalls to drop; what the gateway need not understand (other ether types, LLC) passes as a frame without
 * IP. Every read is preceded by a
 * check against the end of what holds it, so no bytes make it throw; nothing is allocated.
 */
public final class HeaderParser {

    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_ARP = 0x0806;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int TAG_8021Q = 0x8100;
    private static final int TAG_8021AD = 0x88A8;
    private static final int TAG_QINQ_OLD = 0x9100;
    private static final int TAG_QINQ_OLDER = 0x9200;
    private static final int SNAP_BYTES = 8;
    private static final int ARP_ETHERNET = 1;
    /** In the first eight bytes of a frame. */
    private static final int GROUP_BIT_OF_SOURCE = 0x0100;
    /** Of 802.3; between it and the first type the field means nothing. */
    private static final int MAX_LENGTH = 1_500;
    /** Below it the field is an 802.3 length. */
    private static final int FIRST_TYPE = 0x600;
    /** More tags than fit into the flow key, twelve bits each, are no network that we know. */
    static final int MAX_TAGS = 5;

    private final ChecksumVerifier checksums;
    private final Ipv4Parser ipv4;
    private final Ipv6Parser ipv6;
    private final TransportParser transport;

    /**
     * Makes a parser.
     *
     * @param handling what to do about wrong checksums
     */
    public HeaderParser(Checksums handling) {
        this.checksums = new ChecksumVerifier(handling);
        this.ipv4 = new Ipv4Parser(handling != Checksums.IGNORE);
        this.ipv6 = new Ipv6Parser();
        this.transport = new TransportParser(ipv4, ipv6, handling != Checksums.IGNORE);
    }

    /**
     * Says where a frame is and where it came from. The first of two steps, so that a frame that cannot be parsed is
     * known by its number.
     *
     * @param r is emptied
     * @param memory direct and big-endian
     * @param offset index of the first byte
     * @param lengthBytes how many
     * @param frameNumber 1-based
     * @param timestampNs when it arrived
     * @param side by which port
     */
    public void begin(
            PacketRecord r,
            ByteBuffer memory,
            int offset,
            int lengthBytes,
            long frameNumber,
            long timestampNs,
            Side side) {
        r.clear();
        r.memory = memory;
        r.frameOffset = offset;
        r.frameLengthBytes = lengthBytes;
        r.frameNumber = frameNumber;
        r.timestampNs = timestampNs;
        r.arrivalSide = side;
        r.setInjection(null);
        PacketRecord quoted = r.quotedRecord();
        if (quoted != null) {
            quoted.frameNumber = frameNumber;
            quoted.timestampNs = timestampNs;
            quoted.arrivalSide = side;
        }
    }

    /**
     * Parses a frame that {@link #begin} was called for.
     *
     * @param r filled as far as the frame can be understood
     * @param flags of {@link FrameBatch#flags}
     * @return why the frame is malformed, or null
     */
    public @Nullable DropReason parse(PacketRecord r, int flags) {
        DropReason reason = parseEthernet(r);
        if (reason != null) {
            return reason;
        }
        reason = parseNetwork(r);
        if (reason != null || r.ipVersion == 0) {
            return reason;
        }
        if (r.isFragment) {
            reason = FragmentRules.check(r);
            return reason == null ? AddressRules.check(r) : reason;
        }
        reason = transport.parse(r);
        if (reason == null) {
            reason = checksums.checkFrame(r, (flags & FrameBatch.CHECKSUM_NOT_READY) != 0);
        }
        return reason == null ? AddressRules.check(r) : reason;
    }

    /**
     * Names what is wrong with a packet whose checksum was finished here and should not have been.
     *
     * @param r TCP or UDP
     * @return the reason
     */
    public static DropReason wrongChecksum(PacketRecord r) {
        return r.protocol == Packet.PROTOCOL_TCP
                ? DropReason.MALFORMED_TCP_CHECKSUM
                : DropReason.MALFORMED_UDP_CHECKSUM;
    }

    /**
     * Parses what reassembly put together, or what was parsed before and held.
     *
     * @param r {@link #begin} was called for it
     * @param isReassembled put together from fragments: its transport checksum was not seen yet
     * @return why it is malformed, or null
     */
    public @Nullable DropReason parseAgain(PacketRecord r, boolean isReassembled) {
        r.isReassembled = isReassembled;
        DropReason reason = parseEthernet(r);
        if (reason == null) {
            reason = parseNetwork(r);
        }
        if (reason == null && r.ipVersion != 0 && !r.isFragment) {
            reason = transport.parse(r);
        }
        boolean isUnseen = reason == null && isReassembled && r.transportOffset != Packet.NONE;
        if (!isUnseen) {
            return reason;
        }
        reason = checksums.checkDatagram(r);
        // Only now the ports are known, which may excuse an address.
        return reason == null ? AddressRules.check(r) : reason;
    }

    /**
     * Reads the ports of a first fragment, as far as they are in it, so that its flow can be found before the datagram is
     * whole.
     *
     * @param r a fragment with offset 0; gets ports, or type and code
     */
    public void peekTransport(PacketRecord r) {
        transport.peek(r);
    }

    /**
     * Takes back what {@link #peekTransport} read: layers see no transport header of a fragment.
     *
     * @param r a fragment
     */
    public void forgetTransport(PacketRecord r) {
        r.clearTransport();
    }

    /**
     * Tells whether the Ethernet header of the parsed frame is complete, so that MAC layers can judge it.
     *
     * @param reason what {@link #parse} said
     * @return false if there is no header to judge
     */
    public static boolean hasEthernetHeader(@Nullable DropReason reason) {
        return reason != DropReason.MALFORMED_ETHERNET;
    }

    private static @Nullable DropReason parseEthernet(PacketRecord r) {
        ByteBuffer memory = r.memory;
        int end = r.frameOffset + r.frameLengthBytes;
        if (r.frameLengthBytes < 14) {
            return DropReason.MALFORMED_ETHERNET;
        }
        long first = memory.getLong(r.frameOffset);
        r.destinationMac = first >>> 16;
        r.sourceMac = ((first & 0xFFFF) << 32) | (memory.getInt(r.frameOffset + 8) & 0xFFFF_FFFFL);
        // A capture may have been taken on an interface that makes its addresses up.
        boolean isSentByGroup = (first & GROUP_BIT_OF_SOURCE) != 0 && r.arrivalSide != Side.UNKNOWN;
        int at = r.frameOffset + 12;
        int type = memory.getShort(at) & 0xFFFF;
        int tags = 0;
        while (isTag(type)) {
            if (end - at < 6 || tags == MAX_TAGS) {
                return DropReason.MALFORMED_ETHERNET;
            }
            tag(r, tags, memory.getShort(at + 2) & 0x0FFF);
            tags++;
            at += 4;
            type = memory.getShort(at) & 0xFFFF;
        }
        // Kept for the next step even where there is no IP: the indices behind the Ethernet header and the payload.
        r.payloadOffset = at + 2;
        r.ipEnd = end;
        if (type >= FIRST_TYPE) {
            r.etherType = type;
        } else if (r.isReassembled) {
            lengthEncoded(r, end - at - 2); // the length is its first fragment's
        } else if (type > MAX_LENGTH || type > end - at - 2) {
            r.etherType = Packet.NONE;
            return notParsed(r, DropReason.MALFORMED_ETHERNET_LENGTH);
        } else {
            r.ipEnd = at + 2 + type;
            lengthEncoded(r, type);
        }
        return isSentByGroup ? notParsed(r, DropReason.MALFORMED_ETHERNET_SOURCE) : null;
    }

    private static DropReason notParsed(PacketRecord r, DropReason reason) {
        r.payloadOffset = Packet.NONE;
        r.ipEnd = Packet.NONE;
        return reason;
    }

    /** Behind an 802.3 length: LLC, which may say an EtherType. */
    private static void lengthEncoded(PacketRecord r, int length) {
        int at = r.payloadOffset;
        r.etherType = Packet.NONE;
        if (length >= SNAP_BYTES && isSnapOfEthernet(r.memory, at)) {
            int inner = r.memory.getShort(at + SNAP_BYTES - 2) & 0xFFFF;
            r.etherType = inner < FIRST_TYPE ? Packet.NONE : inner;
            r.payloadOffset = at + SNAP_BYTES;
        }
    }

    /** Whether a VLAN tag begins with a type. */
    static boolean isTag(int type) {
        return type == TAG_8021Q || type == TAG_8021AD || type == TAG_QINQ_OLD || type == TAG_QINQ_OLDER;
    }

    /** RFC 1042: an EtherType behind an 802.2 header; some hosts take IP from it like from Ethernet II. */
    private static boolean isSnapOfEthernet(ByteBuffer memory, int at) {
        return memory.getInt(at) == 0xAAAA_0300 && memory.getShort(at + 4) == 0;
    }

    private static void tag(PacketRecord r, int depth, int vlan) {
        if (depth == 0) {
            r.vlanId = vlan;
        } else if (depth == 1) {
            r.innerVlanId = vlan;
        }
        // VLAN 0 only carries a priority: such a frame is in the same network as an untagged one.
        if (vlan != 0) {
            r.vlanKey = r.vlanKey << 12 | vlan;
        }
    }

    private @Nullable DropReason parseNetwork(PacketRecord r) {
        int at = r.payloadOffset;
        int end = r.ipEnd;
        r.payloadOffset = Packet.NONE;
        r.ipEnd = Packet.NONE;
        return switch (r.etherType) {
            case TYPE_IPV4 -> ipv4.parse(r, at, end, false);
            case TYPE_IPV6 -> ipv6.parse(r, at, end, false);
            case TYPE_ARP -> parseArp(r.memory, at, end);
            default -> null;
        };
    }

    private static @Nullable DropReason parseArp(ByteBuffer memory, int at, int end) {
        if (end - at < 8) {
            return DropReason.MALFORMED_ARP;
        }
        int hardwareSize = memory.get(at + 4) & 0xFF;
        int protocolSize = memory.get(at + 5) & 0xFF;
        boolean isEthernetWrong = memory.getShort(at) == ARP_ETHERNET && hardwareSize != 6;
        boolean isIpv4Wrong = memory.getShort(at + 2) == TYPE_IPV4 && protocolSize != 4;
        boolean isCut = end - at < 8 + 2 * (hardwareSize + protocolSize);
        return isEthernetWrong || isIpv4Wrong || isCut ? DropReason.MALFORMED_ARP : null;
    }
}
