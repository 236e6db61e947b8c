package io.sallyport.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerTest {

    static Stream<Map<String, String>> rows() {
        return Tables.read("layers.csv").stream();
    }

    @Test
    @Tag("OBJ-2")
    void shouldHaveAFixedSetOf99Layers() {
        assertThat(Layer.values()).hasSize(99).hasSize(Layer.COUNT);
        assertThat(rows()).hasSize(99);
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Tag("OBJ-12")
    @Tag("OBJ-14")
    void shouldMatchTheTable(Map<String, String> row) {
        Layer layer = Layer.byName(row.get("name"));

        assertThat(layer).isNotNull();
        assertThat(layer.wfpName()).isEqualTo(row.get("name"));
        assertThat(layer.key()).isEqualTo(UUID.fromString(row.get("guid")));
        assertThat(layer.id()).isEqualTo(Integer.parseInt(row.get("fwps_runtime_id")));
        assertThat(layer.ordinal()).isEqualTo(layer.id());
        assertThat(layer.schema().size()).isEqualTo(Integer.parseInt(row.get("field_count_observed")));
        assertThat(layer.isKernel()).isEqualTo(row.get("mode").equals("kernel"));
        assertThat(layer.shim()).isEqualTo(row.get("shim"));
        assertThat(layer.isDiscard()).isEqualTo(row.get("name").contains("_DISCARD"));
        assertThat(layer.direction().name().toLowerCase(Locale.ROOT)).isEqualTo(row.get("direction"));
        assertThat(layer.meaning()).isEqualTo(row.get("meaning"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldBeFoundByEveryName(Map<String, String> row) {
        Layer layer = Layer.byId(Integer.parseInt(row.get("fwps_runtime_id")));
        String constant = row.get("name").substring("FWPM_LAYER_".length());

        assertThat(Layer.byName(constant)).isSameAs(layer);
        assertThat(Layer.byName(constant.toLowerCase(Locale.ROOT).replace('_', '-')))
                .isSameAs(layer);
        assertThat(Layer.byName(layer.policyName())).isSameAs(layer);
        assertThat(Layer.byName(row.get("name").toLowerCase(Locale.ROOT))).isSameAs(layer);
        assertThat(Layer.byName(row.get("guid"))).isSameAs(layer);
        assertThat(Layer.byName(row.get("guid").toUpperCase(Locale.ROOT))).isSameAs(layer);
        assertThat(Layer.byKey(UUID.fromString(row.get("guid")))).isSameAs(layer);
    }

    @Test
    void shouldNotFindWhatDoesNotExist() {
        assertThat(Layer.byName("ale-auth-connect-v5")).isNull();
        assertThat(Layer.byKey(new UUID(0, 0))).isNull();
        assertThatThrownBy(() -> Layer.byId(99)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    @Tag("OBJ-12")
    @Tag("OBJ-5")
    void shouldHaveTheFieldsOfTheLiveSchemaInOrder() {
        List<Map<String, String>> live = Tables.read("layer_conditions.csv").stream()
                .filter(row -> row.get("in_live_schema").equals("y"))
                .filter(row -> !row.get("field_index_observed").isEmpty())
                .toList();
        assertThat(live).hasSize(1490);
        for (Map<String, String> row : live) {
            Layer layer = Layer.byName(row.get("layer"));
            Field field = Field.byName(row.get("condition"));
            int index = Integer.parseInt(row.get("field_index_observed"));
            FieldSpec spec = layer.schema().get(index);

            assertThat(spec.field()).as("%s", row).isSameAs(field);
            assertThat(spec.index()).isEqualTo(index);
            assertThat(spec.type().wfpName()).isEqualTo(row.get("classify_type_observed"));
            assertThat(spec.kind().name()).isEqualTo(row.get("field_kind"));
            assertThat(layer.fieldIndex(field)).isEqualTo(index);
            assertThat(layer.schema().find(field)).isEqualTo(spec);
        }
        assertThat(Stream.of(Layer.values())
                        .mapToInt(layer -> layer.schema().size())
                        .sum())
                .isEqualTo(live.size());
    }

    @Test
    @Tag("OBJ-12")
    void shouldGiveAddressesAnotherTypePerIpVersion() {
        FieldSpec v4 = Layer.ALE_AUTH_CONNECT_V4.schema().find(Field.IP_REMOTE_ADDRESS);
        FieldSpec v6 = Layer.ALE_AUTH_CONNECT_V6.schema().find(Field.IP_REMOTE_ADDRESS);

        assertThat(v4.type()).isEqualTo(DataType.UINT32);
        assertThat(v6.type()).isEqualTo(DataType.BYTE_ARRAY16);
        assertThat(v4.kind()).isEqualTo(FieldKind.IP_ADDRESS);
    }

    @Test
    void shouldSayThatAFieldIsMissing() {
        assertThat(Layer.INBOUND_IPPACKET_V4.fieldIndex(Field.IP_REMOTE_PORT)).isEqualTo(-1);
        assertThat(Layer.INBOUND_IPPACKET_V4.schema().find(Field.IP_REMOTE_PORT))
                .isNull();
    }

    @Test
    @Tag("ARB-19")
    void shouldOnlyLookPolicyUpAtTheNegotiationAndNameLayers() {
        assertThat(Stream.of(Layer.values()).filter(Layer::isLookupOnly))
                .allMatch(layer -> layer.name().matches("(IPSEC_|IKEEXT_|NAME_RESOLUTION_CACHE_).*"))
                .contains(Layer.IPSEC_KM_DEMUX_V4, Layer.IPSEC_V6, Layer.IKEEXT_V4, Layer.NAME_RESOLUTION_CACHE_V4);
        assertThat(Layer.ALE_AUTH_CONNECT_V4.isLookupOnly()).isFalse();
    }

    @Test
    void shouldBufferAtTheStreamLayersOnly() {
        assertThat(Stream.of(Layer.values()).filter(Layer::isBuffered))
                .containsExactly(Layer.STREAM_V4, Layer.STREAM_V4_DISCARD, Layer.STREAM_V6, Layer.STREAM_V6_DISCARD);
    }

    @Test
    void shouldNotAllowAbsorbAtDiscardLayers() {
        assertThat(Stream.of(Layer.values()).filter(Layer::isDiscard)).noneMatch(Layer::absorbAllowed);
        assertThat(Layer.INBOUND_TRANSPORT_V4.absorbAllowed()).isTrue();
    }
}
