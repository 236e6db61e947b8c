package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What no filter can match is judged without its values, and as if it had been classified with them. */
class UnmatchedTest {
    private final Rig rig = new Rig(Layer.INBOUND_TRANSPORT_V4);
    private final Classifier classifier = rig.classifier;

    @AfterEach
    void close() {
        rig.close();
    }

    private static Condition remotePort(int port) {
        return new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, Value.uint16(port));
    }

    private void show(int port) {
        rig.values.clear();
        rig.values.setNumber(rig.layer.fieldIndex(Field.IP_REMOTE_PORT), port);
    }

    /** The generation if no filter can match, else 0: what a shim remembers. */
    private int look() {
        classifier.enterPacket();
        int generation = classifier.couldMatch(rig.values) ? 0 : classifier.generation(rig.layer);
        classifier.exitPacket();
        return generation;
    }

    private boolean isJudged(Layer layer, int unmatchedUnder) {
        classifier.enterPacket();
        boolean isJudged = classifier.classifyUnmatched(layer, unmatchedUnder, rig.out);
        classifier.exitPacket();
        return isJudged;
    }

    @ParameterizedTest
    @EnumSource(Layer.class)
    @Tag("NEV-13")
    void shouldJudgeAndCountLikeAClassifyWhereNobodyFilters(Layer layer) throws Exception {
        rig.block("other").when(remotePort(1)).add().publish();
        if (layer == rig.layer) {
            return;
        }
        ClassifyOutcome expected = classifier.newOutcome();
        classifier.enterPacket();
        classifier.classify(classifier.newValues(layer), new TestMetadata(rig.flow), null, null, expected);
        classifier.exitPacket();
        var counts = rig.engine.statistics().layers().get(layer);

        show(1);
        rig.classify();
        assertThat(rig.out.action()).isEqualTo(ClassifyOutcome.Action.BLOCK);
        assertThat(isJudged(layer, 0)).isTrue();

        // Behind the count, the list of endings holds what an earlier classify left there.
        assertThat(rig.out)
                .usingRecursiveComparison()
                .ignoringFields("endings", "endingActions")
                .isEqualTo(expected);
        assertThat(rig.out.endings()).isZero();
        assertThat(rig.out.revision()).isEqualTo("r1");
        var after = rig.engine.statistics().layers().get(layer);
        assertThat(after.permits()).isEqualTo(2 * counts.permits());
        assertThat(after.blocks()).isZero();
        assertThat(after.noMatches()).isEqualTo(2 * counts.noMatches()).isEqualTo(2);
    }

    @Test
    void shouldJudgeNothingWithoutPolicyOrOutsideOfAPacket() throws Exception {
        assertThat(isJudged(rig.layer, 0)).isFalse();
        rig.publish();
        assertThat(classifier.classifyUnmatched(rig.layer, 0, rig.out)).isFalse();
        assertThat(rig.out.isPermitted()).isFalse();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.NO_POLICY);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldBelieveThatNoFilterMatchesUntilTheLayersPolicyIsAnother() throws Exception {
        rig.block("telnet").when(remotePort(23)).add().publish();
        show(80);
        int none = look();
        assertThat(none).isPositive();
        assertThat(isJudged(rig.layer, 0)).isFalse();
        assertThat(isJudged(rig.layer, none)).isTrue();
        assertThat(rig.out.isPermitted()).isTrue();

        rig.publish();
        assertThat(isJudged(rig.layer, none)).isTrue();
        assertThat(rig.out.revision()).isEqualTo("r2");
        rig.block("web").when(remotePort(80)).add().publish();
        assertThat(isJudged(rig.layer, none)).isFalse();
        assertThat(look()).isZero();
        rig.remove("web").publish();
        assertThat(isJudged(rig.layer, none)).isFalse();
        assertThat(look()).isPositive().isNotEqualTo(none);
    }

    @Test
    void shouldOverwriteWhateverWasAnsweredBefore() throws Exception {
        rig.block("web").when(remotePort(80)).add().publish();
        assertThat(isJudged(Layer.STREAM_V4, 0)).isTrue();
        rig.out.failClosed(ClassifyReason.SHIM_MISSING);
        assertThat(isJudged(Layer.STREAM_V4, 0)).isTrue();
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.out.reason()).isEqualTo(ClassifyReason.POLICY);
        show(80);
        rig.classify();
        assertThat(rig.decider()).isEqualTo("web");
        assertThat(isJudged(Layer.STREAM_V4, 0)).isTrue();
        assertThat(rig.out.action()).isEqualTo(ClassifyOutcome.Action.NONE_NO_MATCH);
        assertThat(rig.out.isPermitted()).isTrue();
        assertThat(rig.decider()).isNull();
        assertThat(rig.out.context()).isZero();
    }

    @Test
    @Tag("REAUTH-6")
    void shouldNotBelieveItAfterACalloutOfTheLayerCameOrWent() throws Exception {
        rig.unknown("a").when(remotePort(23)).add().publish();
        show(80);
        int none = look();
        rig.answering("a", out -> out.block());
        assertThat(isJudged(rig.layer, none)).isFalse();
        none = look();
        rig.engine.unregister("a");
        assertThat(isJudged(rig.layer, none)).isFalse();
    }
}
