package io.sallyport.bfe.internal.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether filters contain or overlap a template (ENUM-6), against an oracle that tries values: for each of two fields all
 * values at which anything can change, in all pairs, and asks filter and template about each pair as a shim would.
 */
class FilterSelectionPropertyTest {
    private static final int ROUNDS = 1_000;
    private static final PolicyState POLICY = PolicyState.initial();

    private static final MatchType[] ORDERED = {
        MatchType.EQUAL,
        MatchType.NOT_EQUAL,
        MatchType.LESS,
        MatchType.LESS_OR_EQUAL,
        MatchType.GREATER,
        MatchType.GREATER_OR_EQUAL,
        MatchType.RANGE
    };

    /** A field at a layer, with the values that conditions on it are made of. */
    private enum Subject {
        PROTOCOL(Field.IP_PROTOCOL, DataType.UINT8, 8),
        PORT(Field.IP_REMOTE_PORT, DataType.UINT16, 16),
        FLAGS(Field.FLAGS, DataType.UINT32, 32),
        ADDRESS(Field.IP_REMOTE_ADDRESS, DataType.UINT32, 32),
        ADDRESS6(Field.IP_REMOTE_ADDRESS, DataType.BYTE_ARRAY16, 128);

        final Field field;
        final DataType type;
        final BigInteger max;

        Subject(Field field, DataType type, int bits) {
            this.field = field;
            this.type = type;
            this.max = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
        }

        /** A condition with operands that are close to each other, so that they meet. */
        Condition condition(Random random) {
            if (random.nextInt(8) == 0) {
                return new Condition(field, MatchType.EQUAL, Value.empty());
            }
            if (this == FLAGS && random.nextInt(3) > 0) {
                MatchType[] matches = {MatchType.FLAGS_ALL_SET, MatchType.FLAGS_ANY_SET, MatchType.FLAGS_NONE_SET};
                return new Condition(field, matches[random.nextInt(3)], Value.uint32(random.nextInt(64)));
            }
            if (this == ADDRESS && random.nextInt(2) == 0) {
                int mask = random.nextBoolean() ? -1 << random.nextInt(33) : 0xFFFF_FF00 | random.nextInt(256);
                MatchType match = random.nextInt(3) == 0 ? MatchType.NOT_EQUAL : MatchType.EQUAL;
                return new Condition(field, match, new Value.V4AddressMask(0x0A00_0000 | random.nextInt(256), mask));
            }
            if (this == ADDRESS6 && random.nextInt(2) == 0) {
                MatchType match = random.nextInt(3) == 0 ? MatchType.NOT_EQUAL : MatchType.EQUAL;
                return new Condition(field, match, new Value.V6AddressMask(1, random.nextInt(8), random.nextInt(129)));
            }
            MatchType match = ORDERED[random.nextInt(ORDERED.length)];
            BigInteger a = operand(random);
            BigInteger b = operand(random);
            return match == MatchType.RANGE
                    ? new Condition(field, match, Value.range(value(a.min(b)), value(a.max(b))))
                    : new Condition(field, match, value(a));
        }

        private BigInteger operand(Random random) {
            return switch (random.nextInt(8)) {
                case 0 -> BigInteger.ZERO;
                case 1 -> max;
                case 2 -> BigInteger.ONE;
                default ->
                    this == ADDRESS
                            ? BigInteger.valueOf(0x0A00_0000 + random.nextInt(16))
                            : BigInteger.valueOf(random.nextInt(12));
            };
        }

        Value value(BigInteger number) {
            if (type != DataType.BYTE_ARRAY16) {
                return new Value.Number(type, number.longValue());
            }
            byte[] bytes = new byte[16];
            byte[] digits = number.toByteArray();
            for (int i = 1; i <= Math.min(16, digits.length); i++) {
                bytes[16 - i] = digits[digits.length - i];
            }
            return Value.address6(bytes);
        }

