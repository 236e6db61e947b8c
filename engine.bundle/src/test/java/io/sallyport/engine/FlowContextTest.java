package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FlowHandle.Status;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.ClassifyOutcome.Action;
import io.sallyport.engine.internal.Rig;
import io.sallyport.layer.Layer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Contexts that callouts keep on flows. */
class FlowContextTest {
    private final Rig rig = new Rig(Layer.DATAGRAM_DATA_V4);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    @Tag("CALL-17")
    @Tag("FLOW-1")
    @Tag("FLOW-2")
    @Tag("FLOW-5")
    void shouldCallAConditionalCalloutOnlyForFlowsThatHoldItsContext() throws Exception {
        RecordingCallout recorder = new RecordingCallout();
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
        RecordingCallout callout = new RecordingCallout() {
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

    /** Notes its own name as its context, unless it has one. */
    private static final class Holder extends RecordingCallout {
        private final String name;

        Holder(String name) {
            this.name = name;
        }

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object context,
                ClassifyOut out) {
            super.classify(values, metadata, data, filter, context, out);
            metadata.flow().associate(Layer.DATAGRAM_DATA_V4, name);
        }
    }

    @Test
    @Tag("FLOW-3")
    @Tag("FLOW-5")
    void shouldKeepTheContextsOfSeveralCalloutsOnOneFlowApart() throws Exception {
        Holder a = new Holder("of a");
        Holder b = new Holder("of b");
        rig.unknown("a").in(20).add().unknown("b").in(10).add().publish();
        rig.register("a", a).register("b", b);
        rig.classify();
        rig.classify();
        assertThat(a.contexts).containsExactly("null", "of a");
        assertThat(b.contexts).containsExactly("null", "of b");
        rig.engine.unregister("a");
        assertThat(a.deleted).containsExactly("DATAGRAM_DATA_V4 77 of a");
        assertThat(b.deleted).isEmpty();
        rig.classifier.endFlow(rig.flow);
        assertThat(a.deleted).hasSize(1);
        assertThat(b.deleted).containsExactly("DATAGRAM_DATA_V4 77 of b");
    }

    @Test
    @Tag("FLOW-4")
    void shouldDeleteARemovedContextOnceTheClassifyReturns() throws Exception {
        RecordingCallout callout = new RecordingCallout() {
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
        RecordingCallout callout = new RecordingCallout() {
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
}
