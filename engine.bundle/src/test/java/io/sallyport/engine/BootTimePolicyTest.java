package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Piece;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What judges while no base filtering engine runs: the boot-time set, and beside it what was retained. */
class BootTimePolicyTest {
    private static final Layer LAYER = Layer.ALE_AUTH_CONNECT_V4;

    /** No boot-time filter is there. */
    private static final Layer ELSEWHERE = Layer.STREAM_V4;

    private final Rig rig = new Rig(LAYER);
    private final Classifier classifier = rig.classifier;

    @AfterEach
    void close() {
        rig.close();
    }

    /** Who decides about a flow that was authorised before, as "filter revision". */
    private String retainedDecider() {
        classifier.enterPacket();
        classifier.useRetainedPolicy();
        classifier.classify(rig.values, new TestMetadata(rig.flow), null, rig.flow, rig.out);
        classifier.exitPacket();
        return rig.decider();
    }

    private int retainedGeneration(Layer layer) {
        classifier.enterPacket();
        classifier.useRetainedPolicy();
        int generation = classifier.generation(layer);
        classifier.exitPacket();
        return generation;
    }

    /** The BFE stops: persistent filters stay for flows that it authorised, the filter "boot" judges the others. */
    private void stopBfe() throws Exception {
        PreparedPolicy retained = rig.prepare();
        rig.engine.publishBootTime(bootTime(), retained);
    }

    private PreparedPolicy bootTime() throws Exception {
        try (Rig other = new Rig(LAYER)) {
            return rig.engine.prepare(other.block("boot").weight(1).add().image());
        }
    }

    @Test
    @Tag("BOOT-1")
    @Tag("BOOT-3")
    void shouldJudgeByTheBootTimeSetUntilAPolicyIsPublished() throws Exception {
        assertThat(rig.engine.policyInForce()).isEqualTo(PolicyInForce.NONE);
        assertThat(rig.engine.revision()).isEmpty();
        assertThat(rig.classify().reason()).isEqualTo(ClassifyReason.NO_POLICY);
        rig.engine.publishBootTime(bootTime(), null);
        assertThat(rig.engine.policyInForce()).isEqualTo(PolicyInForce.BOOT_TIME);
        assertThat(rig.classify().isPermitted()).isFalse();
        assertThat(rig.decider()).isEqualTo("boot");
        assertThat(rig.out.revision()).isEqualTo(rig.engine.revision()).isNotEmpty();
        rig.permit("run").add().publish();
        assertThat(rig.engine.policyInForce()).isEqualTo(PolicyInForce.RUN_TIME);
        assertThat(rig.engine.revision()).isEqualTo("r1");
        assertThat(rig.classify().isPermitted()).isTrue();
        assertThat(rig.decider()).isEqualTo("run");
    }

    /** How what nobody filters is asked about. Each has code of its own that says what becomes of it. */
    private enum Way {
        /** With the values of the layer. */
        VALUES {
            @Override
            void ask(Rig rig, LayerValues values) {
                rig.classifier.classify(values, new TestMetadata(rig.flow), null, rig.flow, rig.out);
            }
        },
        /** With bytes of a stream. */
        STREAM {
            @Override
            void ask(Rig rig, LayerValues values) {
                rig.classifier.classifyStream(
                        values, new TestMetadata(rig.flow), Piece.sent(0, "bytes"), rig.flow, rig.out);
            }
        },
        /** With nothing: as shims do, which spare themselves the values. */
        LAYER_ALONE {
            @Override
            void ask(Rig rig, LayerValues values) {
                assertThat(rig.classifier.classifyUnmatched(ELSEWHERE, 0, rig.out))
                        .isTrue();
            }
        };

