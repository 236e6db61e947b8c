package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.hold.Datagram;
import io.sallyport.stack.internal.hold.Reassembler;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which packets are judged by the policy that an absent base filtering engine left behind: those of flows that its policy
 * authorised. Everything else is judged by the boot-time set (BOOT-8). Owned by one worker.
 */
final class Retention {

    private final FilterEngine engine;
    private final Classifier classifier;
    private final Orientation orientation;
    private final Reassembler reassembler;

    private boolean wasRunTime;

    /** Of the fragment that was looked at last. */
    private boolean isOfRunTimeFlow;

    Retention(FilterEngine engine, Classifier classifier, Orientation orientation, Reassembler reassembler) {
        this.engine = engine;
        this.classifier = classifier;
        this.orientation = orientation;
        this.reassembler = reassembler;
    }

    /** Before the first packet of a batch is begun. */
    void beginBatch() {
        wasRunTime = engine.policyInForce() == PolicyInForce.RUN_TIME;
    }

    /** Once a packet's flow is known, and before its first layer is classified. */
    void choose(Unit u) {
        PacketRecord p = u.packet;
        boolean isRunTime;
        if (p.isFragment()) {
            isOfRunTimeFlow = isFragmentOfRunTimeFlow(p);
            isRunTime = isOfRunTimeFlow;
        } else {
            isRunTime = isOfRunTimeFlow(u);
        }
        if (isRunTime && classifier.hasRetainedPolicy()) {
            classifier.useRetainedPolicy();
        }
    }

    private static boolean isOfRunTimeFlow(Unit u) {
        FlowImpl flow = u.flow;
        if (flow == null) {
            return isAuthorizedByRunTime(u.quotedFlow);
        }
        boolean isOther = flow.isTcp() && flow.tcp.isOver() && TcpState.isOpening(u.packet.tcpFlags());
        return !isOther && isAuthorizedByRunTime(flow);
    }

    private static boolean isAuthorizedByRunTime(@Nullable FlowImpl flow) {
        return flow != null && flow.isRunTimeAuthorized && !flow.isConcluded;
    }

    /** The first fragment names the flow; the others go with it. */
    private boolean isFragmentOfRunTimeFlow(PacketRecord p) {
        Datagram d = reassembler.find(p);
        if (d != null) {
            return d.isOfRunTimeFlow;
        }
        FlowImpl flow = orientation.flowOfFirstFragment(p);
        boolean isOver = flow != null && flow.isTcp() && flow.tcp.isOver();
        return !isOver && isAuthorizedByRunTime(flow);
    }

    /** Notes for the others what was found out about a datagram's first fragment, which is the latest packet. */
    void remember(Datagram d) {
        d.isOfRunTimeFlow = isOfRunTimeFlow;
    }

    /**
     * Notes who authorised a flow just now. Run-time policy was in force before the packet began and is now: then it judged
     * the packet, too. If it came or went in between, the flow's next packet is to ask again. While a retained policy is
     * there, flows are what they were: it judges only those that were run-time's.
     */
    void authorized(FlowImpl flow) {
        if (!classifier.hasRetainedPolicy()) {
            boolean isRunTime = engine.policyInForce() == PolicyInForce.RUN_TIME;
            flow.isRunTimeAuthorized = wasRunTime && isRunTime;
            flow.isRecheckDue = wasRunTime != isRunTime;
        }
        flow.wasRunTimeAuthorized = false;
    }

    /**
     * Tells whether a flow is to be asked for again after it was refused. An engine that restarts has the boot-time set until
     * it gets the run-time policy again: what that set refuses is dropped, but flows of before do not end by it.
     */
    boolean isRefusedForNow(FlowImpl flow) {
        return flow.wasRunTimeAuthorized && !wasRunTime;
    }
}
