package io.sallyport.sample.word.block;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.FakeStreamData;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
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

class WordBlockTest {

    private final WordBlock callout = new WordBlock();

    private static FakeRuntimeFilter filter(Layer layer, String... words) {
        return new FakeRuntimeFilter(layer, Map.of("words", List.of(words)));
    }

    private RecordingClassifyOut datagram(FakeRuntimeFilter filter, @Nullable LayerData data) {
        return datagram(filter, data, new RecordingClassifyOut());
    }

    private RecordingClassifyOut datagram(
            FakeRuntimeFilter filter, @Nullable LayerData data, RecordingClassifyOut out) {
        callout.classify(new FakeLayerValues(filter.layer()), new FakeMetadata(), data, filter, null, out);
        return out;
    }

    private static FakeLayerData text(String text) {
        return new FakeLayerData(text.getBytes(UTF_8));
    }

    private static int indexOf(byte[] text, byte[] word) {
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1)
                .indexOf(new String(word, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    // ---- configuration

    static Stream<Arguments> contextsThatMakeNoSense() {
        return Stream.of(
                Arguments.of(Map.of(), "needs a context with words"),
                Arguments.of(Map.of("word", List.of("x")), "needs a context with words"),
                Arguments.of(Map.of("words", "EVIL"), "must be a list"),
                Arguments.of(Map.of("words", List.of()), "1 to 10000"),
                Arguments.of(Map.of("words", Collections.nCopies(10_001, "x")), "1 to 10000, not 10001"),
                Arguments.of(Map.of("words", List.of("fine", 7L)), "word 2 is no text"),
                Arguments.of(Map.of("words", List.of("fine", "")), "word 2 must be 1 to 1024 bytes long, not 0"),
                Arguments.of(Map.of("words", List.of("x".repeat(1_025))), "not 1025"),
                Arguments.of(Map.of("words", List.of("é".repeat(513))), "not 1026"),
                Arguments.of(Map.of("words", Collections.nCopies(1_025, "x".repeat(1_024))), "all together"));
    }

    @ParameterizedTest
    @MethodSource("contextsThatMakeNoSense")
    @Tag("CALL-11")
    void shouldRefuseContextsThatMakeNoSense(Map<String, Object> context, String message) {
        FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4, context);
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining(message);
        assertThat(filter.attachment()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = Layer.class,
            names = {"INBOUND_TRANSPORT_V4", "ALE_AUTH_CONNECT_V6", "INBOUND_MAC_FRAME_ETHERNET"})
    void shouldRefuseLayersWhereWordsCannotBeFollowed(Layer layer) {
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter(layer, "EVIL")))
                .isInstanceOf(FilterRefusedException.class)
                .hasMessageContaining(layer.policyName());
    }

