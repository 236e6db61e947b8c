package io.sallyport.engine.internal.match;

import io.sallyport.policy.AccessToken;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.SecurityDescriptor;
import io.sallyport.policy.SetEntries;
import java.util.Arrays;
import java.util.UUID;

/**
 * A test that no interval of keys can express. Immutable; called on the classify plane, only with a value that is
 * present; neither throws nor allocates. A value of an unexpected class fulfils nothing.
 */
interface FieldTest {

    boolean test(ValueRecord values, int field);

    /** FLAGS_ALL_SET, FLAGS_ANY_SET and FLAGS_NONE_SET (COND-13). */
    record Flags(MatchType match, long bits) implements FieldTest {
        @Override
        public boolean test(ValueRecord values, int field) {
            long common = values.bits(field) & bits;
            return switch (match) {
                case FLAGS_ALL_SET -> common == bits;
                case FLAGS_ANY_SET -> common != 0;
                default -> common == 0;
            };
        }
    }

    /** An IPv4 address under a mask with holes; the others are intervals (COND-10). */
    record Masked(long address, long mask, boolean isEqualWanted) implements FieldTest {
        @Override
        public boolean test(ValueRecord values, int field) {
            return ((values.bits(field) & mask) == (address & mask)) == isEqualWanted;
        }
    }

    /** In a set, or outside of it; linked with what is in the set before it is asked. */
    record InSet(UUID set, boolean isWide, boolean isInWanted, SetEntries entries) implements FieldTest {
        @Override
        public boolean test(ValueRecord values, int field) {
            // Keys are in signed order: the top bit is turned back.
            return entries.contains(
                            isWide, values.highKey(field) ^ Long.MIN_VALUE, values.lowKey(field) ^ Long.MIN_VALUE)
                    == isInWanted;
        }

        InSet with(SetEntries other) {
            return new InSet(set, isWide, isInWanted, other);
        }
    }

    /** Blobs and SIDs, compared as strings of unsigned bytes (COND-8). */
    final class Bytes implements FieldTest {
        private final MatchType match;
        private final byte[] operand;
        private final byte[] upper;

        Bytes(MatchType match, byte[] operand, byte[] upper) {
            this.match = match;
            this.operand = operand;
            this.upper = upper;
        }

        @Override
        public boolean test(ValueRecord values, int field) {
            if (!(values.object(field) instanceof byte[] value)) {
                return false;
            }
            return switch (match) {
                case PREFIX -> endsWith(value);
                case NOT_PREFIX -> !endsWith(value);
                case RANGE -> Arrays.compareUnsigned(value, operand) >= 0 && Arrays.compareUnsigned(value, upper) <= 0;
                default -> isOrderedAs(match, Arrays.compareUnsigned(value, operand));
            };
        }

        /** PREFIX is misnamed: it looks at the end (COND-12). */
        private boolean endsWith(byte[] value) {
            int start = value.length - operand.length;
            return start >= 0 && Arrays.equals(value, start, value.length, operand, 0, operand.length);
        }
    }

    /** Strings, compared by UTF-16 code units. */
    record Text(MatchType match, String operand, String upper) implements FieldTest {
        @Override
        public boolean test(ValueRecord values, int field) {
            if (!(values.object(field) instanceof String value)) {
                return false;
            }
            return switch (match) {
                case PREFIX -> value.endsWith(operand);
                case NOT_PREFIX -> !value.endsWith(operand);
                case EQUAL_CASE_INSENSITIVE -> value.equalsIgnoreCase(operand);
                case RANGE -> value.compareTo(operand) >= 0 && value.compareTo(upper) <= 0;
                default -> isOrderedAs(match, value.compareTo(operand));
            };
        }
    }

    /** A token against a security descriptor (COND-16). */
    record Access(SecurityDescriptor descriptor) implements FieldTest {
        @Override
        public boolean test(ValueRecord values, int field) {
            return values.object(field) instanceof AccessToken token
                    && descriptor.grants(token, SecurityDescriptor.RIGHT_MATCH_FILTER);
        }
    }

    /** What a match type says about the sign of (field compared with operand). */
    private static boolean isOrderedAs(MatchType match, int sign) {
        return switch (match) {
            case EQUAL -> sign == 0;
            case NOT_EQUAL -> sign != 0;
            case GREATER -> sign > 0;
            case GREATER_OR_EQUAL -> sign >= 0;
            case LESS -> sign < 0;
            case LESS_OR_EQUAL -> sign <= 0;
            default -> false;
        };
    }
}
