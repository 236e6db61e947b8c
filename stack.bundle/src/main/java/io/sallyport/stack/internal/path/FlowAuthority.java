package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
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
    private final Runnable endQuestion = this::endQuestion;
    private final Settlement settlement;
    private final Classifier classifier;
    private final Retention retention;
    private final PathObserver observer;
    private final Pends pends;
    private final Redirection redirection;
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
            Pends pends,
            Redirection redirection,
            MidStream midStream,
            Shedding shedding) {
        this.pends = pends;
        this.redirection = redirection;
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
        if (flow.isShared()) {
            return authorizeShared(u, flow, nowNs);
        }
        if (!flow.isAuthorized) {
            // A pended accept, whose first packet comes through all layers again, finds it so (PEND-5).
            return decide(u, flow, AleStep.AUTHORIZATION, false, nowNs);
        }
        // Only who asked a group keeps the door open for answers (ALE-6).
        if (!flow.isToGroup() || isFromInitiator(u.packet, flow)) {
            flows.touch(flow, nowNs);
        }
        return reauthorize(u, flow, nowNs) && (!flow.isTcp() || follow(u, flow, nowNs));
    }

    /**
     * What becomes of a segment is decided here and nowhere else. An inspected connection must be followed, so what cannot be
     * is dropped. One that no stream filter can match is not held to its windows: a segment that the state cannot follow
     * passes, but nothing comes of it.
     */
    private boolean follow(Unit u, FlowImpl flow, long nowNs) {
        PacketRecord p = u.packet;
        if (flow.stream != null) {
            flow.tcp.recover();
        }
        switch (flow.tcp.examine(p, isFromInitiator(p, flow), nowNs)) {
            case FOLLOWED -> {
                return true;
            }
            case ESTABLISHES -> {
                return establish(u, flow);
            }
            case CHALLENGE -> {
                u.isUnfollowed = true;
                return true;
            }
            case OUTSIDE_WINDOW -> {
                return passesUnfollowed(u, flow, DropReason.TCP_OUTSIDE_WINDOW);
            }
            case INVALID -> {
                return passesUnfollowed(u, flow, DropReason.TCP_INVALID_STATE);
            }
            case OTHER_CONNECTION -> {
                // The SYN will be repeated, and asked for as the new flow that it is.
                settlement.drop(u, DropReason.TCP_INVALID_STATE, LayerPair.STREAM.of(p));
                flowEnd.end(flow, p);
                u.flow = null;
                return false;
            }
        }
        return false;
    }

    private boolean passesUnfollowed(Unit u, FlowImpl flow, DropReason reason) {
        if (flow.stream != null) {
            settlement.drop(u, reason, LayerPair.STREAM.of(u.packet));
            return false;
        }
        flow.tcp.lose();
        u.isUnfollowed = true;
        return true;
    }

    /** The flow's state follows what was forwarded, not what was seen: a dropped RST ends nothing. */
    void onForwarded(Unit u, FlowImpl flow, long nowNs) {
        PacketRecord p = u.packet;
        if (flow.isConcluded || u.isUnfollowed) {
            return;
        }
        boolean isAnswer = !isFromInitiator(p, flow);
        if (!flow.isTcp()) {
            if (isAnswer && !flow.isToGroup()) {
                flows.touch(flow, flow.isIcmp() ? TimeoutClass.ICMP_ANSWERED : flows.answeredDatagram(), nowNs);
            }
            return;
        }
        flow.tcp.onForwarded(p, !isAnswer);
        if ((p.tcpFlags() & Packet.TCP_RST) != 0) {
            flowEnd.end(flow, p);
        } else {
            flows.touch(flow, flow.tcp.timeoutClass(), nowNs);
        }
    }

    /**
     * Looks whether an ICMP error is about a packet that its flow has sent: it goes back to who sent that, and quotes a TCP
     * segment that can be on its way (RFC 5927). Anybody can make up the rest.
     */
    boolean isErrorOfFlow(Unit u) {
        PacketRecord p = u.packet;
        PacketRecord quoted = p.quoted();
        FlowImpl flow = u.quotedFlow;
        boolean isKnown = flow != null
                && quoted != null
                && p.destinationLow() == quoted.sourceLow()
                && p.destinationHigh() == quoted.sourceHigh()
                && (!flow.isTcp() || isInFlight(p, quoted, flow));
        if (!isKnown) {
            settlement.drop(
                    u,
                    DropReason.ICMP_NO_FLOW,
                    LayerPair.icmpError(p.direction()).of(p));
        }
        return isKnown;
    }

    private static boolean isInFlight(PacketRecord p, PacketRecord quoted, FlowImpl flow) {
        boolean hasSequence = quoted.packetEnd() - quoted.payloadOffset() >= 8;
        // The error goes the other way than what it is about.
        return hasSequence && flow.tcp.isInFlight(quoted.tcpSequence(), p.direction() != flow.direction());
    }

    /** Datagrams from outside to groups have one flow in common, so each is asked for by itself (ALE-6, REAUTH-2). */
    private boolean authorizeShared(Unit u, FlowImpl flow, long nowNs) {
        flows.touch(flow, nowNs);
        flow.show(u.packet);
        Layer layer = LayerPair.ACCEPT.of(flow.ipVersion());
        if (!judge.authorization(u, flow, true)) {
            return false;
        }
        flow.aleGeneration = classifier.generation(layer);
        flow.isRecheckDue = false;
        retention.authorized(flow);
        return true;
    }

    static boolean isFromInitiator(PacketRecord p, FlowImpl flow) {
        return p.direction() == flow.direction();
    }

    private boolean reauthorize(Unit u, FlowImpl flow, long nowNs) {
        Layer layer = LayerPair.authorization(flow.direction()).of(flow.ipVersion());
        if (!isDue(flow, layer)) {
            return true;
        }
        int generation = classifier.generation(layer);
        flow.reauthorizeReason = ReauthorizeReason.POLICY_CHANGE;
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

    private boolean isDue(FlowImpl flow, Layer layer) {
        return flow.isRecheckDue || !classifier.holdsSince(layer, flow.aleGeneration);
    }

    /** Tells whether the next packet of a flow would have it asked for again. */
    boolean isRecheckDue(FlowImpl flow) {
        boolean hasAuthorization = flow.isAuthorized && !flow.isShared();
        return hasAuthorization
                && isDue(flow, LayerPair.authorization(flow.direction()).of(flow.ipVersion()));
    }

    /** Has a flow asked for again as by a packet, which goes no further; false if it was refused and has ended. */
    boolean recheck(Unit prompt, FlowImpl flow, long nowNs) {
        return reauthorize(prompt, flow, nowNs);
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
        if (flows.translations().find(key) != null) {
            // Answers to it could not be told from those to the flow that was redirected there.
            settlement.drop(u, DropReason.REDIRECT_CONFLICT, layer);
            return false;
        }
        TimeoutClass timeout = firstTimeout(p, isMidStream);
        makeRoom(p, timeout);
        DropReason limit = flows.refusal(p);
        FlowImpl flow = limit == null ? flows.begin(p, key, timeout, nowNs) : null;
        if (flow == null) {
            settlement.drop(u, limit == null ? DropReason.LIMIT_FLOWS : limit, layer);
            return false;
        }
        u.flow = flow;
        if (flow.isShared()) {
            flow.show(p);
        }
        if (isMidStream) {
            flow.tcp.adopt(p, nowNs);
        }
        return decide(u, flow, AleStep.RESOURCE_ASSIGNMENT, false, nowNs);
    }

    /**
     * Has a flow decided that was pended: where it was pended, or behind that.
     *
     * @param isReauthorization of a connect that was pended (PEND-4)
     */
    boolean resume(Unit u, FlowImpl flow, AleStep from, boolean isReauthorization, long nowNs) {
        flow.reauthorizeReason = ReauthorizeReason.CLASSIFY_COMPLETION;
        return decide(u, flow, from, isReauthorization, nowNs);
    }

    private boolean decide(Unit u, FlowImpl flow, AleStep from, boolean isReauthorization, long nowNs) {
        PacketRecord p = u.packet;
        Layer layer = LayerPair.authorization(flow.direction()).of(p);
        if (!ask(u, flow, from, isReauthorization)) {
            u.flow = null;
            if (flow.pended == null) {
                forget(flow, p, nowNs);
            } else {
                flows.touch(flow, nowNs);
                pends.begin(flow, nowNs);
            }
            return false;
        }
        flow.aleGeneration = classifier.generation(layer);
        flows.authorize(flow);
        retention.authorized(flow);
        observer.authorized(p, flow, layer, judge.out(), isReauthorization);
        boolean isEstablishedNow = !flow.isTcp() || flow.tcp.isEstablished();
        return !isEstablishedNow || establish(u, flow);
    }

    /** Ends at most one flow of the source that has too many, and one of what there is too much of. */
    private void makeRoom(PacketRecord p, TimeoutClass timeout) {
        for (int i = 0; i < 2; i++) {
            FlowImpl victim = flows.victim(p, timeout);
            if (victim == null) {
                return;
            }
            flowEnd.evict(victim, flows.wasOverShare());
        }
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
            return isMidStream ? TimeoutClass.ONE_SIDED : TimeoutClass.HANDSHAKE;
        }
        if (p.direction() == Direction.OUTBOUND && FlowKey.isToGroup(p)) {
            return TimeoutClass.GROUP;
        }
        return p.icmpType() != Packet.NONE ? TimeoutClass.ICMP : TimeoutClass.DATAGRAM;
    }

    /** The look-ups and questions about a new flow (ALE-9, ALE-10), from one of them on. */
    private boolean ask(Unit u, FlowImpl flow, AleStep from, boolean isReauthorization) {
        if (flow.isShared()) {
            // Many endpoints, none of which the box can tell.
            return judge.authorization(u, flow, false);
        }
        Endpoint endpoint = flow.endpoint;
        if (endpoint == null) {
            endpoint = flows.endpoints().obtain(flow);
            if (endpoint == null) {
                settlement.drop(u, DropReason.LIMIT_FLOWS, LayerPair.RESOURCE_ASSIGNMENT.of(u.packet));
                return false;
            }
            flows.endpoints().attach(flow, endpoint);
        }
        boolean isOutbound = flow.direction() == Direction.OUTBOUND;
        if (!endpoint.isAssigned) {
            if (!question(u, flow, AleStep.RESOURCE_ASSIGNMENT)) {
                return false;
            }
            endpoint.isAssigned = true;
        }
        if (isOutbound) {
            boolean isBehind = from == AleStep.AUTHORIZATION;
            if (!isBehind && !question(u, flow, AleStep.CONNECT_REDIRECT)) {
                return false;
            }
        } else if (flow.isTcp() && !endpoint.isListening) {
            if (!question(u, flow, AleStep.LISTEN)) {
                return false;
            }
            endpoint.isListening = true;
        }
        return isReauthorization ? judge.authorization(u, flow, true) : question(u, flow, AleStep.AUTHORIZATION);
    }

    /** A question that a callout may pend. */
    private boolean question(Unit u, FlowImpl flow, AleStep step) {
        PacketRecord p = u.packet;
        settlement.unfinished().begin(endQuestion);
        try {
            switch (step) {
                case RESOURCE_ASSIGNMENT -> {
                    pends.offer(flow, step, LayerPair.RESOURCE_ASSIGNMENT.of(p));
                    return judge.resourceAssignment(u, flow);
                }
                case LISTEN -> {
                    pends.offer(flow, step, LayerPair.LISTEN.of(p));
                    return judge.listen(u, flow);
                }
                case CONNECT_REDIRECT -> {
                    pends.offer(flow, step, LayerPair.CONNECT_REDIRECT.of(p));
                    redirection.offer(flow, p);
                    return judge.connectRedirect(u, flow);
                }
                case AUTHORIZATION -> {
                    pends.offer(
                            flow,
                            step,
                            LayerPair.authorization(flow.direction()).of(p));
                    return judge.authorization(u, flow, false);
                }
            }
            return false;
        } finally {
            settlement.unfinished().end();
        }
    }

    private void endQuestion() {
        pends.retract();
        redirection.retract();
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
