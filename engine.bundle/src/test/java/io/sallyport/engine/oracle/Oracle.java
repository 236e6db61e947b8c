package io.sallyport.engine.oracle;

import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Arbitration as the rules say it: one filter after the other, nothing kept, nothing clever. */
public final class Oracle {
    private static final int CLEAR_ACTION_RIGHT = 0x8;
    private static final int PERMIT_IF_CALLOUT_UNREGISTERED = 0x10;

    private final PolicyImage policy;
    /** Registered callouts: name to character, see {@link Script#of}; a negative one is CONDITIONAL_ON_FLOW. */
    private final Map<String, Long> registered;

    private Action action;
    private boolean hasRight;
    private ClassifyReason reason;
    private FilterImage decider;
    private boolean isVeto;
    private boolean isAbsorbed;
    private List<String> calls;

    public Oracle(PolicyImage policy, Map<String, Long> registered) {
        this.policy = policy;
        this.registered = registered;
    }

    public Verdict judge(Layer layer, Map<Field, Object> values, long packet) {
        action = Action.NONE_NO_MATCH;
        hasRight = true;
        reason = ClassifyReason.POLICY;
        decider = null;
        isVeto = false;
        isAbsorbed = false;
        calls = new ArrayList<>();
        List<RuntimeSublayer> sublayers = new ArrayList<>(policy.sublayers());
        sublayers.sort(Comparator.comparingInt(RuntimeSublayer::weight).reversed()); // ARB-1
        for (RuntimeSublayer sublayer : sublayers) {
            List<FilterImage> filters = new ArrayList<>();
            for (FilterImage filter : policy.filters()) {
                if (filter.layer() == layer
                        && filter.sublayer().equals(sublayer.key())
                        && OracleConditions.hold(filter.conditions(), values)) {
                    filters.add(filter);
                }
            }
            filters.sort(Comparator.comparing(Oracle::weight).reversed().thenComparing(FilterImage::id)); // ARB-26
            for (FilterImage filter : filters) {
                if (action == Action.NONE_NO_MATCH) {
                    action = Action.NONE; // ARB-17
                }
                if (ends(layer, filter, packet)) { // ARB-2, ARB-3
                    break;
                }
            }
        }
        boolean isNone = action == Action.NONE || action == Action.NONE_NO_MATCH;
        boolean isPermitted = action == Action.PERMIT || (isNone && !layer.isLookupOnly()); // ARB-18, ARB-19
        return new Verdict(
                action,
                isPermitted,
                reason,
                decider == null ? 0 : decider.id(),
                decider == null ? 0 : decider.rawContext(),
                isVeto,
                isAbsorbed,
                calls);
    }

    private static BigInteger weight(FilterImage filter) {
        return new BigInteger(Long.toUnsignedString(filter.weight()));
    }

    private boolean ends(Layer layer, FilterImage filter, long packet) {
        if (filter.action() == ActionType.PERMIT) {
            filterPermits(filter, ClassifyReason.POLICY);
            return true;
        }
        if (filter.action() == ActionType.BLOCK) {
            filterBlocks(filter, ClassifyReason.POLICY);
            return true;
        }
        String name = "";
        for (AddedCallout callout : policy.callouts()) {
            if (callout.key().equals(filter.callout())) {
                name = callout.name();
            }
        }
        boolean isInspection = filter.action() == ActionType.CALLOUT_INSPECTION;
        Long character = registered.get(name);
        if (character == null) { // CALL-4 to CALL-6
            if (isInspection) {
                return false;
            }
            if (has(filter, PERMIT_IF_CALLOUT_UNREGISTERED)) {
                filterPermits(filter, ClassifyReason.CALLOUT_UNREGISTERED);
            } else {
                filterBlocks(filter, ClassifyReason.CALLOUT_UNREGISTERED);
            }
            return true;
        }
        if (character < 0) { // CALL-17: these packets belong to no flow
            return false;
        }
        Action entered = action == Action.NONE_NO_MATCH ? Action.NONE : action;
        calls.add(name + "/" + filter.id() + "/" + hasRight + "/" + entered);
        Script script = Script.of(character, filter.id(), packet);
        if (isInspection) { // ARB-22, ARB-23
            return false;
        }
        switch (script.kind()) {
            case PERMIT -> calloutPermits(filter, script);
            case BLOCK -> calloutBlocks(layer, filter, script);
            case THROW -> failurePolicy(filter);
            case CONTINUE -> {
                if (filter.action() == ActionType.CALLOUT_UNKNOWN) {
                    return false;
                }
                failurePolicy(filter); // ARB-23
            }
        }
        return true;
    }

    private static boolean has(FilterImage filter, int flag) {
        return (filter.flags() & flag) != 0;
    }

    /** Soft, or hard with the flag: ARB-6, ARB-8, ARB-9. */
    private void filterPermits(FilterImage filter, ClassifyReason why) {
        if (hasRight) {
            write(Action.PERMIT, filter, why);
            hasRight = !has(filter, CLEAR_ACTION_RIGHT);
        }
    }

    /** Hard; without the right lost, or with the flag a veto: ARB-8, ARB-13. */
    private void filterBlocks(FilterImage filter, ClassifyReason why) {
        boolean vetoes = !hasRight && action == Action.PERMIT && has(filter, CLEAR_ACTION_RIGHT);
        if (hasRight || vetoes) {
            write(Action.BLOCK, filter, why);
        }
        isVeto |= vetoes;
        hasRight = false;
    }

    /** ARB-8, ARB-10, ARB-11. */
    private void calloutPermits(FilterImage filter, Script script) {
        if (hasRight) {
            write(Action.PERMIT, filter, ClassifyReason.POLICY);
            hasRight = !script.clearsRight();
        }
    }

    /** ARB-8, ARB-10, ARB-12. */
    private void calloutBlocks(Layer layer, FilterImage filter, Script script) {
        boolean vetoes = !hasRight && action == Action.PERMIT;
        if (hasRight || vetoes) {
            write(Action.BLOCK, filter, ClassifyReason.POLICY);
            isAbsorbed = script.absorbs() && layer.absorbAllowed();
        }
        if (hasRight) {
            hasRight = !script.clearsRight();
        }
        isVeto |= vetoes;
    }

    /** A hard block in the callout's stead; where the right is gone, a veto. */
    private void failurePolicy(FilterImage filter) {
        boolean vetoes = !hasRight && action == Action.PERMIT;
        if (hasRight || vetoes) {
            write(Action.BLOCK, filter, ClassifyReason.CALLOUT_FAULT);
        }
        isVeto |= vetoes;
        hasRight = false;
    }

    private void write(Action value, FilterImage filter, ClassifyReason why) {
        action = value;
        decider = filter; // ARB-20
        reason = why;
        isAbsorbed = false;
    }
}
