package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.policy.CompiledFilter;
import org.jspecify.annotations.Nullable;

/**
 * How far the bytes of one indication have come down the waterfall of a stream layer, and how their way ends. Positions are
 * those of the stream. Owned by one worker, reused for every indication.
 */
final class StreamPass {
    private static final int RECEIVED = 0xFFFF;

    /** What a filter means for the rest of the waterfall. */
    enum Step {
        NEXT_FILTER,
        NEXT_SUBLAYER,
        END
    }

    private final WorkerCounters counters;

    long start;
    long fullEnd;
    /** Bytes from {@link #start} to here run on. */
    long end;
    /** The place of the filter whose turn it is: what comes later in the waterfall has a higher one. */
    int place;

    boolean isReceived;
    /** Some callout answered something new. */
    boolean isProgress;
    /** The waterfall ended because somebody waits for more. */
    boolean isWaiting;
    /** The furthest position that anybody waits for. */
    long waitsFor;

    boolean isAllowedNow;

    @Nullable CompiledFilter permitter;

    ClassifyReason permitReason = ClassifyReason.POLICY;

    StreamPass(WorkerCounters counters) {
        this.counters = counters;
    }

    /** The bytes come in. */
    void begin(StreamIndication stream) {
        start = stream.position();
        fullEnd = start + stream.lengthBytes();
        isReceived = (stream.flags() & RECEIVED) != 0;
        isAllowedNow = false;
    }

    /** All of them are at the top of the waterfall, at first or again. */
    void beginRun() {
        end = fullEnd;
        isProgress = false;
        isWaiting = false;
        waitsFor = 0;
        permitter = null;
        permitReason = ClassifyReason.POLICY;
    }

    /** What callouts are told of those before them. */
    ClassifyOut.Action currentAction() {
        return permitter == null ? ClassifyOut.Action.NONE : ClassifyOut.Action.PERMIT;
    }

    Step permit(CompiledFilter filter, ClassifyReason why) {
        permitter = filter;
        permitReason = why;
        return Step.NEXT_SUBLAYER;
    }

    Step drop(CompiledFilter filter, ClassifyReason why, Outcome out) {
        out.decide(ClassifyOutcome.Action.BLOCK, false, why, filter);
        out.stream(StreamAction.DROP_CONNECTION, (int) (fullEnd - start), 0);
        counters.decided(filter.runtime);
        return Step.END;
    }

    /** Nothing may pass for now, and nothing is lost either: a block of no bytes. */
    Step withhold(StreamAction action, int required, CompiledFilter filter, Outcome out) {
        out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
        out.stream(action, 0, required);
        return Step.END;
    }
}
