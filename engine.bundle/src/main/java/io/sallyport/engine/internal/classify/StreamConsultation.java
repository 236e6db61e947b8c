package io.sallyport.engine.internal.classify;

import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.classify.CalloutAnswer.Kind;
import io.sallyport.engine.internal.classify.StreamPass.Step;
import io.sallyport.engine.internal.policy.BoundPolicy;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.engine.internal.policy.CompiledSublayer;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.ActionType;
import org.jspecify.annotations.Nullable;

/**
 * What one callout is shown of a stream, and what its answers do to the bytes on their way down the waterfall: it permits,
 * blocks, edits, withholds or waits for more (STR-4 to STR-14). Owned by one worker.
 */
final class StreamConsultation {
    private static final int ABORTS = StreamFlags.RECEIVE_ABORT | StreamFlags.SEND_ABORT;
    private static final int ENDS = StreamFlags.RECEIVE_DISCONNECT
            | StreamFlags.RECEIVE_ABORT
            | StreamFlags.SEND_DISCONNECT
            | StreamFlags.SEND_ABORT;

    private final CalloutCaller caller;
    private final WorkerCounters counters;
    private final StreamPass pass;
    private StreamWindow window = new StreamWindow();

    StreamConsultation(CalloutCaller caller, StreamPass pass) {
        this.caller = caller;
        this.counters = caller.counters;
        this.pass = pass;
    }

    /** Another thread goes on in place of one that is fenced in a callout, which may still hold the window. */
    void takeOver() {
        window.close();
        window = new StreamWindow();
    }

    /** Shows a callout what is new to it, and applies its oldest answer that is not enforced yet. */
    Step consult(
            BoundPolicy policy,
            CompiledSublayer sublayer,
            CompiledFilter filter,
            RegisteredCallout callout,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        StreamMemory memory = flow.stream(callout, sublayer.key, policy.registeredSerials);
        memory.place = pass.place;
        AnswerRuns runs = memory.direction(pass.isReceived);
        runs.forget(pass.start);
        Kind kind = Kind.CONTINUE;
        if (hasNews(runs, stream)) {
            long from = runs.end(pass.start);
            window.open(stream, (int) (from - pass.start), (int) (pass.end - from), runs.takeMissed());
            boolean isAnswered;
            try {
                isAnswered = caller.call(callout, filter, window, true, pass.currentAction());
            } finally {
                window.close();
            }
            if (pass.end == pass.fullEnd && (stream.flags() & ENDS) != 0) {
                runs.sawEnd();
            }
            if (filter.action == ActionType.CALLOUT_INSPECTION) {
                inspected(filter, callout, isAnswered, out);
                runs.append(Kind.CONTINUE, pass.start, pass.end);
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
                if (window.injectedLength() > 0 || (kind == Kind.BLOCK && from < pass.end)) {
                    return edit(filter, memory, flow, from, out);
                }
                runs.append(kind, pass.start, answeredTo(from));
                pass.isProgress = true;
            }
        }
        return apply(filter, runs, kind, out);
    }

    /** New bytes; or the end of the stream, which comes without bytes (STR-2). */
    private boolean hasNews(AnswerRuns runs, StreamIndication stream) {
        if (runs.isClosed()) {
            return false;
        }
        long from = runs.end(pass.start);
        if (from < pass.end) {
            return stream.isDecisionForced() || pass.end >= runs.waitsFor();
        }
        boolean isEnd = pass.end == pass.fullEnd && (stream.flags() & ENDS) != 0 && !runs.hasSeenEnd();
        return pass.start == pass.fullEnd || isEnd;
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
        pass.isProgress = true;
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
                    runs.waitFor(pass.end + window.required());
                    return null;
                }
            }
            case DEFER -> {
                if (pass.isReceived && !isForced && !runs.hasSeenEnd()) {
                    return pass.withhold(StreamAction.DEFER, 0, filter, out);
                }
            }
            case ALLOW_CONNECTION -> {
                memory.isAllowed = true;
                pass.isAllowedNow = true;
                pass.isProgress = true;
                runs.append(Kind.PERMIT, pass.start, pass.end);
                return null;
            }
            case DROP_CONNECTION -> {
                return pass.drop(filter, ClassifyReason.POLICY, out);
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
            case BLOCK -> pass.drop(filter, caller.whyNot(), out);
            case PERMIT -> {
                Step step = unseen(filter, runs, Kind.PERMIT, out);
                if (step == Step.NEXT_SUBLAYER) {
                    pass.permitReason = caller.whyNot();
                }
                yield step;
            }
            case CONTINUE -> unseen(filter, runs, Kind.CONTINUE, out);
        };
    }

    private Step unseen(CompiledFilter filter, AnswerRuns runs, Kind kind, Outcome out) {
        runs.append(kind, pass.start, pass.end);
        pass.isProgress = true;
        return apply(filter, runs, kind, out);
    }

    /** Whether permit, block or continue, for the leading bytes or for all (STR-5), and what was put in, can be done. */
    private boolean isSense(CompiledFilter filter, StreamMemory memory, StreamIndication stream, long from) {
        int count = window.enforced();
        if (count < 0 || count > pass.end - from) {
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
        return count == 0 ? pass.end : from + count;
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
        AnswerRuns runs = memory.direction(pass.isReceived);
        Kind kind = isBlock ? Kind.PERMIT : caller.answer.kind();
        runs.append(kind, pass.start, from + added + answered - removed);
        flow.spliced(memory, pass.isReceived, pass.start, from, removed, added);
        out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
        out.edit((int) (from - pass.start), removed, window.injected(), added);
        counters.decided(filter.runtime);
        return Step.END;
    }

    private Step apply(CompiledFilter filter, AnswerRuns runs, Kind ifNoBytes, Outcome out) {
        Kind kind = ifNoBytes;
        if (pass.start < pass.fullEnd) {
            if (runs.isEmpty()) {
                pass.waitsFor = Math.max(pass.waitsFor, runs.waitsFor());
                pass.isWaiting = true;
                return pass.withhold(
                        StreamAction.NEED_MORE_DATA, (int) Math.max(1, pass.waitsFor - pass.fullEnd), filter, out);
            }
            kind = runs.firstKind();
            if (runs.firstEnd() < pass.end) {
                pass.end = runs.firstEnd();
                pass.waitsFor = Math.max(pass.waitsFor, runs.waitsFor());
            }
        }
        if (kind == Kind.BLOCK) {
            out.decide(ClassifyOutcome.Action.BLOCK, false, ClassifyReason.POLICY, filter);
            out.stream(StreamAction.NONE, (int) (pass.end - pass.start), 0);
            counters.decided(filter.runtime);
            return Step.END;
        }
        return kind == Kind.PERMIT ? pass.permit(filter, ClassifyReason.POLICY) : Step.NEXT_FILTER;
    }
}
