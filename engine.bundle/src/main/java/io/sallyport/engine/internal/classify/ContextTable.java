package io.sallyport.engine.internal.classify;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All contexts that the flows of one worker hold, by callout, so that those of a leaving callout are found without a walk
 * over the flows. Used by the worker inside its packets, or by the management plane while it keeps the worker out; see
 * {@link WorkerClassifier}. Grows when it must and reuses what was freed; so it does with the memory of callouts' answers on
 * streams, of which there is as much as flows needed at a time.
 */
final class ContextTable {
    private final CalloutCaller caller;
    private final WorkerCounters counters;
    private final LongPredicate abort;
    private @Nullable ContextNode[] heads = new ContextNode[8];
    private @Nullable ContextNode free;
    private @Nullable StreamMemory freeStreams;

    /** True while the management plane stands in for the worker. */
    boolean isInPlaceOfWorker;

    ContextTable(CalloutCaller caller, LongPredicate abort) {
        this.caller = caller;
        this.counters = caller.counters;
        this.abort = abort;
    }

    /** Memory for answers of one callout on one flow's streams. */
    StreamMemory takeStream() {
        StreamMemory memory = freeStreams;
        if (memory == null) {
            return new StreamMemory();
        }
        freeStreams = memory.next;
        return memory;
    }

    /** Takes back what an ended flow does not need any more. */
    void giveStream(StreamMemory memory) {
        memory.next = freeStreams;
        freeStreams = memory;
    }

    /** Kills a flow after the present packet; false if it cannot. */
    boolean abort(long flowId) {
        return abort.test(flowId);
    }

    void add(FlowMemory flow, RegisteredCallout callout, Layer layer, Object context) {
        ContextNode node = free;
        if (node == null) {
            node = new ContextNode();
        } else {
            free = node.nextOfFlow;
        }
        if (callout.index >= heads.length) {
            heads = Arrays.copyOf(heads, Math.max(callout.index + 1, 2 * heads.length));
        }
        ContextNode head = heads[callout.index];
        node.callout = callout;
        node.layer = layer;
        node.context = context;
        node.flow = flow;
        node.previousOfCallout = null;
        node.nextOfCallout = head;
        if (head != null) {
            head.previousOfCallout = node;
        }
        heads[callout.index] = node;
        node.nextOfFlow = flow.firstContext;
        flow.firstContext = node;
    }

    /**
     * Ends a context that its flow's list no longer holds: unlinks it, tells the callout, once, and reuses the node.
     * Whatever the callout throws stays here.
     */
    void delete(ContextNode node, long flowId) {
        RegisteredCallout callout = node.callout;
        Layer layer = node.layer;
        Object context = node.context;
        unlink(node);
        if (callout != null) {
            callout.account.give(Kind.CONTEXTS);
        }
        if (callout == null || layer == null || context == null || callout.isFenced()) {
            return;
        }
        CallGate gate = enter(callout);
        Throwable fault = null;
        try {
            callout.instance.flowDelete(layer, flowId, context);
        } catch (Throwable thrown) { // a vendor may throw anything
            fault = thrown;
        }
        leave(gate, callout, fault);
    }

    /** A callout wants its contexts changed; false if it must not, else {@link #leaveApi} ends it. */
    boolean enterApi() {
        return caller.gate.enterApi();
    }

    void leaveApi() {
        caller.gate.leaveApi();
    }

    /** Tells whether the thread that asks is inside a callout and was not given up. */
    boolean isAskedFromInside() {
        return caller.gate.isMine();
    }

    /**
     * Ends a context of a callout that leaves. Its heir gets it if the one can write it and the other can read it; either way
     * it is deleted once.
     */
    void leave(FlowMemory flow, ContextNode node) {
        RegisteredCallout callout = node.callout;
        Layer layer = node.layer;
        RegisteredCallout heir = callout == null || isKeptOut(callout) ? null : callout.heir();
        byte[] saved = heir == null ? null : saved(node, flow.id());
        flow.forget(node);
        delete(node, flow.id());
        if (heir != null && layer != null) {
            heir.countInheritance(saved != null && !isKeptOut(heir) && inherits(heir, flow, layer, saved));
        }
    }

