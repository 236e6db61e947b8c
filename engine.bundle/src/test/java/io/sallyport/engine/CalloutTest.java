package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registering callouts, calling them, and living without them or with faulty ones. */
class CalloutTest {
    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest(name = "{0}, permit if missing {1}: {2}")
    @CsvSource({
        "terminating, false, BLOCK",
        "unknown,     false, BLOCK",
        "inspection,  false, NONE",
        "terminating, true,  PERMIT",
        "unknown,     true,  PERMIT",
    })
    @Tag("CALL-2")
    @Tag("CALL-4")
    @Tag("CALL-5")
    void shouldSubstituteAVerdictWhenCalloutIsMissing(String kind, boolean permits, Action action) throws Exception {
        Rig.Spec filter = switch (kind) {
            case "terminating" -> rig.terminating("a");
            case "unknown" -> rig.unknown("a");
            default -> rig.inspection("a");
        };
        if (permits) {
            filter.permitIfMissing();
        }
        filter.add().publish().classify();
        assertThat(rig.out.action()).isEqualTo(action);
        assertThat(rig.out.reason())
                .isEqualTo(action == Action.NONE ? ClassifyReason.POLICY : ClassifyReason.CALLOUT_UNREGISTERED);
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(0, 0, 0, 1, ""));
    }

    @Test
    @Tag("CALL-1")
    @Tag("CALL-3")
    @Tag("CALL-8")
    void shouldCallARegisteredCalloutFromTheNextPacketOnAndFallBackWhenItGoes() throws Exception {
        rig.unknown("a").add().publish();
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        rig.register("a", new RecordingCallout());
        assertThat(rig.engine.registeredCallouts()).containsExactly("a");
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        assertThat(rig.engine.unregister("a")).isTrue();
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        assertThat(rig.engine.registeredCallouts()).isEmpty();
    }

    @Test
    @Tag("CALL-1")
    void shouldRegisterBeforeAnyPolicy() throws Exception {
        rig.register("a", new RecordingCallout()).unknown("a").add().publish();
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-7")
    @Tag("CALL-9")
    void shouldRefuseASecondOfTheSameNameAndTheUnregisteringOfAnUnknownOne() throws Exception {
        rig.register("a", new RecordingCallout());
        assertThatThrownBy(() -> rig.register("a", new RecordingCallout()))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.ALREADY_EXISTS));
        assertThatThrownBy(() -> rig.engine.unregister("b"))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.CALLOUT_NOT_FOUND));
    }

    @Test
    @Tag("CALL-7")
    void shouldReplaceACalloutWithoutAPacketThatFindsNone() throws Exception {
        RecordingCallout old = new RecordingCallout();
        RecordingCallout successor = new RecordingCallout();
        rig.unknown("a").add().register("a", old).publish().classify();
        assertThat(rig.engine.replace("a", 0, successor)).isTrue();
        rig.classify();
        assertThat(old.contexts).hasSize(1);
        assertThat(successor.contexts).hasSize(1);
    }

    static final class Vicious implements Callout {
        private final Throwable what;

        Vicious(Throwable what) {
            this.what = what;
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void sneak(Throwable t) throws T {
            throw (T) t;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object context,
                ClassifyOut out) {
            metadata.flow().associate(Layer.DATAGRAM_DATA_V4, "x");
            out.permit();
            Vicious.<RuntimeException>sneak(what);
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            Vicious.<RuntimeException>sneak(what);
        }
    }

    @Test
    @Tag("ARB-23")
    @Tag("CALL-20")
    void shouldContainWhateverACalloutThrowsAndBlock() throws Exception {
        rig.unknown("a").in(20).add().permit("below").in(10).add().publish();
        Throwable[] all = {
            new IllegalStateException(),
            new StackOverflowError(),
            new NoClassDefFoundError(),
            new OutOfMemoryError(),
            new AssertionError(),
            new InterruptedException()
        };
        for (Throwable thrown : all) {
            rig.register("a", new Vicious(thrown)).classify();
            assertThat(rig.out.action()).as(thrown.toString()).isEqualTo(Action.BLOCK);
            assertThat(rig.out.reason()).isEqualTo(ClassifyReason.CALLOUT_FAULT);
            assertThat(rig.decider()).isEqualTo("a");
            rig.engine.unregister("a");
        }
        CalloutCounts counts = rig.engine.statistics().callouts().get("a");
        assertThat(counts.calls()).isZero();
        assertThat(counts.faults()).as("classify and flowDelete").isEqualTo(2 * all.length);
    }

    @Test
    @Tag("ARB-22")
    void shouldGoOnAfterAnInspectionCalloutThatThrows() throws Exception {
        rig.inspection("a").weight(9).add().permit("next").add().publish();
        rig.answering("a", out -> {
            throw new IllegalStateException();
        });
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        assertThat(rig.engine.statistics().callouts().get("a").faults()).isEqualTo(1);
    }

    @Test
    @Tag("CALL-20")
    void shouldNotLetACalloutSpeakAfterItsCall() throws Exception {
        ClassifyOut[] kept = new ClassifyOut[1];
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        rig.answering("a", out -> kept[0] = out);
        rig.answering("b", out -> {});
        rig.classify();
        kept[0].block();
        assertThat(kept[0].hasWriteRight()).isFalse();
        assertThat(rig.classify().action()).isEqualTo(Action.NONE);
    }

    @Test
    @Tag("OBJ-14")
    void shouldWarnOfFiltersAtLayersThatAreNeverClassifiedHere() throws Exception {
        try (Rig rpc = new Rig(Layer.RPC_UM)) {
            assertThat(rpc.permit("x").add().prepare().warnings())
                    .singleElement()
                    .asString()
                    .contains("rpc-um");
        }
        assertThat(rig.permit("x").add().prepare().warnings()).isEmpty();
    }

    @Test
    @Tag("NEV-13")
    void shouldKeepCountsOfWorkersThatAreGoneAndStartNewFiltersAtZero() throws Exception {
        rig.permit("old").add().publish().classify();
        rig.classify();
        assertThat(rig.engine.statistics().filterMatches()).isEqualTo(Map.of(1L, 2L));
        rig.classifier.close();
        assertThat(rig.engine.statistics().filterMatches()).isEqualTo(Map.of(1L, 2L));
        rig.remove("old").permit("new").add().publish();
        assertThat(rig.engine.awaitQuiescence(1000)).isTrue();
        assertThat(rig.engine.statistics().filterMatches()).isEqualTo(Map.of(2L, 0L));
        assertThat(rig.engine.statistics().layers().get(rig.layer).permits()).isEqualTo(2);
    }
}
