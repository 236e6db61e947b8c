package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConditionRulesTest {

    private static Value operand(DataType type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT, DOUBLE -> new Value.Number(type, 1);
            case BYTE_ARRAY16 -> Value.address6(new byte[16]);
            case BYTE_ARRAY6 -> new Value.Bytes(type, new byte[6]);
            case UNICODE_STRING -> new Value.Text("x");
            default -> new Value.Bytes(type, new byte[] {1});
        };
    }

    /** COND-6 once more, as a table: the types that each match type takes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EQUAL                   | UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FLOAT DOUBLE BYTE_ARRAY16"
                        + " BYTE_ARRAY6 BYTE_BLOB SID UNICODE_STRING",
                "NOT_EQUAL               | UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 BYTE_ARRAY16 BYTE_BLOB SID"
                        + " UNICODE_STRING",
                "GREATER                 | UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 BYTE_ARRAY16 BYTE_BLOB"
                        + " UNICODE_STRING",
                "LESS_OR_EQUAL           | UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 BYTE_ARRAY16 BYTE_BLOB"
                        + " UNICODE_STRING",
                "FLAGS_ALL_SET           | UINT8 UINT16 UINT32 UINT64",
                "FLAGS_NONE_SET          | UINT8 UINT16 UINT32 UINT64",
                "EQUAL_CASE_INSENSITIVE  | UNICODE_STRING",
                "PREFIX                  | BYTE_BLOB UNICODE_STRING",
                "NOT_PREFIX              | BYTE_BLOB UNICODE_STRING",
            })
    @Tag("COND-6")
    @Tag("COND-7")
    void shouldTakeForEachMatchTypeTheTypesOfTheTable(MatchType match, String types) {
        Set<DataType> taken = EnumSet.noneOf(DataType.class);
        Set<DataType> all = EnumSet.range(DataType.UINT8, DataType.SID);
        all.add(DataType.UNICODE_STRING);
        all.add(DataType.BYTE_ARRAY6);
        for (DataType type : all) {
            FieldSpec spec = new FieldSpec(Field.FLAGS, 0, type, FieldKind.RAW_DATA);
            try {
                ConditionRules.check(spec, new Condition(Field.FLAGS, match, operand(type)));
                taken.add(type);
            } catch (PolicyException e) {
                assertThat(e.error()).isEqualTo(WfpError.MATCH_TYPE_MISMATCH);
            }
        }
        Set<DataType> expected = EnumSet.noneOf(DataType.class);
        for (String type : types.split(" ", -1)) {
            expected.add(DataType.valueOf(type));
        }
        assertThat(taken).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("COND-14")
    @Tag("COND-19")
    void shouldTakeTheEmptyValueForEveryFieldThatALayerHasAndNoOtherField(Layer layer) {
        for (Field field : Field.values()) {
            Condition condition = new Condition(field, MatchType.EQUAL, Value.empty());
            if (layer.schema().find(field) == null) {
                assertThatThrownBy(() -> ConditionRules.check(layer, condition)).hasMessageContaining(field.name());
            } else {
                assertThatCode(() -> ConditionRules.check(layer, condition)).doesNotThrowAnyException();
            }
        }
    }

    @Test
    @Tag("COND-16")
    void shouldRefuseDamagedDescriptorsInsteadOfReadingBeyondTheirEnd() {
        byte[] whole = {
            1,
            0,
            4,
            (byte) 0x80,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            20,
            0,
            0,
            0, //
            2,
            0,
            28,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            20,
            0,
            1,
            0,
            0,
            0,
            1,
            1,
            0,
            0,
            0,
            0,
            0,
            5,
            18,
            0,
            0,
            0
        };
        assertThatCode(() -> SecurityDescriptor.parse(whole)).doesNotThrowAnyException();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SecurityDescriptor.parse(cut))
                    .isInstanceOfSatisfying(
                            PolicyException.class,
                            e -> assertThat(e.error()).isEqualTo(WfpError.ERROR_INVALID_SECURITY_DESCR));
        }
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] = (byte) 0xFF;
            try {
                SecurityDescriptor.parse(damaged);
            } catch (PolicyException e) {
                assertThat(e.error()).isEqualTo(WfpError.ERROR_INVALID_SECURITY_DESCR);
            }
        }
    }
}
