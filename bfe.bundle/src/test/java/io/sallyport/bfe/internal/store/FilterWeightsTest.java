package io.sallyport.bfe.internal.store;

import static io.sallyport.bfe.internal.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterWeightsTest {
    private static final long AUTOMATIC = (1L << 60) - 1;

    private final Draft draft = new Draft(PolicyState.initial(), new SessionId(1, "test", false));

    private static Condition exact(Layer layer, Field field) {
        FieldSpec spec = layer.schema().find(field);
        Value value = switch (spec.type()) {
            case BYTE_ARRAY16, BYTE_ARRAY6 ->
                new Value.Bytes(spec.type(), new byte[spec.type() == DataType.BYTE_ARRAY16 ? 16 : 6]);
            case BYTE_BLOB -> new Value.Bytes(DataType.BYTE_BLOB, new byte[2]);
            case UINT8, UINT16, UINT32, UINT64 -> new Value.Number(spec.type(), 1);
            default -> Value.empty();
        };
        return new Condition(field, MatchType.EQUAL, value);
    }

    private static Condition port(int low, int high) {
        return new Condition(Field.IP_REMOTE_PORT, MatchType.RANGE, Value.range(Value.uint16(low), Value.uint16(high)));
    }

    private static Condition port(int number) {
        return new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(number));
    }

    private long weight(Layer layer, Condition... conditions) throws PolicyException {
        Filter.Builder filter = Filter.builder("f", layer, ActionType.BLOCK);
        Arrays.asList(conditions).forEach(filter::when);
        return draft.add(filter.build()).effectiveWeight();
    }

    private Filter add(Value weight) throws PolicyException {
        return draft.add(Filter.builder("f", Layer.STREAM_V4, ActionType.BLOCK)
                .weight(weight)
                .when(port(80))
                .build());
    }

    @Test
    @Tag("WGT-1")
    @Tag("WGT-2")
    void shouldTakeExactWeightsAsTheyAreAndRangesInTheTopFourBits() throws PolicyException {
        long automatic = add(Value.empty()).effectiveWeight();

        assertThat(automatic).isBetween(1L, AUTOMATIC);
        assertThat(add(Value.uint64(-2)).effectiveWeight()).isEqualTo(-2);
        for (int range = 0; range < 16; range++) {
            Filter filter = add(Value.uint8(range));
            assertThat(filter.effectiveWeight() >>> 60).isEqualTo(range);
            assertThat(filter.effectiveWeight() & AUTOMATIC).isEqualTo(automatic);
            assertThat(filter.weight()).as("as supplied").isEqualTo(Value.uint8(range));
        }
        assertRefused(WfpError.INVALID_WEIGHT, () -> add(Value.uint8(16)));
        assertRefused(WfpError.INVALID_WEIGHT, () -> add(Value.uint16(1)));
        assertRefused(WfpError.INVALID_WEIGHT, () -> add(new Value.Text("1")));
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("WGT-3")
    void shouldWeighFiltersWithoutConditionsLeast(Layer layer) throws PolicyException {
        boolean isFast = layer.name().endsWith("_FAST");

        assertThat(weight(layer)).isEqualTo(isFast ? (1L << 59) - 1 : 0);
    }

    @Test
    @Tag("WGT-4")
    void shouldDependOnLayerAndConditionsOnly() throws PolicyException {
        Filter permit = draft.add(Filter.builder("a", Layer.STREAM_V4, ActionType.PERMIT)
                .when(port(80))
                .build());

        assertThat(permit.effectiveWeight()).isEqualTo(weight(Layer.STREAM_V4, port(443)));
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("WGT-1")
    @Tag("WGT-5")
    void shouldAddUpAndStayBelowTheRanges(Layer layer) throws PolicyException {
        List<Condition> all = new ArrayList<>();
        layer.schema().forEach(spec -> all.add(exact(layer, spec.field())));

        long weight = weight(layer, all.toArray(Condition[]::new));

        assertThat(weight).isBetween(0L, AUTOMATIC);
        for (Condition one : all) {
            assertThat(weight(layer, one)).isBetween(1L, weight);
        }
    }

    @Test
    @Tag("WGT-6")
    void shouldRankFieldsByImportance() throws PolicyException {
        assertRanked(
                Layer.ALE_AUTH_RECV_ACCEPT_V4,
                Field.IP_REMOTE_ADDRESS,
                Field.IP_ARRIVAL_INTERFACE,
                Field.IP_PROTOCOL,
                Field.IP_LOCAL_PORT,
                Field.IP_REMOTE_PORT,
                Field.ALE_APP_ID,
                Field.ALE_USER_ID,
                Field.FLAGS,
                Field.ALE_SIO_FIREWALL_SYSTEM_PORT,
                Field.ARRIVAL_INTERFACE_TYPE,
                Field.ARRIVAL_TUNNEL_TYPE,
                Field.ORIGINAL_PROFILE_ID,
                Field.CURRENT_PROFILE_ID,
                Field.INTERFACE_QUARANTINE_EPOCH);
        assertRanked(
                Layer.ALE_AUTH_CONNECT_V4,
                Field.IP_REMOTE_ADDRESS,
                Field.IP_PROTOCOL,
                Field.IP_LOCAL_PORT,
                Field.IP_REMOTE_PORT,
                Field.ALE_APP_ID,
                Field.ALE_USER_ID,
                Field.FLAGS);
        assertRanked(
                Layer.ALE_AUTH_LISTEN_V4,
                Field.IP_LOCAL_INTERFACE,
                Field.IP_LOCAL_PORT,
                Field.ALE_APP_ID,
                Field.ALE_USER_ID,
                Field.FLAGS,
                Field.ALE_SIO_FIREWALL_SYSTEM_PORT);
    }

    private void assertRanked(Layer layer, Field... fields) throws PolicyException {
        for (int i = 0; i + 1 < fields.length; i++) {
            assertThat(weight(layer, exact(layer, fields[i])))
                    .as("%s above %s at %s", fields[i], fields[i + 1], layer)
                    .isGreaterThan(weight(layer, exact(layer, fields[i + 1])));
        }
    }

    @Test
    @Tag("WGT-7")
    void shouldWeighExactValuesMoreThanRangesAndLists() throws PolicyException {
        long one = weight(Layer.STREAM_V4, port(80));

        assertThat(weight(Layer.STREAM_V4, port(80, 80))).isEqualTo(one);
        assertThat(weight(Layer.STREAM_V4, port(80, 81))).isLessThan(one);
        assertThat(weight(Layer.STREAM_V4, port(80), port(443))).isLessThan(one);
        assertThat(weight(Layer.STREAM_V4, port(0, 65_535))).isZero();
        long wider = one;
        for (int bits = 1; bits <= 16; bits++) {
            long weight = weight(Layer.STREAM_V4, port(0, (1 << bits) - 1));
            assertThat(weight).isLessThanOrEqualTo(wider);
            wider = weight;
        }
    }

    @Test
    @Tag("WGT-7")
    void shouldWeighLongPrefixesMoreThanShortOnes() throws PolicyException {
        long previous = -1;
        for (int length : new int[] {0, 8, 16, 24, 32}) {
            int mask = length == 0 ? 0 : -1 << (32 - length);
            Condition condition =
                    new Condition(Field.IP_REMOTE_ADDRESS, MatchType.EQUAL, new Value.V4AddressMask(0, mask));
            long weight = weight(Layer.STREAM_V4, condition);
            assertThat(weight).isGreaterThan(previous);
            previous = weight;
        }
        assertThat(previous).isEqualTo(weight(Layer.STREAM_V4, exact(Layer.STREAM_V4, Field.IP_REMOTE_ADDRESS)));
        assertThat(Layer.STREAM_V4.schema().find(Field.IP_REMOTE_ADDRESS).kind())
                .isEqualTo(FieldKind.IP_ADDRESS);
    }
}
