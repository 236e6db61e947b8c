package io.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.NetworkDiscardReason;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.layer.DataType;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GeneratedConstantsTest {

    @Test
    void shouldKnowActionsByTheirBits() {
        assertThat(ActionType.BLOCK.isTerminating()).isTrue();
        assertThat(ActionType.PERMIT.isCallout()).isFalse();
        assertThat(ActionType.CALLOUT_TERMINATING.isTerminating()).isTrue();
        assertThat(ActionType.CALLOUT_TERMINATING.isCallout()).isTrue();
        assertThat(ActionType.CALLOUT_INSPECTION.isNonTerminating()).isTrue();
        assertThat(ActionType.CALLOUT_UNKNOWN.isTerminating()).isFalse();
        assertThat(ActionType.CALLOUT_UNKNOWN.isNonTerminating()).isFalse();
        assertThat(ActionType.byName("callout-unknown")).isSameAs(ActionType.CALLOUT_UNKNOWN);
        assertThat(ActionType.byCode(0x1001)).isSameAs(ActionType.BLOCK);
    }

    @Test
    void shouldFindEnumsByAnyNameAndByCode() {
        assertThat(MatchType.byName("flags-all-set")).isSameAs(MatchType.FLAGS_ALL_SET);
        assertThat(MatchType.byName("FWP_MATCH_NOT_EQUAL")).isSameAs(MatchType.NOT_EQUAL);
        assertThat(MatchType.byName("nearly")).isNull();
        assertThat(DataType.byName("byte-blob")).isSameAs(DataType.BYTE_BLOB);
        assertThat(DataType.RANGE.code()).isEqualTo(258);
        assertThat(DataType.byCode(255)).isNull();
        assertThat(BfeState.byCode(3)).isSameAs(BfeState.RUNNING);
        assertThat(NetworkDiscardReason.BAD_SOURCE_ADDRESS.wfpName()).isEqualTo("IpDiscardBadSourceAddress");
        assertThat(ReauthorizeReason.PROXY_HANDLE_CHANGED.code()).isEqualTo(0x4000);
    }

    @Test
    void shouldKeepTheCodesOfErrors() {
        assertThat(WfpError.LIFETIME_MISMATCH.code()).isEqualTo(0x80320016);
        assertThat(WfpError.INVALID_PARAMETER.code()).isEqualTo(0x80320035);
        assertThat(WfpError.STATUS_INVALID_PARAMETER.code()).isEqualTo(0xC000000D);
        assertThat(WfpError.TCPIP_NOT_READY.wfpName()).isEqualTo("STATUS_FWP_TCPIP_NOT_READY");
        assertThat(WfpError.values()).hasSize(80);
    }

    @Test
    void shouldNameFlags() {
        assertThat(FilterFlags.byName("clear-action-right")).hasValue(FilterFlags.CLEAR_ACTION_RIGHT);
        assertThat(FilterFlags.byName("FWPM_FILTER_FLAG_DISABLED")).hasValue(FilterFlags.DISABLED);
        assertThat(FilterFlags.byName("none")).hasValue(0);
        assertThat(FilterFlags.byName("shiny")).isEmpty();
        assertThat(FilterFlags.names(FilterFlags.PERSISTENT | FilterFlags.DISABLED | 0x10000))
                .containsExactly("persistent", "disabled", "0x10000");
        assertThat(ConditionFlags.byName("FWP_CONDITION_FLAG_IS_LOOPBACK")).hasValue(ConditionFlags.IS_LOOPBACK);
        assertThat(L2Flags.byName("is-wifi")).hasValue(L2Flags.IS_WIFI);
        assertThat(CalloutFlags.byName("FWPM_CALLOUT_FLAG_PERSISTENT")).hasValue(0x10000);
        assertThat(CalloutFlags.byName("conditional-on-flow")).hasValue(CalloutFlags.CONDITIONAL_ON_FLOW);
    }

    @Test
    @Tag("OBJ-8")
    void shouldHaveTheBuiltInSublayersAndProviders() {
        assertThat(BuiltinSublayer.values()).hasSize(18);
        assertThat(BuiltinSublayer.UNIVERSAL.weight()).isEqualTo(32768);
        assertThat(BuiltinSublayer.UNIVERSAL.key()).isEqualTo(UUID.fromString("eebecc03-ced4-4380-819a-2734397b2b74"));
        assertThat(BuiltinSublayer.byName("edge-traversal")).isSameAs(BuiltinSublayer.TEREDO);
        assertThat(BuiltinProvider.values()).hasSize(9);
        assertThat(BuiltinProvider.byKey(BuiltinProvider.IKEEXT.key())).isSameAs(BuiltinProvider.IKEEXT);
    }
}
