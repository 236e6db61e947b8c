package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which authorisations count under a later policy, and what a policy says before it is in force. */
@Tag("REAUTH-6")
class ExistingFlowsTest {
    private static final Layer LAYER = Layer.ALE_AUTH_CONNECT_V4;
    private final Rig rig = new Rig(LAYER);

    @AfterEach
    void close() {
        rig.close();
    }

    private int publish(ExistingFlows existing) throws Exception {
        rig.engine.publish(rig.prepare(), existing);
        return rig.classifier.generation(LAYER);
    }

    private boolean counts(int generation) {
        rig.classifier.enterPacket();
        boolean counts = rig.classifier.holdsSince(LAYER, generation);
        rig.classifier.exitPacket();
        return counts;
    }

    @Test
    void shouldCountAuthorisationsOverCommitsThatKeepThem() throws Exception {
        int first = publish(ExistingFlows.RECHECK);
        rig.block("a").add();
        int second = publish(ExistingFlows.KEEP);
        rig.block("b").add();
        int third = publish(ExistingFlows.KEEP);
        assertThat(first).isNotEqualTo(second);
        assertThat(counts(first)).isTrue();
        assertThat(counts(second)).isTrue();
        assertThat(counts(third)).isTrue();
        assertThat(counts(third + 1)).as("of no policy yet").isFalse();
        // Without a change at the layer nothing changes, whatever is said.
        assertThat(publish(ExistingFlows.RESET)).isEqualTo(third);
        assertThat(counts(first)).isTrue();
    }

    @Test
    void shouldNotForgetWhatAnEarlierCommitWantedRechecked() throws Exception {
        int first = publish(ExistingFlows.RECHECK);
        rig.block("a").add();
        int second = publish(ExistingFlows.RECHECK);
        rig.block("b").add();
        publish(ExistingFlows.KEEP);
        assertThat(counts(first)).isFalse();
        assertThat(counts(second)).isTrue();
    }

    @Test
    void shouldRecheckWhatACalloutThatComesMayConcernAfterACommitThatKept() throws Exception {
        int first = publish(ExistingFlows.RECHECK);
        rig.terminating("c").add();
        publish(ExistingFlows.KEEP);
        assertThat(counts(first)).isTrue();
        rig.answering("c", out -> out.permit());
        assertThat(counts(first)).isFalse();
    }

    @Test
    void shouldRecheckAfterTheBootTimePolicyInAnyCase() throws Exception {
        int first = publish(ExistingFlows.RECHECK);
        rig.engine.publishBootTime(rig.prepare(), null);
        assertThat(counts(first)).isFalse();
        publish(ExistingFlows.KEEP);
        assertThat(counts(first)).isFalse();
    }

    @Test
    void shouldCountResetsOnceEach() throws Exception {
        publish(ExistingFlows.RECHECK);
        assertThat(rig.classifier.resets()).isZero();
        publish(ExistingFlows.RESET);
        assertThat(rig.classifier.resets()).isEqualTo(1);
        rig.answering("c", out -> out.permit());
        publish(ExistingFlows.KEEP);
        assertThat(rig.classifier.resets()).isEqualTo(1);
    }

    @Test
    void shouldJudgeByAPolicyThatIsNotInForceAndCallNobody() throws Exception {
        rig.answering("c", out -> out.permit());
        publish(ExistingFlows.RECHECK);
        rig.terminating("c").add();
        PreparedPolicy prepared = rig.prepare();
        PolicyTrial trial = rig.engine.tryOut(prepared);
        assertThat(trial.changes(LAYER)).isTrue();
        assertThat(trial.changes(Layer.ALE_AUTH_RECV_ACCEPT_V4)).isFalse();
        assertThat(isPermitted(trial)).as("supposed to block at first").isFalse();
        trial.suppose(true);
        assertThat(isPermitted(trial)).isTrue();
        assertThat(rig.calls).isEmpty();
        rig.engine.abandon(prepared);
        assertThat(rig.engine.statistics().callouts().values()).allMatch(it -> it.calls() == 0);
    }

    private static boolean isPermitted(PolicyTrial trial) {
        Classifier classifier = trial.classifier();
        LayerValues values = classifier.newValues(LAYER);
        ClassifyOutcome out = classifier.newOutcome();
        classifier.enterPacket();
        classifier.classify(values, TestMetadata.INSTANCE, null, classifier.newFlowContexts(), out);
        classifier.exitPacket();
        return out.isPermitted();
    }
}
