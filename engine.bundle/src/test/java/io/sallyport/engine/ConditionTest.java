package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessToken;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What conditions match. */
class ConditionTest {
    private static final Field PORT = Field.IP_LOCAL_PORT;
    private static final Field OTHER_PORT = Field.IP_REMOTE_PORT;
    private static final Field ADDRESS = Field.IP_REMOTE_ADDRESS;
    private static final Layer V4 = Layer.ALE_AUTH_CONNECT_V4;
    private static final Layer V6 = Layer.ALE_AUTH_CONNECT_V6;

    private static boolean matches(Layer layer, Object actual, Condition... conditions) throws PolicyException {
        try (Rig rig = new Rig(layer)) {
            Rig.Spec filter = rig.block("tested");
            for (Condition condition : conditions) {
                filter.when(condition);
            }
            filter.add().publish();
            int index = layer.fieldIndex(conditions[0].field());
            if (actual instanceof Number number) {
                rig.values.setNumber(index, number.longValue());
            } else if (actual instanceof ByteBuffer sixteen) {
                rig.values.setBytes16(index, sixteen.getLong(0), sixteen.getLong(8));
            } else {
                rig.values.setObject(index, actual);
            }
            return !rig.classify().isPermitted();
        }
    }

    private static Condition port(MatchType match, int value) {
        return new Condition(PORT, match, Value.uint16(value));
    }

    private static Condition blob(MatchType match, String hex) {
        return new Condition(
                Field.ALE_APP_ID,
                match,
                new Value.Bytes(DataType.BYTE_BLOB, HexFormat.of().parseHex(hex)));
    }

    @Test
    @Tag("COND-1")
    void shouldAndFieldsAndMatchAlwaysWithoutConditions() throws Exception {
        try (Rig rig = new Rig(V4)) {
            rig.block("both")
                    .when(port(MatchType.EQUAL, 80))
                    .when(new Condition(OTHER_PORT, MatchType.EQUAL, Value.uint16(9)))
                    .add();
            rig.publish();
            rig.values.setNumber(V4.fieldIndex(PORT), 80);
            assertThat(rig.classify().isPermitted()).isTrue();
            rig.values.setNumber(V4.fieldIndex(OTHER_PORT), 9);
            assertThat(rig.classify().isPermitted()).isFalse();
            rig.values.clear();
            rig.remove("both").block("always").add().publish();
            assertThat(rig.classify().isPermitted()).isFalse();
        }
    }

    @Test
    @Tag("COND-2")
    @Tag("COND-3")
    void shouldOrConditionsOfOneFieldWhereverTheyStand() throws Exception {
        try (Rig rig = new Rig(V4)) {
            rig.block("either")
                    .when(port(MatchType.EQUAL, 80))
                    .when(new Condition(OTHER_PORT, MatchType.EQUAL, Value.uint16(9)))
                    .when(port(MatchType.EQUAL, 81))
                    .add();
            rig.publish();
            rig.values.setNumber(V4.fieldIndex(OTHER_PORT), 9);
            rig.values.setNumber(V4.fieldIndex(PORT), 81);
            assertThat(rig.classify().isPermitted()).isFalse();
            rig.values.setNumber(V4.fieldIndex(PORT), 82);
            assertThat(rig.classify().isPermitted()).isTrue();
        }
    }