    /** Has a new version make a context of what the old one wrote; not if its budget is used up. */
    private boolean inherits(RegisteredCallout heir, FlowMemory flow, Layer layer, byte[] saved) {
        if (!heir.account.take(Kind.CONTEXTS)) {
            return false;
        }
        Object restored = restored(heir, layer, flow.id(), saved);
        if (restored == null) {
            heir.account.give(Kind.CONTEXTS);
            return false;
        }
        flow.inherit(heir, layer, restored);
        return true;
    }

    private byte @Nullable [] saved(ContextNode node, long flowId) {
        RegisteredCallout callout = node.callout;
        Layer layer = node.layer;
        Object context = node.context;
        if (callout == null || layer == null || context == null) {
            return null;
        }
        CallGate gate = enter(callout);
        byte[] saved = null;
        Throwable fault = null;
        try {
            saved = callout.instance.save(layer, flowId, context);
        } catch (Throwable thrown) { // a vendor may throw anything
            fault = thrown;
        }
        leave(gate, callout, fault);
        if (saved != null && saved.length > Callout.MAX_SAVED_BYTES) {
            callout.nonsense();
            counters.faulted(callout);
            return null;
        }
        return saved;
    }

    /** Vendor code is called: by the worker through its gate, or by the management plane in its place, which nobody watches. */
    private @Nullable CallGate enter(RegisteredCallout callout) {
        CallGate gate = isInPlaceOfWorker ? null : caller.gate;
        if (gate != null) {
            gate.enter(callout);
        }
        return gate;
    }

    /** It came back. Does not return to a thread that was given up. */
    private void leave(@Nullable CallGate gate, RegisteredCallout callout, @Nullable Throwable fault) {
        if (gate != null) {
            gate.leave();
        }
        if (fault != null) {
            callout.fault(fault);
            counters.faulted(callout);
        }
    }

    private static boolean isKeptOut(RegisteredCallout callout) {
        return callout.isFenced() || callout.isQuarantined();
    }

    private @Nullable Object restored(RegisteredCallout heir, Layer layer, long flowId, byte[] saved) {
        CallGate gate = enter(heir);
        Object restored = null;
        Throwable fault = null;
        try {
            restored = heir.instance.restore(layer, flowId, saved);
        } catch (Throwable thrown) { // a vendor may throw anything
            fault = thrown;
        }
        leave(gate, heir, fault);
        return restored;
    }

    private void unlink(ContextNode node) {
        ContextNode next = node.nextOfCallout;
        ContextNode previous = node.previousOfCallout;
        if (next != null) {
            next.previousOfCallout = previous;
        }
        if (previous != null) {
            previous.nextOfCallout = next;
        } else if (node.callout != null) {
            heads[node.callout.index] = next;
        }
        node.callout = null;
        node.layer = null;
        node.context = null;
        node.flow = null;
        node.nextOfCallout = null;
        node.previousOfCallout = null;
        node.nextOfFlow = free;
        free = node;
    }

    /**
     * Deletes contexts of a callout; those of one that has an heir are handed over if they can be.
     *
     * @param most how many at most
     * @return how many were deleted; fewer than {@code most} means that none is left
     */
    int purge(RegisteredCallout callout, int most) {
        int count = 0;
        while (count < most && callout.index < heads.length) {
            ContextNode node = heads[callout.index];
            FlowMemory flow = node == null ? null : node.flow;
            if (node == null || flow == null) {
                break;
            }
            leave(flow, node);
            count++;
        }
        return count;
    }

    /** Tells whether any flow holds a context of a callout. */
    boolean holds(RegisteredCallout callout) {
        return callout.index < heads.length && heads[callout.index] != null;
    }

    /** Deletes every context of every callout. */
    void purgeAll() {
        for (int i = 0; i < heads.length; i++) {
            purgeIndex(i, null);
        }
    }

    /** The same, until a deadline by {@link System#nanoTime}. */
    void purgeAll(long deadline) {
        for (int i = 0; i < heads.length; i++) {
            purgeIndex(i, deadline);
        }
    }

    private void purgeIndex(int index, @Nullable Long deadline) {
        ContextNode node = heads[index];
        while (node != null && node.callout != null && (deadline == null || System.nanoTime() - deadline < 0)) {
            purge(node.callout, 1);
            node = heads[index];
        }
    }
}
