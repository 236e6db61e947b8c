package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.stream.StreamPool;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.internal.stream.StreamState;
import org.jspecify.annotations.Nullable;

/** Enforces what {@link StreamQuestion} comes to, and lets go of streams. */
final class StreamVerdicts {

    private final Judge judge;
    private final Settlement settlement;
    private final StreamPool pool;
    private final StreamRelease release;

    StreamVerdicts(Judge judge, Settlement settlement, StreamPool pool, StreamRelease release) {
        this.judge = judge;
        this.settlement = settlement;
        this.pool = pool;
        this.release = release;
    }

    /**
     * Enforces an answer. What is permitted leaves.
     *
     * @param u what is being handled; dropped with the connection
     * @return false if the connection is dropped
     */
    boolean settle(Unit u, FlowImpl flow, StreamSide side, StreamQuestion.Answer answer, long nowNs) {
        switch (answer) {
            case PERMIT, WAIT, EDIT, WITHHOLD -> release.permitted(flow, side, nowNs);
            case DEFER -> {
                side.isDeferred = true;
                release.takeOver(flow, side);
                release.permitted(flow, side, nowNs);
            }
            case ALLOW -> {
                flow.isStreamAllowed = true;
                if (!unwatch(flow, side.state(), nowNs)) {
                    drop(u, flow, DropReason.LIMIT_STREAM_MEMORY, nowNs);
                    return false;
                }
            }
            case DROP -> {
                drop(u, flow, Judge.reason(judge.out()), nowNs);
                return false;
            }
            case FAULT -> {
                drop(u, flow, DropReason.CALLOUT_FAULT, nowNs);
                return false;
            }
            case LIMIT -> {
                drop(u, flow, DropReason.LIMIT_STREAM_MEMORY, nowNs);
                return false;
            }
        }
        return true;
    }

    /**
     * Nobody wants to see more: what waits is permitted. The streams are kept only as long as they must be.
     *
     * @return false: there is no memory to keep it until it is acknowledged, so the connection must be dropped
     */
    boolean unwatch(FlowImpl flow, StreamState state, long nowNs) {
        state.isUnwatched = true;
        return permitAll(flow, state.outbound(), nowNs) && permitAll(flow, state.inbound(), nowNs);
    }

    /** ALLOW_CONNECTION, said on a side of which nothing waits: the other one is permitted, too; as {@link #unwatch}. */
    boolean allow(FlowImpl flow, StreamSide other, long nowNs) {
        flow.isStreamAllowed = true;
        other.state().isUnwatched = true;
        return permitAll(flow, other, nowNs);
    }

    private boolean permitAll(FlowImpl flow, StreamSide side, long nowNs) {
        side.isDeferred = false;
        int waiting = side.in().pendingBytes();
        if (waiting > 0 && !side.decide(waiting)) {
            return false;
        }
        release.permitted(flow, side, nowNs);
        return true;
    }

    /** Lets go of streams that nobody looks into and nobody depends on; true if so. */
    boolean isLetGo(FlowImpl flow, StreamState state) {
        if (!state.isUnwatched || state.isBound()) {
            return false;
        }
        forget(flow);
        return true;
    }

    void forget(FlowImpl flow) {
        StreamState state = flow.stream;
        if (state != null) {
            flow.stream = null;
            pool.give(state);
        }
    }

    /** Drops a connection both ways, now and later; what was held shares the verdict. */
    void drop(Unit u, FlowImpl flow, DropReason reason, long nowNs) {
        ClassifyOutcome out = judge.out();
        boolean isLimit = reason == DropReason.LIMIT_STREAM_MEMORY;
        mark(flow, isLimit ? null : out.filter(), out.revision());
        settlement.drop(u, reason, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
        settlement.because(reason, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
        StreamState state = flow.stream;
        if (state != null) {
            release.drop(u.packet, flow, state.side(u.packet.direction()));
            release.drop(u.packet, flow, state.side(Orientation.opposite(u.packet.direction())));
        }
        release.bury(flow, u.packet, nowNs);
    }

    /** Drops a connection outside of any packet. */
    void dropSilently(FlowImpl flow, DropReason reason, long nowNs) {
        mark(flow, null, "");
        flow.droppedFor = reason;
        abandon(flow, reason);
        release.bury(flow, null, nowNs);
    }

    private static void mark(FlowImpl flow, @Nullable FilterTag by, String revision) {
        flow.isDropped = true;
        flow.droppedFor = DropReason.TCP_CONNECTION_DROPPED;
        flow.droppedBy = by;
        flow.droppedAt = LayerPair.STREAM.of(flow.ipVersion());
        flow.droppedRevision = revision;
    }

    /** Lets go of a flow's streams; frames that wait are dropped for a reason. */
    void abandon(FlowImpl flow, DropReason reason) {
        StreamState state = flow.stream;
        if (state == null) {
            return;
        }
        boolean isHolding =
                !state.inbound().queue().isEmpty() || !state.outbound().queue().isEmpty();
        if (isHolding) {
            settlement.because(reason, LayerPair.STREAM.of(flow.ipVersion()), null, "");
            release.drop(null, flow, state.outbound());
            release.drop(null, flow, state.inbound());
        }
        forget(flow);
    }
}
