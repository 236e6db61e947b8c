package io.sallyport.stack.internal.answer;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.InternetChecksum;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;

/**
 * Writes answers as frames, in the name of the host that the refused packet was for: addresses swapped, link header and VLAN
 * tags of the refused frame. Owned by one worker; writes into the memory that it is given, allocates nothing.
 */
public final class AnswerWriter {

    /** No answer is longer: the link header and the minimum MTU of IPv6, to which RFC 4443 limits its errors. */
    public static final int MAX_FRAME_BYTES = 14 + 5 * 4 + 1280;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int ICMP_BYTES = 8;
    /** RFC 1812 section 4.3.2.3: the whole error in 576 bytes. */
    private static final int IPV4_ERROR_BYTES = 576;
    /** RFC 4443 section 2.4 (c). */
    private static final int IPV6_ERROR_BYTES = 1280;

    private static final int HOP_LIMIT = 64;
    /** RFC 1812 section 4.3.2.5: precedence 6, internetwork control. */
    private static final int PRECEDENCE_6 = 0xC0;

    private static final int DONT_FRAGMENT = 0x4000;

    private static final int UNREACHABLE_V4 = 3;
    private static final int FRAGMENTATION_NEEDED_V4 = 4;
    private static final int PROHIBITED_V4 = 13;
    private static final int UNREACHABLE_V6 = 1;
    private static final int PROHIBITED_V6 = 1;
    private static final int TOO_BIG_V6 = 2;

    private final ByteBuffer memory;

    /** Where the frame begins that is being written, and its IP header. */
    private int start;

    private int ip;

    /**
     * Makes a writer.
     *
     * @param memory direct and big-endian
     */
    public AnswerWriter(ByteBuffer memory) {
        this.memory = memory;
    }

    /**
     * The reset that a host sends which knows of no connection (RFC 9293 section 3.10.7.1): in the window of whoever sent
     * the segment.
     *
     * @param at where to write
     * @param p a TCP segment that is no reset
     * @return length of the frame in bytes
     */
    public int reset(int at, PacketRecord p) {
        begin(at, p, true);
        int flags = p.tcpFlags();
        boolean hasAck = (flags & Packet.TCP_ACK) != 0;
        int length = p.payloadLengthBytes() + (flags & Packet.TCP_FIN) + ((flags & Packet.TCP_SYN) >> 1);
        return hasAck
                ? tcp(p, true, p.tcpAcknowledgement(), 0, Packet.TCP_RST)
                : tcp(p, true, 0, p.tcpSequence() + length, Packet.TCP_RST | Packet.TCP_ACK);
    }

    /**
     * The reset that the sender of a segment would send behind what it sent before: for its peer.
     *
     * @param at where to write
     * @param p a TCP segment that did not reach the peer
     * @param sequence the byte that the peer expects
     * @return length of the frame in bytes
     */
    public int resetAhead(int at, PacketRecord p, int sequence) {
        begin(at, p, false);
        boolean hasAck = (p.tcpFlags() & Packet.TCP_ACK) != 0;
        return hasAck
                ? tcp(p, false, sequence, p.tcpAcknowledgement(), Packet.TCP_RST | Packet.TCP_ACK)
                : tcp(p, false, sequence, 0, Packet.TCP_RST);
    }

    /**
     * "Destination unreachable, administratively prohibited": RFC 1812 section 5.2.7.1, RFC 4443 section 3.1.
     *
     * @param at where to write
     * @param p the refused packet
     * @return length of the frame in bytes
     */
    public int prohibited(int at, PacketRecord p) {
        return p.ipVersion() == 4
                ? error(at, p, UNREACHABLE_V4, PROHIBITED_V4, 0)
                : error(at, p, UNREACHABLE_V6, PROHIBITED_V6, 0);
    }

    /**
     * How much fits: "fragmentation needed" with the MTU (RFC 1191 section 4), "packet too big" (RFC 4443 section 3.2).
     *
     * @param at where to write
     * @param p the packet that is too big
     * @param mtuBytes of the link that it was to leave by
     * @return length of the frame in bytes
     */
    public int tooBig(int at, PacketRecord p, int mtuBytes) {
        return p.ipVersion() == 4
                ? error(at, p, UNREACHABLE_V4, FRAGMENTATION_NEEDED_V4, Math.min(mtuBytes, 0xFFFF))
                : error(at, p, TOO_BIG_V6, 0, mtuBytes);
    }

