package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.FlowHandle.Status;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalloutTest {
    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    /** Notes everything; permits. */
    private static class Recorder implements Callout {
        final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
        final List<String> deleted = new ArrayList<>();
        final List<Object> contexts = new ArrayList<>();
        final List<Object> attachments = new ArrayList<>();
        String refused = "";

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object context,
                ClassifyOut out) {
            contexts.add(String.valueOf(context));
            attachments.add(String.valueOf(filter.attachment()));
            out.permit();
        }

        @Override
        public void notify(NotifyType type, UUID key, RuntimeFilter filter) throws FilterRefusedException {
            notices.add(type + " " + filter.id() + " " + (key == null ? "no key" : "key"));
            if (type == NotifyType.ADD_FILTER) {
                if (filter.providerContext().containsValue(refused)) {
                    throw new FilterRefusedException("cannot use this");
                }
                filter.attach("parsed " + filter.id());
            }
        }

        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            deleted.add(layer + " " + flowId + " " + context);
        }

        String notice() throws InterruptedException {
            return notices.poll(10, TimeUnit.SECONDS);
        }
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
        assertThat(rig.engine.statistics().callouts().get("a")).isEqualTo(new CalloutCounts(0, 0, 0, 1));
    }

    @Test
    @Tag("CALL-1")
    @Tag("CALL-3")
    @Tag("CALL-8")
    void shouldCallARegisteredCalloutFromTheNextPacketOnAndFallBackWhenItGoes() throws Exception {
        rig.unknown("a").add().publish();
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        rig.register("a", new Recorder());
        assertThat(rig.engine.registeredCallouts()).containsExactly("a");
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
        assertThat(rig.engine.unregister("a")).isTrue();
        assertThat(rig.classify().action()).isEqualTo(Action.BLOCK);
        assertThat(rig.engine.registeredCallouts()).isEmpty();
    }

    @Test
    @Tag("CALL-1")
    void shouldRegisterBeforeAnyPolicy() throws Exception {
        rig.register("a", new Recorder()).unknown("a").add().publish();
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-7")
    @Tag("CALL-9")
    void shouldRefuseASecondOfTheSameNameAndTheUnregisteringOfAnUnknownOne() throws Exception {
        rig.register("a", new Recorder());
        assertThatThrownBy(() -> rig.register("a", new Recorder()))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.ALREADY_EXISTS));
        assertThatThrownBy(() -> rig.engine.unregister("b"))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.error()).isEqualTo(WfpError.CALLOUT_NOT_FOUND));
    }

    @Test
    @Tag("CALL-7")
    void shouldReplaceACalloutWithoutAPacketThatFindsNone() throws Exception {
        Recorder old = new Recorder();
        Recorder successor = new Recorder();
        rig.unknown("a").add().register("a", old).publish().classify();
        assertThat(rig.engine.replace("a", 0, successor)).isTrue();
        rig.classify();
        assertThat(old.contexts).hasSize(1);
        assertThat(successor.contexts).hasSize(1);
    }

    @Test
    @Tag("CALL-11")
    @Tag("CALL-14")
    void shouldAnnounceAFilterCarryItsAttachmentAndAnnounceItsDeletionWithoutKey() throws Exception {
        Recorder callout = new Recorder();
        rig.register("a", callout).unknown("a").add().publish();
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 1 key");
        rig.classify();
        rig.permit("other").add().publish().classify();
        assertThat(callout.attachments).containsExactly("parsed 1", "parsed 1");
        rig.remove("a").publish();
        assertThat(callout.notice()).isEqualTo("DELETE_FILTER 1 no key");
        assertThat(callout.notices).isEmpty();
    }

    @Test
    @Tag("CALL-11")
    void shouldRefuseAPolicyWhoseFilterACalloutRefusesAndTakeTheOthersBack() throws Exception {
        Recorder callout = new Recorder();
        callout.refused = "bad";
        rig.register("a", callout).permit("now").add().publish();
        rig.unknown("a").add();
        rig.unknown("x").calling("a").providerContext(Map.of("word", "bad")).add();
        assertThatThrownBy(rig::prepare)
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e -> assertThat(e.error()).isEqualTo(WfpError.CALLOUT_NOTIFICATION_FAILED))
                .hasMessageContaining("cannot use this");
        assertThat(callout.notices).containsExactly("ADD_FILTER 2 key", "ADD_FILTER 3 key", "DELETE_FILTER 2 no key");
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-11")
    void shouldTakeAnnouncementsBackWhenAPolicyIsAbandoned() throws Exception {
        Recorder callout = new Recorder();
        PreparedPolicy policy = rig.register("a", callout).unknown("a").add().prepare();
        rig.engine.abandon(policy);
        assertThat(callout.notices).containsExactly("ADD_FILTER 1 key", "DELETE_FILTER 1 no key");
        assertThatThrownBy(() -> rig.engine.publish(policy)).isInstanceOf(IllegalStateException.class);
        assertThat(rig.classify().reason()).isEqualTo(ClassifyReason.NO_POLICY);
    }

    @Test
    @Tag("TXN-15")
    void shouldRefuseToPublishAPolicyThatWasPreparedAgainstAnOlderOne() throws Exception {
        PreparedPolicy older = rig.permit("a").add().prepare();
        rig.publish();
        assertThatThrownBy(() -> rig.engine.publish(older)).isInstanceOf(IllegalStateException.class);
        rig.engine.abandon(older);
        assertThat(rig.classify().action()).isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("CALL-12")
    void shouldNotAnnounceFiltersThatWereThereBeforeButTheirDeletion() throws Exception {
        Recorder callout = new Recorder();
        rig.unknown("a").add().publish().register("a", callout).publish();
        assertThat(callout.notices).isEmpty();
        rig.remove("a").publish();
        assertThat(callout.notice()).isEqualTo("DELETE_FILTER 1 no key");
    }

    @Test
    @Tag("CALL-13")
    @Tag("TXN-17")
    void shouldAnnounceTheCommitToThoseWhoAskForIt() throws Exception {
        Recorder callout = new Recorder();
        rig.register("a", CalloutFlags.ENABLE_COMMIT_ADD_NOTIFY, callout)
                .unknown("a")
                .add()
                .publish();
        assertThat(callout.notice()).isEqualTo("ADD_FILTER 1 key");
        assertThat(callout.notice()).isEqualTo("ADD_FILTER_POST_COMMIT 1 key");
    }

    @Test
    @Tag("CALL-14")
    void shouldForgetAttachmentsWhenTheirCalloutGoes() throws Exception {
        Recorder callout = new Recorder();
        rig.register("a", callout).unknown("a").add().publish();
        rig.engine.unregister("a");
        rig.register("a", callout).classify();
        assertThat(callout.attachments).containsExactly("null");
    }

    @Test
    @Tag("CALL-15")
    void shouldHandOverTheProviderContextThatPolicyGave() throws Exception {
        List<Object> seen = new ArrayList<>();
        rig.unknown("a").providerContext(Map.of("n", 5L)).context(6).add().publish();
        rig.register("a", (values, metadata, data, filter, context, out) -> {
            seen.add(filter.providerContext());
            seen.add(filter.rawContext());
        });
        rig.classify();
        assertThat(seen).containsExactly(Map.of("n", 5L), 6L);
    }

    @Test
    @Tag("CALL-17")
    @Tag("FLOW-1")
    @Tag("FLOW-2")
    @Tag("FLOW-5")
    void shouldCallAConditionalCalloutOnlyForFlowsThatHoldItsContext() throws Exception {
        Recorder recorder = new Recorder();
        rig.unknown("b").in(20).add().unknown("a").in(10).add().publish();
        rig.register("b", CalloutFlags.CONDITIONAL_ON_FLOW, recorder);
        rig.register("a", (values, metadata, data, filter, context, out) -> {
            assertThat(metadata.flow().associate(Layer.DATAGRAM_DATA_V4, "mine"))
                    .isIn(Status.SUCCESS, Status.OBJECT_NAME_EXISTS);
            out.permit();
        });
        rig.classify();
        rig.classify();
        assertThat(recorder.contexts).as("the context is another callout's").isEmpty();
    }

    @Test
    @Tag("FLOW-1")
    @Tag("FLOW-2")
    @Tag("FLOW-3")
    void shouldPassAContextToItsLayerAndDeleteItOnceWhenTheFlowEnds() throws Exception {
        Recorder callout = new Recorder() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object context,
                    ClassifyOut out) {
                super.classify(values, metadata, data, filter, context, out);
                if (context == null) {
                    assertThat(metadata.flow().associate(Layer.DATAGRAM_DATA_V4, "here"))
                            .isEqualTo(Status.SUCCESS);
                    assertThat(metadata.flow().associate(Layer.DATAGRAM_DATA_V4, "again"))
                            .isEqualTo(Status.OBJECT_NAME_EXISTS);
                    assertThat(metadata.flow().associate(Layer.STREAM_V4, "there"))
                            .isEqualTo(Status.SUCCESS);
                    assertThat(metadata.flow().context(Layer.STREAM_V4)).isEqualTo("there");
                    assertThat(metadata.flow().associate(Layer.STREAM_V6, null)).isEqualTo(Status.INVALID_PARAMETER);
                }
            }
        };
        rig.unknown("a").add().publish().register("a", callout);
        rig.classify();
        rig.classify();
        assertThat(callout.contexts).containsExactly("null", "here");
        assertThat(rig.flow.associate(Layer.STREAM_V4, "outside")).isEqualTo(Status.INVALID_PARAMETER);
        rig.classifier.endFlow(rig.flow);
        assertThat(callout.deleted).containsExactlyInAnyOrder("DATAGRAM_DATA_V4 77 here", "STREAM_V4 77 there");
        rig.classifier.endFlow(rig.flow);
        rig.engine.unregister("a");
        assertThat(callout.deleted).hasSize(2);
    }

    @Test
    @Tag("FLOW-4")
    void shouldDeleteARemovedContextOnceTheClassifyReturns() throws Exception {
        Recorder callout = new Recorder() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object context,
                    ClassifyOut out) {
                assertThat(metadata.flow().remove(Layer.STREAM_V4)).isEqualTo(Status.UNSUCCESSFUL);
                metadata.flow().associate(Layer.STREAM_V4, "x");
                assertThat(metadata.flow().remove(Layer.STREAM_V4)).isEqualTo(Status.SUCCESS);
                assertThat(deleted).isEmpty();
                assertThat(metadata.flow().associate(Layer.STREAM_V4, "y")).isEqualTo(Status.SUCCESS);
                out.permit();
            }
        };
        rig.unknown("a").add().publish().register("a", callout).classify();
        assertThat(rig.out.action()).isEqualTo(Action.PERMIT);
        assertThat(callout.deleted).containsExactly("STREAM_V4 77 x");
        rig.classifier.close();
        assertThat(callout.deleted).containsExactly("STREAM_V4 77 x", "STREAM_V4 77 y");
    }

    @Test
    @Tag("CALL-9")
    @Tag("FLOW-3")
    void shouldDeleteTheContextsOfALeavingCalloutExactlyOnceAlsoOfIdleFlows() throws Exception {
        Recorder callout = new Recorder() {
            @Override
            public void classify(
                    IncomingValues values,
                    IncomingMetadata metadata,
                    LayerData data,
                    RuntimeFilter filter,
                    Object context,
                    ClassifyOut out) {
                metadata.flow()
                        .associate(Layer.DATAGRAM_DATA_V4, metadata.flow().id());
                out.permit();
            }
        };
        rig.unknown("a").add().publish().register("a", callout);
        List<io.sallyport.engine.api.FlowContexts> flows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            var flow = rig.classifier.newFlowContexts();
            flow.begin(1000 + i);
            flows.add(flow);
            rig.classifier.enterPacket();
            rig.classifier.classify(
                    rig.values, new io.sallyport.engine.internal.TestMetadata(flow), null, flow, rig.out);
            rig.classifier.exitPacket();
        }
        assertThat(rig.engine.unregister("a")).isTrue();
        assertThat(callout.deleted).hasSize(300).doesNotHaveDuplicates();
        flows.forEach(rig.classifier::endFlow);
        assertThat(callout.deleted).hasSize(300);
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
