package io.sallyport.bfe.internal.file;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.ConditionRules;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns one entry of {@code when} into conditions for one layer. */
final class ConditionParser {
    private static final String EMPTY = "empty";

    private final Field field;
    private final FieldSpec spec;
    private final Layer layer;
    private final InterfaceNames interfaces;
    /** Gives the key of a set; null where none can be named. */
    private final Function<YamlNode.Scalar, @Nullable UUID> sets;

    /** What is wrong, and where. */
    static final class BadCondition extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient YamlNode at;
        private final transient List<String> allowed;

        BadCondition(YamlNode at, String message, List<String> allowed) {
            super(message);
            this.at = at;
            this.allowed = allowed;
        }

        YamlNode at() {
            return at;
        }

        List<String> allowed() {
            return allowed;
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    ConditionParser(
            Layer layer, FieldSpec spec, InterfaceNames interfaces, Function<YamlNode.Scalar, @Nullable UUID> sets) {
        this.sets = sets;
        this.interfaces = interfaces;
        this.layer = layer;
        this.spec = spec;
        this.field = spec.field();
    }

    List<Condition> parse(YamlNode node) throws BadCondition {
        List<Condition> conditions = new ArrayList<>();
        if (node instanceof YamlNode.Mapping mapping) {
            if (mapping.entries().size() != 1) {
                throw new BadCondition(
                        node,
                        "must have exactly one operator, not "
                                + mapping.entries().size(),
                        PolicyKeys.OPERATORS);
            }
            YamlNode.Entry entry = mapping.entries().get(0);
            operator(entry.key(), entry.value(), conditions);
        } else {
            YamlNode.Scalar scalar = scalar(node);
            conditions.add(isEmpty(scalar) ? condition(MatchType.EQUAL, Value.empty()) : equal(value(scalar)));
        }
        for (Condition condition : conditions) {
            try {
                ConditionRules.check(layer, condition);
            } catch (PolicyException e) {
                throw new BadCondition(node, plain(condition, e), List.of());
            }
        }
        return conditions;
    }

    /** Tells whether an entry excludes values: two of those on one field would be ORed (COND-4). */
    static boolean isNegation(YamlNode node) {
        return node instanceof YamlNode.Mapping mapping && mapping.get("not") != null;
    }

    private void operator(YamlNode.Scalar operator, YamlNode operand, List<Condition> conditions) throws BadCondition {
        switch (operator.text()) {
            case "in" -> {
                for (Value value : values(operand)) {
                    conditions.add(equal(value));
                }
            }
            case "in-set" -> conditions.add(condition(MatchType.EQUAL, set(operand)));
            case "not" -> not(operand, conditions);
            case "range" -> conditions.add(condition(MatchType.RANGE, range(operand)));
            case "gt" -> conditions.add(condition(MatchType.GREATER, single(operand)));
            case "ge" -> conditions.add(condition(MatchType.GREATER_OR_EQUAL, single(operand)));
            case "lt" -> conditions.add(condition(MatchType.LESS, single(operand)));
            case "le" -> conditions.add(condition(MatchType.LESS_OR_EQUAL, single(operand)));
            case "all-set" -> conditions.add(condition(MatchType.FLAGS_ALL_SET, flags(operand)));
            case "any-set" -> conditions.add(condition(MatchType.FLAGS_ANY_SET, flags(operand)));
            case "none-set" -> conditions.add(condition(MatchType.FLAGS_NONE_SET, flags(operand)));
            case "ends-with" -> conditions.add(condition(MatchType.PREFIX, single(operand)));
            case "not-ends-with" -> conditions.add(condition(MatchType.NOT_PREFIX, single(operand)));
            case "iequal" -> conditions.add(condition(MatchType.EQUAL_CASE_INSENSITIVE, single(operand)));
            default ->
                throw new BadCondition(
                        operator,
                        "unknown operator \"" + operator.text() + "\""
                                + Suggestions.didYouMean(operator.text(), PolicyKeys.OPERATORS),
                        PolicyKeys.OPERATORS);
        }
    }

    private void not(YamlNode operand, List<Condition> conditions) throws BadCondition {
        List<Value> values = new ArrayList<>();
        if (operand instanceof YamlNode.Mapping mapping) {
            YamlNode set = mapping.get("in-set");
            if (set != null && mapping.entries().size() == 1) {
                conditions.add(condition(MatchType.NOT_EQUAL, set(set)));
                return;
            }
            YamlNode in = mapping.get("in");
            YamlNode range = mapping.get("range");
            if (mapping.entries().size() != 1 || (in == null && range == null)) {
                throw new BadCondition(
                        operand,
                        "not takes a value, {in: [..]}, {range: [..]} or {in-set: NAME}",
                        List.of("in", "range", "in-set"));
            }
            if (in != null) {
                values.addAll(values(in));
            } else if (range != null) {
                values.add(range(range));
            }
        } else if (!isEmpty(scalar(operand))) {
            values.add(value(scalar(operand)));
        }
        if (Complement.isPossible(spec.type())) {
            List<Value> rest = Complement.of(spec.type(), values);
            if (rest == null) {
                throw new BadCondition(operand, "not needs networks with contiguous masks", List.of());
            }
            if (rest.isEmpty()) {
                throw new BadCondition(operand, "not excludes every value, so the filter could never match", List.of());
            }
            rest.forEach(value -> conditions.add(condition(MatchType.RANGE, value)));
            return;
        }
        if (values.size() != 1) {
            throw new BadCondition(
                    operand,
                    "values of type " + spec.type().policyName()
                            + " have no complement: not takes one of them here (several would be ORed)",
                    List.of());
        }
        conditions.add(condition(MatchType.NOT_EQUAL, values.get(0)));
    }

    private Value set(YamlNode operand) throws BadCondition {
        boolean isAddress = spec.kind() == FieldKind.IP_ADDRESS;
        if (!isAddress && spec.type() != DataType.UINT16) {
            throw new BadCondition(
                    operand,
                    "takes no set: sets hold addresses or ports, and this field is of type " + spec.type(),
                    List.of());
        }
        UUID key = sets.apply(scalar(operand));
        if (key == null) {
            throw new BadCondition(operand, "sets can be named in filters only", List.of());
        }
        return new Value.InSet(key, isAddress ? SetKind.ADDRESSES : SetKind.PORTS);
    }

    private List<Value> values(YamlNode operand) throws BadCondition {
        if (!(operand instanceof YamlNode.Sequence list)) {
            throw new BadCondition(operand, "in takes a list, not " + operand.kind(), List.of());
        }
        if (list.elements().isEmpty()) {
            throw new BadCondition(operand, "in takes at least one value", List.of());
        }
        List<Value> values = new ArrayList<>();
        for (YamlNode element : list.elements()) {
            if (element instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
                YamlNode range = mapping.get("range");
                if (range != null) {
                    values.add(range(range));
                    continue;
                }
            }
            values.add(value(scalar(element)));
        }
        return values;
    }

    private Value range(YamlNode operand) throws BadCondition {
        if (!(operand instanceof YamlNode.Sequence list) || list.elements().size() != 2) {
            throw new BadCondition(operand, "range takes the two ends: [low, high]", List.of());
        }
        return Value.range(
                single(list.elements().get(0)), single(list.elements().get(1)));
    }

    /** One value with a place in an order: no network and no range. */
    private Value single(YamlNode operand) throws BadCondition {
        Value value = value(scalar(operand));
        if (value.type() != spec.type()) {
            throw new BadCondition(operand, "must be one " + spec.type().policyName() + " here", List.of());
        }
        return value;
    }

    private Value flags(YamlNode operand) throws BadCondition {
        List<YamlNode> names = operand instanceof YamlNode.Sequence list ? list.elements() : List.of(operand);
        if (!(spec.type() == DataType.UINT32 || spec.type() == DataType.UINT16 || spec.type() == DataType.UINT8)
                || spec.kind() == FieldKind.IP_ADDRESS) {
            throw new BadCondition(operand, field.policyName() + " holds no flags", List.of());
        }
        if (names.isEmpty()) {
            throw new BadCondition(operand, "at least one flag must be named", NamedValues.allFlags(field));
        }
        long bits = 0;
        for (YamlNode node : names) {
            YamlNode.Scalar name = scalar(node);
            OptionalInt known = NamedValues.flag(field, name.text());
            BigInteger number = ValueParser.integer(name.text());
            if (known.isPresent()) {
                bits |= Integer.toUnsignedLong(known.getAsInt());
            } else if (number != null && number.signum() >= 0 && number.bitLength() <= ValueParser.bits(spec.type())) {
                bits |= number.longValue();
            } else {
                List<String> all = NamedValues.allFlags(field);
                throw new BadCondition(
                        node, "unknown flag \"" + name.text() + "\"" + Suggestions.didYouMean(name.text(), all), all);
            }
        }
        return new Value.Number(spec.type(), bits);
    }

    private Value value(YamlNode.Scalar scalar) throws BadCondition {
        if (isEmpty(scalar)) {
            throw new BadCondition(scalar, "empty stands alone: write it as the value itself", List.of());
        }
        try {
            return ValueParser.parse(spec, interfaces, scalar);
        } catch (ValueParser.BadValue e) {
            throw new BadCondition(scalar, e.message(), e.allowed());
        }
    }

    private Condition equal(Value value) {
        return condition(value instanceof Value.Range ? MatchType.RANGE : MatchType.EQUAL, value);
    }

    private Condition condition(MatchType match, Value value) {
        return new Condition(field, match, value);
    }

    private static boolean isEmpty(YamlNode.Scalar scalar) {
        return scalar.isPlain() && scalar.text().equals(EMPTY);
    }

    private static YamlNode.Scalar scalar(YamlNode node) throws BadCondition {
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar;
        }
        throw new BadCondition(node, "must be a single value, not " + node.kind(), List.of());
    }

    /** The rule's own words; the condition's record form in front of them says nothing to a reader of policy files. */
    private static String plain(@Nullable Condition condition, PolicyException e) {
        String message = String.valueOf(e.getMessage());
        String prefix = e.error() + ": " + condition + ": ";
        return e.error() + ": " + (message.startsWith(prefix) ? message.substring(prefix.length()) : message);
    }
}
