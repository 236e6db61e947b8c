package io.sallyport.bfe.internal.store;

import io.sallyport.layer.DataType;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.UUID;

/** What a filter must be like, apart from what it refers to. */
final class FilterRules {
    private static final int RANGES = 16;

    /** Assigned by the BFE and ignored on add (OBJ-3). */
    private static final int IGNORED_FLAGS = FilterFlags.INDEXED | FilterFlags.HAS_PROVIDER_CONTEXT;

    /** The others belong to Windows features that do not exist here: a filter that carries one would be misunderstood. */
    private static final int ALLOWED_FLAGS = FilterFlags.PERSISTENT
            | FilterFlags.BOOTTIME
            | FilterFlags.CLEAR_ACTION_RIGHT
            | FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED
            | FilterFlags.DISABLED
            | FaultPolicy.FLAGS;

    private FilterRules() {}

    /** Checks everything that needs no other object, and fills in what was left out. */
    static Filter normalized(Filter it, UUID key, String what) throws PolicyException {
        int flags = it.flags() & ~IGNORED_FLAGS;
        checkAction(it, what);
        checkFlags(it, flags, what);
        checkWeight(it.weight(), what);
        for (Condition condition : it.conditions()) {
            checkCondition(it, condition, what);
        }
        if (it.rawContext() != 0 && it.providerContext() != null) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER, what + ": a raw context and a provider context exclude each other");
        }
        UUID sublayer = it.sublayer() == null ? BuiltinSublayer.UNIVERSAL.key() : it.sublayer();
        int hasContext = it.providerContext() == null ? 0 : FilterFlags.HAS_PROVIDER_CONTEXT;
        return new Filter(
                key,
                it.display(),
                flags | hasContext,
                it.provider(),
                it.layer(),
                sublayer,
                it.weight(),
                it.conditions(),
                it.action(),
                it.callout(),
                it.rawContext(),
                it.providerContext(),
                0,
                0);
    }

    /** Adds what only the BFE assigns. */
    static Filter assigned(Filter it, long id) {
        return new Filter(
                it.key(),
                it.display(),
                it.flags(),
                it.provider(),
                it.layer(),
                it.sublayer(),
                it.weight(),
                it.conditions(),
                it.action(),
                it.callout(),
                it.rawContext(),
                it.providerContext(),
                id,
                effectiveWeight(it));
    }

    private static void checkAction(Filter it, String what) throws PolicyException {
        ActionType action = it.action();
        boolean isFilterAction = action == ActionType.PERMIT || action == ActionType.BLOCK || action.isCallout();
        if (!isFilterAction) {
            throw new PolicyException(
                    WfpError.INVALID_ACTION_TYPE, what + ": a filter cannot have the action " + action.policyName());
        }
        if (action.isCallout() && it.callout() == null) {
            throw new PolicyException(
                    WfpError.CALLOUT_NOT_FOUND, what + ": the action " + action.policyName() + " needs a callout");
        }
        if (!action.isCallout() && it.callout() != null) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER, what + ": the action " + action.policyName() + " calls no callout");
        }
    }

    private static void checkFlags(Filter it, int flags, String what) throws PolicyException {
        if ((flags & ~ALLOWED_FLAGS) != 0) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS,
                    what + ": flags " + FilterFlags.names(flags & ~ALLOWED_FLAGS) + " cannot be added; allowed: "
                            + FilterFlags.names(ALLOWED_FLAGS));
        }
        boolean isBootTime = (flags & FilterFlags.BOOTTIME) != 0;
        if (isBootTime && (flags & FilterFlags.PERSISTENT) != 0) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS,
                    what
                            + ": boot-time and persistent exclude each other; a policy without gap needs one filter of each");
        }
        if (isBootTime && !it.layer().isKernel()) {
            throw new PolicyException(
                    WfpError.INCOMPATIBLE_LAYER,
                    what + ": boot-time filters exist only at kernel layers, and "
                            + it.layer().policyName() + " is none");
        }
        boolean mayPermit = it.action() == ActionType.CALLOUT_TERMINATING || it.action() == ActionType.CALLOUT_UNKNOWN;
        if ((flags & FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED) != 0 && !mayPermit) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS,
                    what + ": permit-if-callout-unregistered goes only with callout-terminating and callout-unknown");
        }
        if (FaultPolicy.of(flags) != null && !mayPermit) {
            throw new PolicyException(
                    WfpError.INVALID_FLAGS, what + ": on-fault goes only with callout-terminating and callout-unknown");
        }
    }

    private static void checkWeight(Value weight, String what) throws PolicyException {
        boolean isValid = weight.type() == DataType.EMPTY
                || weight.type() == DataType.UINT64
                || (weight instanceof Value.Number number && weight.type() == DataType.UINT8 && number.bits() < RANGES);
        if (!isValid) {
            throw new PolicyException(
                    WfpError.INVALID_WEIGHT,
                    what + ": a weight is empty, a uint8 of 0 to 15, or a uint64, not " + weight);
        }
    }

    private static void checkCondition(Filter it, Condition condition, String what) throws PolicyException {
        try {
            ConditionRules.check(it.layer(), condition);
        } catch (PolicyException e) {
            throw new PolicyException(e.error(), what + ": " + Refusals.reason(e), e);
        }
    }

    /** WGT-1, WGT-2: an exact weight, or a range in the upper four bits above the automatic weight. */
    static long effectiveWeight(Filter it) {
        if (it.weight() instanceof Value.Number number) {
            if (number.type() == DataType.UINT64) {
                return number.bits();
            }
            return number.bits() << FilterWeights.BITS | FilterWeights.automatic(it.layer(), it.conditions());
        }
        return FilterWeights.automatic(it.layer(), it.conditions());
    }
}
