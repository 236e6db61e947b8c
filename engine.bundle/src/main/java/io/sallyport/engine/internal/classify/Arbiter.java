package io.sallyport.engine.internal.classify;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.LayerData;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.internal.match.MatchCursor;
import io.sallyport.engine.internal.match.SublayerMatcher;
import io.sallyport.engine.internal.match.ValueRecord;
import io.sallyport.engine.internal.policy.BoundPolicy;
import io.sallyport.engine.internal.policy.CompiledFilter;
import io.sallyport.engine.internal.policy.CompiledLayer;
import io.sallyport.engine.internal.policy.CompiledSublayer;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import org.jspecify.annotations.Nullable;

/**
 * Arbitration at all layers but the stream layers (ARB-1 to ARB-23). Owned by one worker.
 *
 * <p>Two things are carried from sublayer to sublayer (ARB-5): the action so far, and the right to write it. While the
 * right is there, a decision replaces the action; a hard decision takes the right away; after that only a veto, from
 * permit to block, is possible (ARB-7). Every sublayer is evaluated, also after a hard block (ARB-4).
 */
final class Arbiter {
    private final CalloutCaller caller;
    private final WorkerCounters counters;
    private final MatchCursor cursor;

    private ClassifyOut.Action action = ClassifyOut.Action.NONE;
    private boolean hasRight;
    private boolean isAbsorbed;
    private boolean isVeto;
    private ClassifyReason reason = ClassifyReason.POLICY;
    /** The filter that set the action (ARB-20). */
    private @Nullable CompiledFilter decider;

    Arbiter(CalloutCaller caller, MatchCursor cursor) {
        this.caller = caller;
        this.counters = caller.counters;
        this.cursor = cursor;
    }

    void judge(BoundPolicy policy, Layer layer, ValueRecord values, @Nullable LayerData data, Outcome out) {
        action = ClassifyOut.Action.NONE;
        hasRight = true;
        isAbsorbed = false;
        isVeto = false;
        reason = ClassifyReason.POLICY;
        decider = null;
        boolean isMatched = false;
        CompiledLayer compiled = policy.layer(layer);
        for (CompiledSublayer sublayer : compiled.sublayers) {
            int position = sublayer.matcher.first(values, cursor);
            while (position != SublayerMatcher.NONE) {
                isMatched = true;
                CompiledFilter filter = sublayer.filter(position);
                counters.matched(filter.runtime);
                if (terminates(policy, layer, filter, data, out)) {
                    out.ended(filter);
                    break;
                }
                position = sublayer.matcher.next(cursor);
            }
        }
        conclude(layer, isMatched, out);
    }

    private void conclude(Layer layer, boolean isMatched, Outcome out) {
        switch (action) {
            case PERMIT -> out.decide(ClassifyOutcome.Action.PERMIT, true, reason, decider);
            case BLOCK -> out.decide(ClassifyOutcome.Action.BLOCK, false, reason, decider);
            case NONE -> {
                boolean isPermitted = !layer.isLookupOnly();
                out.decide(
                        isMatched ? ClassifyOutcome.Action.NONE : ClassifyOutcome.Action.NONE_NO_MATCH,
                        isPermitted,
                        ClassifyReason.POLICY,
                        null);
            }
        }
        out.mark(isAbsorbed, isVeto);
        if (decider != null) {
            counters.decided(decider.runtime);
        }
        decider = null;
    }

    /** Evaluates a matching filter; true if it ends its sublayer (ARB-2). */
    private boolean terminates(
            BoundPolicy policy, Layer layer, CompiledFilter filter, @Nullable LayerData data, Outcome out) {
        switch (filter.action) {
            case PERMIT -> permit(filter, ClassifyReason.POLICY);
            case BLOCK -> block(filter, ClassifyReason.POLICY);
            default -> {
                RegisteredCallout callout = policy.callouts[filter.calloutSlot];
                return callout == null
                        ? substitute(filter, policy.calloutCounterSlots[filter.calloutSlot])
                        : consult(layer, filter, callout, data, out);
            }
        }
        return true;
    }

    /** A filter's permit: soft, or hard with CLEAR_ACTION_RIGHT (ARB-8, ARB-9). */
    private void permit(CompiledFilter filter, ClassifyReason why) {
        if (hasRight) {
            set(ClassifyOut.Action.PERMIT, filter, why);
            hasRight = !filter.isHard;
        }
    }