    /** The link header: the refused frame's own, back to who sent it, or on. */
    private void begin(int at, PacketRecord p, boolean isBack) {
        start = at;
        int linkBytes = p.ipOffset() - p.frameOffset();
        ip = at + linkBytes;
        mac(at, isBack ? p.sourceMac() : p.destinationMac());
        mac(at + 6, isBack ? p.destinationMac() : p.sourceMac());
        memory.put(at + 12, p.memory(), p.frameOffset() + 12, linkBytes - 12);
    }

    private void mac(int at, long address) {
        memory.putShort(at, (short) (address >>> 32));
        memory.putInt(at + 2, (int) address);
    }

    private int tcp(PacketRecord p, boolean isBack, int sequence, int acknowledgement, int flags) {
        int at = network(p, isBack, Packet.PROTOCOL_TCP, TCP_BYTES, 0);
        memory.putShort(at, (short) (isBack ? p.destinationPort() : p.sourcePort()));
        memory.putShort(at + 2, (short) (isBack ? p.sourcePort() : p.destinationPort()));
        memory.putInt(at + 4, sequence);
        memory.putInt(at + 8, acknowledgement);
        memory.putShort(at + 12, (short) (0x5000 | flags));
        memory.putInt(at + 14, 0);
        memory.putShort(at + 18, (short) 0);
        memory.putShort(at + 16, checksum(at, TCP_BYTES, pseudoHeader(p.ipVersion(), Packet.PROTOCOL_TCP, TCP_BYTES)));
        return at + TCP_BYTES - start;
    }

    private int error(int at, PacketRecord p, int type, int code, int parameter) {
        begin(at, p, true);
        boolean isV4 = p.ipVersion() == 4;
        int mostQuoted = (isV4 ? IPV4_ERROR_BYTES - IPV4_BYTES : IPV6_ERROR_BYTES - IPV6_BYTES) - ICMP_BYTES;
        int quoted = Math.min(mostQuoted, p.packetEnd() - p.ipOffset());
        int length = ICMP_BYTES + quoted;
        int protocol = isV4 ? Packet.PROTOCOL_ICMP : Packet.PROTOCOL_ICMPV6;
        int icmp = network(p, true, protocol, length, isV4 ? PRECEDENCE_6 : 0);
        memory.putShort(icmp, (short) (type << 8 | code));
        memory.putShort(icmp + 2, (short) 0);
        memory.putInt(icmp + 4, parameter);
        memory.put(icmp + ICMP_BYTES, p.memory(), p.ipOffset(), quoted);
        memory.putShort(icmp + 2, checksum(icmp, length, isV4 ? 0 : pseudoHeader(6, protocol, length)));
        return icmp + length - start;
    }

    /** The IP header; answers where what it carries begins. */
    private int network(PacketRecord p, boolean isBack, int protocol, int payloadBytes, int typeOfService) {
        long sourceHigh = isBack ? p.destinationHigh() : p.sourceHigh();
        long sourceLow = isBack ? p.destinationLow() : p.sourceLow();
        long targetHigh = isBack ? p.sourceHigh() : p.destinationHigh();
        long targetLow = isBack ? p.sourceLow() : p.destinationLow();
        if (p.ipVersion() == 6) {
            memory.putInt(ip, 0x6000_0000);
            memory.putShort(ip + 4, (short) payloadBytes);
            memory.putShort(ip + 6, (short) (protocol << 8 | HOP_LIMIT));
            memory.putLong(ip + 8, sourceHigh);
            memory.putLong(ip + 16, sourceLow);
            memory.putLong(ip + 24, targetHigh);
            memory.putLong(ip + 32, targetLow);
            return ip + IPV6_BYTES;
        }
        memory.putShort(ip, (short) (0x4500 | typeOfService));
        memory.putShort(ip + 2, (short) (IPV4_BYTES + payloadBytes));
        memory.putInt(ip + 4, DONT_FRAGMENT); // identification 0, as RFC 6864 lets what is never fragmented have
        memory.putShort(ip + 8, (short) (HOP_LIMIT << 8 | protocol));
        memory.putShort(ip + 10, (short) 0);
        memory.putInt(ip + 12, (int) sourceLow);
        memory.putInt(ip + 16, (int) targetLow);
        memory.putShort(ip + 10, checksum(ip, IPV4_BYTES, 0));
        return ip + IPV4_BYTES;
    }

    private long pseudoHeader(int ipVersion, int protocol, int lengthBytes) {
        int addresses = ipVersion == 4 ? ip + 12 : ip + 8;
        return InternetChecksum.sum(memory, addresses, ipVersion == 4 ? 8 : 32, (long) protocol + lengthBytes);
    }

    private short checksum(int at, int lengthBytes, long startSum) {
        return (short) ~InternetChecksum.fold(InternetChecksum.sum(memory, at, lengthBytes, startSum));
    }
}
