package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;

/**
 * Builds a frame out of another one that serves as its template: the same way or back. First one of {@link #copy}, {@link
 * #headers}, {@link #bare}, {@link #reversed} or {@link #reply}, then setters, then payload, then {@link #finish}, which
 * makes all lengths and checksums right. The frame lies in this writer's own direct memory until the next one is begun.
 * Owned by one worker; allocates nothing and throws for no template that was parsed.
 */
public final class FrameWriter {

    private static final int OPTION_NOP = 1;

    private static final int TCP_HEADER = 20;
    private static final int MAX_TCP_HEADER = 60;
    private static final int IPV6_HEADER = 40;
    /** Ethernet with tags, IPv6 with extension headers, the largest IP payload. */
    private static final int CAPACITY = 72_000;
    /** RFC 791: what an IPv4 packet can say about its length; IPv6 (RFC 8200) counts without its header. */
    private static final int MAX_LENGTH = 65_535;

    private static final int DONT_FRAGMENT = 0x4000;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY);
    private int ipAt;
    private int ipVersion;
    private int protocol;
    private int transportAt;
    private int payloadAt;
    private int end;
    /** Where the pseudo-header takes its destination from; NONE if it cannot be known. */
    private int pseudoDestinationAt;

    /** Makes a writer with memory for one frame. */
    public FrameWriter() {}

    /**
     * Where the frame is, from index 0 on.
     *
     * @return direct and big-endian, the same always
     */
    public ByteBuffer memory() {
        return memory;
    }

    /**
     * How long the frame is.
     *
     * @return in bytes
     */
    public int lengthBytes() {
        return end;
    }

    /**
     * Begins with a copy of a whole IP packet, without the padding of its frame.
     *
     * @param p parsed up to its transport header
     * @return this
     */
    public FrameWriter copy(PacketRecord p) {
        headers(p);
        return payload(p.memory(), p.payloadOffset(), p.payloadLengthBytes());
    }

    /**
     * Begins with all headers of a packet, extension headers and options included, and no payload.
     *
     * @param p parsed up to its transport header
     * @return this
     */
    public FrameWriter headers(PacketRecord p) {
        int start = p.frameOffset();
        memory.put(0, p.memory(), start, p.payloadOffset() - start);
        ipAt = p.ipOffset() - start;
        ipVersion = p.ipVersion();
        protocol = p.protocol();
        transportAt = p.transportOffset() - start;
        payloadAt = p.payloadOffset() - start;
        end = payloadAt;
        pseudoDestinationAt =
                p.pseudoDestinationOffset == Packet.NONE ? Packet.NONE : p.pseudoDestinationOffset - start;
        return this;
    }

    /**
     * Begins a TCP segment that goes the way of another one, with all numbers 0 and without any options or IPv6 extension
     * headers; hop limit and service class stay.
     *
     * @param p a TCP segment
     * @return this
     */
    public FrameWriter bare(PacketRecord p) {
        ip(p, Packet.PROTOCOL_TCP);
        return ports(p.sourcePort(), p.destinationPort());
    }

    /**
     * Begins a TCP segment that goes back to the sender of another one: MAC and IP addresses and ports are swapped.
     *
     * @param p a TCP segment
     * @return this
     */
    public FrameWriter reversed(PacketRecord p) {
        reply(p, Packet.PROTOCOL_TCP);
        return ports(p.destinationPort(), p.sourcePort());
    }

    /**
     * Begins a packet of any protocol to the sender of another one; the transport header is the first part of the payload.
     *
     * @param p an IP packet
     * @param newProtocol of the answer; TCP, UDP and ICMP get their checksums
     * @return this
     */
    public FrameWriter reply(PacketRecord p, int newProtocol) {
        ip(p, newProtocol);
        for (int i = 0; i < 6; i++) {
            swap(i, 6 + i);
        }
        int first = ipVersion == 4 ? ipAt + 12 : ipAt + 8;
        int size = ipVersion == 4 ? 4 : 16;
        for (int i = 0; i < size; i++) {
            swap(first + i, first + size + i);
        }
        return this;
    }

    private void swap(int a, int b) {
        byte kept = memory.get(a);
        memory.put(a, memory.get(b));
        memory.put(b, kept);
    }

    private void ip(PacketRecord p, int newProtocol) {
        int start = p.frameOffset();
        ipAt = p.ipOffset() - start;
        ipVersion = p.ipVersion();
        protocol = newProtocol;
        int size = ipVersion == 4 ? 20 : IPV6_HEADER;
        memory.put(0, p.memory(), start, ipAt + size);
        if (ipVersion == 4) {
            memory.put(ipAt, (byte) 0x45);
            // An atomic datagram needs no identification (RFC 6864).
            memory.putShort(ipAt + 4, (short) 0);
            memory.putShort(ipAt + 6, (short) DONT_FRAGMENT);
            memory.put(ipAt + 9, (byte) newProtocol);
        } else {
            memory.put(ipAt + 6, (byte) newProtocol);
            boolean hasOther = p.pseudoDestinationOffset != Packet.NONE;
            memory.put(ipAt + 24, p.memory(), hasOther ? p.pseudoDestinationOffset : p.ipOffset() + 24, 16);
        }
        pseudoDestinationAt = ipAt + 24;
        transportAt = ipAt + size;
        payloadAt = transportAt;
        end = payloadAt;
    }

    private FrameWriter ports(int source, int destination) {
        memory.putLong(transportAt, 0);
        memory.putLong(transportAt + 8, 0);
        memory.putInt(transportAt + 16, 0);
        memory.putShort(transportAt, (short) source);
        memory.putShort(transportAt + 2, (short) destination);
        memory.put(transportAt + 12, (byte) (TCP_HEADER << 2));
        payloadAt = transportAt + TCP_HEADER;
        end = payloadAt;
        return this;
    }

    /**
     * Sets the TTL or hop limit.
     *
     * @param value 1..255
     * @return this
     */
    public FrameWriter timeToLive(int value) {
        memory.put(ipVersion == 4 ? ipAt + 8 : ipAt + 7, (byte) value);
        return this;
    }

    /**
     * Takes back that the transport understands congestion marks (RFC 3168 section 5.2: resets and errors do not say so); the
     * service class stays.
     *
     * @return this
     */
    public FrameWriter notEct() {
        // The low two bits of the traffic class, which in IPv6 begins half a byte earlier.
        int bits = ipVersion == 4 ? 0x03 : 0x30;
        memory.put(ipAt + 1, (byte) (memory.get(ipAt + 1) & ~bits));
        return this;
    }

    /**
     * Sets the TCP sequence number.
     *
     * @param value as on the wire
     * @return this
     */
    public FrameWriter sequence(int value) {
        memory.putInt(transportAt + 4, value);
        return this;
    }

    /**
     * Sets the TCP acknowledgement number.
     *
     * @param value as on the wire; the flag is set by {@link #flags}
     * @return this
     */
    public FrameWriter acknowledgement(int value) {
        memory.putInt(transportAt + 8, value);
        return this;
    }

    /**
     * Sets the TCP flags.
     *
     * @param value the low eight bits
     * @return this
     */
    public FrameWriter flags(int value) {
        memory.put(transportAt + 13, (byte) value);
        return this;
    }

    /**
     * Sets the TCP window.
     *
     * @param value as on the wire: not scaled
     * @return this
     */
    public FrameWriter window(int value) {
        memory.putShort(transportAt + 14, (short) value);
        return this;
    }

    /**
     * Clears the URG flag and the urgent pointer.
     *
     * @return this
     */
    public FrameWriter notUrgent() {
        memory.put(transportAt + 13, (byte) (memory.get(transportAt + 13) & ~Packet.TCP_URG));
        memory.putShort(transportAt + 18, (short) 0);
        return this;
    }

    /**
     * Adds TCP timestamps, padded to 12 bytes. Before any payload.
     *
     * @param value TSval
     * @param echo TSecr
     * @return this
     */
    public FrameWriter timestamps(int value, int echo) {
        if (hasRoomForOption(12)) {
            memory.putInt(end, OPTION_NOP << 24 | OPTION_NOP << 16 | TcpOptions.TIMESTAMPS << 8 | 10);
            memory.putInt(end + 4, value);
            memory.putInt(end + 8, echo);
            optionAdded(12);
        }
        return this;
    }

    /**
     * Begins a SACK option without blocks, padded to 4 bytes. Before any payload.
     *
     * @return this
     */
    public FrameWriter sack() {
        if (hasRoomForOption(12)) {
            memory.putInt(end, OPTION_NOP << 24 | OPTION_NOP << 16 | TcpOptions.SACK << 8 | 2);
            optionAdded(4);
        }
        return this;
    }

    /**
     * Adds a block to the SACK option that is the last option, if there is room.
     *
     * @param left first sequence number
     * @param right behind the last one
     * @return this
     */
    public FrameWriter sackBlock(int left, int right) {
        if (hasRoomForOption(8)) {
            int header = end;
            while (header > transportAt + TCP_HEADER && (memory.getInt(header) >>> 8) != 0x01_01_05) {
                header -= 4;
            }
            memory.put(header + 3, (byte) (memory.get(header + 3) + 8));
            memory.putInt(end, left);
            memory.putInt(end + 4, right);
            optionAdded(8);
        }
        return this;
    }

    private boolean hasRoomForOption(int size) {
        return end == payloadAt && payloadAt - transportAt + size <= MAX_TCP_HEADER;
    }

    private void optionAdded(int size) {
        payloadAt += size;
        end = payloadAt;
        memory.put(transportAt + 12, (byte) ((payloadAt - transportAt) << 2));
    }

    /**
     * Overwrites an option that was copied with {@link #headers} by padding.
     *
     * @param kind of the option
     * @return this
     */
    public FrameWriter withoutOption(int kind) {
        int at = optionAt(kind);
        if (at >= 0) {
            int size = memory.get(at + 1) & 0xFF;
            for (int i = 0; i < size; i++) {
                memory.put(at + i, (byte) OPTION_NOP);
            }
        }
        return this;
    }

    /**
     * Finds an option of the TCP header.
     *
     * @param kind of the option
     * @return index in {@link #memory}, or -1
     */
    public int optionAt(int kind) {
        return TcpOptions.find(memory, transportAt, payloadAt - transportAt, kind);
    }

    /**
     * Overwrites the timestamps that were copied with {@link #headers}; does nothing if there are none.
     *
     * @param value TSval
     * @param echo TSecr
     * @return this
     */
    public FrameWriter changeTimestamps(int value, int echo) {
        int at = optionAt(TcpOptions.TIMESTAMPS);
        if (at >= 0) {
            memory.putInt(at + 2, value);
            memory.putInt(at + 6, echo);
        }
        return this;
    }

    /**
     * Appends payload.
     *
     * @param from any memory
     * @param offset of the first byte
     * @param lengthBytes how many
     * @return this
     */
    public FrameWriter payload(ByteBuffer from, int offset, int lengthBytes) {
        memory.put(end, from, offset, lengthBytes);
        end += lengthBytes;
        return this;
    }

    /**
     * Appends payload.
     *
     * @param from an array
     * @param offset of the first byte
     * @param lengthBytes how many
     * @return this
     */
    public FrameWriter payload(byte[] from, int offset, int lengthBytes) {
        memory.put(end, from, offset, lengthBytes);
        end += lengthBytes;
        return this;
    }

    /**
     * How much payload still fits into the IP packet.
     *
     * @return in bytes
     */
    public int roomBytes() {
        int limit = ipVersion == 4 ? ipAt + MAX_LENGTH : ipAt + IPV6_HEADER + MAX_LENGTH;
        return Math.min(limit, CAPACITY) - end;
    }

    /**
     * Index of the payload in {@link #memory}.
     *
     * @return behind the transport header
     */
    public int payloadOffset() {
        return payloadAt;
    }

    /** Makes lengths and checksums right. The frame may be sent then. */
    public void finish() {
        lengths();
        int field = checksumField();
        if (field < 0) {
            return;
        }
        int length = end - transportAt;
        long start = hasPseudoHeader()
                ? InternetChecksum.pseudoSum(memory, ipVersion, ipAt, pseudoDestinationAt, protocol, length)
                : 0;
        InternetChecksum.make(memory, field, transportAt, length, start, protocol == Packet.PROTOCOL_UDP);
    }

    private void lengths() {
        if (protocol == Packet.PROTOCOL_UDP) {
            memory.putShort(transportAt + 4, (short) (end - transportAt));
        }
        if (ipVersion == 4) {
            memory.putShort(ipAt + 2, (short) (end - ipAt));
            InternetChecksum.makeIpv4(memory, ipAt);
        } else {
            memory.putShort(ipAt + 4, (short) (end - ipAt - IPV6_HEADER));
        }
        // RFC 1042: behind SNAP the Ethernet header says a length.
        boolean isSnap = ipAt >= 14 + 8 && memory.getInt(ipAt - 8) == 0xAAAA_0300;
        if (isSnap) {
            memory.putShort(ipAt - 10, (short) (end - ipAt + 8));
        }
    }

    private boolean hasPseudoHeader() {
        return protocol != Packet.PROTOCOL_ICMP;
    }

    /** -1 if nothing can be summed. */
    private int checksumField() {
        if (ipVersion == 6 && pseudoDestinationAt == Packet.NONE && hasPseudoHeader()) {
            return -1;
        }
        return switch (protocol) {
            case Packet.PROTOCOL_TCP -> transportAt + 16;
            case Packet.PROTOCOL_UDP -> transportAt + 6;
            case Packet.PROTOCOL_ICMP, Packet.PROTOCOL_ICMPV6 -> transportAt + 2;
            default -> -1;
        };
    }
}