    /** A filter's block: hard; under a hard permit it is lost unless it has CLEAR_ACTION_RIGHT (ARB-8, ARB-13). */
    private void block(CompiledFilter filter, ClassifyReason why) {
        if (hasRight) {
            set(ClassifyOut.Action.BLOCK, filter, why);
            hasRight = false;
        } else if (action == ClassifyOut.Action.PERMIT && filter.isHard) {
            veto(filter, why);
        }
    }

    private void set(ClassifyOut.Action value, CompiledFilter filter, ClassifyReason why) {
        action = value;
        decider = filter;
        reason = why;
        isAbsorbed = false;
    }

    private void veto(CompiledFilter filter, ClassifyReason why) {
        set(ClassifyOut.Action.BLOCK, filter, why);
        isVeto = true;
    }

    /** The verdict in place of a callout that is added and not registered (CALL-4, CALL-5, CALL-6). */
    private boolean substitute(CompiledFilter filter, int counterSlot) {
        counters.missing(counterSlot);
        if (filter.action == ActionType.CALLOUT_INSPECTION) {
            return false;
        }
        if (filter.isPermittedIfMissing) {
            permit(filter, ClassifyReason.CALLOUT_UNREGISTERED);
        } else {
            block(filter, ClassifyReason.CALLOUT_UNREGISTERED);
        }
        return true;
    }

    private boolean consult(
            Layer layer, CompiledFilter filter, RegisteredCallout callout, @Nullable LayerData data, Outcome out) {
        if (!caller.isCalledFor(callout, layer)) {
            return false;
        }
        boolean isAnswered = caller.call(callout, filter, data, hasRight, action);
        CalloutAnswer answer = caller.answer;
        if (filter.action == ActionType.CALLOUT_INSPECTION) {
            if (!isAnswered && caller.hasFailed()) {
                out.faulted(filter);
            }
            if (isAnswered && answer.kind() != CalloutAnswer.Kind.CONTINUE) {
                counters.ignored(callout);
            }
            return false;
        }
        if (!isAnswered) {
            return isEndedByFault(filter, out);
        }
        switch (answer.kind()) {
            case PERMIT -> permitted(filter, callout, answer);
            case BLOCK -> blocked(layer, filter, callout, answer);
            case CONTINUE -> {
                if (filter.action != ActionType.CALLOUT_TERMINATING) {
                    return false;
                }
                caller.failed(callout);
                return isEndedByFault(filter, out);
            }
        }
        return true;
    }

    /** A callout's permit: soft, unless it took the right away itself (ARB-10). */
    private void permitted(CompiledFilter filter, RegisteredCallout callout, CalloutAnswer answer) {
        if (hasRight) {
            set(ClassifyOut.Action.PERMIT, filter, ClassifyReason.POLICY);
            hasRight = !answer.clearsRight();
        } else {
            counters.ignored(callout);
        }
    }

    /** A callout's block: soft likewise; without the right it is a veto of a permit (ARB-11, ARB-12). */
    private void blocked(Layer layer, CompiledFilter filter, RegisteredCallout callout, CalloutAnswer answer) {
        if (hasRight) {
            set(ClassifyOut.Action.BLOCK, filter, ClassifyReason.POLICY);
            hasRight = !answer.clearsRight();
        } else if (action == ClassifyOut.Action.PERMIT) {
            veto(filter, ClassifyReason.POLICY);
        } else {
            counters.ignored(callout);
            return;
        }
        if (answer.absorbs()) {
            if (layer.absorbAllowed() || answer.isPended()) {
                isAbsorbed = true;
            } else {
                counters.ignored(callout);
            }
        }
    }

    /** The failure policy; true if the sublayer ends with it. */
    private boolean isEndedByFault(CompiledFilter filter, Outcome out) {
        if (caller.hasFailed()) {
            out.faulted(filter);
        }
        switch (filter.onFault) {
            case BLOCK -> blockForFault(filter, caller.whyNot());
            case PERMIT -> {
                if (hasRight) {
                    set(ClassifyOut.Action.PERMIT, filter, caller.whyNot());
                }
            }
            case CONTINUE -> {
                return false;
            }
        }
        return true;
    }

    /** A hard block, and a veto where the right is gone. */
    private void blockForFault(CompiledFilter filter, ClassifyReason why) {
        if (hasRight) {
            set(ClassifyOut.Action.BLOCK, filter, why);
            hasRight = false;
        } else if (action == ClassifyOut.Action.PERMIT) {
            veto(filter, why);
        }
    }
}
