package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * The order of layers for a whole packet, out and in. Outbound: authorise, stream or datagram, TRANSPORT, IPPACKET,
 * IPFORWARD, MAC. Inbound: IPFORWARD, IPPACKET, TRANSPORT, authorise, stream or datagram, MAC.
 */
final class PacketPath implements StreamRelease.Rest {

    private final Judge judge;
    private final Settlement settlement;
    private final FlowAuthority authority;
    private final FlowEnd flowEnd;
    private final FlowTable flows;
    private final StreamPath streams;
    private final FragmentExit exit;

    private long nowNs;

    PacketPath(
            Judge judge,
            Settlement settlement,
            FlowAuthority authority,
            FlowEnd flowEnd,
            FlowTable flows,
            StreamPath streams,
            FragmentExit exit) {
        this.judge = judge;
        this.settlement = settlement;
        this.authority = authority;
        this.flowEnd = flowEnd;
        this.flows = flows;
        this.streams = streams;
        this.exit = exit;
    }

    /** Takes a whole packet that is well-formed, oriented and let in by the MAC layer. */
    void take(Unit u, long now) {
        nowNs = now;
        PacketRecord p = u.packet;
        FlowImpl flow = u.flow;
        boolean isTcp = p.protocol() == Packet.PROTOCOL_TCP;
        if (isTcp && !TcpState.areFlagsPossible(p.tcpFlags())) {
            settlement.drop(
                    u,
                    DropReason.TCP_INVALID_STATE,
                    LayerPair.transport(p.direction()).of(p));
            return;
        }
        if (flow != null && flow.refusedFor != null) {
            if (!authority.isNewAttempt(u, flow)) {
                return;
            }
            flow = null;
        }
        if (flow != null && flow.isDropped) {
            flows.touch(flow, now);
            settlement.drop(u, DropReason.TCP_CONNECTION_DROPPED, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
            return;
        }
        if (flow != null && isTcp && flow.tcp.isOver() && TcpState.isOpening(p.tcpFlags())) {
            flowEnd.end(flow, p);
            u.flow = null;
        }
        if (p.direction() == Direction.OUTBOUND) {
            outbound(u);
        } else {
            inbound(u);
        }
    }

    private void outbound(Unit u) {
        boolean goesOn = u.packet.quoted() != null ? judge.icmpError(u) : authority.authorize(u, nowNs) && payload(u);
        if (goesOn) {
            afterPayload(u, nowNs);
        }
    }

    private void inbound(Unit u) {
        // Fragments were judged at IPFORWARD one by one when they came.
        if (u.frames == null && !judge.forward(u)) {
            return;
        }
        if (!judge.network(u, false) || !judge.transport(u)) {
            return;
        }
        boolean goesOn = u.packet.quoted() != null ? judge.icmpError(u) : authority.authorize(u, nowNs) && payload(u);
        if (goesOn) {
            afterPayload(u, nowNs);
        }
    }

    private boolean payload(Unit u) {
        FlowImpl flow = u.flow;
        if (flow == null) {
            return false;
        }
        return flow.isTcp() ? streams.take(u, flow, nowNs) : judge.datagram(u, flow);
    }

    /** What is left of the path behind STREAM and DATAGRAM_DATA; held segments go on from here. */
    @Override
    public void afterPayload(Unit u, long now) {
        nowNs = now;
        if (u.packet.direction() == Direction.OUTBOUND) {
            if (!judge.transport(u) || !judge.network(u, false)) {
                return;
            }
            if (u.frames == null && !judge.forward(u)) {
                return;
            }
        }
        boolean hasLeft = u.frames == null ? leave(u) : exit.leave(u, now);
        FlowImpl flow = u.flow;
        if (hasLeft && flow != null && flow.isTcp()) {
            afterForwarding(u.packet, flow);
        }
    }

    @Override
    public void bury(FlowImpl flow, PacketRecord p, long now) {
        flowEnd.bury(flow, p, now);
    }

    /** MAC out, and out. */
    boolean leave(Unit u) {
        if (u.packet.fragmentHeaderOffset() != Packet.NONE) {
            exit.beforeAtomic(u.packet, nowNs);
        }
        return judge.leaving(u) && settlement.send(u);
    }

    /** For frames that only the MAC layers see. */
    boolean leave(Unit u, long now) {
        nowNs = now;
        return leave(u);
    }

    /** The connection's state follows what was forwarded, not what was seen: a dropped RST ends nothing. */
    private void afterForwarding(PacketRecord p, FlowImpl flow) {
        if (flow.isConcluded) {
            return;
        }
        if ((p.tcpFlags() & Packet.TCP_RST) != 0) {
            flowEnd.end(flow, p);
            return;
        }
        flow.tcp.onForwarded(p, FlowAuthority.isFromInitiator(p, flow));
        flows.touch(flow, flow.tcp.timeoutClass(), nowNs);
    }
}
