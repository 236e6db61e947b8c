package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.engine.internal.Rig;
import io.sallyport.engine.internal.Takeover;
import io.sallyport.engine.internal.TestMetadata;
import io.sallyport.layer.Layer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new version of a callout takes over: between two packets, with the flows. */
@Timeout(60)
class CalloutUpdateTest {
    private static final int FLOWS = 300;
    private static final Layer LAYER = Layer.DATAGRAM_DATA_V4;

    private final Rig rig = new Rig(LAYER);
    private final List<FlowContexts> flows = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    /** Gives each flow a context that names the version and counts packets, and passes the count on. */
    private static class Counting extends RecordingCallout {
        final String version;
        final List<String> saved = new ArrayList<>();
        boolean isAttaching;

        Counting(String version) {
            this.version = version;
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
            if (context == null) {
                metadata.flow().associate(LAYER, new Count(version, 1));
            } else {
                ((Count) context).packets++;
            }
            if (isAttaching) {
                filter.attach(version + " was here");
            }
        }

        @Override
        public byte[] save(Layer layer, long flowId, Object context) {
            saved.add(layer + " " + flowId + " " + context);
            return Integer.toString(((Count) context).packets).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Object restore(Layer layer, long flowId, byte[] bytes) {
            return new Count(version, Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII)));
        }
    }

    private static final class Count {
        final String version;
        int packets;

        Count(String version, int packets) {
            this.version = version;
            this.packets = packets;
        }

        @Override
        public String toString() {
            return version + ":" + packets;
        }
    }

    private void packet(FlowContexts flow) {
        rig.classifier.enterPacket();
        rig.classifier.classify(rig.values, new TestMetadata(flow), null, flow, rig.out);
        rig.classifier.exitPacket();
        assertThat(rig.out.isPermitted()).isTrue();
    }

    private void begin(Callout first) throws Exception {
        rig.unknown("a").add().publish();
        rig.engine.register("a", 0, first);
        for (int i = 0; i < FLOWS; i++) {
            FlowContexts flow = rig.classifier.newFlowContexts();
            flow.begin(1000 + i);
            flows.add(flow);
            packet(flow);
        }
    }

    private Takeover update(Callout next) throws Exception {
        return rig.engine.update("a", 0, next);
    }

    @Test
    @Tag("CALL-9")
    @Tag("FLOW-3")
    void shouldHandEachContextOverOnceAlsoOfIdleFlows() throws Exception {
        Counting one = new Counting("one");
        Counting two = new Counting("two");
        begin(one);
        assertThat(update(two)).isEqualTo(new Takeover(true, FLOWS, 0));
        assertThat(one.deleted).hasSize(FLOWS).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(one.saved);
        flows.forEach(this::packet);
        assertThat(two.contexts).hasSize(FLOWS).containsOnly("two:1");
        flows.forEach(rig.classifier::endFlow);
        assertThat(two.deleted).hasSize(FLOWS).doesNotHaveDuplicates().contains(LAYER + " 1000 two:2");
        assertThat(one.deleted).hasSize(FLOWS);
        assertThat(rig.engine.unregister("a")).isTrue();
        assertThat(two.deleted).hasSize(FLOWS);
        assertThat(two.saved).as("nobody follows").isEmpty();
    }

    /** The flow whose packet comes first finds its context, however many wait before it. */
    @Test
    @Tag("FLOW-2")
    void shouldHandTheContextOverBeforeTheNewVersionIsCalledForItsFlow() throws Exception {
        Counting one = new Counting("one");
        Counting two = new Counting("two");
        begin(one);
        CompletableFuture<Takeover> takeover;
        rig.classifier.enterPacket(); // nobody else hands anything over while the worker is inside
        try {
            takeover = CompletableFuture.supplyAsync(() -> {
                try {
                    return update(two);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        } finally {
            rig.classifier.exitPacket();
        }
        for (int i = FLOWS - 1; two.contexts.isEmpty() || i > 0; i = i == 0 ? FLOWS - 1 : i - 1) {
            packet(flows.get(i));
        }
        assertThat(takeover.get(10, TimeUnit.SECONDS)).isEqualTo(new Takeover(true, FLOWS, 0));
        assertThat(two.contexts).doesNotContain("null");
        assertThat(one.deleted).hasSize(FLOWS).doesNotHaveDuplicates();
    }

    @Test
    @Tag("CALL-9")
    @Tag("FLOW-3")
    void shouldDeleteWhatCannotBeHandedOverAndHaveItMadeAnew() throws Exception {
        Counting silent = new Counting("silent") {
            @Override
            public byte[] save(Layer layer, long flowId, Object context) {
                return null;
            }
        };
        Counting loud = new Counting("loud") {
            @Override
            public byte[] save(Layer layer, long flowId, Object context) {
                return new byte[MAX_SAVED_BYTES + 1];
            }
        };
        Counting throwing = new Counting("throwing") {
            @Override
            public byte[] save(Layer layer, long flowId, Object context) {
                throw new StackOverflowError("save");
            }
        };
        Counting unreading = new Counting("unreading") {
            @Override
            public Object restore(Layer layer, long flowId, byte[] bytes) {
                throw new IllegalStateException("restore");
            }
        };
        Counting last = new Counting("last") {
            @Override
            public Object restore(Layer layer, long flowId, byte[] bytes) {
                return null;
            }
        };
        List<Counting> versions = List.of(silent, loud, throwing, new Counting("writing"), unreading, last);
        begin(silent);
        for (int i = 1; i < versions.size(); i++) {
            Counting before = versions.get(i - 1);
            Counting now = versions.get(i);
            assertThat(update(now)).as(now.version).isEqualTo(new Takeover(true, 0, FLOWS));
            assertThat(before.deleted).as(before.version).hasSize(FLOWS).doesNotHaveDuplicates();
            flows.forEach(this::packet);
            assertThat(now.contexts).as(now.version).hasSize(FLOWS).containsOnly("null");
        }
        assertThat(rig.engine.statistics().callouts().get("a").faults())
                .as("too long, and throwing twice; to write nothing or to read nothing is no fault")
                .isEqualTo(3 * FLOWS);
    }

    @Test
    @Tag("CALL-12")
    @Tag("CALL-14")
    void shouldShowEachVersionItsOwnAttachmentsOnly() throws Exception {
        Counting one = new Counting("one");
        Counting two = new Counting("two");
        one.isAttaching = true;
        begin(one);
        update(two);
        flows.forEach(this::packet);
        assertThat(one.attachments.subList(1, FLOWS)).containsOnly("one was here");
        assertThat(two.attachments).containsOnly("null");
        assertThat(two.notices).as("filters that were there are not announced").isEmpty();
        rig.remove("a").publish();
        assertThat(two.notice()).as("their deletion is").isEqualTo("DELETE_FILTER 1 no key");
        assertThat(one.notices).isEmpty();
    }

    @Test
    @Tag("CALL-8")
    @Tag("CALL-9")
    void shouldOnlyDeleteWhenAStrangerTakesThePlace() throws Exception {
        Counting one = new Counting("one");
        Counting stranger = new Counting("stranger");
        begin(one);
        assertThat(rig.engine.replace("a", 0, stranger)).isTrue();
        assertThat(one.deleted).hasSize(FLOWS);
        assertThat(one.saved).isEmpty();
        flows.forEach(this::packet);
        assertThat(stranger.contexts).containsOnly("null");
    }

    /** Many updates under traffic: no packet is blocked or misses its context, and all contexts are deleted once. */
    @Test
    @Tag("CALL-10")
    @Tag("FLOW-3")
    void shouldSwitchBetweenPacketsWhileTrafficGoesOn() throws Exception {
        List<Counting> versions = new ArrayList<>();
        versions.add(new Counting("0"));
        begin(versions.get(0));
        CompletableFuture<Void> updates = CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 200; i++) {
                Counting next = new Counting(Integer.toString(i));
                versions.add(next);
                try {
                    assertThat(update(next)).isEqualTo(new Takeover(true, FLOWS, 0));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        long rounds = 1;
        while (!updates.isDone()) {
            flows.forEach(this::packet);
            rounds++;
        }
        updates.get();
        flows.forEach(rig.classifier::endFlow);
        int calls = 0;
        for (Counting version : versions) {
            assertThat(version.deleted).as(version.version).hasSize(FLOWS).doesNotHaveDuplicates();
            calls += version.contexts.size();
        }
        assertThat(calls).isEqualTo((int) rounds * FLOWS);
        assertThat(versions.get(200).deleted).allMatch(it -> it.contains(" 200:"));
        long packets = versions.get(200).deleted.stream()
                .mapToLong(it -> Long.parseLong(it.substring(it.indexOf(':') + 1)))
                .sum();
        assertThat(packets).as("each flow's count went through all versions").isEqualTo(rounds * FLOWS);
    }
}
