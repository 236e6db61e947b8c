package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.classify.CalloutAnswer.Kind;
import io.sallyport.engine.internal.match.MatchCursor;
import io.sallyport.engine.internal.match.SublayerMatcher;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.BoundPolicy;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.engine.internal.policy.CompiledSublayer;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import org.jspecify.annotations.Nullable;

/**
 * The waterfall of the stream layers (STR-3 to STR-17). Owned by one worker.
 *
 * <p>The bytes of an indication run down the sublayers. Each callout may shorten what runs on: to the bytes it permitted,
 * or to those it has not asked to withhold. What reaches the bottom is permitted; the caller indicates the rest again.
 * {@link AnswerRuns} remember answers for bytes that somebody lighter withholds, so that no byte is shown twice. The write
 * right means nothing here (STR-4): whoever blocks, blocks.
 *
 * <p>Bytes that a callout blocks, and those that it puts in, are an edit of the stream where it stands: the caller makes it
 * at once and indicates everything again, so that lighter callouts see the stream as it has become.
 *
 * <p>Only a callout can take bytes out of a stream and let it live. A block that comes from policy alone, from a missing,
 * faulty or blind (STR-17) callout, drops the connection, since a stream with a hole would stall anyway.
 */
final class StreamArbiter {
    private static final int RECEIVED = 0xFFFF;
    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;
    private static final int ENDS = StreamFlags.RECEIVE_DISCONNECT
            | StreamFlags.RECEIVE_ABORT
            | StreamFlags.SEND_DISCONNECT
            | StreamFlags.SEND_ABORT;

    /** What a filter means for the rest of the waterfall. */
    private enum Step {
        NEXT_FILTER,
        NEXT_SUBLAYER,
        END
    }

    private final CalloutCaller caller;
    private final WorkerCounters counters;
    private final MatchCursor cursor;
    private StreamWindow window = new StreamWindow();

    private long start;
    private long fullEnd;
    /** Bytes from {@link #start} to here run on. */
    private long end;
    /** The place of the filter whose turn it is: what comes later in the waterfall has a higher one. */
    private int place;

    private boolean isReceived;
    /** Some callout answered something new. */
    private boolean isProgress;
    /** The waterfall ended because somebody waits for more. */
    private boolean isWaiting;
    /** The furthest position that anybody waits for. */
    private long waitsFor;

    private boolean isAllowedNow;
    private @Nullable CompiledFilter permitter;
    private ClassifyReason permitReason = ClassifyReason.POLICY;

    StreamArbiter(CalloutCaller caller, MatchCursor cursor) {
        this.caller = caller;
        this.counters = caller.counters;
        this.cursor = cursor;
    }

    /** Another thread goes on in place of one that is fenced in a callout, which may still hold the window. */
    void takeOver() {
        window.close();
        window = new StreamWindow();
        permitter = null;
    }

    void judge(
            BoundPolicy policy,
            Layer layer,
            ValueRecord values,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        start = stream.position();
        fullEnd = start + stream.lengthBytes();
        isReceived = (stream.flags() & RECEIVED) != 0;
        isAllowedNow = false;
        boolean goesOn = true;
        // A lighter callout may wait for bytes that are here, but not yet shown to a heavier one that takes small
        // bites.
        while (goesOn) {
            run(policy, layer, values, stream, flow, out);
            goesOn = isWaiting && isProgress && end < fullEnd;
        }
        permitter = null;
    }

    private void run(
            BoundPolicy policy,
            Layer layer,
            ValueRecord values,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        end = fullEnd;
        isProgress = false;
        isWaiting = false;
        waitsFor = 0;
        permitter = null;
        permitReason = ClassifyReason.POLICY;
        boolean isMatched = false;
        int rank = 0;
        for (CompiledSublayer sublayer : policy.layer(layer).sublayers) {
            rank++;
            int position = sublayer.matcher.first(values, cursor);
            while (position != SublayerMatcher.NONE) {
                isMatched = true;
                place = rank << 16 | position;
                CompiledFilter filter = sublayer.filter(position);
                counters.matched(filter.runtime);
                Step step = evaluate(policy, sublayer, filter, stream, flow, out);
                if (step == Step.END) {
                    return;
                }
                if (step == Step.NEXT_SUBLAYER) {
                    break;
                }
                position = sublayer.matcher.next(cursor);
            }
        }
        conclude(policy, layer, values, flow, isMatched, out);
    }

