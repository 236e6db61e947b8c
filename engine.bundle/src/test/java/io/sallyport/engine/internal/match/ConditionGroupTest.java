package io.sallyport.engine.internal.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types that no layer of today's tables has: signed numbers, floating point, strings. */
class ConditionGroupTest {
    private static final Layer LAYER = Layer.STREAM_V4;

    private static boolean test(DataType type, Object actual, Condition... conditions) throws PolicyException {
        FieldSpec spec = new FieldSpec(Field.FLAGS, 0, type, FieldKind.RAW_DATA);
        ConditionGroup group = GroupCompiler.compile(spec, List.of(conditions));
        ValueRecord values = new ValueRecord(LAYER, type);
        if (actual instanceof Number number) {
            values.setNumber(0, number.longValue());
        } else {
            values.setObject(0, actual);
        }
        return group.test(values);
    }

    private static Condition is(MatchType match, Value value) {
        return new Condition(Field.FLAGS, match, value);
    }

    @ParameterizedTest(name = "{0}: {1} {2} {3}")
    @CsvSource({
        "INT8,  -1,          LESS,             0,           true",
        "INT8,  -128,        LESS,             -128,        false",
        "INT16, 5,           GREATER,          -5,          true",
        "INT32, -2147483648, LESS_OR_EQUAL,    2147483647,  true",
        "INT64, -1,          EQUAL,            -1,          true",
        "INT64, 9223372036854775807, GREATER,  -1,          true",
        "INT64, 9223372036854775807, GREATER,  9223372036854775807, false",
        "INT64, -9223372036854775808, NOT_EQUAL, 0,         true",
    })
    @Tag("COND-6")
    void shouldCompareSignedNumbersWithTheirSign(
            DataType type, long actual, MatchType match, long operand, boolean expected) throws Exception {
        assertThat(test(type, actual, is(match, new Value.Number(type, operand))))
                .isEqualTo(expected);
    }

    @Test
    @Tag("COND-8")
    void shouldKnowRangesAcrossZero() throws Exception {
        Value range = Value.range(new Value.Number(DataType.INT32, -3), new Value.Number(DataType.INT32, 3));
        assertThat(test(DataType.INT32, -3, is(MatchType.RANGE, range))).isTrue();
        assertThat(test(DataType.INT32, 3, is(MatchType.RANGE, range))).isTrue();
        assertThat(test(DataType.INT32, -4, is(MatchType.RANGE, range))).isFalse();
    }

    @Test
    @Tag("COND-6")
    void shouldCompareFloatingPointForEquality() throws Exception {
        long half = Double.doubleToRawLongBits(-0.5);
        assertThat(test(DataType.DOUBLE, half, is(MatchType.EQUAL, new Value.Number(DataType.DOUBLE, half))))
                .isTrue();
        assertThat(test(DataType.DOUBLE, 0L, is(MatchType.EQUAL, new Value.Number(DataType.DOUBLE, half))))
                .isFalse();
        long single = Integer.toUnsignedLong(Float.floatToRawIntBits(1.5f));
        assertThat(test(DataType.FLOAT, single, is(MatchType.EQUAL, new Value.Number(DataType.FLOAT, single))))
                .isTrue();
    }

    @Test
    @Tag("COND-6")
    void shouldOrderFloatingPointKeys() {
        double[] ascending = {Double.NEGATIVE_INFINITY, -1, -0.0, 0.0, Double.MIN_VALUE, 1, Double.POSITIVE_INFINITY};
        List<Long> keys = new ArrayList<>();
        for (double value : ascending) {
            keys.add(OrderedKey.of(DataType.DOUBLE, Double.doubleToRawLongBits(value)));
        }
        assertThat(keys).isSorted().doesNotHaveDuplicates();
        List<Long> floats = new ArrayList<>();
        for (double value : new double[] {-2, -1, 0, 1, 2}) {
            floats.add(OrderedKey.of(DataType.FLOAT, Integer.toUnsignedLong(Float.floatToRawIntBits((float) value))));
        }
        assertThat(floats).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "Mail, EQUAL,                  Mail,  true",
        "Mail, EQUAL,                  mail,  false",
        "Mail, EQUAL_CASE_INSENSITIVE, mAIL,  true",
        "Mail, EQUAL_CASE_INSENSITIVE, mAIL1, false",
        "Mail, NOT_EQUAL,              mail,  true",
        "Mail, PREFIX,                 ail,   true",
        "Mail, PREFIX,                 Ma,    false",
        "Mail, NOT_PREFIX,             Ma,    true",
        "Mail, GREATER,                Lima,  true",
        "Mail, LESS,                   Lima,  false",
    })
    @Tag("COND-6")
    @Tag("COND-12")
    void shouldCompareStrings(String actual, MatchType match, String operand, boolean expected) throws Exception {
        assertThat(test(DataType.UNICODE_STRING, actual, is(match, new Value.Text(operand))))
                .isEqualTo(expected);
    }

    @Test
    @Tag("COND-8")
    void shouldKnowRangesOfStrings() throws Exception {
        Condition range = is(MatchType.RANGE, Value.range(new Value.Text("b"), new Value.Text("d")));
        assertThat(test(DataType.UNICODE_STRING, "b", range)).isTrue();
        assertThat(test(DataType.UNICODE_STRING, "d", range)).isTrue();
        assertThat(test(DataType.UNICODE_STRING, "da", range)).isFalse();
    }

    @Test
    @Tag("COND-5")
    void shouldMatchNothingWhenAShimGivesAValueOfTheWrongClass() throws Exception {
        assertThat(test(DataType.UNICODE_STRING, new byte[] {1}, is(MatchType.NOT_EQUAL, new Value.Text("x"))))
                .isFalse();
    }
}
