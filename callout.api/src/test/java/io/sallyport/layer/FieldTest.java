package io.sallyport.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FieldTest {

    static Stream<Map<String, String>> rows() {
        return Tables.read("conditions.csv").stream();
    }

    @Test
    @Tag("OBJ-13")
    void shouldFoldAliasesIntoOneFieldPerKey() {
        assertThat(rows()).hasSize(153);
        assertThat(Field.values()).hasSize(143).hasSize(Field.COUNT);
        assertThat(Stream.of(Field.values()).map(Field::key)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Tag("OBJ-13")
    void shouldResolveEveryConditionName(Map<String, String> row) {
        Field field = Field.byName(row.get("name"));

        assertThat(field).isNotNull();
        assertThat(field.key()).isEqualTo(UUID.fromString(row.get("guid")));
        assertThat(Field.byKey(field.key())).isSameAs(field);
        assertThat(Field.byName(row.get("guid"))).isSameAs(field);
        assertThat(Field.byName(field.policyName())).isSameAs(field);
        if (row.get("alias_of").isEmpty()) {
            assertThat(field.wfpName()).isEqualTo(row.get("name"));
        } else {
            assertThat(field.wfpName()).isEqualTo(row.get("alias_of"));
            assertThat(field.aliases()).contains(row.get("name"));
        }
    }

    @Test
    @Tag("OBJ-13")
    void shouldReadIcmpTypeAndCodeAsPorts() {
        assertThat(Field.byName("icmp-type")).isSameAs(Field.IP_LOCAL_PORT);
        assertThat(Field.byName("ICMP_CODE")).isSameAs(Field.IP_REMOTE_PORT);
        assertThat(Field.IP_LOCAL_PORT.aliases()).containsExactly("FWPM_CONDITION_ICMP_TYPE");
        assertThat(Field.byName("no-such-field")).isNull();
    }
}
