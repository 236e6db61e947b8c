package io.sallyport.sample.tls.sni;

import static io.sallyport.sample.tls.sni.Hellos.concat;
import static io.sallyport.sample.tls.sni.Hellos.extension;
import static io.sallyport.sample.tls.sni.Hellos.hello;
import static io.sallyport.sample.tls.sni.Hellos.naming;
import static io.sallyport.sample.tls.sni.Hellos.record;
import static io.sallyport.sample.tls.sni.Hellos.records;
import static io.sallyport.sample.tls.sni.Hellos.serverName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.FakeStreamData;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSniTest {

    private static final byte[] BAD = naming("www.bad.example");
    private static final byte[] GOOD = naming("www.good.example");
    private static final byte[] CHANGE_CIPHER = record(20, new byte[] {1});
    private static final byte[] APPLICATION_DATA = record(23, new byte[40]);

    private final TlsSni callout = new TlsSni();
    private final FakeFlow flow = new FakeFlow(1);
    private final FakeRuntimeFilter filter = filter(Map.of("names", List.of("bad.example", "Other.TEST.")));

    private static FakeRuntimeFilter filter(Map<String, Object> context) {
        return new FakeRuntimeFilter(Layer.STREAM_V4, context);
    }

    private StreamRun run() {
        return run(filter);
    }

    private StreamRun run(FakeRuntimeFilter by) {
        return new StreamRun(callout, by, new FakeFlow(1), Direction.OUTBOUND);
    }

    private static StreamRun sent(StreamRun run, byte[] bytes, int segmentBytes) {
        for (int at = 0; at < bytes.length; at += segmentBytes) {
            run.segment(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + segmentBytes)));
        }
        return run;
    }

    private StreamRun sent(byte[] bytes) {
        return sent(run(), bytes, bytes.length);
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {"bad.example", "BAD.example", "a.b.c.bad.EXAMPLE", "bad.example.", "other.test", "x.other.test"})
    void shouldDropNamesAndWhatIsBelowThem(String name) {
        StreamRun run = sent(records(naming(name), 1_000));
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"good.example", "notbad.example", "bad.example.com", "example", "test", "bad", "192.0.2.1"})
    void shouldLetOtherNamesPass(String name) {
        byte[] hello = records(naming(name), 1_000);
        assertThat(sent(hello).left()).isEqualTo(hello);
    }

    // ---- cuts

    @Test
    @Tag("STR-7")
    void shouldLetNoByteOfARefusedHelloLeaveWhereverSegmentsCutIt() {
        byte[] hello = records(BAD, 1_000);
        for (int cut = 1; cut < hello.length; cut++) {
            StreamRun run = run();
            run.segment(Arrays.copyOf(hello, cut));
            assertThat(run.left()).as("cut at " + cut).isEmpty();
            run.segment(Arrays.copyOfRange(hello, cut, hello.length));
            assertThat(run.left()).as("cut at " + cut).isEmpty();
            assertThat(run.isDropped()).as("cut at " + cut).isTrue();
        }
    }

    @Test
    @Tag("STR-7")
    void shouldPutAHelloTogetherFromRecordsAndSegmentsOfEverySize() {
        for (int recordBytes = 1; recordBytes <= BAD.length; recordBytes += recordBytes < 12 ? 1 : 17) {
            for (int segmentBytes : new int[] {1, 2, 5, 7, 64, 10_000}) {
                String what = recordBytes + " in a record, " + segmentBytes + " in a segment";
                StreamRun bad = sent(run(), records(BAD, recordBytes), segmentBytes);
                assertThat(bad.isDropped()).as(what).isTrue();
                assertThat(bad.left()).as(what).isEmpty();
                byte[] all = concat(records(GOOD, recordBytes), CHANGE_CIPHER, APPLICATION_DATA, new byte[] {1, 2, 3});
                StreamRun good = sent(run(), all, segmentBytes);
                assertThat(good.left()).as(what).isEqualTo(all);
                assertThat(good.isAllowed()).as(what).isTrue();
            }
        }
    }

    @Test
    void shouldReadEveryByteOnce() {
        byte[] padded = hello(extension(21, new byte[8_000]), extension(Hellos.SERVER_NAME, serverName("bad.example")));
        CountingData counting = new CountingData(records(padded, 1));
        HelloReader reader = new HelloReader();
        HelloReader.Verdict verdict = HelloReader.Verdict.SO_FAR_GOOD;
        for (int shown = 1; verdict == HelloReader.Verdict.SO_FAR_GOOD; shown++) {
            counting.shown = shown;
            verdict = reader.read(counting, (SniRules) attached());
        }
        assertThat(verdict).isEqualTo(HelloReader.Verdict.BLOCK);
        assertThat(counting.reads).isEqualTo(counting.bytes.length);
    }

    private Object attached() {
        sent(records(GOOD, 100));
        return java.util.Objects.requireNonNull(filter.attachment());
    }

    // ---- what follows

    @Test
    @Tag("STR-10")
    void shouldNotBeAskedAgainOnceKeysAreExchanged() {
        for (byte[] next : List.of(APPLICATION_DATA, record(22, new byte[] {16, 0, 0, 1, 7}))) {
            StreamRun run = run();
            run.segment(records(GOOD, 100));
            assertThat(run.isAllowed()).isFalse();
            run.segment(concat(CHANGE_CIPHER, next));
            assertThat(run.isAllowed()).isTrue();
        }
    }

    @Test
    void shouldJudgeTheHelloThatAnswersARetryRequest() {
        byte[] first = records(GOOD, 50);
        for (int segmentBytes : new int[] {1, 3, 1_000}) {
            StreamRun run = sent(run(), concat(first, CHANGE_CIPHER, records(BAD, 9)), segmentBytes);
            assertThat(run.isDropped()).isTrue();
            // If all comes at once, nothing at all has left by the time it is dropped.
            assertThat(run.left()).isEqualTo(segmentBytes == 1_000 ? new byte[0] : concat(first, CHANGE_CIPHER));
        }
    }

    @Test
    void shouldLookBehindEarlyDataForASecondHello() {
        byte[] early = records(
                hello(
                        extension(Hellos.SERVER_NAME, serverName("good.example")),
                        extension(Hellos.EARLY_DATA, new byte[0])),
                70);
        for (int segmentBytes : new int[] {1, 11, 1_000}) {
            StreamRun run = sent(run(), concat(early, APPLICATION_DATA, records(BAD, 30)), segmentBytes);
            assertThat(run.isDropped()).isTrue();
            // If all comes at once, nothing at all has left by the time it is dropped.
            assertThat(run.left()).isEqualTo(segmentBytes == 1_000 ? new byte[0] : concat(early, APPLICATION_DATA));
        }
    }

    @Test
    void shouldRefuseAThirdHello() {
        assertThat(sent(concat(records(GOOD, 100), records(GOOD, 100), records(GOOD, 100)))
                        .isDropped())
                .isTrue();
    }

    @Test
    void shouldPermitWhatTheServerSends() {
        StreamRun server = new StreamRun(callout, filter, flow, Direction.INBOUND);
        server.segment(records(BAD, 100));
        assertThat(server.left()).isEqualTo(records(BAD, 100));
    }

    @Test
    void shouldReadTheOutsideAsTheClientOfAConnectionThatCameIn() {
        FakeStreamData data = new FakeStreamData(records(BAD, 100)).setFlags(StreamFlags.RECEIVE);
        callout.classify(
                new FakeLayerValues(Layer.STREAM_V4).setNumber(Field.DIRECTION, Direction.INBOUND.code()),
                new FakeMetadata().setFlow(flow),
                data,
                filter,
                null,
                new RecordingClassifyOut());
        assertThat(data.isDropped()).isTrue();
    }

    // ---- what is no good

    @Test
    void shouldDropWhatIsNoTls() {
        for (byte[] bytes : List.of(
                "GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                new byte[] {(byte) 0x80, 46, 1, 3, 1, 0, 21}, // SSL 2
                concat(CHANGE_CIPHER, records(GOOD, 100)),
                record(22, new byte[] {16, 0, 0, 1, 7}))) {
            assertThat(sent(bytes).isDropped()).isTrue();
            FakeRuntimeFilter lenient = filter(Map.of("names", List.of("bad.example"), "not-tls", "permit"));
            StreamRun run = run(lenient);
            run.segment(bytes);
            assertThat(run.left()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldDropHellosThatCouldBeReadInTwoWays() {
        byte[] sni = extension(Hellos.SERVER_NAME, serverName("good.example"));
        byte[] twoNames = concat(
                new byte[] {0, 30, 0, 0, 12},
                "good.example".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                new byte[] {0, 0, 12},
                "evil.example".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        byte[] shortened = hello(sni);
        shortened[3]--;
        for (byte[] hello : List.of(
                hello(sni, sni),
                hello(extension(Hellos.SERVER_NAME, twoNames)),
                hello(extension(Hellos.SERVER_NAME, serverName(""))),
                hello(extension(Hellos.SERVER_NAME, serverName("good.example\0.bad.example"))),
                hello(extension(Hellos.SERVER_NAME, new byte[0])),
                shortened,
                Arrays.copyOf(shortened, shortened.length - 1))) {
            assertThat(sent(records(hello, 1_000)).isDropped()).isTrue();
        }
        // The rest of a record behind the message, a record of another kind inside it, a huge one.
        assertThat(sent(record(22, concat(GOOD, new byte[] {1}))).isDropped()).isTrue();
        assertThat(sent(concat(record(22, Arrays.copyOf(GOOD, 20)), CHANGE_CIPHER))
                        .isDropped())
                .isTrue();
        assertThat(sent(record(22, new byte[] {1, 1, 0, 0})).isDropped()).isTrue();
    }

    @Test
    @Tag("STR-7")
    void shouldDropAHelloThatNeverBecomesWhole() {
        byte[] part = Arrays.copyOf(records(GOOD, 1_000), 60);
        StreamRun ended = run();
        ended.segment(part);
        ended.end();
        assertThat(ended.isDropped()).isTrue();
        StreamRun full = run();
        full.segmentThatFillsTheBuffer(part);
        assertThat(full.isDropped()).isTrue();
        StreamRun nothing = run();
        nothing.end();
        assertThat(nothing.isDropped()).isFalse();
    }

    @Test
    void shouldDoAsToldAboutHellosThatHideOrLackTheName() {
        byte[] nameless = records(hello(extension(43, new byte[] {2, 3, 4})), 1_000);
        byte[] bare = records(hello(), 1_000);
        byte[] hidden = records(
                hello(extension(Hellos.ECH, new byte[9]), extension(Hellos.SERVER_NAME, serverName("public.example"))),
                1_000);
        FakeRuntimeFilter strict =
                filter(Map.of("names", List.of("x"), "without-name", "block", "encrypted-hello", "block"));
        for (byte[] hello : List.of(nameless, bare, hidden)) {
            assertThat(sent(hello).left()).isEqualTo(hello);
            StreamRun run = run(strict);
            run.segment(hello);
            assertThat(run.isDropped()).isTrue();
        }
    }

    @Test
    void shouldNeverThrowAndNeverLeakABadNameInMutatedHellos() {
        Random random = new Random(6);
        byte[] original = records(BAD, 40);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = original.clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            StreamRun run = sent(run(), bytes, 1 + random.nextInt(bytes.length));
            run.end();
            assertThat(run.isDropped() || run.left().length == bytes.length).isTrue();
        }
    }

    // ---- configuration

    @Test
    @Tag("FLOW-3")
    void shouldKeepNoContextOfAnAllowedFlow() {
        StreamRun run = new StreamRun(callout, filter, flow, Direction.OUTBOUND);
        run.segment(records(GOOD, 100));
        assertThat(flow.context(Layer.STREAM_V4)).isNotNull();
        run.segment(APPLICATION_DATA);
        assertThat(flow.context(Layer.STREAM_V4)).isNull();
    }

    @Test
    void shouldRefuseContextsThatMakeNoSense() {
        List<Map<String, Object>> contexts = List.of(
                Map.of(),
                Map.of("names", List.of()),
                Map.of("names", "bad.example"),
                Map.of("names", List.of(7L)),
                Map.of("names", List.of("*.bad.example")),
                Map.of("names", List.of("bad..example")),
                Map.of("names", List.of("x".repeat(64))),
                Map.of("names", List.of("x"), "nmaes", List.of("y")),
                Map.of("names", List.of("x"), "not-tls", "perhaps"));
        for (Map<String, Object> context : contexts) {
            FakeRuntimeFilter senseless = filter(context);
            assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), senseless))
                    .isInstanceOf(FilterRefusedException.class);
            RecordingClassifyOut out = new RecordingClassifyOut();
            callout.classify(
                    new FakeLayerValues(Layer.STREAM_V4),
                    new FakeMetadata().setFlow(flow),
                    new FakeStreamData(records(GOOD, 100)).setFlags(StreamFlags.SEND),
                    senseless,
                    null,
                    out);
            assertThat(out.answer()).isEqualTo(Action.BLOCK);
        }
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, filter.providerContext());
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, UUID.randomUUID(), elsewhere))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining("stream layers");
    }

    /** Shows the start of some bytes and counts how many are read. */
    private static final class CountingData implements LayerData {
        private final byte[] bytes;
        private int shown;
        private long reads;

        CountingData(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int lengthBytes() {
            return shown;
        }

        @Override
        public int u8(int offset) {
            reads++;
            return bytes[offset] & 0xFF;
        }

        @Override
        public int u16(int offset) {
            return u8(offset) << 8 | u8(offset + 1);
        }

        @Override
        public long u32(int offset) {
            return (long) u16(offset) << 16 | u16(offset + 2);
        }

        @Override
        public void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes) {
            reads += lengthBytes;
            System.arraycopy(bytes, offset, target, targetOffset, lengthBytes);
        }
    }
}
