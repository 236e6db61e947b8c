package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.count.PathCounters;
import io.sallyport.stack.internal.flow.Endpoint;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.TimeoutClass;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.shim.AleShim;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends flows: held segments, endpoint closure, resource release, contexts, slot, in this order and each exactly once
 * (ALE-14, FLOW-3). Inside a packet, since layers are classified.
 */
final class FlowEnd {

    private final FlowTable flows;
    private final Classifier classifier;
    private final ShimSlots slots;
    private final StreamPath streams;
    private final Pends pends;
    private final ClassifyOutcome out;
    private final PathCounters counters;

    private final Unfinished unfinished;
    private final Runnable removal = this::remove;
    private final Runnable conclusion = this::endContexts;
    /** The flow that is being ended; one at a time. */
    private @Nullable FlowImpl ending;

    private @Nullable FlowImpl concluding;

    /** Made once: what ends flows that were idle for too long. */
    private final Consumer<FlowImpl> expired = this::expire;

    FlowEnd(
            FlowTable flows,
            Classifier classifier,
            ShimSlots slots,
            StreamPath streams,
            Pends pends,
            ClassifyOutcome out,
            PathCounters counters,
            Unfinished unfinished) {
        this.unfinished = unfinished;
        this.pends = pends;
        this.flows = flows;
        this.classifier = classifier;
        this.slots = slots;
        this.streams = streams;
        this.out = out;
        this.counters = counters;
    }

    /**
     * Ends a flow and frees its slot.
     *
     * @param p what ended it, or null if time did
     */
    void end(FlowImpl flow, @Nullable PacketRecord p) {
        ending = flow;
        unfinished.begin(removal);
        try {
            conclude(flow, p);
        } finally {
            unfinished.end();
        }
    }

    private void remove() {
        FlowImpl flow = ending;
        ending = null;
        if (flow != null) {
            flows.remove(flow);
        }
    }

    /** Deletes contexts; done again, it goes on with those that are left. */
    private void endContexts() {
        FlowImpl flow = concluding;
        if (flow != null) {
            classifier.endFlow(flow.contexts());
        }
        concluding = null;
    }

    /**
     * Ends a flow that is still being asked for although its packet is settled: something failed, and what is not authorised
     * must not be found by the next packet. Never throws.
     *
     * @param flow of the packet, or null
     * @return false if that failed, too
     */
    boolean endUnasked(@Nullable FlowImpl flow) {
        if (flow == null || flow.isAuthorized || flow.isConcluded || flow.pended != null) {
            return true;
        }
        try {
            end(flow, null);
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    /** Ends a flow for everybody but the stack, which goes on dropping its frames: dropped, or aborted (FLOW-6). */
    void bury(FlowImpl flow, @Nullable PacketRecord p, long nowNs) {
        conclude(flow, p);
        flows.touch(flow, TimeoutClass.CLOSING, nowNs);
    }

    /** Ends a flow that policy refuses; its slot stays for a while to meet the answers to it. */
    void refuse(FlowImpl flow, PacketRecord p, long nowNs) {
        conclude(flow, p);
        flows.touch(flow, TimeoutClass.REFUSED, nowNs);
        FlowImpl surplus = flows.surplusRefused();
        if (surplus != null) {
            evict(surplus, false);
        }
    }

    /**
     * Ends a flow so that another one may begin, like any other end.
     *
     * @param isOverShare its source has too many
     */
    void evict(FlowImpl flow, boolean isOverShare) {
        counters.count(isOverShare ? PathCounter.FLOWS_EVICTED_OVER_SHARE : flow.evicted());
        end(flow, null);
    }

    /** Ends a flow for the engine that goes; it lives on in the table. Nobody is told of an end that is none. */
    void suspend(FlowImpl flow) {
        try {
            streams.suspend(flow);
        } finally {
            classifier.endFlow(flow.contexts());
        }
    }

    /**
     * Ends what has been idle for too long.
     *
     * @param most how many timers are looked at
     */
    void reap(long nowNs, int most) {
        flows.reap(nowNs, most, expired);
    }

    private void expire(FlowImpl flow) {
        counters.count(PathCounter.FLOWS_EXPIRED);
        end(flow, null);
    }

    private void conclude(FlowImpl flow, @Nullable PacketRecord p) {
        if (flow.isConcluded) {
            return;
        }
        flows.conclude(flow);
        concluding = flow;
        unfinished.begin(conclusion);
        try {
            pends.abandon(flow);
            streams.abandon(flow);
            tellEnd(flow, p);
        } finally {
            unfinished.end();
        }
    }

    private void tellEnd(FlowImpl flow, @Nullable PacketRecord p) {
        if (flow.isAuthorized && flow.isTcp()) {
            closure(flow, p);
        }
        Endpoint endpoint = flow.endpoint;
        boolean wasAssigned = endpoint != null && endpoint.isAssigned;
        if (flows.endpoints().detach(flow) && wasAssigned) {
            if (flow.isAuthorized && !flow.isTcp()) {
                closure(flow, p);
            }
            release(flow, p);
        }
    }

    private void closure(FlowImpl flow, @Nullable PacketRecord p) {
        AleShim shim = slots.ale;
        if (shim == null) {
            return;
        }
        try {
            shim.endpointClosure(p, flow, out);
        } catch (RuntimeException | Error e) {
            // Nobody's answer counts here; the flow ends whatever a shim makes of it.
            out.failClosed(ClassifyReason.INTERNAL_FAULT);
        }
    }

    private void release(FlowImpl flow, @Nullable PacketRecord p) {
        AleShim shim = slots.ale;
        if (shim == null) {
            return;
        }
        try {
            shim.resourceRelease(p, flow, out);
        } catch (RuntimeException | Error e) {
            out.failClosed(ClassifyReason.INTERNAL_FAULT);
        }
    }
}
