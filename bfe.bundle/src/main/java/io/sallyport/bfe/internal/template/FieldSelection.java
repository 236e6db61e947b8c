package io.sallyport.bfe.internal.template;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Checked conditions on something that is no filter: each on a field of its own, all of which must hold. Immutable. */
public final class FieldSelection {
    private final Map<Field, Wanted> wanted;

    /**
     * The values of one field.
     *
     * @param byType for each type that the field can have; without those whose condition does not fit
     */
    private record Wanted(Map<DataType, Typed> byType) {}

    private record Typed(FieldSpec spec, ValueSet values) {}

    private FieldSelection(Map<Field, Wanted> wanted) {
        this.wanted = wanted;
    }

    /**
     * Checks conditions.
     *
     * @param layers whose schemas say which types the fields can have
     * @param fields which fields there are
     * @param conditions ANDed
     * @return what they take
     * @throws PolicyException CONDITION_NOT_FOUND, DUPLICATE_CONDITION, NEVER_MATCH, or what is wrong with a value
     */
    public static FieldSelection of(List<Layer> layers, Set<Field> fields, List<Condition> conditions)
            throws PolicyException {
        Set<Field> seen = EnumSet.noneOf(Field.class);
        Map<Field, Wanted> wanted = new EnumMap<>(Field.class);
        for (Condition condition : conditions) {
            Field field = condition.field();
            if (!fields.contains(field)) {
                throw new PolicyException(
                        WfpError.CONDITION_NOT_FOUND,
                        "there is no selection by " + field.policyName() + "; there is by "
                                + String.join(
                                        ", ",
                                        fields.stream().map(Field::policyName).toList()));
            }
            if (condition.value() instanceof Value.InSet) {
                throw new PolicyException(
                        WfpError.TYPE_MISMATCH,
                        "a selection by " + field.policyName() + " names values: sets go into filters only");
            }
            if (!seen.add(field)) {
                throw new PolicyException(
                        WfpError.DUPLICATE_CONDITION,
                        "the template has several conditions on " + field.policyName() + "; it may have one");
            }
            wanted.put(field, wanted(layers, condition));
        }
        return new FieldSelection(wanted);
    }

    private static Wanted wanted(List<Layer> layers, Condition condition) throws PolicyException {
        Map<DataType, Typed> byType = new EnumMap<>(DataType.class);
        PolicyException problem = null;
        for (Layer layer : layers) {
            try {
                ConditionRules.check(layer, condition);
                FieldSpec spec = layer.schema().find(condition.field());
                if (spec != null) {
                    byType.put(spec.type(), new Typed(spec, ValueSet.of(spec, List.of(condition))));
                }
            } catch (PolicyException e) {
                problem = e;
            }
        }
        if (byType.isEmpty() && problem != null) {
            throw problem;
        }
        if (byType.values().stream().allMatch(it -> it.values().isEmpty())) {
            throw new PolicyException(WfpError.NEVER_MATCH, "no value fulfils " + condition);
        }
        return new Wanted(byType);
    }

    /**
     * Tells whether all conditions hold.
     *
     * @param values the value of each field; EMPTY if it is not known
     * @return true also without conditions
     */
    public boolean test(Function<Field, Value> values) {
        for (Map.Entry<Field, Wanted> entry : wanted.entrySet()) {
            if (!takes(entry.getValue(), entry.getKey(), values.apply(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean takes(Wanted wanted, Field field, Value value) {
        if (value instanceof Value.Empty) {
            return wanted.byType().values().stream().anyMatch(it -> it.values().hasEmpty());
        }
        Typed typed = wanted.byType().get(value.type());
        Condition single = new Condition(field, MatchType.EQUAL, value);
        return typed != null && typed.values().overlaps(ValueSet.of(typed.spec(), List.of(single)));
    }
}
