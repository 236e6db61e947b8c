package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.InternetChecksum;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/**
 * A packet of a flow's initiator as it could come next, without payload: stands in for a real one where a flow is to be asked
 * for and none comes. It never leaves; but what answers it must be exact, so addresses, VLANs and TCP numbers are those
 * that both ends know. Owned by one worker; allocates nothing.
 */
public final class FlowPrompt {

    private static final int TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88A8;
    private static final int VLAN_BITS = 12;
    private static final int VLAN_MASK = 0xFFF;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int DATAGRAM_BYTES = 8;
    private static final int SCTP = 132;
    private static final int SCTP_BYTES = 12;
    private static final int HOP_LIMIT = 64;
    private static final int PORT_MASK = 0xFFFF;
    /** Link header with all tags that a frame may have. */
    private static final int CAPACITY = 14 + 5 * 4 + IPV6_BYTES + TCP_BYTES;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY);
    private final HeaderParser parser;

    /**
     * Makes a prompt with memory for one packet.
     *
     * @param parser the worker's
     */
    public FlowPrompt(HeaderParser parser) {
        this.parser = parser;
    }

    /**
     * Makes the packet of a flow.
     *
     * @param flow of two ends
     * @param p is filled; its bytes stay until the next call
     * @param frameNumber what to call it in events
     * @param nowNs its time
     */
    public void write(FlowImpl flow, PacketRecord p, long frameNumber, long nowNs) {
        boolean isOutbound = flow.direction() == Direction.OUTBOUND;
        int at = link(flow);
        int transport = at + (flow.ipVersion() == 4 ? IPV4_BYTES : IPV6_BYTES);
        int end = transport + transport(flow, transport, isOutbound);
        if (flow.ipVersion() == 4) {
            ipv4(flow, at, end - at, isOutbound);
        } else {
            ipv6(flow, at, end - transport, isOutbound);
        }
        parser.begin(p, memory, 0, end, frameNumber, nowNs, isOutbound ? Side.LAN : Side.WAN);
        p.setDirection(flow.direction());
        // Of what has no transport header that is known here, the parser may want more: then it ends with the IP
        // header.
        parser.parseAgain(p, false);
    }

    private int link(FlowImpl flow) {
        memory.putLong(0, (flow.responderMac << 16) | (flow.initiatorMac >>> 32));
        memory.putInt(8, (int) flow.initiatorMac);
        int at = 12;
        int tags = 0;
        for (long rest = flow.vlanKey; rest != 0; rest >>>= VLAN_BITS) {
            tags++;
        }
        for (int i = tags - 1; i >= 0; i--) {
            memory.putShort(at, (short) (i > 0 ? SERVICE_TAG : TAG));
            memory.putShort(at + 2, (short) ((flow.vlanKey >>> (i * VLAN_BITS)) & VLAN_MASK));
            at += 4;
        }
        memory.putShort(at, (short) (flow.ipVersion() == 4 ? TYPE_IPV4 : TYPE_IPV6));
        return at + 2;
    }

    private void ipv4(FlowImpl flow, int at, int lengthBytes, boolean isOutbound) {
        memory.putInt(at, (0x4500 << 16) | lengthBytes);
        memory.putInt(at + 4, 0x4000); // don't fragment
        memory.put(at + 8, (byte) HOP_LIMIT);
        memory.put(at + 9, (byte) flow.protocol());
        memory.putInt(at + 12, (int) (isOutbound ? flow.localLow() : flow.originalRemoteLow()));
        memory.putInt(at + 16, (int) (isOutbound ? flow.originalRemoteLow() : flow.localLow()));
        InternetChecksum.makeIpv4(memory, at);
    }

    private void ipv6(FlowImpl flow, int at, int lengthBytes, boolean isOutbound) {
        int local = isOutbound ? at + 8 : at + 24;
        int remote = isOutbound ? at + 24 : at + 8;
        memory.putInt(at, 0x6000_0000);
        memory.putShort(at + 4, (short) lengthBytes);
        memory.put(at + 6, (byte) flow.protocol());
        memory.put(at + 7, (byte) HOP_LIMIT);
        memory.putLong(local, flow.localHigh());
        memory.putLong(local + 8, flow.localLow());
        memory.putLong(remote, flow.originalRemoteHigh());
        memory.putLong(remote + 8, flow.originalRemoteLow());
    }

    /** Writes the transport header and says how long it is. */
    private int transport(FlowImpl flow, int at, boolean isOutbound) {
        for (int i = 0; i < TCP_BYTES; i++) {
            memory.put(at + i, (byte) 0);
        }
        switch (flow.protocol()) {
            case Packet.PROTOCOL_TCP -> {
                ports(flow, at, isOutbound);
                tcp(flow.tcp, at);
                return TCP_BYTES;
            }
            case Packet.PROTOCOL_UDP -> {
                ports(flow, at, isOutbound);
                memory.putShort(at + 4, (short) DATAGRAM_BYTES);
                return DATAGRAM_BYTES;
            }
            case SCTP -> {
                ports(flow, at, isOutbound);
                return SCTP_BYTES;
            }
            case Packet.PROTOCOL_ICMP, Packet.PROTOCOL_ICMPV6 -> {
                memory.put(at, (byte) flow.localPort());
                memory.put(at + 1, (byte) flow.originalRemotePort());
                return DATAGRAM_BYTES;
            }
            default -> {
                return 0;
            }
        }
    }

    private void ports(FlowImpl flow, int at, boolean isOutbound) {
        int local = flow.localPort() & PORT_MASK;
        int remote = flow.originalRemotePort() & PORT_MASK;
        memory.putInt(at, isOutbound ? (local << 16) | remote : (remote << 16) | local);
    }

    /** Behind everything that was forwarded; before anything came back, the SYN once more. */
    private void tcp(TcpState state, int at) {
        boolean isAnswered = state.hasSent(false);
        memory.putInt(at + 4, state.nextSequence(true) - (isAnswered ? 0 : 1));
        memory.putInt(at + 8, isAnswered ? state.nextSequence(false) : 0);
        memory.put(at + 12, (byte) (TCP_BYTES << 2));
        memory.put(at + 13, (byte) (isAnswered ? Packet.TCP_ACK : Packet.TCP_SYN));
    }
}
