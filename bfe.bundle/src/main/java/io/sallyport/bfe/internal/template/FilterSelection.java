package io.sallyport.bfe.internal.template;

import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A checked {@link FilterTemplate}: its conditions as sets of values, for each layer whose filters it can mean. */
final class FilterSelection {
    private final FilterTemplate template;
    private final Map<Layer, Map<Field, ValueSet>> asked;

    private FilterSelection(FilterTemplate template, Map<Layer, Map<Field, ValueSet>> asked) {
        this.template = template;
        this.asked = asked;
    }

    static FilterSelection of(FilterTemplate template) throws PolicyException {
        checkActions(template);
        Set<Field> fields = EnumSet.noneOf(Field.class);
        for (Condition condition : template.conditions()) {
            if (!fields.add(condition.field())) {
                throw new PolicyException(
                        WfpError.DUPLICATE_CONDITION,
                        "the template has several conditions on "
                                + condition.field().policyName() + "; it may have one on each field");
            }
        }
        return new FilterSelection(template, asked(template));
    }

    private static void checkActions(FilterTemplate template) throws PolicyException {
        boolean isOfCallouts = (template.actionMask() & FilterTemplate.CALLOUT_ACTION) != 0;
        if (template.callout() != null && !isOfCallouts) {
            throw new PolicyException(
                    WfpError.NEVER_MATCH, "the template names a callout, and its action mask no action that calls one");
        }
        boolean isBest = template.flags().contains(Flag.BEST_TERMINATING_MATCH);
        boolean isPossible = Arrays.stream(ActionType.values())
                .filter(FilterSelection::isOfFilters)
                .filter(action -> (action.code() & template.actionMask()) != 0)
                .filter(action -> !isBest || action.isTerminating())
                .anyMatch(action -> template.callout() == null || action.isCallout());
        if (!isPossible) {
            throw new PolicyException(
                    WfpError.NEVER_MATCH,
                    "no action of a " + (isBest ? "terminating " : "") + "filter shares a bit with the action mask 0x"
                            + Integer.toHexString(template.actionMask()));
        }
    }

    private static boolean isOfFilters(ActionType action) {
        return action == ActionType.BLOCK
                || action == ActionType.PERMIT
                || (action.isCallout() && action != ActionType.CONTINUE);
    }

    /** The layers whose filters can be meant; one at least. */
    private static Map<Layer, Map<Field, ValueSet>> asked(FilterTemplate template) throws PolicyException {
        List<Layer> layers = template.layer() == null ? List.of(Layer.values()) : List.of(template.layer());
        Map<Layer, Map<Field, ValueSet>> asked = new EnumMap<>(Layer.class);
        PolicyException problem = null;
        for (Layer layer : layers) {
            try {
                asked.put(layer, asked(template, layer));
            } catch (PolicyException e) {
                // Of many layers, what is wrong with the values says more than that another layer lacks the field.
                problem = problem == null || problem.error() == WfpError.NEVER_MATCH ? e : problem;
            }
        }
        if (asked.isEmpty() && problem != null) {
            throw problem;
        }
        return asked;
    }

    private static Map<Field, ValueSet> asked(FilterTemplate template, Layer layer) throws PolicyException {
        if (template.flags().contains(Flag.BOOTTIME_ONLY) && !layer.isKernel()) {
            throw new PolicyException(
                    WfpError.NEVER_MATCH,
                    "boot-time filters exist only at kernel layers, and " + layer.policyName() + " is none");
        }
        Map<Field, ValueSet> sets = new EnumMap<>(Field.class);
        for (Condition condition : template.conditions()) {
            FieldSpec spec = layer.schema().find(condition.field());
            if (spec == null) {
                throw new PolicyException(
                        WfpError.NEVER_MATCH,
                        layer.policyName() + " has no field "
                                + condition.field().policyName());
            }
            ConditionRules.check(spec, condition);
            ValueSet set = ValueSet.of(spec, List.of(condition));
            if (set.isEmpty()) {
                throw new PolicyException(WfpError.NEVER_MATCH, "no value fulfils " + condition);
            }
            sets.put(condition.field(), set);
        }
        return sets;
    }

    boolean test(PolicyView view, Filter filter) {
        Map<Field, ValueSet> sets = asked.get(filter.layer());
        return sets != null
                && isIncluded(filter.flags())
                && (filter.action().code() & template.actionMask()) != 0
                && (template.provider() == null || template.provider().equals(filter.provider()))
                && (template.callout() == null || template.callout().equals(filter.callout()))
                && hasContextProvider(view, filter)
                && (sets.isEmpty() || fits(filter, sets));
    }

    private boolean isIncluded(int flags) {
        boolean isBootTime = (flags & FilterFlags.BOOTTIME) != 0;
        if (template.flags().contains(Flag.BOOTTIME_ONLY)) {
            return isBootTime;
        }
        boolean isDisabled = (flags & FilterFlags.DISABLED) != 0;
        return (!isBootTime || template.flags().contains(Flag.INCLUDE_BOOTTIME))
                && (!isDisabled || template.flags().contains(Flag.INCLUDE_DISABLED));
    }

    private boolean hasContextProvider(PolicyView view, Filter filter) {
        if (template.contextProvider() == null) {
            return true;
        }
        ProviderContext context =
                filter.providerContext() == null ? null : view.providerContext(filter.providerContext());
        return context != null && Objects.equals(context.provider(), template.contextProvider());
    }

    /** Conditions on different fields are ANDed, so traffic that both describe is found field by field (COND-1). */
    private boolean fits(Filter filter, Map<Field, ValueSet> sets) {
        Map<Field, List<Condition>> byField = new EnumMap<>(Field.class);
        for (Condition condition : filter.conditions()) {
            byField.computeIfAbsent(condition.field(), f -> new ArrayList<>()).add(condition);
        }
        for (Map.Entry<Field, List<Condition>> entry : byField.entrySet()) {
            FieldSpec spec = filter.layer().schema().find(entry.getKey());
            if (spec == null || !fits(spec, entry.getValue(), sets.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(FieldSpec spec, List<Condition> conditions, @Nullable ValueSet named) {
        ValueSet wanted = named == null ? ValueSet.everything(spec) : named;
        ValueSet taken = ValueSet.of(spec, conditions);
        return template.type() == EnumType.OVERLAPPING ? taken.overlaps(wanted) : taken.contains(wanted);
    }
}
