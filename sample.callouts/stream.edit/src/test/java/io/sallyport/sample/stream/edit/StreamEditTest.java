package io.sallyport.sample.stream.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.StreamInjection;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.FakeStreamData;
import io.sallyport.callout.testkit.FakeStreamInjection;
import io.sallyport.callout.testkit.FakeStreamInjection.Injected;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Layer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StreamEditTest {

    private static final Map<String, Object> CONTEXT = Map.of(
            "replace",
            List.of(
                    Map.of("find", "colour", "with", "color"),
                    Map.of("find", "cat", "with", "a longer animal"),
                    Map.of("find", "-", "with", "")));

    private final StreamEdit callout = new StreamEdit();

    @AfterEach
    void close() {
        callout.close();
    }

    private static FakeRuntimeFilter filter(Map<String, Object> context) {
        return new FakeRuntimeFilter(Layer.STREAM_V4, context);
    }

    private static String edited(String text) {
        return text.replace("colour", "color").replace("cat", "a longer animal").replace("-", "");
    }

    @Test
    @Tag("STR-6")
    void shouldReplaceTextsWhereverSegmentsCutThem() {
        String text = "the colour of a cat-colourful-c colcolour coloucat";
        for (int size = 1; size <= text.length(); size++) {
            StreamRun run = new StreamRun(callout, filter(CONTEXT));
            for (int at = 0; at < text.length(); at += size) {
                run.segment(
                        text.substring(at, Math.min(text.length(), at + size)).getBytes(UTF_8));
            }
            run.end();
            assertThat(new String(run.left(), UTF_8)).as("segments of " + size).isEqualTo(edited(text));
        }
    }

    @Test
    @Tag("STR-6")
    void shouldReplaceTextsInRandomStreams() {
        Random random = new Random(5);
        String[] parts = {"colour", "colo", "cat", "ca", "-", "x", "t", "our"};
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            StreamRun run = new StreamRun(callout, filter(CONTEXT));
            for (int i = 0; i < 12; i++) {
                String part = parts[random.nextInt(parts.length)];
                text.append(part);
                run.segment(part.getBytes(UTF_8));
            }
            run.end();
            assertThat(new String(run.left(), UTF_8)).isEqualTo(edited(text.toString()));
        }
    }

    @Test
    @Tag("STR-7")
    void shouldWithholdOnlyWhatCouldBeTheStartOfAText() {
        StreamRun run = new StreamRun(callout, filter(CONTEXT));
        run.segment("abcolou".getBytes(UTF_8));
        assertThat(new String(run.left(), UTF_8)).isEqualTo("ab");
        assertThat(run.withheldBytes()).isEqualTo(5);
        run.segment("x".getBytes(UTF_8));
        assertThat(new String(run.left(), UTF_8)).isEqualTo("abcoloux");
    }

    @Test
    void shouldRefuseContextsThatMakeNoSense() {
        List<Map<String, Object>> contexts = List.of(
                Map.of(),
                Map.of("replace", List.of()),
                Map.of("replace", List.of("x")),
                Map.of("replace", List.of(Map.of("find", "", "with", "x"))),
                Map.of("replace", List.of(Map.of("find", 7, "with", "x"))),
                Map.of("replace", List.of(Map.of("find", "x"))),
                Map.of("replace", List.of(Map.of("find", "x", "with", "y")), "mode", "sideways"));
        for (Map<String, Object> context : contexts) {
            assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), filter(context)))
                    .isInstanceOf(FilterRefusedException.class);
        }
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, CONTEXT);
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), elsewhere))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("stream layers");
    }

    @Test
    @Tag("STR-13")
    @Tag("STR-15")
    void shouldBlockEverythingAndInjectTheResultLater() throws Exception {
        FakeStreamInjection streams = new FakeStreamInjection();
        callout.begin(streams, flowId -> Status.SUCCESS);
        FakeRuntimeFilter filter = filter(Map.of("replace", CONTEXT.get("replace"), "mode", "out-of-band"));
        FakeFlow flow = new FakeFlow(77);
        List<String> pieces = List.of("my c", "at and a col", "our ca", "");
        for (String piece : pieces) {
            int end = piece.isEmpty() ? StreamFlags.SEND_DISCONNECT : 0;
            FakeStreamData data = new FakeStreamData(piece.getBytes(UTF_8)).setFlags(StreamFlags.SEND | end);
            RecordingClassifyOut out = new RecordingClassifyOut();
            callout.classify(
                    new FakeLayerValues(Layer.STREAM_V4),
                    new FakeMetadata().setFlow(flow),
                    data,
                    filter,
                    flow.context(Layer.STREAM_V4),
                    out);
            assertThat(out.answer()).isEqualTo(Action.BLOCK);
            assertThat(data.injected()).isEmpty();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Injected> injections = new ArrayList<>(streams.await(4));
        injections.forEach(i -> all.writeBytes(i.bytes()));
        assertThat(all.toString(UTF_8)).isEqualTo("my a longer animal and a color ca");
        assertThat(injections).extracting(Injected::flowId).containsOnly(77L);
        assertThat(injections.get(3).streamFlags()).isEqualTo(StreamFlags.SEND | StreamFlags.SEND_DISCONNECT);
        assertThat(injections.get(0).streamFlags()).isEqualTo(StreamFlags.SEND);
    }

    /** A connection whose pieces are shown one by one, as the gateway does. */
    private final class Pieces {
        private final FakeRuntimeFilter filter =
                filter(Map.of("replace", CONTEXT.get("replace"), "mode", "out-of-band"));
        private final FakeFlow flow = new FakeFlow(9);

        FakeStreamData show(int flags, byte... bytes) {
            FakeStreamData data = new FakeStreamData(bytes).setFlags(flags);
            RecordingClassifyOut out = new RecordingClassifyOut();
            callout.classify(
                    new FakeLayerValues(Layer.STREAM_V4),
                    new FakeMetadata().setFlow(flow),
                    data,
                    filter,
                    flow.context(Layer.STREAM_V4),
                    out);
            assertThat(out.answer()).isEqualTo(data.isDeferred() ? null : Action.BLOCK);
            return data;
        }
    }

    @Test
    @Tag("STR-13")
    void shouldReplaceOutOfBandWhereverSegmentsCutATextBothWaysAtOnce() throws Exception {
        String text = "the colour of a cat-colourful-c colcolour coloucat";
        for (int size = 1; size <= text.length(); size++) {
            FakeStreamInjection streams = new FakeStreamInjection();
            callout.begin(streams, flowId -> Status.SUCCESS);
            Pieces pieces = new Pieces();
            for (int at = 0; at < text.length(); at += size) {
                byte[] piece =
                        text.substring(at, Math.min(text.length(), at + size)).getBytes(UTF_8);
                pieces.show(StreamFlags.SEND, piece);
                pieces.show(StreamFlags.RECEIVE, piece);
            }
            pieces.show(StreamFlags.SEND | StreamFlags.SEND_DISCONNECT);
            pieces.show(StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT);
            List<Injected> injections = streams.await(1);
            while (injections.stream().noneMatch(i -> (i.streamFlags() & StreamFlags.RECEIVE_DISCONNECT) != 0)) {
                injections = streams.await(injections.size() + 1);
            }
            for (int way : new int[] {StreamFlags.SEND, StreamFlags.RECEIVE}) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                injections.stream()
                        .filter(injected -> (injected.streamFlags() & way) != 0)
                        .forEach(injected -> all.writeBytes(injected.bytes()));
                assertThat(all.toString(UTF_8)).as("segments of " + size).isEqualTo(edited(text));
            }
            callout.close();
        }
    }

    @Test
    @Tag("STR-13")
    void shouldDropAConnectionOfWhichTooMuchWaits() throws Exception {
        CountDownLatch isFree = new CountDownLatch(1);
        callout.begin(new StuckInjection(isFree), flowId -> Status.SUCCESS);
        Pieces pieces = new Pieces();
        byte[] piece = new byte[65_536];
        int taken = 0;
        while (!pieces.show(StreamFlags.SEND, piece).isDropped()) {
            taken++;
        }
        // The first piece is with the thread, which counts it no more.
        assertThat(taken * piece.length)
                .isBetween(OutOfBand.MOST_OF_ONE_BYTES, OutOfBand.MOST_OF_ONE_BYTES + piece.length);
        assertThat(pieces.show(StreamFlags.SEND, piece).isDropped()).isTrue();
        // Another connection goes on.
        assertThat(new Pieces().show(StreamFlags.SEND, piece).isDropped()).isFalse();
        isFree.countDown();
    }

    @Test
    @Tag("STR-11")
    void shouldHaveASenderWaitThatIsFasterThanTheThread() throws Exception {
        CountDownLatch isFree = new CountDownLatch(1);
        StuckInjection streams = new StuckInjection(isFree);
        callout.begin(streams, flowId -> Status.SUCCESS);
        Pieces pieces = new Pieces();
        byte[] piece = new byte[65_536];
        int taken = 0;
        FakeStreamData shown = pieces.show(StreamFlags.RECEIVE, piece);
        while (!shown.isDeferred()) {
            assertThat(shown.isDropped()).isFalse();
            taken++;
            shown = pieces.show(StreamFlags.RECEIVE, piece);
        }
        // The first piece is with the thread, which counts it no more.
        assertThat(taken * piece.length)
                .isBetween(OutOfBand.MOST_AHEAD_BYTES, OutOfBand.MOST_AHEAD_BYTES + piece.length);
        assertThat(streams.continued).isEmpty();
        isFree.countDown();
        assertThat(streams.continued.poll(10, TimeUnit.SECONDS)).isEqualTo(9L);
        shown = pieces.show(StreamFlags.RECEIVE, piece);
        assertThat(shown.isDeferred()).as("there is room again").isFalse();
        assertThat(shown.isDropped()).isFalse();
    }

    @Test
    @Tag("STR-13")
    void shouldKillAConnectionWhoseBytesCannotBeInjected() throws Exception {
        FakeStreamInjection streams = new FakeStreamInjection();
        streams.answer(Status.INSUFFICIENT_RESOURCES);
        BlockingQueue<Long> killed = new LinkedBlockingQueue<>();
        callout.begin(streams, flowId -> {
            killed.add(flowId);
            return Status.SUCCESS;
        });
        Pieces pieces = new Pieces();
        pieces.show(StreamFlags.SEND, "hello".getBytes(UTF_8));
        assertThat(killed.poll(10, TimeUnit.SECONDS)).isEqualTo(9L);
        assertThat(pieces.show(StreamFlags.SEND, "again".getBytes(UTF_8)).isDropped())
                .isTrue();
    }

    /** Lets nothing in before it is free. */
    private static final class StuckInjection implements StreamInjection {
        final BlockingQueue<Long> continued = new LinkedBlockingQueue<>();
        private final CountDownLatch isFree;

        StuckInjection(CountDownLatch isFree) {
            this.isFree = isFree;
        }

        @Override
        public Status inject(
                long flowId,
                int flags,
                byte[] source,
                int offset,
                int lengthBytes,
                @Nullable InjectionCompletion completion) {
            try {
                isFree.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Status.SUCCESS;
        }

        @Override
        public Status continueStream(long flowId) {
            continued.add(flowId);
            return Status.SUCCESS;
        }
    }
}