        /** EMPTY (null), every value at an end of an operand or beside it, and all that the bits of this test can tell apart. */
        List<@Nullable BigInteger> candidates(List<Condition> conditions) {
            Set<BigInteger> values = new TreeSet<>();
            for (int i = 0; i < 256; i++) {
                values.add(BigInteger.valueOf(i));
                values.add(max.subtract(BigInteger.valueOf(i)));
                if (this == ADDRESS) {
                    values.add(BigInteger.valueOf(0x0A00_0000L + i));
                }
            }
            for (Condition condition : conditions) {
                if (condition.value() instanceof Value.V4AddressMask it) {
                    long low = Integer.toUnsignedLong(it.address() & it.mask());
                    addAround(values, BigInteger.valueOf(low));
                    addAround(values, BigInteger.valueOf(low | Integer.toUnsignedLong(~it.mask())));
                } else if (condition.value() instanceof Value.V6AddressMask it) {
                    BigInteger hole =
                            BigInteger.ONE.shiftLeft(128 - it.prefixLength()).subtract(BigInteger.ONE);
                    BigInteger low = BigInteger.valueOf(it.high())
                            .shiftLeft(64)
                            .add(BigInteger.valueOf(it.low()))
                            .andNot(hole);
                    addAround(values, low);
                    addAround(values, low.add(hole));
                }
            }
            List<@Nullable BigInteger> all = new ArrayList<>(values);
            all.add(null);
            return all;
        }