    private void conclude(
            BoundPolicy policy, Layer layer, ValueRecord values, FlowMemory flow, boolean isMatched, Outcome out) {
        CompiledFilter by = permitter;
        if (by != null) {
            out.decide(ClassifyOutcome.Action.PERMIT, true, permitReason, by);
            counters.decided(by.runtime);
        } else {
            out.decide(
                    isMatched ? ClassifyOutcome.Action.NONE : ClassifyOutcome.Action.NONE_NO_MATCH,
                    true,
                    ClassifyReason.POLICY,
                    null);
        }
        boolean isAllowed = isAllowedNow && end == fullEnd && nobodyElseCares(policy, layer, values, flow);
        out.stream(isAllowed ? StreamAction.ALLOW_CONNECTION : StreamAction.NONE, (int) (end - start), 0);
    }

    private Step evaluate(
            BoundPolicy policy,
            CompiledSublayer sublayer,
            CompiledFilter filter,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        if (filter.action == ActionType.PERMIT) {
            return permit(filter, ClassifyReason.POLICY);
        }
        if (filter.action == ActionType.BLOCK) {
            return drop(filter, ClassifyReason.POLICY, out);
        }
        boolean isInspection = filter.action == ActionType.CALLOUT_INSPECTION;
        RegisteredCallout callout = policy.callouts[filter.calloutSlot];
        if (callout == null) {
            counters.missing(policy.calloutCounterSlots[filter.calloutSlot]);
            if (isInspection) {
                return Step.NEXT_FILTER;
            }
            return filter.isPermittedIfMissing
                    ? permit(filter, ClassifyReason.CALLOUT_UNREGISTERED)
                    : drop(filter, ClassifyReason.CALLOUT_UNREGISTERED, out);
        }
        if (!caller.isCalledFor(callout, filter.runtime.layer())) {
            return Step.NEXT_FILTER;
        }
        // Before STR-17: who has allowed the rest of the flow is not to see it, from wherever it is seen again
        // (STR-10).
        if (flow.isAllowed(callout)) {
            return isInspection ? Step.NEXT_FILTER : permit(filter, ClassifyReason.POLICY);
        }
        if (stream.isMidStream() && !callout.isMidStreamAllowed) {
            return isInspection ? Step.NEXT_FILTER : drop(filter, ClassifyReason.POLICY, out);
        }
        return consult(policy, sublayer, filter, callout, stream, flow, out);
    }

    private Step permit(CompiledFilter filter, ClassifyReason why) {
        permitter = filter;
        permitReason = why;
        return Step.NEXT_SUBLAYER;
    }

    private Step drop(CompiledFilter filter, ClassifyReason why, Outcome out) {
        out.decide(ClassifyOutcome.Action.BLOCK, false, why, filter);
        out.stream(StreamAction.DROP_CONNECTION, (int) (fullEnd - start), 0);
        counters.decided(filter.runtime);
        return Step.END;
    }

    /** Shows a callout what is new to it, and applies its oldest answer that is not enforced yet. */
    private Step consult(
            BoundPolicy policy,
            CompiledSublayer sublayer,
            CompiledFilter filter,
            RegisteredCallout callout,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        StreamMemory memory = flow.stream(callout, sublayer.key, policy.registeredSerials);
        memory.place = place;
        AnswerRuns runs = memory.direction(isReceived);
        runs.forget(start);
        Kind kind = Kind.CONTINUE;
        if (hasNews(runs, stream)) {
            long from = runs.end(start);
            window.open(stream, (int) (from - start), (int) (end - from), runs.takeMissed());
            boolean isAnswered;
            try {
                isAnswered = caller.call(callout, filter, window, true, currentAction());
            } finally {
                window.close();
            }
            if (end == fullEnd && (stream.flags() & ENDS) != 0) {
                runs.sawEnd();
            }
            if (filter.action == ActionType.CALLOUT_INSPECTION) {
                inspected(filter, callout, isAnswered, out);
                runs.append(Kind.CONTINUE, start, end);
            } else if (!isAnswered) {
                return failed(filter, runs, out);
            } else if (window.action() != StreamAction.NONE) {
                Step step = streamAnswer(filter, callout, memory, runs, stream, out);
                if (step != null) {
                    return step;
                }
                kind = Kind.PERMIT;
            } else if (!isSense(filter, memory, stream, from)) {
                caller.failed(callout);
                return failed(filter, runs, out);
            } else {
                kind = caller.answer.kind();
                if (window.injectedLength() > 0 || (kind == Kind.BLOCK && from < end)) {
                    return edit(filter, memory, flow, from, out);
                }
                runs.append(kind, start, answeredTo(from));
                isProgress = true;
            }
        }
        return apply(filter, runs, kind, out);
    }

