package io.sallyport.engine.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A policy that was reached by changes judges like the same policy compiled as a whole. */
class CommitSequenceTest {
    private static final int SMALL_SCENARIOS = 1_500;
    /** The generator makes one of a thousand scenarios long enough for chunks and summaries. */
    private static final int LARGE_SCENARIOS = 6;

    @Test
    @Tag("TXN-15")
    @Tag("ARB-2")
    @Tag("ARB-26")
    void shouldJudgeLikeTheWholePolicyAfterEachRandomChange() throws Exception {
        for (long seed = 1; seed <= SMALL_SCENARIOS; seed++) {
            Scenario scenario = ScenarioGenerator.make(seed);
            if (scenario.policy().filters().size() < 100) {
                run(scenario, 8, 5);
            }
        }
    }

    @Test
    @Tag("TXN-15")
    @Tag("ARB-2")
    @Tag("ARB-26")
    void shouldJudgeLikeTheWholePolicyWhenChunksSplitAndJoin() throws Exception {
        int found = 0;
        for (long seed = 1; found < LARGE_SCENARIOS; seed++) {
            Scenario scenario = ScenarioGenerator.make(seed);
            if (scenario.policy().filters().size() > 1_000) {
                found++;
                run(scenario, 12, 900);
                run(scenario, 30, 60);
            }
        }
    }

    /** Names keep their slots for a while; what calls by them must not notice when they lose them. */
    @Test
    @Tag("CALL-4")
    void shouldCallTheRightNameWhenManyHaveGone() throws Exception {
        Layer layer = Layer.INBOUND_TRANSPORT_V4;
        RuntimeSublayer sublayer = new RuntimeSublayer(new UUID(1, 1), "s", 1);
        try (FilterEngineImpl engine = new FilterEngineImpl("names");
                Classifier worker = engine.newClassifier()) {
            engine.register("c150", 0, (values, metadata, data, filter, context, result) -> result.permit());
            PreparedPolicy inForce = engine.prepare(PolicyImage.PERMIT_ALL);
            engine.publish(inForce);
            LayerValues values = worker.newValues(layer);
            ClassifyOutcome out = worker.newOutcome();
            for (int i = 1; i <= 200; i++) {
                UUID callout = new UUID(2, i);
                FilterImage filter = new FilterImage(
                        i,
                        new UUID(3, i),
                        "f" + i,
                        null,
                        layer,
                        sublayer.key(),
                        0,
                        List.of(),
                        ActionType.CALLOUT_TERMINATING,
                        callout,
                        0,
                        0,
                        Map.of());
                PolicyChange change = new PolicyChange(
                        "r" + i,
                        i == 1 ? List.of() : List.of(i - 1L),
                        i == 1 ? List.of() : List.of(new UUID(2, i - 1L)),
                        List.of(),
                        List.of(sublayer),
                        List.of(new AddedCallout(callout, i, "c" + i, layer)),
                        List.of(filter));
                inForce = engine.prepare(inForce, change);
                engine.publish(inForce);
                worker.enterPacket();
                worker.classify(values, TestMetadata.INSTANCE, null, null, out);
                worker.exitPacket();
                assertThat(out.filter().name()).isEqualTo("f" + i);
                assertThat(out.filter().callout()).isEqualTo("c" + i);
                assertThat(out.isPermitted()).isEqualTo(i == 150);
            }
        }
    }

    @Test
    void shouldAskForTheWholePolicyWhenAnotherOneIsInForce() throws Exception {
        PolicyChange nothing = new PolicyChange("r", List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        try (FilterEngineImpl engine = new FilterEngineImpl("other")) {
            PreparedPolicy first = engine.prepare(PolicyImage.PERMIT_ALL);
            assertThat(engine.prepare(first, nothing)).isNull();
            engine.publish(first);
            PreparedPolicy second = engine.prepare(first, nothing);
            engine.publish(second);
            assertThat(engine.prepare(first, nothing)).isNull();
            PreparedPolicy bootTime = engine.prepare(PolicyImage.PERMIT_ALL);
            engine.publishBootTime(bootTime, null);
            assertThat(engine.prepare(bootTime, nothing)).isNull();
        }
    }

    private static void run(Scenario scenario, int commits, int most) throws Exception {
        SplittableRandom random = new SplittableRandom(scenario.seed());
        try (CommitSequence sequence = new CommitSequence(scenario)) {
            for (int i = 0; i < commits; i++) {
                assertThat(sequence.commit(1 + random.nextInt(most)))
                        .as("seed %d, %d filters", scenario.seed(), sequence.size())
                        .isNull();
            }
        }
    }
}
