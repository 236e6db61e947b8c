package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.Bench;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in callouts of silent drops: always there, never in need of code. */
@Tag("DISC-4")
class SilentDropTest {

    private static final BuiltinCallout V4 = BuiltinCallout.WFP_TRANSPORT_LAYER_V4_SILENT_DROP;

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    private PolicyReport apply(String filter) {
        return bench.apply("apiVersion: sallyport/v1\nprovider: p\nfilters:\n  - {name: f, " + filter + "}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "silent-drop",
                "wfp-transport-layer-v4-silent-drop",
                "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP",
                "eda08606-2494-4d78-89bc-67837c03b969"
            })
    void shouldBeKnownByEachOfItsNamesAndJudgeAsABlock(String name) {
        PolicyReport report = apply("layer: inbound-transport-v4-discard, action: callout-terminating, flags:"
                + " permit-if-callout-unregistered, callout: " + name);
        assertThat(report.problems()).isEmpty();
        FilterImage image = bench.engine.current().filters().get(0);
        assertThat(image.action()).isEqualTo(ActionType.BLOCK);
        assertThat(image.callout()).isNull();
        assertThat(image.flags() & io.sallyport.policy.FilterFlags.PERMIT_IF_CALLOUT_UNREGISTERED)
                .isZero();
        Filter kept = bench.bfe.current().filters().iterator().next();
        assertThat(kept.action()).isEqualTo(ActionType.CALLOUT_TERMINATING);
        assertThat(kept.callout()).isEqualTo(V4.key());
    }

    @Test
    void shouldServeBothVersionsUnderOneName() {
        assertThat(apply("layer: [inbound-transport-v4-discard, inbound-transport-v6-discard],"
                                + " action: callout-unknown, callout: silent-drop")
                        .problems())
                .isEmpty();
        assertThat(bench.engine.current().filters())
                .extracting(FilterImage::layer)
                .containsExactlyInAnyOrder(Layer.INBOUND_TRANSPORT_V4_DISCARD, Layer.INBOUND_TRANSPORT_V6_DISCARD);
        assertThat(bench.engine.current().callouts())
                .as("there is no code to call")
                .isEmpty();
    }

    @Test
    void shouldServeNoOtherLayer() {
        assertThat(apply("layer: inbound-transport-v4, action: callout-unknown, callout: silent-drop")
                        .problems())
                .isNotEmpty();
        assertThat(apply("layer: inbound-transport-v6-discard, action: callout-unknown, callout: " + V4.wfpName())
                        .problems())
                .isNotEmpty();
    }

    @Test
    void shouldMeanNothingToAFilterThatOnlyLooksOn() {
        assertThat(apply("layer: inbound-transport-v4-discard, action: callout-inspection, callout: silent-drop")
                        .problems())
                .isEmpty();
        assertThat(bench.engine.current().filters()).isEmpty();
        assertThat(bench.bfe.current().filters()).hasSize(1);
    }

    @Test
    void shouldComeOutOfAnExportAsItWentIn() throws PolicyException {
        apply("layer: inbound-transport-v4-discard, action: callout-terminating, callout: silent-drop");
        String exported = bench.bfe.policyFiles().export("p");
        assertThat(exported).contains(V4.key().toString()).doesNotContain("callouts:");
        assertThat(bench.apply(exported).problems()).isEmpty();
        assertThat(bench.bfe.policyFiles().export("p")).isEqualTo(exported);
    }
}
