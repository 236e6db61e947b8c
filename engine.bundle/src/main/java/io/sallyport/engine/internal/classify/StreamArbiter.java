package io.sallyport.engine.internal.classify;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyOutcome.StreamAction;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.StreamIndication;
import io.sallyport.engine.internal.classify.StreamPass.Step;
import io.sallyport.engine.internal.match.MatchCursor;
import io.sallyport.engine.internal.match.SublayerMatcher;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.BoundPolicy;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.engine.internal.policy.CompiledSublayer;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;

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
    private final CalloutCaller caller;
    private final WorkerCounters counters;
    private final MatchCursor cursor;
    private final StreamPass pass;
    private final StreamConsultation consultation;

    StreamArbiter(CalloutCaller caller, MatchCursor cursor) {
        this.caller = caller;
        this.counters = caller.counters;
        this.cursor = cursor;
        this.pass = new StreamPass(counters);
        this.consultation = new StreamConsultation(caller, pass);
    }

    /** Another thread goes on in place of one that is fenced in a callout. */
    void takeOver() {
        consultation.takeOver();
        pass.permitter = null;
    }

    void judge(
            BoundPolicy policy,
            Layer layer,
            ValueRecord values,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        pass.begin(stream);
        boolean goesOn = true;
        // A lighter callout may wait for bytes that are here, but not yet shown to a heavier one that takes small
        // bites.
        while (goesOn) {
            run(policy, layer, values, stream, flow, out);
            goesOn = pass.isWaiting && pass.isProgress && pass.end < pass.fullEnd;
        }
        pass.permitter = null;
    }

    private void run(
            BoundPolicy policy,
            Layer layer,
            ValueRecord values,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        pass.beginRun();
        boolean isMatched = false;
        int rank = 0;
        for (CompiledSublayer sublayer : policy.layer(layer).sublayers) {
            rank++;
            int position = sublayer.matcher.first(values, cursor);
            while (position != SublayerMatcher.NONE) {
                isMatched = true;
                pass.place = rank << 16 | position;
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
        CompiledFilter by = pass.permitter;
        if (by != null) {
            out.decide(ClassifyOutcome.Action.PERMIT, true, pass.permitReason, by);
            counters.decided(by.runtime);
        } else {
            out.decide(
                    isMatched ? ClassifyOutcome.Action.NONE : ClassifyOutcome.Action.NONE_NO_MATCH,
                    true,
                    ClassifyReason.POLICY,
                    null);
        }
        boolean isAllowed =
                pass.isAllowedNow && pass.end == pass.fullEnd && nobodyElseCares(policy, layer, values, flow);
        out.stream(isAllowed ? StreamAction.ALLOW_CONNECTION : StreamAction.NONE, (int) (pass.end - pass.start), 0);
    }

    private Step evaluate(
            BoundPolicy policy,
            CompiledSublayer sublayer,
            CompiledFilter filter,
            StreamIndication stream,
            FlowMemory flow,
            Outcome out) {
        if (filter.action == ActionType.PERMIT) {
            return pass.permit(filter, ClassifyReason.POLICY);
        }
        if (filter.action == ActionType.BLOCK) {
            return pass.drop(filter, ClassifyReason.POLICY, out);
        }
        boolean isInspection = filter.action == ActionType.CALLOUT_INSPECTION;
        RegisteredCallout callout = policy.callouts[filter.calloutSlot];
        if (callout == null) {
            counters.missing(policy.calloutCounterSlots[filter.calloutSlot]);
            if (isInspection) {
                return Step.NEXT_FILTER;
            }
            return filter.isPermittedIfMissing
                    ? pass.permit(filter, ClassifyReason.CALLOUT_UNREGISTERED)
                    : pass.drop(filter, ClassifyReason.CALLOUT_UNREGISTERED, out);
        }
        if (!caller.isCalledFor(callout, filter.runtime.layer())) {
            return Step.NEXT_FILTER;
        }
        // Before STR-17: who has allowed the rest of the flow is not to see it, from wherever it is seen again
        // (STR-10).
        if (flow.isAllowed(callout)) {
            return isInspection ? Step.NEXT_FILTER : pass.permit(filter, ClassifyReason.POLICY);
        }
        if (stream.isMidStream() && !callout.isMidStreamAllowed) {
            return isInspection ? Step.NEXT_FILTER : pass.drop(filter, ClassifyReason.POLICY, out);
        }
        return consultation.consult(policy, sublayer, filter, callout, stream, flow, out);
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
