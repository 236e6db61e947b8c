package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.PendedItem;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.HeldFrame;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A question about a new flow that a callout has pended: the handle that the callout keeps, and what the worker keeps for it.
 * Only {@link #state} and {@link #outcome} are shared with the callout's threads.
 */
final class PendedFlow implements PendedItem, Inbox.Message {

    private static final int OPEN = 0;
    private static final int COMPLETED = 1;
    private static final int OVER = 2;

    private final Pends pends;
    private final Inbox inbox;
    final CalloutIdentity who;
    final AleStep step;
    final Layer layer;

    private final AtomicInteger state = new AtomicInteger(OPEN);
    private volatile Outcome outcome = Outcome.RECLASSIFY;

    // The worker's own.
    final FlowImpl flow;
    final long flowId;

    @Nullable HeldFrame frames;

    @Nullable FilterTag filter;

    String revision = "";
    long sinceNs;

    @Nullable PendedFlow older;

    @Nullable PendedFlow newer;

    PendedFlow(Pends pends, Inbox inbox, CalloutIdentity who, AleStep step, Layer layer, FlowImpl flow) {
        this.pends = pends;
        this.inbox = inbox;
        this.who = who;
        this.step = step;
        this.layer = layer;
        this.flow = flow;
        this.flowId = flow.id();
    }

    /** The item is no more, or never was: a completion that is under way finds nothing. By the worker. */
    void end() {
        state.set(OVER);
    }

    Outcome outcome() {
        return outcome;
    }

    @Override
    public Status status() {
        return Status.SUCCESS;
    }

    @Override
    public Status complete(Outcome newOutcome) {
        if (newOutcome == null || (newOutcome != Outcome.RECLASSIFY && step != AleStep.CONNECT_REDIRECT)) {
            return Status.INVALID_PARAMETER;
        }
        if (!who.isRegistered()) {
            return Status.INJECT_HANDLE_CLOSING;
        }
        if (!state.compareAndSet(OPEN, COMPLETED)) {
            return state.get() == COMPLETED ? Status.ALREADY_COMPLETE : Status.NOT_FOUND;
        }
        outcome = newOutcome;
        Status status = inbox.offer(this);
        if (status != Status.SUCCESS) {
            state.compareAndSet(COMPLETED, OPEN);
        }
        return status;
    }

    @Override
    public void deliver(long nowNs) {
        pends.resume(this, nowNs);
    }

    @Override
    public void refuse(Status status) {
        // What is held stays where it is, and in the books as pended.
        state.set(OVER);
    }
}
