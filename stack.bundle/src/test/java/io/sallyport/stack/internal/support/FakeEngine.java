package io.sallyport.stack.internal.support;

import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PathDoor;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.layer.Layer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An engine without policy language: fake shims decide, it only keeps what the stack asks it directly. */
public final class FakeEngine implements FilterEngine, Classifier {

    public int generation = 1;
    /** Changes from this generation on keep existing flows; 0: none does. */
    public int keptSince;

    public long resets;
    public int contextsBegun;
    public int contextsEnded;
    public int packetDepth;
    public volatile PolicyInForce inForce = PolicyInForce.RUN_TIME;
    public boolean hasRetained;
    public int retainedGeneration = 1;
    /** The packet that is being judged is judged by the retained policy. */
    public boolean isRetainedUsed;

    public boolean isClosed;
    public int injectionOffset;
    public Runnable onClose = () -> {};
    public long packets;
    /** What the worker does for callouts. */
    public volatile PathDoor door;
    /** Who is inside a callout now. */
    public CalloutIdentity inside;

    @Override
    public Classifier newClassifier() {
        return this;
    }

    @Override
    public PreparedPolicy prepare(PolicyImage image) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void publish(PreparedPolicy policy, ExistingFlows existing) {}

    @Override
    public PolicyTrial tryOut(PreparedPolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PolicyInForce policyInForce() {
        return inForce;
    }

    @Override
    public String revision() {
        return "";
    }

    @Override
    public void abandon(PreparedPolicy policy) {}

    @Override
    public boolean awaitQuiescence(long timeoutMs) {
        return packetDepth == 0;
    }

    @Override
    public Set<String> registeredCallouts() {
        return Set.of();
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(Map.of(), Map.of(), Map.of(), Map.of());
    }

    @Override
    public LayerValues newValues(Layer layer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClassifyOutcome newOutcome() {
        return new Outcome();
    }

    @Override
    public FlowContexts newFlowContexts() {
        return new Contexts();
    }

    @Override
    public void serve(PathDoor newDoor) {
        door = newDoor;
    }

    @Override
    public CalloutIdentity inside() {
        return inside;
    }

    @Override
    public boolean isInsideWithRight() {
        return inside != null;
    }

    @Override
    public void enterPacket() {
        packetDepth++;
        packets++;
    }

    @Override
    public boolean hasRetainedPolicy() {
        return hasRetained;
    }

    @Override
    public void useRetainedPolicy() {
        isRetainedUsed = hasRetained;
    }

    @Override
    public void exitPacket() {
        packetDepth--;
        isRetainedUsed = false;
    }

    @Override
    public void classify(
            LayerValues values, IncomingMetadata metadata, LayerData data, FlowContexts flow, ClassifyOutcome out) {}

    @Override
    public void classifyStream(
            LayerValues values,
            IncomingMetadata metadata,
            StreamIndication stream,
            FlowContexts flow,
            ClassifyOutcome out) {}

    @Override
    public int injectIntoStream(FlowContexts flow, long serial, boolean isReceived, long start, int lengthBytes) {
        return injectionOffset;
    }

    @Override
    public boolean couldMatch(LayerValues values) {
        return false;
    }

    @Override
    public int generation(Layer layer) {
        return isRetainedUsed ? retainedGeneration : generation;
    }

    @Override
    public boolean holdsSince(Layer layer, int since) {
        return since == generation(layer) || (keptSince != 0 && since >= keptSince && since < generation);
    }

    @Override
    public long resets() {
        return resets;
    }

    @Override
    public void endFlow(FlowContexts flow) {
        Contexts contexts = (Contexts) flow;
        if (contexts.id == 0) {
            throw new IllegalStateException("ended twice");
        }
        contexts.id = 0;
        contextsEnded++;
    }

    @Override
    public void close() {
        isClosed = true;
        onClose.run();
    }

    /** What fake shims write. */
    public static final class Outcome implements ClassifyOutcome {
        private static final byte[] NOTHING = {};

        public Action action = Action.BLOCK;
        public ClassifyReason reason = ClassifyReason.NO_POLICY;
        public boolean isAbsorbed;
        public FilterTag filter;
        public StreamAction streamAction = StreamAction.NONE;
        public int bytesEnforced;
        public int bytesRequired;
        public int editOffset;
        public int bytesRemoved;
        public byte[] injected = NOTHING;

        public void set(Action newAction, FilterTag newFilter) {
            action = newAction;
            reason = ClassifyReason.POLICY;
            isAbsorbed = false;
            filter = newFilter;
            streamAction = StreamAction.NONE;
            bytesEnforced = 0;
            bytesRequired = 0;
            editOffset = 0;
            bytesRemoved = 0;
            injected = NOTHING;
        }

        /** Replaces bytes of the piece. */
        public void edit(int at, int removed, byte... with) {
            action = Action.BLOCK;
            streamAction = StreamAction.EDIT;
            editOffset = at;
            bytesRemoved = removed;
            injected = with;
        }

        @Override
        public Action action() {
            return action;
        }

        @Override
        public boolean isPermitted() {
            return action != Action.BLOCK;
        }

        @Override
        public ClassifyReason reason() {
            return reason;
        }

        @Override
        public boolean isAbsorbed() {
            return isAbsorbed;
        }

        @Override
        public boolean isVeto() {
            return false;
        }

        @Override
        public FilterTag filter() {
            return filter;
        }

        @Override
        public long context() {
            return 0;
        }

        @Override
        public String revision() {
            return "test";
        }

        @Override
        public StreamAction streamAction() {
            return streamAction;
        }

        @Override
        public int bytesEnforced() {
            return bytesEnforced;
        }

        @Override
        public int bytesRequired() {
            return bytesRequired;
        }

        @Override
        public int editOffset() {
            return editOffset;
        }

        @Override
        public int bytesRemoved() {
            return bytesRemoved;
        }

        @Override
        public byte[] injectedBytes() {
            return injected;
        }

        @Override
        public int injectedLengthBytes() {
            return injected.length;
        }

        @Override
        public void failClosed(ClassifyReason why) {
            set(Action.BLOCK, null);
            reason = why;
        }
    }

    private final class Contexts implements FlowContexts {
        private long id;

        @Override
        public void begin(long flowId) {
            if (id != 0) {
                throw new IllegalStateException("not ended");
            }
            id = flowId;
            contextsBegun++;
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public Status associate(Layer layer, Object context) {
            return Status.INVALID_PARAMETER;
        }

        @Override
        public Object context(Layer layer) {
            return null;
        }

        @Override
        public Status remove(Layer layer) {
            return Status.UNSUCCESSFUL;
        }

        @Override
        public Status abort() {
            return Status.UNSUCCESSFUL;
        }
    }
}
