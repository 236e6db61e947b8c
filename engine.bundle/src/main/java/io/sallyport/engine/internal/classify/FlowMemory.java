package io.sallyport.engine.internal.classify;

import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the engine knows about one flow: contexts of callouts, and their answers on its streams. Owned by the flow's
 * worker, in the same way as {@link ContextTable}. While a callout is being called it is that callout's handle.
 */
final class FlowMemory implements FlowContexts {
    /** More contexts than this on one flow are a leak, not a use. */
    private static final int MOST_CONTEXTS = 64;

    @Nullable ContextNode firstContext;

    private final ContextTable table;
    private long id;
    private int contexts;
    private @Nullable RegisteredCallout speaker;
    private @Nullable ContextNode firstRemoved;
    private @Nullable StreamMemory firstStream;

    FlowMemory(ContextTable table) {
        this.table = table;
    }

    @Override
    public void begin(long flowId) {
        id = flowId;
    }

    @Override
    public long id() {
        return id;
    }

    /** Lends this handle to a callout for one call. */
    void lend(RegisteredCallout callout) {
        speaker = callout;
    }

    /** Takes the handle back, and ends the contexts that the callout removed while it was inside (FLOW-4). */
    void takeBack() {
        speaker = null;
        ContextNode node = firstRemoved;
        firstRemoved = null;
        while (node != null) {
            ContextNode next = node.nextOfFlow;
            table.delete(node, id);
            node = next;
        }
    }

    @Override
    public Status associate(Layer layer, Object context) {
        if (!table.enterApi()) {
            return Status.INVALID_PARAMETER;
        }
        try {
            return add(layer, context);
        } finally {
            table.leaveApi();
        }
    }

    private Status add(Layer layer, Object context) {
        RegisteredCallout callout = speaker;
        if (callout == null || layer == null || context == null || contexts >= MOST_CONTEXTS) {
            return Status.INVALID_PARAMETER;
        }
        if (find(callout, layer) != null) {
            return Status.OBJECT_NAME_EXISTS;
        }
        if (!callout.account.take(Kind.CONTEXTS)) {
            return Status.INVALID_PARAMETER;
        }
        table.add(this, callout, layer, context);
        contexts++;
        return Status.SUCCESS;
    }

    @Override
    public @Nullable Object context(Layer layer) {
        RegisteredCallout callout = table.isAskedFromInside() ? speaker : null;
        ContextNode node = callout == null ? null : find(callout, layer);
        return node == null ? null : node.context;
    }

    @Override
    public Status remove(Layer layer) {
        if (!table.enterApi()) {
            return Status.UNSUCCESSFUL;
        }
        try {
            return takeOff(layer);
        } finally {
            table.leaveApi();
        }
    }

    private Status takeOff(Layer layer) {
        ContextNode node = speaker == null ? null : find(speaker, layer);
        if (node == null) {
            return Status.UNSUCCESSFUL;
        }
        forget(node);
        node.nextOfFlow = firstRemoved;
        firstRemoved = node;
        return Status.SUCCESS;
    }

    @Override
    public Status abort() {
        boolean isAsked = table.isAskedFromInside() && speaker != null;
        return isAsked && table.abort(id) ? Status.SUCCESS : Status.UNSUCCESSFUL;
    }

    /** A callout's context at a layer; what the version before it left on this flow becomes its own first. */
    @Nullable Object contextOf(RegisteredCallout callout, Layer layer) {
        RegisteredCallout predecessor = callout.predecessor();
        if (predecessor != null) {
            handOver(predecessor);
        }
        ContextNode node = find(callout, layer);
        return node == null ? null : node.context;
    }

    private @Nullable ContextNode find(RegisteredCallout callout, Layer layer) {
        for (ContextNode node = firstContext; node != null; node = node.nextOfFlow) {
            if (node.callout == callout && node.layer == layer) {
                return node;
            }
        }
        return null;
    }

    private void handOver(RegisteredCallout predecessor) {
        ContextNode node = firstContext;
        while (node != null) {
            ContextNode next = node.nextOfFlow;
            if (node.callout == predecessor) {
                table.leave(this, node);
            }
            node = next;
        }
    }

    /** Takes what a callout inherits, and its budget was charged for. */
    void inherit(RegisteredCallout heir, Layer layer, Object context) {
        table.add(this, heir, layer, context);
        contexts++;
    }

    /** Takes a context off this flow's list; the caller ends it. */
    void forget(ContextNode node) {
        ContextNode previous = null;
        for (ContextNode at = firstContext; at != null; at = at.nextOfFlow) {
            if (at == node) {
                if (previous == null) {
                    firstContext = node.nextOfFlow;
                } else {
                    previous.nextOfFlow = node.nextOfFlow;
                }
                contexts--;
                return;
            }
            previous = at;
        }
    }

    /** Ends the flow: every context is deleted once (FLOW-3), and this place can begin another flow. */
    void end() {
        while (firstContext != null) {
            ContextNode node = firstContext;
            forget(node);
            table.delete(node, id);
        }
        while (firstStream != null) {
            StreamMemory used = firstStream;
            firstStream = used.next;
            table.giveStream(used);
        }
        id = 0;
    }

    /**
     * The answers of a callout in a sublayer on this flow's streams; new when first asked for. Then answers of callouts that have
     * left since go: a flow may outlive any number of them.
     *
     * @param registeredSerials of the policy that judges
     */
    StreamMemory stream(RegisteredCallout callout, UUID sublayer, long[] registeredSerials) {
        for (StreamMemory at = firstStream; at != null; at = at.next) {
            if (at.isOf(callout, sublayer)) {
                return at;
            }
        }
        forgetAnswers(registeredSerials);
        StreamMemory made = table.takeStream();
        made.begin(callout, sublayer, isAllowed(callout));
        made.next = firstStream;
        firstStream = made;
        return made;
    }

    private void forgetAnswers(long[] registeredSerials) {
        StreamMemory kept = null;
        StreamMemory at = firstStream;
        while (at != null) {
            StreamMemory next = at.next;
            if (Arrays.binarySearch(registeredSerials, at.serial) >= 0) {
                kept = at;
            } else {
                if (kept == null) {
                    firstStream = next;
                } else {
                    kept.next = next;
                }
                table.giveStream(at);
            }
            at = next;
        }
    }

    /** How many callouts' answers there are, each in each of its sublayers. */
    int answerers() {
        int count = 0;
        for (StreamMemory at = firstStream; at != null; at = at.next) {
            count++;
        }
        return count;
    }

    /** The answers of a callout on this flow's streams, in the first sublayer that it was asked in; null if it never was. */
    @Nullable StreamMemory streamOf(long serial) {
        for (StreamMemory at = firstStream; at != null; at = at.next) {
            if (at.serial == serial) {
                return at;
            }
        }
        return null;
    }

    /** Tells everybody else that a callout replaced bytes. */
    void spliced(StreamMemory by, boolean isReceived, long start, long at, int removed, int added) {
        for (StreamMemory other = firstStream; other != null; other = other.next) {
            if (other != by) {
                other.spliced(by.place, isReceived, start, at, removed, added);
            }
        }
    }

    /** Tells whether a callout has permitted the rest of this flow (STR-10). */
    boolean isAllowed(RegisteredCallout callout) {
        for (StreamMemory at = firstStream; at != null; at = at.next) {
            if (at.serial == callout.serial && at.isAllowed) {
                return true;
            }
        }
        return false;
    }
}