    @Test
    @Tag("COND-4")
    void shouldOrTwoNotEqualsSoThatTheyExcludeNothing() throws Exception {
        assertThat(matches(V4, 80, port(MatchType.NOT_EQUAL, 80), port(MatchType.NOT_EQUAL, 81)))
                .isTrue();
        assertThat(matches(V4, 80, port(MatchType.NOT_EQUAL, 80))).isFalse();
        assertThat(matches(V4, 65535, port(MatchType.NOT_EQUAL, 0))).isTrue();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "80,    EQUAL,            80, true",
        "80,    EQUAL,            81, false",
        "81,    GREATER,          80, true",
        "80,    GREATER,          80, false",
        "65535, GREATER,          65535, false",
        "79,    LESS,             80, true",
        "0,     LESS,             0,  false",
        "80,    GREATER_OR_EQUAL, 80, true",
        "79,    GREATER_OR_EQUAL, 80, false",
        "80,    LESS_OR_EQUAL,    80, true",
        "81,    LESS_OR_EQUAL,    80, false",
        "40000, GREATER,          80, true",
    })
    @Tag("COND-6")
    @Tag("COND-11")
    void shouldCompareNumbersUnsigned(int actual, MatchType match, int operand, boolean expected) throws Exception {
        assertThat(matches(V4, actual, port(match, operand))).isEqualTo(expected);
    }

    @Test
    @Tag("COND-7")
    void shouldCompareSidsForEqualityAndInequality() throws Exception {
        byte[] nobody = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        byte[] somebody = {1, 1, 0, 0, 0, 0, 0, 15, 2, 0, 0, 0};
        Value operand = new Value.Bytes(DataType.SID, nobody);
        assertThat(matches(V4, somebody, new Condition(Field.ALE_PACKAGE_ID, MatchType.NOT_EQUAL, operand)))
                .isTrue();
        assertThat(matches(V4, nobody, new Condition(Field.ALE_PACKAGE_ID, MatchType.NOT_EQUAL, operand)))
                .isFalse();
        assertThat(matches(V4, nobody, new Condition(Field.ALE_PACKAGE_ID, MatchType.EQUAL, operand)))
                .isTrue();
    }

    @ParameterizedTest(name = "{0} in 10..20: {1}")
    @CsvSource({"9,false", "10,true", "15,true", "20,true", "21,false"})
    @Tag("COND-8")
    void shouldIncludeBothEndsOfARange(int actual, boolean expected) throws Exception {
        Value range = Value.range(Value.uint16(10), Value.uint16(20));
        assertThat(matches(V4, actual, new Condition(PORT, MatchType.RANGE, range)))
                .isEqualTo(expected);
    }

    @Test
    @Tag("COND-8")
    @Tag("COND-15")
    void shouldCompareBlobsAsStringsOfUnsignedBytes() throws Exception {
        byte[] value = HexFormat.of().parseHex("80ff");
        assertThat(matches(V4, value, blob(MatchType.EQUAL, "80ff"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.EQUAL, "80ff00"))).isFalse();
        assertThat(matches(V4, value, blob(MatchType.GREATER, "7fff"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.LESS, "80ff00"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.GREATER_OR_EQUAL, "80ff"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.LESS_OR_EQUAL, "80fe"))).isFalse();
        assertThat(matches(V4, value, blob(MatchType.NOT_EQUAL, "80"))).isTrue();
        Value low = new Value.Bytes(DataType.BYTE_BLOB, HexFormat.of().parseHex("80"));
        Value high = new Value.Bytes(DataType.BYTE_BLOB, HexFormat.of().parseHex("81"));
        assertThat(matches(V4, value, new Condition(Field.ALE_APP_ID, MatchType.RANGE, Value.range(low, high))))
                .isTrue();
    }

    private static ByteBuffer six(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest(name = "{0} in {1}..{2}: {3}")
    @CsvSource({
        "20010db8000000000000000000000000, 20010db8000000000000000000000000, 20010db80000000000000000000000ff, true",
        "20010db8000000000000000000000100, 20010db8000000000000000000000000, 20010db80000000000000000000000ff, false",
        "20010db800000001ffffffffffffffff, 20010db8000000010000000000000000, 20010db8000000020000000000000000, true",
        "fe800000000000000000000000000001, 20010db8000000000000000000000000, ffffffffffffffffffffffffffffffff, true",
    })
    @Tag("COND-8")
    @Tag("COND-9")
    @Tag("COND-11")
    void shouldCompareIpv6AddressesUnsignedOverAll128Bits(String actual, String low, String high, boolean expected)
            throws Exception {
        Value range = Value.range(
                Value.address6(six(low).array()), Value.address6(six(high).array()));
        assertThat(matches(V6, six(actual), new Condition(ADDRESS, MatchType.RANGE, range)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} with mask {1}: {2}")
    @CsvSource({
        "0xC0000201, 0xFFFFFF00, true",
        "0xC0000301, 0xFFFFFF00, false",
        "0xC0000301, 0x00000000, true",
        "0xC0FF0299, 0xFF00FF00, true",
        "0xC0FF0399, 0xFF00FF00, false",
        "0xC0000200, 0xFFFFFFFF, true",
        "0xC0000201, 0xFFFFFFFF, false",
    })
    @Tag("COND-10")
    @Tag("COND-11")
    void shouldMatchIpv4NetworksWithAnyMask(String actual, String mask, boolean expected) throws Exception {
        long address = Long.decode(actual);
        Value network = new Value.V4AddressMask(0xC0000200, (int) (long) Long.decode(mask));
        assertThat(matches(V4, address, new Condition(ADDRESS, MatchType.EQUAL, network)))
                .isEqualTo(expected);
        assertThat(matches(V4, address, new Condition(ADDRESS, MatchType.NOT_EQUAL, network)))
                .isEqualTo(!expected);
    }

    @ParameterizedTest(name = "/{0}: {1} and {2}")
    @CsvSource({"0,true,true", "32,true,true", "63,true,false", "64,true,false", "127,true,false", "128,false,false"})
    @Tag("COND-10")
    void shouldMatchIpv6Prefixes(int length, boolean near, boolean far) throws Exception {
        Value network = new Value.V6AddressMask(0x20010db8_00000000L, 0, length);
        Condition condition = new Condition(ADDRESS, MatchType.EQUAL, network);
        assertThat(matches(V6, six("20010db8000000000000000000000001"), condition))
                .isEqualTo(near);
        assertThat(matches(V6, six("20010db8000000020000000000000000"), condition))
                .isEqualTo(far);
    }

    @Test
    @Tag("COND-12")
    void shouldTakePrefixForEndsWith() throws Exception {
        byte[] value = HexFormat.of().parseHex("0102030405");
        assertThat(matches(V4, value, blob(MatchType.PREFIX, "0405"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.PREFIX, "0102"))).isFalse();
        assertThat(matches(V4, value, blob(MatchType.NOT_PREFIX, "0405"))).isFalse();
        assertThat(matches(V4, value, blob(MatchType.NOT_PREFIX, "0102"))).isTrue();
        assertThat(matches(V4, value, blob(MatchType.PREFIX, "000102030405"))).isFalse();
    }

    @ParameterizedTest(name = "6 {0} {1}: {2}")
    @CsvSource({
        "FLAGS_ALL_SET,  2, true",
        "FLAGS_ALL_SET,  6, true",
        "FLAGS_ALL_SET,  3, false",
        "FLAGS_ALL_SET,  0, true",
        "FLAGS_ANY_SET,  3, true",
        "FLAGS_ANY_SET,  9, false",
        "FLAGS_NONE_SET, 9, true",
        "FLAGS_NONE_SET, 4, false",
    })
    @Tag("COND-13")
    void shouldTestFlags(MatchType match, int operand, boolean expected) throws Exception {
        assertThat(matches(V4, 6, new Condition(Field.FLAGS, match, Value.uint32(operand))))
                .isEqualTo(expected);
    }

    @Test
    @Tag("COND-14")
    @Tag("COND-22")
    @Tag("COND-23")
    void shouldLetAnEmptyFieldEqualOnlyTheEmptyValue() throws Exception {
        Condition empty = new Condition(PORT, MatchType.EQUAL, Value.empty());
        assertThat(matches(V4, null, empty)).isTrue();
        assertThat(matches(V4, 80, empty)).isFalse();
        assertThat(matches(V4, null, port(MatchType.NOT_EQUAL, 80))).isFalse();
        assertThat(matches(V4, null, port(MatchType.GREATER_OR_EQUAL, 0))).isFalse();
        assertThat(matches(V4, null, new Condition(Field.FLAGS, MatchType.FLAGS_NONE_SET, Value.uint32(1))))
                .isFalse();
        assertThat(matches(V4, null, port(MatchType.EQUAL, 80), empty)).isTrue();
        assertThat(matches(V4, 80, port(MatchType.EQUAL, 80), empty)).isTrue();
    }

    private static boolean isUser(AccessToken token, int[]... entries) throws PolicyException {
        Value operand = new Value.Bytes(DataType.SECURITY_DESCRIPTOR, SecurityBytes.descriptor(0x8004, entries));
        return matches(V4, token, new Condition(Field.ALE_USER_ID, MatchType.EQUAL, operand));
    }

    @Test
    @Tag("COND-16")
    void shouldCheckATokenAgainstASecurityDescriptor() throws Exception {
        AccessToken system = new AccessToken(Set.of("S-1-5-18", "S-1-5-32"), Set.of());
        assertThat(isUser(system, new int[] {0, 1, 18})).isTrue();
        assertThat(isUser(system, new int[] {0, 1, 19})).isFalse();
        assertThat(isUser(system, new int[] {0, 2, 18})).isFalse();
        assertThat(isUser(system)).isFalse();
        assertThat(isUser(system, new int[] {1, 1, 32}, new int[] {0, 1, 18})).isFalse();
        assertThat(isUser(system, new int[] {0, 1, 18}, new int[] {1, 1, 32})).isTrue();
        AccessToken restricted = new AccessToken(Set.of("S-1-5-18"), Set.of("S-1-5-7"));
        assertThat(isUser(restricted, new int[] {0, 1, 18})).isFalse();
        assertThat(isUser(restricted, new int[] {0, 1, 18}, new int[] {0, 1, 7}))
                .isTrue();
    }

    @Test
    @Tag("COND-20")
    @Tag("COND-21")
    void shouldShowCalloutsTheValuesByField() throws Exception {
        try (Rig rig = new Rig(V6)) {
            rig.unknown("a").add().publish();
            rig.register("a", (values, metadata, data, filter, context, out) -> {
                assertThat(values.layer()).isEqualTo(V6);
                assertThat(values.type(PORT)).isEqualTo(DataType.UINT16);
                assertThat(values.number(PORT)).isEqualTo(443);
                assertThat(values.type(ADDRESS)).isEqualTo(DataType.BYTE_ARRAY16);
                assertThat(values.high64(ADDRESS)).isEqualTo(5);
                assertThat(values.low64(ADDRESS)).isEqualTo(-6);
                assertThat(values.type(OTHER_PORT)).isEqualTo(DataType.EMPTY);
                assertThat(values.number(OTHER_PORT)).isZero();
                assertThat(values.type(Field.IP_SOURCE_ADDRESS)).isEqualTo(DataType.EMPTY);
                assertThat(values.object(Field.ALE_APP_ID)).isEqualTo(new byte[] {1});
                out.permit();
            });
            rig.values.setNumber(V6.fieldIndex(OTHER_PORT), 1);
            rig.values.setEmpty(V6.fieldIndex(OTHER_PORT));
            rig.values.setNumber(V6.fieldIndex(PORT), 443);
            rig.values.setBytes16(V6.fieldIndex(ADDRESS), 5, -6);
            rig.values.setObject(V6.fieldIndex(Field.ALE_APP_ID), new byte[] {1});
            rig.values.setNumber(V6.fieldIndex(Field.IP_SOURCE_ADDRESS), 1);
            assertThat(rig.classify().isPermitted()).isTrue();
        }
    }
}
