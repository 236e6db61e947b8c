package io.sallyport.bfe.internal.template;

import io.sallyport.layer.DataType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.util.Arrays;

/** Tests of values that cannot be counted through: strings, blobs, SIDs, tokens, floating point. Stateless. */
final class OpaqueTest {
    private OpaqueTest() {}

    /** Tells whether there is a value that both take; in doubt there is. */
    static boolean overlap(Condition a, Condition b) {
        if (isSingle(a)) {
            return takes(b, a.value());
        }
        return !isSingle(b) || takes(a, b.value());
    }

    /** Tells whether one takes all that the other takes; in doubt it does not. */
    static boolean contains(Condition wide, Condition narrow) {
        return wide.equals(narrow) || (isSingle(narrow) && takes(wide, narrow.value()));
    }

    private static boolean isSingle(Condition condition) {
        return condition.match() == MatchType.EQUAL && condition.value().type() != DataType.SECURITY_DESCRIPTOR;
    }

    private static boolean takes(Condition condition, Value value) {
        if (condition.value() instanceof Value.Range range) {
            return compare(value, range.low()) >= 0 && compare(value, range.high()) <= 0;
        }
        Value operand = condition.value();
        return switch (condition.match()) {
            case EQUAL -> value.equals(operand);
            case NOT_EQUAL -> !value.equals(operand);
            case GREATER -> compare(value, operand) > 0;
            case GREATER_OR_EQUAL -> compare(value, operand) >= 0;
            case LESS -> compare(value, operand) < 0;
            case LESS_OR_EQUAL -> compare(value, operand) <= 0;
            case EQUAL_CASE_INSENSITIVE ->
                value instanceof Value.Text a
                        && operand instanceof Value.Text b
                        && a.text().equalsIgnoreCase(b.text());
            case PREFIX -> endsWith(value, operand);
            case NOT_PREFIX -> !endsWith(value, operand);
            default -> false;
        };
    }

    /** PREFIX is misnamed: it looks at the end (COND-12). */
    private static boolean endsWith(Value value, Value end) {
        if (value instanceof Value.Text a && end instanceof Value.Text b) {
            return a.text().endsWith(b.text());
        }
        if (value instanceof Value.Bytes a && end instanceof Value.Bytes b) {
            byte[] whole = a.bytes();
            byte[] last = b.bytes();
            int start = whole.length - last.length;
            return start >= 0 && Arrays.equals(whole, start, whole.length, last, 0, last.length);
        }
        return false;
    }

    private static int compare(Value a, Value b) {
        if (a instanceof Value.Text left && b instanceof Value.Text right) {
            return left.text().compareTo(right.text());
        }
        return Arrays.compareUnsigned(((Value.Bytes) a).bytes(), ((Value.Bytes) b).bytes());
    }
}
