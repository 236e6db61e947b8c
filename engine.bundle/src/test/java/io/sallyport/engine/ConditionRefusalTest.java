package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Conditions that no policy may have. */
class ConditionRefusalTest {
    private static final Field PORT = Field.IP_LOCAL_PORT;
    private static final Field ADDRESS = Field.IP_REMOTE_ADDRESS;
    private static final Layer V4 = Layer.ALE_AUTH_CONNECT_V4;
    private static final Layer V6 = Layer.ALE_AUTH_CONNECT_V6;

    static Stream<Arguments> refused() {
        Value number = Value.uint16(1);
        return Stream.of(
                refused(Field.IP_SOURCE_ADDRESS, MatchType.EQUAL, Value.uint32(1), WfpError.CONDITION_NOT_FOUND),
                refused(PORT, MatchType.EQUAL, Value.uint32(80), WfpError.TYPE_MISMATCH),
                refused(PORT, MatchType.EQUAL, new Value.V4AddressMask(0, 0), WfpError.TYPE_MISMATCH),
                refused(Field.FLAGS, MatchType.EQUAL, new Value.V4AddressMask(0, 0), WfpError.TYPE_MISMATCH),
                refused(ADDRESS, MatchType.EQUAL, new Value.V6AddressMask(0, 0, 8), WfpError.TYPE_MISMATCH),
                refused(
                        Field.ALE_USER_ID,
                        MatchType.EQUAL,
                        new Value.Bytes(DataType.SID, SecurityBytes.sid(1)),
                        WfpError.TYPE_MISMATCH),
                refused(PORT, MatchType.PREFIX, number, WfpError.MATCH_TYPE_MISMATCH),
                refused(PORT, MatchType.EQUAL_CASE_INSENSITIVE, number, WfpError.MATCH_TYPE_MISMATCH),
                refused(PORT, MatchType.RANGE, number, WfpError.MATCH_TYPE_MISMATCH),
                refused(PORT, MatchType.EQUAL, Value.range(number, number), WfpError.MATCH_TYPE_MISMATCH),
                refused(PORT, MatchType.NOT_EQUAL, Value.empty(), WfpError.MATCH_TYPE_MISMATCH),
                refused(ADDRESS, MatchType.GREATER, new Value.V4AddressMask(0, 0), WfpError.MATCH_TYPE_MISMATCH),
                refused(
                        Field.ALE_PACKAGE_ID,
                        MatchType.GREATER,
                        new Value.Bytes(DataType.SID, SecurityBytes.sid(1)),
                        WfpError.MATCH_TYPE_MISMATCH),
                refused(PORT, MatchType.RANGE, Value.range(Value.uint16(2), number), WfpError.INVALID_RANGE),
                refused(PORT, MatchType.RANGE, Value.range(number, Value.uint32(2)), WfpError.INVALID_RANGE),
                refused(
                        Field.ALE_USER_ID,
                        MatchType.EQUAL,
                        new Value.Bytes(DataType.SECURITY_DESCRIPTOR, SecurityBytes.descriptor(0x0004)),
                        WfpError.ERROR_INVALID_SECURITY_DESCR));
    }

    private static Arguments refused(Field field, MatchType match, Value value, WfpError error) {
        return Arguments.of(new Condition(field, match, value), error);
    }

    @ParameterizedTest
    @MethodSource("refused")
    @Tag("COND-5")
    @Tag("COND-6")
    @Tag("COND-8")
    @Tag("COND-16")
    @Tag("COND-19")
    void shouldRefuseConditionsThatDoNotFit(Condition condition, WfpError error) {
        try (Rig rig = new Rig(V4)) {
            rig.block("wrong").when(condition).add();
            assertThatThrownBy(rig::prepare)
                    .isInstanceOfSatisfying(
                            PolicyException.class, e -> assertThat(e.error()).isEqualTo(error))
                    .hasMessageContaining("wrong");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "129"})
    @Tag("COND-10")
    void shouldRefuseAnIpv6PrefixThatIsTooLong(int length) {
        try (Rig rig = new Rig(V6)) {
            rig.block("wrong")
                    .when(new Condition(ADDRESS, MatchType.EQUAL, new Value.V6AddressMask(0, 0, length)))
                    .add();
            assertThatThrownBy(rig::prepare)
                    .isInstanceOfSatisfying(
                            PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.INVALID_NET_MASK));
        }
    }
}