    private ClassifyOut.Action currentAction() {
        return permitter == null ? ClassifyOut.Action.NONE : ClassifyOut.Action.PERMIT;
    }

    /** New bytes; or the end of the stream, which comes without bytes (STR-2). */
    private boolean hasNews(AnswerRuns runs, StreamIndication stream) {
        if (runs.isClosed()) {
            return false;
        }
        long from = runs.end(start);
        if (from < end) {
            return stream.isDecisionForced() || end >= runs.waitsFor();
        }
        boolean isEnd = end == fullEnd && (stream.flags() & ENDS) != 0 && !runs.hasSeenEnd();
        return start == fullEnd || isEnd;
    }

    private void inspected(CompiledFilter filter, RegisteredCallout callout, boolean isAnswered, Outcome out) {
        if (!isAnswered && caller.hasFailed()) {
            out.faulted(filter);
        }
        boolean hasSpoken = caller.answer.kind() != Kind.CONTINUE
                || window.action() != StreamAction.NONE
                || window.injectedLength() > 0;
        if (isAnswered && hasSpoken) {
            counters.ignored(callout);
        }
        isProgress = true;
    }

    /**
     * A stream action; permit and block are ignored then (STR-8).
     *
     * @return null: go on and apply what is known
     */
    private @Nullable Step streamAnswer(
            CompiledFilter filter,
            RegisteredCallout callout,
            StreamMemory memory,
            AnswerRuns runs,
            StreamIndication stream,
            Outcome out) {
        boolean isForced = stream.isDecisionForced();
        // Which comes first, what is put in or the end of being asked, nobody could tell.
        StreamAction said = window.injectedLength() > 0 || window.isTooMuchInjected() ? null : window.action();
        if (said == null) {
            caller.failed(callout);
            return failed(filter, runs, out);
        }
        switch (said) {
            case NEED_MORE_DATA -> {
                if (!isForced && window.required() > 0) {
                    runs.waitFor(end + window.required());
                    return null;
                }
            }
            case DEFER -> {
                if (isReceived && !isForced && !runs.hasSeenEnd()) {
                    withhold(StreamAction.DEFER, 0, filter, out);
                    return Step.END;
                }
            }
            case ALLOW_CONNECTION -> {
                memory.isAllowed = true;
                isAllowedNow = true;
                isProgress = true;
                runs.append(Kind.PERMIT, start, end);
                return null;
            }
            case DROP_CONNECTION -> {
                return drop(filter, ClassifyReason.POLICY, out);
            }
            case NONE, EDIT -> {
                return null;
            }
        }
        caller.failed(callout);
        return failed(filter, runs, out);
    }

    /** The failure policy, for what was shown; what is new later is shown again. */
    private Step failed(CompiledFilter filter, AnswerRuns runs, Outcome out) {
        if (caller.hasFailed()) {
            out.faulted(filter);
        }
        return switch (filter.onFault) {
            case BLOCK -> drop(filter, caller.whyNot(), out);
            case PERMIT -> {
                Step step = unseen(filter, runs, Kind.PERMIT, out);
                if (step == Step.NEXT_SUBLAYER) {
                    permitReason = caller.whyNot();
                }
                yield step;
            }
            case CONTINUE -> unseen(filter, runs, Kind.CONTINUE, out);
        };
    }

