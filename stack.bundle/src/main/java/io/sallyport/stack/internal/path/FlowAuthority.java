package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPathConfig.MidStream;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.flow.Endpoint;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowKey;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.flow.TimeoutClass;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * The ALE step of a packet: authorises a flow at its first packet, and again after a change of policy at its layer
 * (REAUTH-3). All other packets pass with a look at one number (ALE-1).
 */
final class FlowAuthority {

    private final FlowTable flows;
    private final FlowKey key;
    private final FlowEnd flowEnd;
    private final Judge judge;
    private final Settlement settlement;
    private final Classifier classifier;
    private final Retention retention;
    private final PathObserver observer;
    private final boolean adoptsMidStream;
    private final Shedding shedding;

    FlowAuthority(
            FlowTable flows,
            FlowKey key,
            FlowEnd flowEnd,
            Judge judge,
            Settlement settlement,
            Classifier classifier,
            Retention retention,
            PathObserver observer,
            MidStream midStream,
            Shedding shedding) {
        this.flows = flows;
        this.key = key;
        this.flowEnd = flowEnd;
        this.judge = judge;
        this.settlement = settlement;
        this.classifier = classifier;
        this.retention = retention;
        this.observer = observer;
        this.adoptsMidStream = midStream == MidStream.ADOPT;
        this.shedding = shedding;
    }

    /** Does the step; the unit has a flow if it may go on. */
    boolean authorize(Unit u, long nowNs) {
        FlowImpl flow = u.flow;
        if (flow == null) {
            return begin(u, nowNs);
        }
        flows.touch(flow, nowNs);
        if (!reauthorize(u, flow, nowNs)) {
            return false;
        }
        if (flow.isTcp()
                && flow.tcp.onSegment(u.packet, isFromInitiator(u.packet, flow)) == TcpState.Step.ESTABLISHED) {
            return establish(u, flow);
        }
        return true;
    }

    static boolean isFromInitiator(PacketRecord p, FlowImpl flow) {
        return p.direction() == flow.direction();
    }

    private boolean reauthorize(Unit u, FlowImpl flow, long nowNs) {
        Layer layer = LayerPair.authorization(flow.direction()).of(flow.ipVersion());
        int generation = classifier.generation(layer);
        if (generation == flow.aleGeneration && !flow.isRecheckDue) {
            return true;
        }
        if (!judge.authorization(u, flow, true)) {
            if (!retention.isRefusedForNow(flow)) {
                u.flow = null;
                forget(flow, u.packet, nowNs);
            }
            return false;
        }
        flow.aleGeneration = generation;
        flow.isRecheckDue = false;
        retention.authorized(flow);
        observer.authorized(u.packet, flow, layer, judge.out(), true);
        return true;
    }

    private boolean begin(Unit u, long nowNs) {
        PacketRecord p = u.packet;
        boolean isTcp = p.protocol() == Packet.PROTOCOL_TCP;
        boolean isMidStream = isTcp && !TcpState.isOpening(p.tcpFlags());
        Layer layer = LayerPair.authorization(p.direction()).of(p);
        if (isMidStream && !adoptsMidStream) {
            settlement.drop(u, DropReason.TCP_MID_STREAM, layer);
            return false;
        }
        if (shedding.refusesFlows()) {
            settlement.drop(u, DropReason.LIMIT_HEAP_FLOWS, layer);
            return false;
        }
        FlowImpl flow = flows.begin(p, key, firstTimeout(p, isMidStream), nowNs);
        FlowImpl refused = flow == null ? flows.oldestRefused() : null;
        if (refused != null) {
            flowEnd.end(refused, null);
            flow = flows.begin(p, key, firstTimeout(p, isMidStream), nowNs);
        }
        if (flow == null) {
            settlement.drop(u, DropReason.LIMIT_FLOWS, layer);
            return false;
        }
        u.flow = flow;
        if (isMidStream) {
            flow.tcp.adopt();
        }
        if (!ask(u, flow)) {
            u.flow = null;
            forget(flow, p, nowNs);
            return false;
        }
        flow.aleGeneration = classifier.generation(layer);
        flow.isAuthorized = true;
        retention.authorized(flow);
        observer.authorized(p, flow, layer, judge.out(), false);
        boolean isEstablishedNow = !isTcp || isMidStream;
        return !isEstablishedNow || establish(u, flow);
    }

    /**
     * Ends a flow that is not, or no more, authorised. One that policy refused on its way out is remembered for a while:
     * an answer to it must not be taken for the start of another flow, which a filter of the other direction might permit.
     * The reverse is not remembered: whoever sends from outside could close any way out.
     */
    private void forget(FlowImpl flow, PacketRecord p, long nowNs) {
        if (flow.direction() == Direction.OUTBOUND && !judge.out().isAbsorbed() && settlement.wasRefusedByPolicy()) {
            settlement.rememberRefusal(flow);
            flowEnd.refuse(flow, p, nowNs);
        } else {
            flowEnd.end(flow, p);
        }
    }

    /**
     * Meets a packet of a flow that was refused.
     *
     * @return true if it is a new attempt, which is asked for as a new flow; false if it was an answer and is dropped
     */
    boolean isNewAttempt(Unit u, FlowImpl refused) {
        PacketRecord p = u.packet;
        boolean isAnswer = p.direction() != refused.direction()
                && !(p.protocol() == Packet.PROTOCOL_TCP && TcpState.isOpening(p.tcpFlags()));
        DropReason reason = refused.refusedFor;
        if (isAnswer && reason != null) {
            settlement.drop(u, reason, refused.droppedAt, refused.droppedBy, refused.droppedRevision);
            return false;
        }
        flowEnd.end(refused, p);
        u.flow = null;
        return true;
    }

    private static TimeoutClass firstTimeout(PacketRecord p, boolean isMidStream) {
        if (p.protocol() == Packet.PROTOCOL_TCP) {
            return isMidStream ? TimeoutClass.ESTABLISHED : TimeoutClass.HANDSHAKE;
        }
        return p.icmpType() != Packet.NONE ? TimeoutClass.ICMP : TimeoutClass.DATAGRAM;
    }

    /** The look-ups and questions about a new flow (ALE-9, ALE-10). */
    private boolean ask(Unit u, FlowImpl flow) {
        Endpoint endpoint = flows.endpoints().obtain(flow);
        if (endpoint == null) {
            settlement.drop(u, DropReason.LIMIT_FLOWS, LayerPair.RESOURCE_ASSIGNMENT.of(u.packet));
            return false;
        }
        boolean isNew = endpoint.flows() == 0;
        flows.attach(flow, endpoint);
        if (isNew) {
            if (!judge.resourceAssignment(u, flow)) {
                return false;
            }
            endpoint.isAssigned = true;
        }
        if (flow.direction() == Direction.OUTBOUND) {
            return judge.connectRedirect(u, flow) && judge.authorization(u, flow, false);
        }
        if (isNew && flow.isTcp() && !judge.listen(u, flow)) {
            return false;
        }
        return judge.authorization(u, flow, false);
    }

    private boolean establish(Unit u, FlowImpl flow) {
        if (judge.flowEstablished(u, flow)) {
            return true;
        }
        flowEnd.end(flow, u.packet);
        u.flow = null;
        return false;
    }
}
