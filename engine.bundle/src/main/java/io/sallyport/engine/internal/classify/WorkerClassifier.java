package io.sallyport.engine.internal.classify;

import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.LayerData;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PathDoor;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.match.MatchCursor;
import io.sallyport.engine.internal.match.SublayerMatcher;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.BoundPolicy;
import io.sallyport.engine.internal.policy.CalloutDoor;
import io.sallyport.engine.internal.policy.CompiledSublayer;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.layer.Layer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One worker's door to the engine.
 *
 * <p><b>Synchronisation.</b> Everything is the worker's own, but for {@link PacketEpoch}, which tells the management plane where
 * the worker is, and for {@link ContextPurge}, which both of them may work at, in turns.
 */
public final class WorkerClassifier implements Classifier {
    private final Supplier<@Nullable Snapshot> current;
    private final Consumer<WorkerClassifier> onClose;
    private final PathDoors doors;
    private volatile @Nullable PathDoor door;
    private final WorkerCounters counters = new WorkerCounters();
    private final MatchCursor cursor = new MatchCursor();
    private final CalloutCaller caller = new CalloutCaller(counters);
    private final ContextTable contexts = new ContextTable(caller, this::abort);
    private final PacketEpoch epoch = new PacketEpoch();
    private final ContextPurge purge = new ContextPurge(contexts, epoch);
    private final Arbiter arbiter = new Arbiter(caller, cursor);
    private final StreamArbiter streamArbiter = new StreamArbiter(caller, cursor);

    private boolean isInPacket;
    private boolean isClosed;
    private @Nullable Snapshot pinned;
    /** One of the two policies of {@link #pinned}; null together with it. */
    private @Nullable BoundPolicy judging;
    /** {@link Snapshot#number} of the packet before; 0 if there was none. */
    private long lastNumber;

    /**
     * Makes a door.
     *
     * @param current reads the reference that the planes share, with volatile semantics
     * @param doors where callouts look for the worker
     * @param onClose told once, when the worker closes it
     */
    public WorkerClassifier(Supplier<@Nullable Snapshot> current, PathDoors doors, Consumer<WorkerClassifier> onClose) {
        this.doors = doors;
        this.current = current;
        this.onClose = onClose;
    }

    @Override
    public LayerValues newValues(Layer layer) {
        return new ValueRecord(layer);
    }

    @Override
    public ClassifyOutcome newOutcome() {
        return new Outcome();
    }

    @Override
    public FlowContexts newFlowContexts() {
        return new FlowMemory(contexts);
    }

    @Override
    public void serve(PathDoor newDoor) {
        door = newDoor;
        doors.add(newDoor);
    }

    @Override
    public @Nullable CalloutIdentity inside() {
        RegisteredCallout callout = caller.inside;
        return callout == null ? null : callout.door;
    }

    @Override
    public boolean isInsideWithRight() {
        return caller.answer.hasWriteRight();
    }

    @Override
    public void insidePended() {
        caller.answer.pended();
    }

    @Override
    public boolean enterApi() {
        return caller.gate.enterApi();
    }

    @Override
    public void leaveApi() {
        caller.gate.leaveApi();
    }

    @Override
    public @Nullable Object enterCallout(CalloutIdentity who) {
        RegisteredCallout callout = who instanceof CalloutDoor own ? own.callout() : null;
        if (callout == null) {
            return null;
        }
        CallGate gate = caller.gate;
        gate.enter(callout);
        return gate;
    }

    @Override
    public void leaveCallout(@Nullable Object pass) {
        if (pass instanceof CallGate gate) {
            gate.leave();
        }
    }

    @Override
    public @Nullable FilterTag takeOver() {
        streamArbiter.takeOver();
        return caller.takeOver();
    }

    /** A callout kills the flow that it is shown (FLOW-6). */
    private boolean abort(long flowId) {
        PathDoor path = door;
        return path != null && path.abortFlow(flowId) == CalloutHost.Status.SUCCESS;
    }

    @Override
    public void enterPacket() {
        if (isInPacket || isClosed) {
            return;
        }
        epoch.enter();
        isInPacket = true;
        Snapshot snapshot = current.get();
        pinned = snapshot;
        if (snapshot != null) {
            judging = snapshot.main;
            if (snapshot.number != lastNumber) {
                lastNumber = snapshot.number;
                counters.pin();
                purge.see(snapshot);
            }
            purge.step(snapshot);
        }
    }

    @Override
    public boolean hasRetainedPolicy() {
        Snapshot snapshot = pinned;
        return snapshot != null && snapshot.retained != null;
    }

    @Override
    public void useRetainedPolicy() {
        Snapshot snapshot = pinned;
        if (snapshot != null && snapshot.retained != null) {
            judging = snapshot.retained;
        }
    }

    @Override
    public void exitPacket() {
        if (isInPacket) {
            isInPacket = false;
            pinned = null;
            judging = null;
            epoch.exit();
        }
    }

    @Override
    public void classify(
            LayerValues values,
            IncomingMetadata metadata,
            @Nullable LayerData data,
            @Nullable FlowContexts flow,
            ClassifyOutcome out) {
        BoundPolicy policy = judging;
        if (policy == null) {
            out.failClosed(ClassifyReason.NO_POLICY);
            return;
        }
        try {
            Outcome outcome = (Outcome) out;
            ValueRecord record = (ValueRecord) values;
            outcome.reset(policy.revision);
            caller.about(record, metadata, (FlowMemory) flow);
            arbiter.judge(policy, record.layer(), record, data, outcome);
            counters.outcome(record.layer(), outcome);
        } catch (Throwable internal) {
            counters.internalFault();
            out.failClosed(ClassifyReason.INTERNAL_FAULT);
        } finally {
            caller.done();
        }
    }

