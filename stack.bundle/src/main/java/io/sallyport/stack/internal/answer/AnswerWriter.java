package io.sallyport.stack.internal.answer;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * Writes answers as frames, in the name of the host that the refused packet was for: addresses swapped, link header and VLAN
 * tags of the refused frame. Each method overwrites the frame before. Owned by one worker.
 */
public final class AnswerWriter {

    /** No answer is longer: the link header and the minimum MTU of IPv6, to which RFC 4443 limits its errors. */
    public static final int MAX_FRAME_BYTES = 14 + 8 + 5 * 4 + 1280;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int ICMP_BYTES = 8;
    /** RFC 1812 section 4.3.2.3: the whole error in 576 bytes. */
    private static final int IPV4_ERROR_BYTES = 576;
    /** RFC 4443 section 2.4 (c). */
    private static final int IPV6_ERROR_BYTES = 1280;

    private static final int HOP_LIMIT = 64;

    private static final int UNREACHABLE_V4 = 3;
    private static final int FRAGMENTATION_NEEDED_V4 = 4;
    private static final int PROHIBITED_V4 = 13;
    private static final int UNREACHABLE_V6 = 1;
    private static final int PROHIBITED_V6 = 1;
    private static final int TOO_BIG_V6 = 2;

    private final FrameWriter frame = new FrameWriter();
    private final byte[] icmpHeader = new byte[ICMP_BYTES];

    /** Makes a writer with memory for one frame. */
    public AnswerWriter() {}

    /**
     * The reset that a host sends which knows of no connection (RFC 9293 section 3.10.7.1): in the window of whoever sent
     * the segment.
     *
     * @param p a TCP segment that is no reset
     * @return the finished frame
     */
    public FrameWriter reset(PacketRecord p) {
        frame.reversed(p).timeToLive(HOP_LIMIT).notEct();
        int flags = p.tcpFlags();
        if ((flags & Packet.TCP_ACK) != 0) {
            frame.sequence(p.tcpAcknowledgement()).flags(Packet.TCP_RST);
        } else {
            int length = p.payloadLengthBytes() + bit(flags, Packet.TCP_SYN) + bit(flags, Packet.TCP_FIN);
            frame.acknowledgement(p.tcpSequence() + length).flags(Packet.TCP_RST | Packet.TCP_ACK);
        }
        frame.finish();
        return frame;
    }

    private static int bit(int flags, int flag) {
        return (flags & flag) == 0 ? 0 : 1;
    }

    /**
     * The reset that the sender of a segment would send behind what it sent before: for its peer.
     *
     * @param p a TCP segment that did not reach the peer
     * @param sequence the byte that the peer expects
     * @return the finished frame
     */
    public FrameWriter resetAhead(PacketRecord p, int sequence) {
        frame.bare(p).timeToLive(HOP_LIMIT).notEct().sequence(sequence);
        if ((p.tcpFlags() & Packet.TCP_ACK) != 0) {
            frame.acknowledgement(p.tcpAcknowledgement()).flags(Packet.TCP_RST | Packet.TCP_ACK);
        } else {
            frame.flags(Packet.TCP_RST);
        }
        frame.finish();
        return frame;
    }

    /**
     * "Destination unreachable, administratively prohibited": RFC 1812 section 5.2.7.1, RFC 4443 section 3.1.
     *
     * @param p the refused packet
     * @return the finished frame
     */
    public FrameWriter prohibited(PacketRecord p) {
        return p.ipVersion() == 4
                ? error(p, UNREACHABLE_V4, PROHIBITED_V4, 0)
                : error(p, UNREACHABLE_V6, PROHIBITED_V6, 0);
    }

    /**
     * How much fits: "fragmentation needed" with the MTU (RFC 1191 section 4), "packet too big" (RFC 4443 section 3.2).
     *
     * @param p the packet that is too big
     * @param mtuBytes of the link that it was to leave by
     * @return the finished frame
     */
    public FrameWriter tooBig(PacketRecord p, int mtuBytes) {
        return p.ipVersion() == 4
                ? error(p, UNREACHABLE_V4, FRAGMENTATION_NEEDED_V4, Math.min(mtuBytes, 0xFFFF))
                : error(p, TOO_BIG_V6, 0, mtuBytes);
    }

    /**
     * An ICMP error that quotes as much of the packet as it may.
     *
     * @param parameter the second word of the ICMP header; all its users have a number in its low end
     */
    private FrameWriter error(PacketRecord p, int type, int code, int parameter) {
        boolean isV4 = p.ipVersion() == 4;
        int most = (isV4 ? IPV4_ERROR_BYTES - IPV4_BYTES : IPV6_ERROR_BYTES - IPV6_BYTES) - ICMP_BYTES;
        icmpHeader[0] = (byte) type;
        icmpHeader[1] = (byte) code;
        icmpHeader[4] = (byte) (parameter >>> 24);
        icmpHeader[5] = (byte) (parameter >>> 16);
        icmpHeader[6] = (byte) (parameter >>> 8);
        icmpHeader[7] = (byte) parameter;
        frame.reply(p, isV4 ? Packet.PROTOCOL_ICMP : Packet.PROTOCOL_ICMPV6)
                .timeToLive(HOP_LIMIT)
                .notEct()
                .payload(icmpHeader, 0, ICMP_BYTES)
                .payload(p.memory(), p.ipOffset(), Math.min(most, p.packetEnd() - p.ipOffset()))
                .finish();
        return frame;
    }
}