    @Test
    @Tag("CALL-13")
    @Tag("CALL-14")
    void shouldAttachWordsWhenAFilterIsAddedAndIgnoreOtherNotices() throws FilterRefusedException {
        FakeRuntimeFilter filter = filter(Layer.STREAM_V6, "EVIL");
        callout.notify(NotifyType.DELETE_FILTER, null, filter);
        assertThat(filter.attachment()).isNull();
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter);
        assertThat(filter.attachment()).isInstanceOf(Words.class);
    }

    @Test
    @Tag("CALL-12")
    void shouldReadTheWordsOfFiltersThatWereThereBefore() {
        FakeRuntimeFilter filter = filter(Layer.DATAGRAM_DATA_V4, "EVIL");
        assertThat(datagram(filter, text("so EVIL it is")).answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(filter.attachment()).isInstanceOf(Words.class);
    }

    @Test
    void shouldBlockWhenThereAreNoWordsToLookFor() {
        FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, Map.of());
        assertThat(datagram(filter, text("harmless")).answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(datagram(filter, text("harmless")).isWriteRightCleared()).isTrue();

        StreamRun run = new StreamRun(callout, new FakeRuntimeFilter(Layer.STREAM_V4, Map.of()));
        run.segment("harmless".getBytes(UTF_8));
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).isEmpty();
    }

    @Test
    void shouldBlockWhereThereIsNoText() {
        assertThat(datagram(filter(Layer.ALE_AUTH_CONNECT_V4, "EVIL"), null).answer())
                .isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(datagram(filter(Layer.INBOUND_TRANSPORT_V4, "EVIL"), text("harmless"))
                        .answer())
                .isEqualTo(ClassifyOut.Action.BLOCK);
    }

    // ---- datagrams

    @ParameterizedTest
    @ValueSource(strings = {"EVIL", "xEVIL", "EVILx", "EVEVIL", "a b\0EVIL", "bad", "sobady", "ümlaut"})
    void shouldBlockDatagramsWithAWord(String text) {
        RecordingClassifyOut out = datagram(filter(Layer.DATAGRAM_DATA_V6, "EVIL", "bad", "mlau"), text(text));
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(out.isWriteRightCleared()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EVI", "evil", "E V I L", "EVI LEVI", "ba", "ab d"})
    void shouldLeaveHarmlessDatagramsToOtherFilters(String text) {
        RecordingClassifyOut out = datagram(filter(Layer.DATAGRAM_DATA_V4, "EVIL", "bad"), text(text));
        assertThat(out.answer()).isNull();
        assertThat(out.isWriteRightCleared()).isFalse();
    }

    @Test
    @Tag("ARB-22")
    void shouldAnswerTerminatingFilters() {
        FakeRuntimeFilter filter = filter(Layer.DATAGRAM_DATA_V4, "EVIL");
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(datagram(filter, text("harmless")).answer()).isEqualTo(ClassifyOut.Action.PERMIT);
    }

    @Test
    @Tag("ARB-11")
    @Tag("ARB-12")
    void shouldVetoAPermitAndLeaveABlockAloneWithoutTheWriteRight() {
        FakeRuntimeFilter filter = filter(Layer.DATAGRAM_DATA_V4, "EVIL");
        RecordingClassifyOut permitted = new RecordingClassifyOut();
        permitted.enterWith(ClassifyOut.Action.PERMIT, false);
        assertThat(datagram(filter, text("EVIL"), permitted).answer()).isEqualTo(ClassifyOut.Action.BLOCK);

        RecordingClassifyOut blocked = new RecordingClassifyOut();
        blocked.enterWith(ClassifyOut.Action.BLOCK, false);
        assertThat(datagram(filter, text("EVIL"), blocked).answer()).isNull();
    }

    // ---- streams

    @Test
    @Tag("STR-5")
    @Tag("STR-7")
    void shouldWithholdOnlyWhatCouldStartAWord() {
        FakeRuntimeFilter filter = filter(Layer.STREAM_V4, "EVIL");
        StreamRun run = new StreamRun(callout, filter);
        run.segment("good EV".getBytes(UTF_8));
        assertThat(run.left()).isEqualTo("good ".getBytes(UTF_8));
        run.segment("E".getBytes(UTF_8));
        assertThat(run.left()).isEqualTo("good EV".getBytes(UTF_8));
        run.segment("N ".getBytes(UTF_8));
        assertThat(run.left()).isEqualTo("good EVEN ".getBytes(UTF_8));
        run.segment("EVI".getBytes(UTF_8));
        run.segment("L".getBytes(UTF_8));
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).isEqualTo("good EVEN ".getBytes(UTF_8));
    }

    @Test
    @Tag("STR-2")
    void shouldPermitAFinWithoutBytes() {
        FakeStreamData fin = new FakeStreamData();
        fin.setFlags(StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT);
        RecordingClassifyOut out = datagram(filter(Layer.STREAM_V4, "EVIL"), fin);
        assertThat(out.answer()).isEqualTo(ClassifyOut.Action.PERMIT);
        assertThat(fin.required()).isZero();
        assertThat(fin.isDropped()).isFalse();
    }

    @Test
    @Tag("STR-7")
    void shouldLetTheStartOfAWordGoWhenNothingMoreCanCome() {
        StreamRun run = new StreamRun(callout, filter(Layer.STREAM_V4, "EVIL"));
        run.segment("the EVI".getBytes(UTF_8));
        run.end();
        assertThat(run.isDropped()).isFalse();
        assertThat(run.left()).isEqualTo("the EVI".getBytes(UTF_8));
    }

    @Test
    @Tag("STR-7")
    void shouldDropWhenNoMoreCanBeHeldWhileAWordIsBegun() {
        StreamRun run = new StreamRun(callout, filter(Layer.STREAM_V4, "EVIL"));
        run.segmentThatFillsTheBuffer("the EVI".getBytes(UTF_8));
        run.segment("L".getBytes(UTF_8));
        assertThat(run.isDropped()).isTrue();
        assertThat(run.left()).isEqualTo("the ".getBytes(UTF_8));
    }

    @Test
    void shouldNeverLetAWordLeaveHoweverItIsCutAndAlwaysLetHarmlessTextLeaveWhole() {
        Random random = new Random(7);
        int dropped = 0;
        int whole = 0;
        for (int round = 0; round < 20_000; round++) {
            List<byte[]> words = randomWords(random);
            byte[] text = randomBytes(random, random.nextInt(60));
            if (random.nextInt(4) == 0) {
                byte[] word = words.get(random.nextInt(words.size()));
                int place = random.nextInt(text.length + 1);
                byte[] longer = Arrays.copyOf(text, text.length + word.length);
                System.arraycopy(text, place, longer, place + word.length, text.length - place);
                System.arraycopy(word, 0, longer, place, word.length);
                text = longer;
            }
            List<String> list =
                    words.stream().map(word -> new String(word, UTF_8)).toList();
            FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("words", list));
            StreamRun run = new StreamRun(callout, filter);
            int sent = 0;
            while (sent < text.length) {
                int size = 1 + random.nextInt(Math.min(text.length - sent, 1 + random.nextInt(20)));
                run.segment(Arrays.copyOfRange(text, sent, sent + size));
                sent += size;
            }
            run.end();

            byte[] sentText = text;
            boolean isHarmful = words.stream().anyMatch(word -> indexOf(sentText, word) >= 0);
            assertThat(run.isDropped())
                    .as("%s in %s", list, Arrays.toString(text))
                    .isEqualTo(isHarmful);
            if (isHarmful) {
                dropped++;
                assertThat(words).noneMatch(word -> indexOf(run.left(), word) >= 0);
                assertThat(Arrays.copyOf(sentText, run.left().length)).isEqualTo(run.left());
            } else {
                whole++;
                assertThat(run.left()).isEqualTo(sentText);
            }
        }
        assertThat(dropped).isGreaterThan(5_000);
        assertThat(whole).isGreaterThan(5_000);
    }

    private static List<byte[]> randomWords(Random random) {
        List<byte[]> words = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            words.add(randomBytes(random, 2 + random.nextInt(7)));
        }
        return words;
    }

    /** Few letters, so that words overlap each other and themselves. */
    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) "aabc".charAt(random.nextInt(4));
        }
        return bytes;
    }

    @Test
    void shouldFindAnyOfTenThousandWords() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            words.add("word-" + i + "!");
        }
        FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.DATAGRAM_DATA_V4, Map.of("words", words));
        assertThat(datagram(filter, text("this is word-9999! here")).answer()).isEqualTo(ClassifyOut.Action.BLOCK);
        assertThat(datagram(filter, text("this is word-10000! here")).answer()).isNull();
    }

    @Test
    void shouldNotAllocate() throws FilterRefusedException {
        FakeRuntimeFilter filter = filter(Layer.STREAM_V4, "EVIL", "bad", "worse");
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter);
        FakeLayerValues values = new FakeLayerValues(Layer.STREAM_V4);
        FakeMetadata metadata = new FakeMetadata();
        FakeStreamData stream = new FakeStreamData();
        byte[] text = "a long and wordy text with EVEN more to say wors".getBytes(UTF_8);
        stream.show(text, 0, text.length);
        RecordingClassifyOut out = new RecordingClassifyOut();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 10_000; i++) {
                callout.classify(values, metadata, stream, filter, null, out);
            }
            best = Math.min(best, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(best).isLessThan(1_600);
    }
}
