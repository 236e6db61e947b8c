package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.callout.PendedItem;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * The order of layers for a whole packet, out and in. Outbound: authorise, stream or datagram, TRANSPORT, IPPACKET,
 * IPFORWARD, MAC. Inbound: IPFORWARD, IPPACKET, TRANSPORT, authorise, stream or datagram, MAC.
 */
final class PacketPath implements StreamRelease.Rest, Pends.Rest {

    private final Judge judge;
    private final Settlement settlement;
    private final FlowAuthority authority;
    private final FlowEnd flowEnd;
    private final FlowTable flows;
    private final StreamPath streams;
    private final FragmentExit exit;
    private final Translator translator;
    private final Books books;

    private long nowNs;

    PacketPath(
            Judge judge,
            Settlement settlement,
            FlowAuthority authority,
            FlowEnd flowEnd,
            FlowTable flows,
            StreamPath streams,
            FragmentExit exit,
            Translator translator,
            Books books) {
        this.judge = judge;
        this.settlement = settlement;
        this.authority = authority;
        this.flowEnd = flowEnd;
        this.flows = flows;
        this.streams = streams;
        this.exit = exit;
        this.translator = translator;
        this.books = books;
    }

    /** Takes a whole packet that is well-formed, oriented and let in by the MAC layer. */
    void take(Unit u, long now) {
        take(u, false, now);
    }

    /**
     * The same for an injected packet.
     *
     * @param isForwardDone inbound: IPFORWARD is not asked
     */
    void take(Unit u, boolean isForwardDone, long now) {
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
        if (flow != null && flow.pended instanceof PendedFlow item) {
            // What comes while a flow is pended is for its sender to send again (PEND-6).
            settlement.drop(u, DropReason.FLOW_PENDED, item.layer);
            return;
        }
        if (flow != null && flow.isDropped) {
            flows.touch(flow, now);
            settlement.drop(u, flow.droppedFor, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
            return;
        }
        if (flow != null && isTcp && flow.tcp.isOver() && TcpState.isOpening(p.tcpFlags())) {
            flowEnd.end(flow, p);
            u.flow = null;
        }
        if (p.direction() == Direction.OUTBOUND) {
            outbound(u);
        } else {
            inbound(u, isForwardDone);
        }
    }

    private void outbound(Unit u) {
        if (mayGoOn(u)) {
            afterPayload(u, nowNs);
        }
    }

    private boolean mayGoOn(Unit u) {
        if (u.packet.quoted() != null) {
            return authority.isErrorOfFlow(u) && judge.icmpError(u);
        }
        if (!authority.authorize(u, nowNs)) {
            return false;
        }
        if (u.packet.direction() == Direction.OUTBOUND) {
            // Behind the ALE layers an outbound packet is what its flow was redirected to.
            translator.translate(u);
        }
        return payload(u);
    }

    private void inbound(Unit u, boolean isForwardDone) {
        // Fragments were judged at IPFORWARD one by one when they came.
        if (u.frames == null && !isForwardDone && !judge.forward(u)) {
            return;
        }
        if (!judge.network(u, false) || !judge.transport(u)) {
            return;
        }
        if (mayGoOn(u)) {
            afterPayload(u, nowNs);
        }
    }

    /**
     * Takes an answer that was made here through the layers of its way, out or in (PATH-4, PATH-7, PATH-8). It opens no flow.
     *
     * @return true if it left
     */
    boolean answer(Unit u) {
        boolean isError = u.packet.quoted() != null;
        boolean mayLeave = u.packet.direction() == Direction.OUTBOUND
                ? (!isError || judge.icmpError(u)) && judge.transport(u) && judge.network(u, false) && judge.forward(u)
                : judge.forward(u) && judge.network(u, false) && judge.transport(u) && (!isError || judge.icmpError(u));
        return mayLeave && leave(u);
    }

    @Override
    public void resume(Unit u, PendedFlow item, long now) {
        nowNs = now;
        FlowImpl flow = item.flow;
        boolean isAuthorization = item.step == AleStep.AUTHORIZATION;
        if (isAuthorization && flow.direction() == Direction.INBOUND) {
            take(u, true, now);
            return;
        }
        boolean isFinal = item.outcome() == PendedItem.Outcome.PERMIT;
        AleStep from = isFinal ? AleStep.AUTHORIZATION : item.step;
        if (authority.resume(u, flow, from, isAuthorization, now)) {
            if (u.packet.direction() == Direction.OUTBOUND) {
                translator.translate(u);
            }
            if (!payload(u)) {
                return;
            }
            afterPayload(u, now);
        }
    }

    @Override
    public void endUnasked(FlowImpl flow) {
        books.faults += flowEnd.endUnasked(flow) ? 0 : 1;
    }

    @Override
    public void refuse(FlowImpl flow, PacketRecord p) {
        flowEnd.end(flow, p);
    }

    private boolean payload(Unit u) {
        FlowImpl flow = u.flow;
        if (flow == null) {
            return false;
        }
        if (!flow.isTcp()) {
            return judge.datagram(u, flow);
        }
        // Of an inspected connection only segments without payload pass unfollowed: there is nothing to look into.
        boolean isChallenge = u.isUnfollowed && flow.stream != null;
        return isChallenge || streams.take(u, flow, nowNs);
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
                followAbsorbed(u);
                return;
            }
        }
        leaveForwarded(u, now);
    }

    /**
     * What a callout took at IPFORWARD leaves as that callout's packet, with other addresses if it translates: for the flow it has
     * left. If it never does, that is a loss on the way like any other.
     */
    private void followAbsorbed(Unit u) {
        FlowImpl flow = u.flow;
        if (flow != null && judge.out().isAbsorbed()) {
            authority.onForwarded(u, flow, nowNs);
        }
    }

    /** What is left of the path behind IPFORWARD. */
    void leaveForwarded(Unit u, long now) {
        nowNs = now;
        boolean hasLeft = u.frames == null ? leave(u) : exit.leave(u, now);
        FlowImpl flow = u.flow;
        if (hasLeft && flow != null) {
            authority.onForwarded(u, flow, nowNs);
        }
    }

    @Override
    public void bury(FlowImpl flow, @Nullable PacketRecord p, long now) {
        flowEnd.bury(flow, p, now);
    }

    /** MAC out, and out. */
    boolean leave(Unit u) {
        translator.translate(u);
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
}