    private Step unseen(CompiledFilter filter, AnswerRuns runs, Kind kind, Outcome out) {
        runs.append(kind, start, end);
        isProgress = true;
        return apply(filter, runs, kind, out);
    }

    /** Whether permit, block or continue, for the leading bytes or for all (STR-5), and what was put in, can be done. */
    private boolean isSense(CompiledFilter filter, StreamMemory memory, StreamIndication stream, long from) {
        int count = window.enforced();
        if (count < 0 || count > end - from) {
            return false;
        }
        if (caller.answer.kind() == Kind.CONTINUE && filter.action == ActionType.CALLOUT_TERMINATING) {
            return false;
        }
        boolean isInjecting = window.injectedLength() > 0;
        boolean mayInject = (stream.flags() & ABORTS) == 0 && !memory.isOutOfBand;
        return !window.isTooMuchInjected() && (!isInjecting || mayInject);
    }

    private long answeredTo(long from) {
        int count = window.enforced();
        return count == 0 ? end : from + count;
    }

    /**
     * Takes blocked bytes out, and puts injected ones in: for this callout and heavier ones these count as answered, lighter
     * ones will see them (STR-6, STR-14).
     */
    private Step edit(CompiledFilter filter, StreamMemory memory, FlowMemory flow, long from, Outcome out) {
        boolean isBlock = caller.answer.kind() == Kind.BLOCK;
        int answered = (int) (answeredTo(from) - from);
        int removed = isBlock ? answered : 0;
        int added = window.injectedLength();
        memory.isInline |= added > 0;
        AnswerRuns runs = memory.direction(isReceived);
        Kind kind = isBlock ? Kind.PERMIT : caller.answer.kind();
        runs.append(kind, start, from + added + answered - removed);
        flow.spliced(memory, isReceived, start, from, removed, added);
        out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
        out.edit((int) (from - start), removed, window.injected(), added);
        counters.decided(filter.runtime);
        return Step.END;
    }

    private Step apply(CompiledFilter filter, AnswerRuns runs, Kind ifNoBytes, Outcome out) {
        Kind kind = ifNoBytes;
        if (start < fullEnd) {
            if (runs.isEmpty()) {
                waitsFor = Math.max(waitsFor, runs.waitsFor());
                isWaiting = true;
                withhold(StreamAction.NEED_MORE_DATA, (int) Math.max(1, waitsFor - fullEnd), filter, out);
                return Step.END;
            }
            kind = runs.firstKind();
            if (runs.firstEnd() < end) {
                end = runs.firstEnd();
                waitsFor = Math.max(waitsFor, runs.waitsFor());
            }
        }
        if (kind == Kind.BLOCK) {
            out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
            out.stream(StreamAction.NONE, (int) (end - start), 0);
            counters.decided(filter.runtime);
            return Step.END;
        }
        return kind == Kind.PERMIT ? permit(filter, ClassifyReason.POLICY) : Step.NEXT_FILTER;
    }

    /** Nothing may pass for now, and nothing is lost either: a block of no bytes. */
    private void withhold(StreamAction action, int required, CompiledFilter filter, Outcome out) {
        out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
        out.stream(action, 0, required);
    }

    /** Tells whether every filter that could match this flow permits it, or calls a callout that has allowed it. */
    private boolean nobodyElseCares(BoundPolicy policy, Layer layer, ValueRecord values, FlowMemory flow) {
        cursor.setFlagsFulfilled(true);
        try {
            for (CompiledSublayer sublayer : policy.layer(layer).sublayers) {
                int position = sublayer.matcher.first(values, cursor);
                while (position != SublayerMatcher.NONE) {
                    CompiledFilter filter = sublayer.filter(position);
                    RegisteredCallout callout = filter.action.isCallout() ? policy.callouts[filter.calloutSlot] : null;
                    boolean isSettled =
                            filter.action == ActionType.PERMIT || (callout != null && flow.isAllowed(callout));
                    if (!isSettled) {
                        return false;
                    }
                    position = sublayer.matcher.next(cursor);
                }
            }
            return true;
        } finally {
            cursor.setFlagsFulfilled(false);
        }
    }
}
