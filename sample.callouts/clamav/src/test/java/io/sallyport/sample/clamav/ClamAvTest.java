package io.sallyport.sample.clamav;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Layer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClamAvTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir
    Path folder;

    private final ClamAv callout = new ClamAv();
    private final Streams streams = new Streams();
    private @Nullable ServerSocketChannel clamd;

    @BeforeEach
    void begin() {
        callout.begin(streams, flowId -> {
            streams.events.add("killed");
            return Status.SUCCESS;
        });
    }

    @AfterEach
    void close() throws IOException {
        callout.close();
        ServerSocketChannel server = clamd;
        if (server != null) {
            server.close();
        }
    }

    /** Takes what is injected; an end or a kill is an event. */
    private static final class Streams implements StreamInjection {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public synchronized Status inject(
                long flowId,
                int flags,
                byte[] source,
                int offset,
                int lengthBytes,
                @Nullable InjectionCompletion completion) {
            boolean isReceived = (flags & StreamFlags.RECEIVE) != 0;
            (isReceived ? received : sent).write(source, offset, lengthBytes);
            if ((flags & (StreamFlags.RECEIVE_DISCONNECT | StreamFlags.SEND_DISCONNECT)) != 0) {
                events.add(isReceived ? "received ended" : "sent ended");
            } else if (completion != null) {
                completion.injected(Status.SUCCESS);
            }
            return Status.SUCCESS;
        }

        @Override
        public Status continueStream(long flowId) {
            return Status.SUCCESS;
        }

        String await() throws InterruptedException {
            return String.valueOf(events.poll(20, TimeUnit.SECONDS));
        }

        synchronized String received() {
            return received.toString(ISO_8859_1);
        }

        synchronized String sent() {
            return sent.toString(ISO_8859_1);
        }
    }

    private final class Lab {
        private final FakeRuntimeFilter filter;
        private final FakeFlow flow = new FakeFlow(5);

        Lab(Map<String, Object> context) {
            filter = new FakeRuntimeFilter(Layer.STREAM_V4, context);
        }

        boolean show(int flags, byte... bytes) {
            FakeStreamData data = new FakeStreamData(bytes).setFlags(flags);
            RecordingClassifyOut out = new RecordingClassifyOut();
            callout.classify(
                    new FakeLayerValues(Layer.STREAM_V4),
                    new FakeMetadata().setFlow(flow),
                    data,
                    filter,
                    flow.context(Layer.STREAM_V4),
                    out);
            assertThat(out.answer()).isEqualTo(Action.BLOCK);
            return !data.isDropped();
        }

        /** A request and its response, in pieces, and the ends of both directions. */
        void exchange(String request, String response, int size) {
            send(StreamFlags.SEND, request, size);
            show(StreamFlags.SEND | StreamFlags.SEND_DISCONNECT);
            send(StreamFlags.RECEIVE, response, size);
            show(StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT);
        }

        private void send(int flag, String text, int size) {
            byte[] bytes = text.getBytes(ISO_8859_1);
            for (int at = 0; at < bytes.length; at += size) {
                show(flag, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
            }
        }
    }

    private static String response(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private Map<String, Object> context() {
        return Map.of("socket", folder.resolve("clamd").toString());
    }

    /** Speaks INSTREAM, and calls infected what has the word evil in it. */
    private void startClamd(String reply) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("clamd")));
        clamd = server;
        Thread thread = new Thread(() -> {
            while (server.isOpen()) {
                try (SocketChannel client = server.accept()) {
                    DataInputStream in = new DataInputStream(Channels.newInputStream(client));
                    assertThat(new String(in.readNBytes(10), ISO_8859_1)).isEqualTo("zINSTREAM\0");
                    ByteArrayOutputStream file = new ByteArrayOutputStream();
                    for (int count = in.readInt(); count > 0; count = in.readInt()) {
                        file.writeBytes(in.readNBytes(count));
                    }
                    boolean isEvil = file.toString(ISO_8859_1).contains("evil");
                    String text = isEvil ? "stream: Test.Evil FOUND\0" : reply + "\0";
                    client.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
                } catch (IOException e) {
                    // the test has ended
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    @Tag("STR-13")
    @Tag("STR-15")
    void shouldLetCleanFilesPassHoweverTheyAreCut() throws Exception {
        startClamd("stream: OK");
        for (int size : new int[] {1, 7, 1_400}) {
            new Lab(context()).exchange(GET + GET, response("all is well") + response("as before"), size);
            assertThat(List.of(streams.await(), streams.await())).containsOnly("sent ended", "received ended");
            assertThat(streams.sent()).endsWith(GET + GET);
            assertThat(streams.received()).endsWith(response("all is well") + response("as before"));
        }
    }

    @Test
    @Tag("FLOW-6")
    void shouldLetNoByteOfAnInfectedFilePassHoweverItIsCut() throws Exception {
        startClamd("stream: OK");
        String bad = response("this is evil");
        for (int size = 1; size <= bad.length(); size++) {
            Lab lab = new Lab(context());
            lab.exchange(GET, bad, size);
            assertThat(streams.await()).isEqualTo("sent ended");
            assertThat(streams.await()).isEqualTo("killed");
            assertThat(lab.show(StreamFlags.RECEIVE, (byte) 1)).isFalse();
        }
        awaitNothingHeld();
        assertThat(streams.received()).isEmpty();
        new Lab(context()).exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nevil", response(""), 9);
        assertThat(streams.await()).isEqualTo("killed");
        assertThat(streams.sent()).doesNotContain("POST");
    }

    /** A kill is told before the last pieces are forgotten. */
    private void awaitNothingHeld() throws InterruptedException {
        for (int i = 0; i < 1_000 && callout.heldBytes() != 0; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(callout.heldBytes()).isZero();
    }

    @Test
    void shouldScanFilesThatEndWithTheConnection() throws Exception {
        startClamd("stream: OK");
        String head = "HTTP/1.0 200 OK\r\n\r\n";
        new Lab(context()).exchange(GET, head + "up to the end", 5);
        assertThat(List.of(streams.await(), streams.await())).containsOnly("sent ended", "received ended");
        assertThat(streams.received()).isEqualTo(head + "up to the end");
        new Lab(context()).exchange(GET, head + "an evil end", 5);
        assertThat(streams.await()).isEqualTo("sent ended");
        assertThat(streams.await()).isEqualTo("killed");
    }

    @Test
    void shouldDoAsToldAboutFilesThatAreNotScanned() throws Exception {
        Map<String, Object> lenient = Map.of("socket", folder.resolve("clamd").toString(), "unavailable", "permit");
        for (int round = 0; round < 2; round++) {
            new Lab(context()).exchange(GET, response("well"), 9);
            assertThat(List.of(streams.await(), streams.await())).containsExactly("sent ended", "killed");
            new Lab(lenient).exchange(GET, response("well"), 9);
            assertThat(List.of(streams.await(), streams.await())).containsOnly("sent ended", "received ended");
            if (round == 0) {
                startClamd("INSTREAM size limit exceeded. ERROR");
            }
        }
    }

    @Test
    void shouldKillWhatItCannotFollowOrHold() throws Exception {
        startClamd("stream: OK");
        new Lab(context()).show(StreamFlags.SEND, "no HTTP\r\n\r\n".getBytes(ISO_8859_1));
        assertThat(streams.await()).isEqualTo("killed");
        Lab lab = new Lab(context());
        lab.send(StreamFlags.SEND, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 99);
        boolean isTaken = true;
        for (int i = 0; i < 300 && isTaken; i++) {
            isTaken = lab.show(StreamFlags.SEND, new byte[65_536]);
        }
        assertThat(isTaken).isFalse();
        assertThat(streams.sent()).isEmpty();
    }

    @Test
    void shouldRefuseContextsThatMakeNoSense() {
        for (Map<String, Object> context : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("socket", "clamd"),
                Map.of("socket", "192.0.2.1:3310"),
                Map.of("socket", "127.0.0.1:99999"),
                Map.of("socket", "/x", "unavailable", "maybe"),
                Map.of("socket", "/x", "sockets", "/y"))) {
            FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4, context);
            assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), filter))
                    .isInstanceOf(FilterRefusedException.class);
        }
    }

    @Test
    void shouldHaveARealClamdFindTheTestFile() throws Exception {
        try (RealClamd real = RealClamd.start(folder)) {
            assertThat(context()).containsEntry("socket", real.socket().toString());
            new Lab(context()).exchange(GET, response("all is well"), 9);
            assertThat(List.of(streams.await(), streams.await())).containsOnly("sent ended", "received ended");
            new Lab(context()).exchange(GET, response(RealClamd.EICAR), 9);
            assertThat(List.of(streams.await(), streams.await())).containsExactly("sent ended", "killed");
            assertThat(streams.received()).isEqualTo(response("all is well"));
        }
    }
}