        abstract void ask(Rig rig, LayerValues values);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("BOOT-4")
    void shouldLetPassWhereTheBootTimeSetHasNoFilter(Way way) throws Exception {
        rig.engine.publishBootTime(bootTime(), null);
        assertThat(rig.classify().isPermitted()).isFalse();
        assertThat(rig.decider()).isEqualTo("boot");

        classifier.enterPacket();
        way.ask(rig, classifier.newValues(ELSEWHERE));
        classifier.exitPacket();

        assertThat(rig.engine.policyInForce()).isEqualTo(PolicyInForce.BOOT_TIME);
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.out.action()).isEqualTo(Action.NONE_NO_MATCH);
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.POLICY);
        assertThat(rig.decider()).isNull();
        assertThat(rig.out.revision()).isEqualTo(rig.engine.revision()).isNotEmpty();
    }

    @Test
    @Tag("BOOT-8")
    void shouldJudgeByTheRetainedPolicyOnlyThePacketThatAsksForIt() throws Exception {
        rig.permit("persistent").add().publish();
        stopBfe();
        assertThat(retainedDecider()).isEqualTo("persistent");
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.classify().isPermitted()).as("the next packet").isFalse();
        assertThat(rig.decider()).isEqualTo("boot");
        classifier.enterPacket();
        assertThat(classifier.hasRetainedPolicy()).isTrue();
        classifier.exitPacket();
        assertThat(classifier.hasRetainedPolicy()).as("outside of a packet").isFalse();
        rig.publish();
        classifier.enterPacket();
        assertThat(classifier.hasRetainedPolicy()).as("the BFE is back").isFalse();
        classifier.useRetainedPolicy();
        classifier.classify(rig.values, new TestMetadata(rig.flow), null, rig.flow, rig.out);
        classifier.exitPacket();
        assertThat(rig.decider()).isEqualTo("persistent");
    }

    @Test
    @Tag("BOOT-8")
    void shouldJudgeFlowsAnewWhenNothingIsRetained() throws Exception {
        rig.permit("persistent").add().publish();
        rig.engine.publishBootTime(bootTime(), null);
        classifier.enterPacket();
        assertThat(classifier.hasRetainedPolicy()).isFalse();
        classifier.exitPacket();
        assertThat(retainedDecider()).isEqualTo("boot");
    }

    @Test
    @Tag("REAUTH-6")
    void shouldRecheckRetainedFlowsOnlyWhereStaticFiltersHaveGone() throws Exception {
        rig.permit("persistent").add().publish();
        int published = classifier.generation(LAYER);
        stopBfe();
        assertThat(retainedGeneration(LAYER)).isEqualTo(published);
        int bootTime = classifier.generation(LAYER);
        assertThat(bootTime).isNotEqualTo(published);
        rig.permit("static").weight(5).add().publish();
        int again = classifier.generation(LAYER);
        assertThat(again).as("RUNNING again").isNotIn(published, bootTime);
        rig.remove("static");
        stopBfe();
        assertThat(retainedGeneration(LAYER)).isNotIn(published, bootTime, again);
        assertThat(retainedGeneration(Layer.STREAM_V4)).isEqualTo(retainedGeneration(Layer.STREAM_V4));
    }

    @Test
    @Tag("REAUTH-6")
    void shouldRecheckEveryFlowWhenTheBfeIsBackAlsoWithTheSamePolicy() throws Exception {
        rig.permit("persistent").add().publish();
        int published = classifier.generation(Layer.STREAM_V4);
        stopBfe();
        int retained = retainedGeneration(Layer.STREAM_V4);
        int bootTime = classifier.generation(Layer.STREAM_V4);
        rig.publish();
        assertThat(retained).as("a layer without filters").isEqualTo(published);
        assertThat(classifier.generation(Layer.STREAM_V4)).isNotIn(published, bootTime);
    }

    @Test
    @Tag("CALL-14")
    @Tag("CALL-11")
    void shouldKeepFiltersThatAreRetainedWithAttachmentsAndCountsAndAnnounceOnlyWhatGoes() throws Exception {
        RecordingCallout callout = new RecordingCallout();
        rig.register("a", callout).unknown("a").add();
        rig.unknown("static").calling("a").weight(9).add().publish();
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 1 key");
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 2 key");
        rig.remove("static");
        stopBfe();
        assertThat(callout.notice()).isEqualTo("DELETE_FILTER 2 no key");
        retainedDecider();
        assertThat(callout.attachments).containsExactly("parsed 1");
        rig.publish().classify();
        assertThat(callout.attachments).containsExactly("parsed 1", "parsed 1");
        assertThat(rig.engine.statistics().filterMatches()).isEqualTo(Map.of(1L, 2L));
        assertThat(callout.notices).isEmpty();
    }

    @Test
    @Tag("CALL-4")
    @Tag("CALL-8")
    void shouldCallCalloutsOfBothSetsAsTheyComeAndGo() throws Exception {
        rig.unknown("a").add().publish();
        PreparedPolicy retained = rig.prepare();
        try (Rig boot = new Rig(LAYER)) {
            boot.permit("unused").add().unknown("b").add().remove("unused");
            rig.engine.publishBootTime(rig.engine.prepare(boot.image()), retained);
        }
        int retainedBefore = retainedGeneration(LAYER);
        int bootBefore = classifier.generation(LAYER);
        rig.register("a", new RecordingCallout());
        assertThat(retainedGeneration(LAYER)).isNotIn(retainedBefore, bootBefore);
        assertThat(classifier.generation(LAYER)).as("another's callout").isEqualTo(bootBefore);
        rig.register("b", new RecordingCallout());
        assertThat(rig.classify().isPermitted()).isTrue();
        assertThat(rig.decider()).isEqualTo("b");
        assertThat(retainedDecider()).isEqualTo("a");
        assertThat(rig.out.isPermitted()).isTrue();
        rig.engine.unregister("a");
        assertThat(retainedDecider()).isEqualTo("a");
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_UNREGISTERED);
        assertThat(rig.classify().isPermitted()).isTrue();
    }

    @Test
    @Tag("TXN-15")
    void shouldRefuseToPublishWhatWasPreparedBeforeSomethingElseAndUseUpNothing() throws Exception {
        PreparedPolicy old = rig.permit("a").add().prepare();
        rig.publish();
        PreparedPolicy boot = bootTime();
        assertThatThrownBy(() -> rig.engine.publishBootTime(boot, old)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rig.engine.publishBootTime(boot, boot)).isInstanceOf(IllegalStateException.class);
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        rig.engine.publishBootTime(boot, null);
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        assertThatThrownBy(() -> rig.engine.publishBootTime(boot, null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("BOOT-8")
    void shouldBlockAfterCloseWhateverWasInForce() throws Exception {
        rig.permit("persistent").add().publish();
        stopBfe();
        PreparedPolicy late = rig.prepare();
        rig.engine.close();
        assertThat(rig.engine.policyInForce()).isEqualTo(PolicyInForce.NONE);
        assertThat(retainedDecider()).isNull();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.NO_POLICY);
        assertThatThrownBy(() -> rig.engine.publishBootTime(late, null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("STR-3")
    void shouldAskTheRetainedPolicyWhetherAFilterCouldMatch() throws Exception {
        PreparedPolicy retained = rig.prepare();
        rig.engine.publishBootTime(bootTime(), retained);
        classifier.enterPacket();
        assertThat(classifier.couldMatch(rig.values)).isTrue();
        classifier.useRetainedPolicy();
        assertThat(classifier.couldMatch(rig.values)).isFalse();
        classifier.exitPacket();
    }
}