        private void addAround(Set<BigInteger> values, BigInteger middle) {
            for (int i = -1; i <= 1; i++) {
                BigInteger value = middle.add(BigInteger.valueOf(i));
                if (value.signum() >= 0 && value.compareTo(max) <= 0) {
                    values.add(value);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("ENUM-6")
    @Tag("ENUM-10")
    void shouldAgreeWithWhoTriesValues(long seed) throws PolicyException {
        Random random = new Random(seed);
        int[] found = new int[4];
        for (int round = 0; round < ROUNDS; round++) {
            boolean isV6 = random.nextInt(4) == 0;
            Layer layer = isV6 ? Layer.OUTBOUND_TRANSPORT_V6 : Layer.OUTBOUND_TRANSPORT_V4;
            List<Subject> subjects = new ArrayList<>(
                    List.of(Subject.PROTOCOL, Subject.PORT, Subject.FLAGS, isV6 ? Subject.ADDRESS6 : Subject.ADDRESS));
            Subject first = subjects.remove(random.nextInt(subjects.size()));
            Subject second = subjects.get(random.nextInt(subjects.size()));
            List<Condition> asked = new ArrayList<>();
            List<Condition> conditions = new ArrayList<>();
            for (Subject subject : List.of(first, second)) {
                for (int i = random.nextInt(2); i > 0; i--) {
                    asked.add(subject.condition(random));
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    conditions.add(subject.condition(random));
                }
            }
            check(layer, first, second, asked, conditions, found);
        }
        assertThat(Arrays.stream(found).min().orElse(0))
                .as("of rounds that never match, are apart, overlap and contain: " + Arrays.toString(found))
                .isGreaterThan(ROUNDS / 200);
    }

    /** What template and filter say about a value. */
    private record Answer(boolean isAsked, boolean isTaken) {}

    private static Set<Answer> answers(
            Subject subject, List<Condition> both, List<Condition> asked, List<Condition> conditions) {
        Set<Answer> answers = new HashSet<>();
        for (BigInteger value : subject.candidates(both)) {
            answers.add(new Answer(matches(asked, subject, value), matches(conditions, subject, value)));
        }
        return answers;
    }

    private static void check(
            Layer layer, Subject first, Subject second, List<Condition> asked, List<Condition> conditions, int[] found)
            throws PolicyException {
        boolean isPossible = false;
        boolean overlaps = false;
        boolean contains = true;
        List<Condition> both = new ArrayList<>(asked);
        both.addAll(conditions);
        for (Answer a : answers(first, both, asked, conditions)) {
            for (Answer b : answers(second, both, asked, conditions)) {
                if (a.isAsked() && b.isAsked()) {
                    boolean isTaken = a.isTaken() && b.isTaken();
                    isPossible = true;
                    overlaps |= isTaken;
                    contains &= isTaken;
                }
            }
        }
        String what = layer + ": filter " + conditions + ", template " + asked;
        if (!isPossible) {
            found[0]++;
            for (EnumType type : EnumType.values()) {
                assertThat(selected(layer, type, asked, conditions)).as(what).isNull();
            }
            return;
        }
        found[contains ? 3 : overlaps ? 2 : 1]++;
        if (asked.isEmpty()) {
            return; // then filters are not chosen by their conditions
        }
        assertThat(selected(layer, EnumType.OVERLAPPING, asked, conditions))
                .as("overlap of " + what)
                .isEqualTo(overlaps);
        assertThat(selected(layer, EnumType.FULLY_CONTAINED, asked, conditions))
                .as("containment in " + what)
                .isEqualTo(contains);
    }

    /** Null if the template can never match. */
    private static @Nullable Boolean selected(
            Layer layer, EnumType type, List<Condition> asked, List<Condition> conditions) throws PolicyException {
        FilterTemplate.Builder template = FilterTemplate.builder().layer(layer).type(type);
        asked.forEach(template::when);
        Filter.Builder filter = Filter.builder("f", layer, ActionType.BLOCK);
        conditions.forEach(filter::when);
        try {
            return Selection.of(new EnumTemplate.Filters(template.build())).test(POLICY, filter.build());
        } catch (PolicyException e) {
            if (e.error() == WfpError.NEVER_MATCH) {
                return null;
            }
            throw e;
        }
    }

    /** COND-1, COND-2, COND-14: no condition on the field, or one of them holds; null is EMPTY. */
    private static boolean matches(List<Condition> conditions, Subject subject, @Nullable BigInteger value) {
        boolean isAsked = false;
        for (Condition condition : conditions) {
            if (condition.field() == subject.field) {
                isAsked = true;
                if (matches(condition, value)) {
                    return true;
                }
            }
        }
        return !isAsked;
    }

    private static boolean matches(Condition condition, @Nullable BigInteger value) {
        Value operand = condition.value();
        if (value == null || operand instanceof Value.Empty) {
            return value == null && operand instanceof Value.Empty;
        }
        if (operand instanceof Value.Range range) {
            return value.compareTo(number(range.low())) >= 0 && value.compareTo(number(range.high())) <= 0;
        }
        if (operand instanceof Value.V4AddressMask it) {
            boolean isInside = (value.intValue() & it.mask()) == (it.address() & it.mask());
            return isInside == (condition.match() == MatchType.EQUAL);
        }
        if (operand instanceof Value.V6AddressMask it) {
            BigInteger address = BigInteger.valueOf(it.high()).shiftLeft(64).add(BigInteger.valueOf(it.low()));
            int hostBits = 128 - it.prefixLength();
            boolean isInside = value.shiftRight(hostBits).equals(address.shiftRight(hostBits));
            return isInside == (condition.match() == MatchType.EQUAL);
        }
        int sign = value.compareTo(number(operand));
        BigInteger common = value.and(number(operand));
        return switch (condition.match()) {
            case EQUAL -> sign == 0;
            case NOT_EQUAL -> sign != 0;
            case LESS -> sign < 0;
            case LESS_OR_EQUAL -> sign <= 0;
            case GREATER -> sign > 0;
            case GREATER_OR_EQUAL -> sign >= 0;
            case FLAGS_ALL_SET -> common.equals(number(operand));
            case FLAGS_ANY_SET -> common.signum() != 0;
            case FLAGS_NONE_SET -> common.signum() == 0;
            default -> throw new AssertionError(condition);
        };
    }

    private static BigInteger number(Value value) {
        return value instanceof Value.Number it
                ? BigInteger.valueOf(it.bits())
                : new BigInteger(1, ((Value.Bytes) value).bytes());
    }
}
