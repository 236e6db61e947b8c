package io.sallyport.engine.oracle;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.policy.AccessToken;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** COND-1 to COND-16, on values held as plain objects: {@code Long}, {@code byte[]}, {@code String}, {@code AccessToken}. */
final class OracleConditions {
    private OracleConditions() {}

    /** All fields must be satisfied, each by any of its conditions. */
    static boolean hold(List<Condition> conditions, Map<Field, Object> values) {
        Map<Field, Boolean> satisfied = new TreeMap<>();
        for (Condition condition : conditions) {
            boolean holds = holds(condition, values.get(condition.field()));
            satisfied.merge(condition.field(), holds, Boolean::logicalOr);
        }
        return !satisfied.containsValue(false);
    }

    private static boolean holds(Condition condition, Object actual) {
        Value wanted = condition.value();
        if (wanted.type() == DataType.EMPTY) {
            return actual == null;
        }
        if (actual == null) {
            return false;
        }
        if (actual instanceof AccessToken token) {
            return granted(((Value.Bytes) wanted).bytes(), token);
        }
        MatchType match = condition.match();
        if (wanted instanceof Value.Range range) {
            return compare(actual, plain(range.low())) >= 0 && compare(actual, plain(range.high())) <= 0;
        }
        if (wanted instanceof Value.V4AddressMask v4) {
            boolean inside = ((int) (long) (Long) actual & v4.mask()) == (v4.address() & v4.mask());
            return inside == (match == MatchType.EQUAL);
        }
        if (wanted instanceof Value.V6AddressMask v6) {
            BigInteger network = unsigned(v6.high()).shiftLeft(64).or(unsigned(v6.low()));
            int hostBits = 128 - v6.prefixLength();
            BigInteger address = new BigInteger(1, (byte[]) actual);
            boolean inside = address.shiftRight(hostBits).equals(network.shiftRight(hostBits));
            return inside == (match == MatchType.EQUAL);
        }
        return test(match, actual, plain(wanted));
    }

    private static boolean test(MatchType match, Object actual, Object wanted) {
        return switch (match) {
            case EQUAL -> compare(actual, wanted) == 0;
            case NOT_EQUAL -> compare(actual, wanted) != 0;
            case GREATER -> compare(actual, wanted) > 0;
            case LESS -> compare(actual, wanted) < 0;
            case GREATER_OR_EQUAL -> compare(actual, wanted) >= 0;
            case LESS_OR_EQUAL -> compare(actual, wanted) <= 0;
            case FLAGS_ALL_SET -> ((Long) actual & (Long) wanted) == (Long) wanted;
            case FLAGS_ANY_SET -> ((Long) actual & (Long) wanted) != 0;
            case FLAGS_NONE_SET -> ((Long) actual & (Long) wanted) == 0;
            case EQUAL_CASE_INSENSITIVE ->
                ((String) actual).toLowerCase(Locale.ROOT).equals(((String) wanted).toLowerCase(Locale.ROOT));
            case PREFIX -> endsWith(actual, wanted);
            case NOT_PREFIX -> !endsWith(actual, wanted);
            case RANGE -> throw new AssertionError("a range was expected");
        };
    }

    private static Object plain(Value value) {
        if (value instanceof Value.Number number) {
            return number.bits();
        }
        if (value instanceof Value.Bytes bytes) {
            return bytes.bytes();
        }
        return ((Value.Text) value).text();
    }

    private static int compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return unsigned(x).compareTo(unsigned(y));
        }
        if (a instanceof byte[] x && b instanceof byte[] y) {
            for (int i = 0; i < Math.min(x.length, y.length); i++) {
                int difference = (x[i] & 0xFF) - (y[i] & 0xFF);
                if (difference != 0) {
                    return difference;
                }
            }
            return x.length - y.length;
        }
        return ((String) a).compareTo((String) b);
    }

    private static boolean endsWith(Object actual, Object wanted) {
        if (actual instanceof String text) {
            return text.endsWith((String) wanted);
        }
        byte[] whole = (byte[]) actual;
        byte[] tail = (byte[]) wanted;
        return tail.length <= whole.length
                && Arrays.equals(Arrays.copyOfRange(whole, whole.length - tail.length, whole.length), tail);
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    private static boolean granted(byte[] descriptor, AccessToken token) {
        return granted(descriptor, token.sids())
                && (token.restrictedSids().isEmpty() || granted(descriptor, token.restrictedSids()));
    }

    /** The list of a self-relative descriptor, first entry that is about right 1 and one of the SIDs. */
    private static boolean granted(byte[] d, Set<String> sids) {
        boolean isPresent = (d[2] & 4) != 0;
        int list = number(d, 16, 4);
        if (!isPresent || list == 0) {
            return true;
        }
        int at = list + 8;
        for (int i = 0; i < number(d, list + 4, 2); i++) {
            boolean isEffective = (d[at + 1] & 8) == 0;
            boolean isAboutMatching = (number(d, at + 4, 4) & 0x10000001) != 0;
            if (isEffective && isAboutMatching && sids.contains(sid(d, at + 8))) {
                return d[at] == 0;
            }
            at += number(d, at + 2, 2);
        }
        return false;
    }

    private static String sid(byte[] d, int at) {
        StringBuilder text = new StringBuilder("S-" + d[at] + "-" + d[at + 7]);
        for (int i = 0; i < d[at + 1]; i++) {
            text.append('-').append(number(d, at + 8 + 4 * i, 4) & 0xFFFFFFFFL);
        }
        return text.toString();
    }

    private static int number(byte[] d, int at, int size) {
        int result = 0;
        for (int i = size - 1; i >= 0; i--) {
            result = (result << 8) | (d[at + i] & 0xFF);
        }
        return result;
    }
}