    @Override
    public boolean classifyUnmatched(Layer layer, int unmatchedUnder, ClassifyOutcome out) {
        BoundPolicy policy = judging;
        if (policy == null || !policy.isUnmatched(layer, unmatchedUnder) || !(out instanceof Outcome outcome)) {
            return false;
        }
        outcome.unmatched(layer, policy.revision);
        counters.outcome(layer, outcome);
        return true;
    }

    @Override
    public void classifyStream(
            LayerValues values,
            IncomingMetadata metadata,
            StreamIndication stream,
            FlowContexts flow,
            ClassifyOutcome out) {
        BoundPolicy policy = judging;
        if (policy == null) {
            out.failClosed(ClassifyReason.NO_POLICY);
            return;
        }
        try {
            Outcome outcome = (Outcome) out;
            ValueRecord record = (ValueRecord) values;
            FlowMemory memory = (FlowMemory) flow;
            outcome.reset(policy.revision);
            caller.about(record, metadata, memory);
            streamArbiter.judge(policy, record.layer(), record, stream, memory, outcome);
            counters.outcome(record.layer(), outcome);
        } catch (Throwable internal) {
            counters.internalFault();
            out.failClosed(ClassifyReason.INTERNAL_FAULT);
        } finally {
            caller.done();
        }
    }

    @Override
    public int injectIntoStream(
            FlowContexts flow, long calloutSerial, boolean isReceived, long start, int lengthBytes) {
        FlowMemory memory = (FlowMemory) flow;
        StreamMemory by = memory.streamOf(calloutSerial);
        if (by == null || by.isInline) {
            return -1;
        }
        AnswerRuns runs = by.direction(isReceived);
        runs.forget(start);
        if (runs.isClosed()) {
            return -1;
        }
        long at = runs.end(start);
        by.isOutOfBand = true;
        runs.append(CalloutAnswer.Kind.PERMIT, start, at + lengthBytes);
        memory.spliced(by, isReceived, start, at, 0, lengthBytes);
        return (int) (at - start);
    }

    @Override
    public boolean couldMatch(LayerValues values) {
        BoundPolicy policy = judging;
        if (policy == null || !(values instanceof ValueRecord record)) {
            return false;
        }
        cursor.setFlagsFulfilled(true);
        try {
            for (CompiledSublayer sublayer : policy.layer(record.layer()).sublayers) {
                if (sublayer.matcher.first(record, cursor) != SublayerMatcher.NONE) {
                    return true;
                }
            }
            return false;
        } finally {
            cursor.setFlagsFulfilled(false);
        }
    }

    @Override
    public int generation(Layer layer) {
        if (isInPacket) {
            return judging == null ? 0 : judging.generation(layer);
        }
        Snapshot snapshot = current.get();
        return snapshot == null ? 0 : snapshot.main.generation(layer);
    }

    @Override
    public boolean holdsSince(Layer layer, int generation) {
        BoundPolicy policy = judging;
        return policy != null && policy.holdsSince(layer, generation);
    }

    @Override
    public long resets() {
        Snapshot snapshot = isInPacket ? pinned : current.get();
        return snapshot == null ? 0 : snapshot.resets;
    }

    @Override
    public void endFlow(FlowContexts flow) {
        boolean wasInPacket = isInPacket;
        enterPacket();
        ((FlowMemory) flow).end();
        if (!wasInPacket) {
            exitPacket();
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            PathDoor served = door;
            if (served != null) {
                doors.remove(served);
            }
            enterPacket();
            contexts.purgeAll();
            exitPacket();
            isClosed = true;
            onClose.accept(this);
        }
    }

    // Management plane from here on; any thread but the worker's.

    /** What this worker counted. */
    public WorkerCounters counters() {
        return counters;
    }

    /** Where the worker is now, to be asked about with {@link #hasLeft}. */
    public long position() {
        return epoch.position();
    }

    /** Tells whether the worker has been outside since it was at a position. */
    public boolean hasLeft(long position) {
        return epoch.hasLeft(position);
    }

    /**
     * Looks whether the contexts of the callouts that leave with a snapshot are gone, and works off a slice itself if the
     * worker is idle.
     *
     * @param deadline by {@link System#nanoTime}, looked at before each context: vendors' flowDelete may be slow
     * @return true if they are gone
     */
    public boolean helpPurge(Snapshot snapshot, long deadline) {
        return purge.help(snapshot, deadline);
    }

    /**
     * Deletes contexts of all callouts, all at once.
     *
     * @param deadline as above; what is left then is not deleted
     * @return false if the worker is inside a packet
     */
    public boolean purgeEverything(long deadline) {
        return purge.everything(deadline);
    }

    // The watchdog from here on.

    /** Which call into vendor code this worker is in, to be looked at again later. */
    public long call() {
        return caller.gate.position();
    }

    /** Whose code it is in; null if it is in none that could be given up. */
    public @Nullable RegisteredCallout calling(long call) {
        return caller.gate.at(call);
    }

    /** Lets the worker know that it was seen in a call. */
    public void see(long call) {
        caller.gate.see(call);
    }

    /**
     * Gives up the thread that is in a call, if it is still in it and another one can go on.
     *
     * @return what has another thread go on; null if there is nothing to be done
     */
    public @Nullable Runnable giveUp(long call) {
        PathDoor path = door;
        Runnable succession = path == null ? null : path.succession();
        return succession != null && caller.gate.fence(call) ? succession : null;
    }
}
