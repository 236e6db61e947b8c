package io.sallyport.sample.dns.block;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsBlockTest {

    private static final int QUERY = 0x0100;
    private static final int ANSWER = 0x8180;

    private final DnsBlock callout = new DnsBlock();
    private final FakeRuntimeFilter filter = filter("bad.example", "Deep.Down.Evil.Test.", "tld");

    private static FakeRuntimeFilter filter(String... names) {
        return new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, Map.of("names", List.of(names)));
    }

    private ClassifyOut.@Nullable Action judge(byte... message) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        classify(filter, new FakeLayerData(message), out);
        assertThat(out.isWriteRightCleared()).isEqualTo(out.answer() == ClassifyOut.Action.BLOCK);
        return out.answer();
    }

    private void classify(FakeRuntimeFilter by, @Nullable LayerData data, RecordingClassifyOut out) {
        callout.classify(new FakeLayerValues(by.layer()), new FakeMetadata(), data, by, null, out);
    }

    private static byte[] message(int flags, int questions, byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {
            0x12, 0x34, (byte) (flags >> 8), (byte) flags, (byte) (questions >> 8), (byte) questions, 0, 0, 0, 0, 0, 0
        });
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    /** A name with its final zero. */
    private static byte[] name(String name) {
        return concat(labels(name), new byte[] {0});
    }

    private static byte[] labels(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    private static byte[] pointer(int target) {
        return new byte[] {(byte) (0xC0 | target >> 8), (byte) target};
    }

    private static final byte[] TYPE_A = {0, 1, 0, 1};

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] query(String name) {
        return message(QUERY, 1, name(name), TYPE_A);
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad.example",
                "www.bad.example",
                "a.b.c.d.BAD.eXample",
                "deep.down.evil.test",
                "x.DEEP.DOWN.EVIL.TEST",
                "tld",
                "any.thing.tld",
            })
    void shouldBlockNamesAndWhatIsBelowThem(String name) {
        assertThat(judge(query(name))).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(judge(message(ANSWER, 1, name(name), TYPE_A))).isEqualTo(ClassifyOut.Action.BLOCK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "good.example",
                "example",
                "notbad.example",
                "bad.example.com",
                "bad.examples",
                "down.evil.test",
                "deep.down.evil.test.org",
                "mytld",
                "tld.org",
            })
    void shouldLeaveOtherNamesToOtherFilters(String name) {
        assertThat(judge(query(name))).isNull();
    }

    @Test
    void shouldLeaveTheRootAndMessagesWithoutQuestionsAlone() {
        assertThat(judge(message(QUERY, 1, new byte[] {0}, TYPE_A))).isNull();
        assertThat(judge(message(ANSWER, 0))).isNull();
    }

    @Test
    void shouldNotTakeADotInsideALabelForASeparator() {
        byte[] oneLabel = concat(new byte[] {11}, "bad.example".getBytes(ISO_8859_1), new byte[] {0});
        assertThat(judge(message(QUERY, 1, oneLabel, TYPE_A))).isNull();
    }

    @Test
    void shouldReadEveryQuestion() {
        assertThat(judge(message(QUERY, 2, name("good.example"), TYPE_A, name("bad.example"), TYPE_A)))
                .isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(judge(message(QUERY, 2, name("good.example"), TYPE_A, name("fine.example"), TYPE_A)))
                .isNull();
    }

    @Test
    void shouldFollowCompressionPointers() {
        // "good.example" at 12, its "example" at 17; then "bad" and a pointer to that.
        byte[] first = concat(name("good.example"), TYPE_A);
        assertThat(judge(message(QUERY, 2, first, labels("bad"), pointer(17), TYPE_A)))
                .isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(judge(message(QUERY, 2, first, labels("fine"), pointer(17), TYPE_A)))
                .isNull();
        assertThat(judge(message(QUERY, 2, concat(name("bad.example"), TYPE_A), pointer(12), TYPE_A)))
                .isEqualTo(ClassifyOut.Action.BLOCK);
    }

    // ---- answers

    private static byte[] record(byte[] owner, int type, byte[] content) {
        return concat(
                owner,
                new byte[] {0, (byte) type, 0, 1, 0, 0, 1, 0, (byte) (content.length >> 8), (byte) content.length},
                content);
    }

    /** An answer to the question for good.example, which lies at 12. */
    private static byte[] answer(byte[]... records) {
        byte[] message = message(ANSWER, 1, name("good.example"), TYPE_A, concat(records));
        message[6] = (byte) (records.length >> 8);
        message[7] = (byte) records.length;
        return message;
    }

    @Test
    void shouldBlockAnswersThatLeadToABlockedName() {
        byte[] address = record(pointer(12), 1, new byte[] {(byte) 192, 0, 2, 1});
        byte[] fine = record(pointer(12), 5, concat(labels("www"), pointer(12)));
        for (byte[] bad : List.of(
                record(pointer(12), 5, name("www.bad.example")),
                record(pointer(12), 5, concat(labels("bad"), pointer(17))), // 17: example
                record(pointer(12), 39, name("bad.example")),
                record(pointer(12), 65, concat(new byte[] {0, 0}, name("x.bad.example"))),
                record(pointer(12), 64, concat(new byte[] {0, 1}, name("tld"), new byte[] {0, 3, 0, 2, 1, 1})),
                record(name("bad.example"), 1, new byte[4]))) {
            assertThat(judge(answer(address, fine, bad))).isEqualTo(ClassifyOut.Action.BLOCK);
        }
        byte[] service =
                record(pointer(12), 65, concat(new byte[] {0, 1}, new byte[] {0}, new byte[] {0, 3, 0, 2, 1, 1}));
        byte[] text = record(pointer(12), 16, concat(new byte[] {12}, name("bad.example")));
        assertThat(judge(answer(address, fine, service, text, address))).isNull();
    }

    @Test
    void shouldBlockAnswersThatItCannotFollow() {
        byte[] address = record(pointer(12), 1, new byte[4]);
        byte[] whole = answer(address);
        for (int length = whole.length - 1; length > 12; length--) {
            assertThat(judge(Arrays.copyOf(whole, length))).isEqualTo(ClassifyOut.Action.BLOCK);
        }
        byte[] tooLong = record(pointer(12), 5, concat(name("fine.example"), new byte[] {0}));
        byte[] outside = record(pointer(12), 5, new byte[] {4, 'f'});
        byte[] many = message(ANSWER, 0);
        many[6] = 9;
        for (byte[] bad : List.of(answer(tooLong), answer(outside, address), many)) {
            assertThat(judge(bad)).isEqualTo(ClassifyOut.Action.BLOCK);
        }
    }

    // ---- streams

    private static byte[] framed(byte[] message) {
        return concat(new byte[] {(byte) (message.length >> 8), (byte) message.length}, message);
    }

    private StreamRun stream() {
        return new StreamRun(callout, new FakeRuntimeFilter(Layer.STREAM_V4, filter.providerContext()));
    }

    @Test
    @Tag("STR-7")
    void shouldHoldAMessageInAStreamBackWhereverItIsCut() {
        byte[] good = framed(query("good.example"));
        byte[] compressed =
                framed(message(QUERY, 2, concat(name("good.example"), TYPE_A), labels("bad"), pointer(17), TYPE_A));
        for (byte[] bad : List.of(framed(query("www.bad.example")), compressed)) {
            byte[] all = concat(good, bad);
            for (int size = 1; size <= all.length; size++) {
                StreamRun run = stream();
                for (int at = 0; at < all.length; at += size) {
                    run.segment(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
                }
                assertThat(run.isDropped()).as("segments of " + size).isTrue();
                assertThat(run.left()).as("segments of " + size).isEqualTo(good);
            }
        }
    }

    @Test
    @Tag("STR-5")
    void shouldLetManyMessagesOfAStreamLeave() {
        byte[] answer = framed(answer(record(pointer(12), 1, new byte[4])));
        byte[] all = concat(answer, framed(query("fine.example")), answer);
        for (int size = 1; size <= all.length; size++) {
            StreamRun run = stream();
            for (int at = 0; at < all.length; at += size) {
                run.segment(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
            }
            run.end();
            assertThat(run.left()).as("segments of " + size).isEqualTo(all);
        }
    }

    @Test
    @Tag("STR-7")
    void shouldDropStreamsThatItCannotFollow() {
        byte[] good = framed(query("good.example"));
        StreamRun half = stream();
        half.segment(Arrays.copyOf(good, good.length - 1));
        half.end();
        assertThat(half.isDropped()).isTrue();
        StreamRun full = stream();
        full.segmentThatFillsTheBuffer(Arrays.copyOf(good, 1));
        assertThat(full.isDropped()).isTrue();
        for (byte[] bytes : List.of(
                new byte[2],
                framed(new byte[11]),
                "GET / HTTP/1.1".repeat(2_000).getBytes(ISO_8859_1))) {
            StreamRun run = stream();
            run.segment(bytes);
            assertThat(run.isDropped()).isTrue();
        }
    }

    // ---- messages that cannot be followed

    static Stream<Arguments> malformed() {
        byte[] pointers = new byte[0];
        for (int at = 12; at < 12 + 2 * 40; at += 2) {
            pointers = concat(pointers, pointer(at == 12 ? 12 : at - 2));
        }
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("half a header", new byte[11]),
                Arguments.of("no question", message(QUERY, 1)),
                Arguments.of("no type", message(QUERY, 1, name("good.example"))),
                Arguments.of("half a class", message(QUERY, 1, name("good.example"), new byte[] {0, 1, 0})),
                Arguments.of("a cut label", message(QUERY, 1, new byte[] {9, 'g', 'o', 'o', 'd'})),
                Arguments.of("no end", message(QUERY, 1, labels("good.example"))),
                Arguments.of("a missing second question", message(QUERY, 2, name("good.example"), TYPE_A)),
                Arguments.of("a label type of 01", message(QUERY, 1, new byte[] {0x41, 0}, TYPE_A)),
                Arguments.of("a label type of 10", message(QUERY, 1, new byte[] {(byte) 0x81, 0}, TYPE_A)),
                Arguments.of("a pointer to itself", message(QUERY, 1, pointer(12), TYPE_A)),
                Arguments.of("a pointer forwards", message(QUERY, 1, pointer(20), TYPE_A, name("good.example"))),
                Arguments.of("a pointer into the header", message(QUERY, 1, pointer(4), TYPE_A)),
                Arguments.of("half a pointer", message(QUERY, 1, new byte[] {(byte) 0xC0})),
                Arguments.of(
                        "a loop",
                        message(QUERY, 2, labels("a"), pointer(12), TYPE_A, labels("b"), pointer(12), TYPE_A)),
                Arguments.of("too many pointers", message(QUERY, 1, pointers, TYPE_A)),
                Arguments.of("a long name", message(QUERY, 1, name("x23456789.".repeat(25) + "x2345"), TYPE_A)),
                Arguments.of("many questions", message(QUERY, 65, concat(new byte[5 * 65]))),
                Arguments.of("text", "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n".getBytes(ISO_8859_1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldBlockWhatItCannotFollow(String what, byte[] message) {
        assertThat(judge(message)).as(what).isEqualTo(ClassifyOut.Action.BLOCK);
    }

    @Test
    void shouldTakeTheLongestNameThatThereMayBe() {
        // 25 labels of 9 characters are 250 bytes, one of 3 makes 254, the end 255.
        assertThat(judge(query("x23456789.".repeat(25) + "x23"))).isNull();
        // 125 labels of one character are 250 bytes, "tld" makes 254, the end 255.
        assertThat(judge(query("x.".repeat(125) + "tld"))).isEqualTo(ClassifyOut.Action.BLOCK);
    }

    @Test
    void shouldNeverThrowWhateverComes() {
        Random random = new Random(7);
        for (int round = 0; round < 200_000; round++) {
            byte[] message = random.nextBoolean() ? new byte[random.nextInt(80)] : query("www.good.example");
            if (round % 2 == 0) {
                random.nextBytes(message);
            }
            for (int changes = random.nextInt(4); changes > 0 && message.length > 0; changes--) {
                message[random.nextInt(message.length)] = (byte) (random.nextInt(3) == 0 ? 0xC0 : random.nextInt(64));
            }
            if (message.length > 5) {
                message[4] = 0;
                message[5] = (byte) random.nextInt(4);
            }
            judge(message);
        }
    }

    // ---- configuration

    static Stream<Arguments> contextsThatMakeNoSense() {
        return Stream.of(
                Arguments.of(Map.of(), "needs a context with names"),
                Arguments.of(Map.of("names", "bad.example"), "must be a list"),
                Arguments.of(Map.of("names", List.of()), "1 to 1000000"),
                Arguments.of(Map.of("names", Collections.nCopies(1_000_001, "x")), "1 to 1000000, not 1000001"),
                Arguments.of(Map.of("names", List.of(7L)), "name 1 is no text"),
                Arguments.of(Map.of("names", List.of("")), "1 to 253 characters"),
                Arguments.of(Map.of("names", List.of(".")), "1 to 253 characters"),
                Arguments.of(Map.of("names", List.of("a..b")), "each part"),
                Arguments.of(Map.of("names", List.of(".example")), "each part"),
                Arguments.of(Map.of("names", List.of("x".repeat(64) + ".example")), "each part"),
                Arguments.of(Map.of("names", List.of("*.example")), "asterisks"),
                Arguments.of(Map.of("names", List.of("bücher.example")), "xn--"));
    }

    @ParameterizedTest
    @MethodSource("contextsThatMakeNoSense")
    @Tag("CALL-11")
    void shouldRefuseContextsThatMakeNoSense(Map<String, Object> context, String message) {
        FakeRuntimeFilter bad = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V6, context);
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), bad))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining(message);
        RecordingClassifyOut out = new RecordingClassifyOut();
        classify(bad, new FakeLayerData(query("good.example")), out);
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
    }

    @ParameterizedTest
    @EnumSource(
            value = Layer.class,
            names = {"OUTBOUND_TRANSPORT_V4", "INBOUND_TRANSPORT_V6", "ALE_AUTH_CONNECT_V4"})
    void shouldRefuseLayersWithoutMessages(Layer layer) {
        FakeRuntimeFilter elsewhere = new FakeRuntimeFilter(layer, Map.of("names", List.of("bad.example")));
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), elsewhere))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining(layer.policyName());
        RecordingClassifyOut out = new RecordingClassifyOut();
        classify(elsewhere, null, out);
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
    }

    @Test
    @Tag("ARB-22")
    void shouldAnswerTerminatingFilters() {
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(judge(query("good.example"))).isEqualTo(ClassifyOut.Action.PERMIT);
    }

    @Test
    @Tag("ARB-11")
    void shouldLeaveABlockAloneWithoutTheWriteRight() {
        RecordingClassifyOut out = new RecordingClassifyOut();
        out.enterWith(ClassifyOut.Action.BLOCK, false);
        classify(filter, new FakeLayerData(query("bad.example")), out);
        assertThat(out.answer()).isNull();
    }

    @Test
    void shouldFindAnyOfManyNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            names.add("host-" + i + ".zone-" + i % 100 + ".example");
        }
        FakeRuntimeFilter many = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, Map.of("names", names));
        RecordingClassifyOut out = new RecordingClassifyOut();
        classify(many, new FakeLayerData(query("www.host-49999.zone-99.example")), out);
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        out.forgetAnswer();
        classify(many, new FakeLayerData(query("www.host-49999.zone-98.example")), out);
        assertThat(out.answer()).isNull();
    }

    @Test
    void shouldNotAllocate() throws FilterRefusedException {
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter);
        FakeLayerValues values = new FakeLayerValues(Layer.DATAGRAM_DATA_V4);
        FakeMetadata metadata = new FakeMetadata();
        FakeLayerData data = new FakeLayerData(query("www.bad.example.org"));
        RecordingClassifyOut out = new RecordingClassifyOut();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 10_000; i++) {
                callout.classify(values, metadata, data, filter, null, out);
            }
            best = Math.min(best, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(best).isLessThan(1_600);
    }
}
