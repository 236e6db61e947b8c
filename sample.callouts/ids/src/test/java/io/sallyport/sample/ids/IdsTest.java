package io.sallyport.sample.ids;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.callout.testkit.StreamRun;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ResourceBundle;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

    private final List<String> logged = new ArrayList<>();
    private final Ids callout = new Ids(new Log());

    /** Keeps what is said. */
    private final class Log implements System.Logger {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, Throwable thrown) {
            logged.add(message);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, Object... parameters) {
            logged.add(new java.text.MessageFormat(format, java.util.Locale.ROOT).format(parameters));
        }
    }

    @AfterEach
    void close() {
        callout.close();
    }

    private static FakeRuntimeFilter filter(Layer layer, String... rules) {
        return new FakeRuntimeFilter(layer, Map.of("rules", List.of(rules)));
    }

    private static FakeRuntimeFilter stream(String... rules) {
        return filter(Layer.STREAM_V4, rules);
    }

    private static String drop(String contents) {
        return "drop tcp any any -> any any (msg:\"a; b\"; " + contents + " sid:7; rev:1;)";
    }

    private StreamRun sent(FakeRuntimeFilter filter, String text, int segmentBytes) {
        StreamRun run = new StreamRun(callout, filter);
        byte[] bytes = text.getBytes(ISO_8859_1);
        for (int at = 0; at < bytes.length; at += segmentBytes) {
            run.segment(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + segmentBytes)));
        }
        run.end();
        return run;
    }

    private @Nullable Action judged(
            FakeRuntimeFilter filter, Direction direction, int inside, int outside, String text) {
        return judged(filter, new FakeFlow(1), direction, inside, outside, text);
    }

    private @Nullable Action judged(
            FakeRuntimeFilter filter, FakeFlow flow, Direction direction, int inside, int outside, String text) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        FakeLayerValues values = new FakeLayerValues(filter.layer())
                .setNumber(Field.DIRECTION, direction.code())
                .setNumber(Field.IP_LOCAL_PORT, inside)
                .setNumber(Field.IP_REMOTE_PORT, outside);
        callout.classify(
                values,
                new FakeMetadata().setFlow(flow).setPacketDirection(direction),
                new FakeLayerData(text.getBytes(ISO_8859_1)),
                filter,
                flow.context(filter.layer()),
                out);
        return out.answer();
    }

    // ---- contents in streams

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "content:\"evil\"; # so evil it is",
                "content:\"EviL\"; nocase; # so eVIl it is",
                "content:\"e|76 69|l\"; # so evil it is",
                "content:\"so\"; startswith; content:\"evil\"; # so evil it is",
                "content:\"evil\"; content:\"so\"; # so evil it is",
                "content:\"evil\"; offset:3; depth:4; # so evil it is",
                "content:\"so\"; content:\"evil\"; distance:1; within:4; # so evil it is",
                "content:\"so\"; content:\"it\"; distance:0; content:\"is\"; distance:1; within:2; # so evil it is",
                "content:\"i\"; content:\"s\"; within:1; # so evil it is",
                "content:\"so\"; content:\"so\"; distance:0; # so so",
            })
    @Tag("STR-7")
    void shouldNeverLetAMatchLeaveWholeWhereverSegmentsCutIt(String contents, String text) {
        for (int size = 1; size <= text.length(); size++) {
            StreamRun run = sent(stream(drop(contents)), text.strip(), size);
            assertThat(run.isDropped()).as("segments of " + size).isTrue();
            assertThat(run.left().length)
                    .as("segments of " + size)
                    .isLessThan(text.strip().length());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "content:\"Evil\"; # so evil it is",
                "content:\"so\"; offset:1; # so evil it is",
                "content:\"evil\"; depth:6; # so evil it is",
                "content:\"evil\"; startswith; # so evil it is",
                "content:\"evil\"; content:\"so\"; distance:0; # so evil it is",
                "content:\"so\"; content:\"evil\"; distance:2; # so evil it is",
                "content:\"so\"; content:\"evil\"; within:4; # so evil it is",
                "content:\"so\"; content:\"bad\"; # so evil it is",
                "content:\"it is not\"; # so evil it is",
            })
    void shouldLetOtherStreamsLeave(String contents, String text) {
        for (int size = 1; size <= text.length(); size++) {
            StreamRun run = sent(stream(drop(contents)), text.strip(), size);
            assertThat(new String(run.left(), ISO_8859_1))
                    .as("segments of " + size)
                    .isEqualTo(text.strip());
        }
    }

    /** Against an oracle that looks at the whole text and tries every place. */
    @Test
    void shouldAgreeWithASearchThatTriesEveryPlace() {
        Random random = new Random(8);
        int found = 0;
        for (int round = 0; round < 3_000; round++) {
            String[] parts = new String[3];
            int[] distance = new int[3];
            int[] within = new int[3];
            StringBuilder contents = new StringBuilder();
            for (int i = 0; i < 3; i++) {
                parts[i] = "abc".substring(random.nextInt(2), 2 + random.nextInt(2));
                distance[i] = random.nextInt(4);
                within[i] = parts[i].length() + random.nextInt(5);
                contents.append("content:\"").append(parts[i]).append("\"; ");
                if (i > 0) {
                    contents.append("distance:" + distance[i] + "; within:" + within[i] + "; ");
                }
            }
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(200); i >= 0; i--) {
                text.append("abcabcxyz".charAt(random.nextInt(9)));
            }
            boolean isExpected = false;
            for (int at = text.indexOf(parts[0]); at >= 0; at = text.indexOf(parts[0], at + 1)) {
                isExpected |= follows(text.toString(), at + parts[0].length(), 1, parts, distance, within);
            }
            found += isExpected ? 1 : 0;
            StreamRun run = sent(stream(drop(contents.toString())), text.toString(), 1 + random.nextInt(30));
            assertThat(run.isDropped()).as(contents + " in " + text).isEqualTo(isExpected);
        }
        assertThat(found).isBetween(200, 2_800);
    }

    private static boolean follows(String text, int end, int i, String[] parts, int[] distance, int[] within) {
        if (i == parts.length) {
            return true;
        }
        int last = Math.min(text.length(), end + distance[i] + within[i]) - parts[i].length();
        for (int at = end + distance[i]; at <= last; at++) {
            if (text.startsWith(parts[i], at)
                    && follows(text, at + parts[i].length(), i + 1, parts, distance, within)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldFindRelativeContentsBehindAnyNumberOfFalseStarts() {
        String rule = drop("content:\"ab\"; content:\"cd\"; distance:900; within:20;");
        String start = "ab".repeat(3_000) + "x".repeat(905);
        assertThat(sent(stream(rule), start + "cd", 700).isDropped()).isTrue();
        assertThat(sent(stream(rule), "ab" + "x".repeat(2_000) + "cd", 700).isDropped())
                .isFalse();
        assertThat(sent(stream(rule), "ab" + "x".repeat(899) + "cd", 700).isDropped())
                .isFalse();
    }

    // ---- which data a rule is about

    @Test
    void shouldLookAtEndsAndDirection() {
        String rule = "drop udp $HOME_NET 1024: -> $EXTERNAL_NET [53,!54,5000:5010] (content:\"evil\"; sid:1;)";
        FakeRuntimeFilter filter = filter(Layer.DATAGRAM_DATA_V4, rule);
        assertThat(judged(filter, Direction.OUTBOUND, 4_000, 53, "evil")).isEqualTo(Action.BLOCK);
        assertThat(judged(filter, Direction.OUTBOUND, 4_000, 5_005, "an evil one"))
                .isEqualTo(Action.BLOCK);
        assertThat(judged(filter, Direction.OUTBOUND, 4_000, 53, "good")).isNull();
        assertThat(judged(filter, Direction.OUTBOUND, 4_000, 54, "evil")).isNull();
        assertThat(judged(filter, Direction.OUTBOUND, 1_000, 53, "evil")).isNull();
        assertThat(judged(filter, Direction.INBOUND, 4_000, 53, "evil")).isNull();
        FakeRuntimeFilter bothWays = filter(Layer.DATAGRAM_DATA_V4, rule.replace("->", "<>"));
        assertThat(judged(bothWays, Direction.INBOUND, 4_000, 53, "evil")).isEqualTo(Action.BLOCK);
        FakeRuntimeFilter tcp = filter(Layer.DATAGRAM_DATA_V4, rule.replace("udp", "tcp"));
        assertThat(judged(tcp, Direction.OUTBOUND, 4_000, 53, "evil")).isNull();
    }

    @Test
    void shouldJudgeEachDatagramByItself() {
        FakeRuntimeFilter filter = filter(
                Layer.DATAGRAM_DATA_V6,
                "drop udp any any -> any any (content:\"so\"; content:\"evil\"; distance:0; dsize:4<>9; sid:1;)");
        FakeFlow flow = new FakeFlow(1);
        assertThat(judged(filter, flow, Direction.OUTBOUND, 1, 2, "soxxx")).isNull();
        assertThat(judged(filter, flow, Direction.OUTBOUND, 1, 2, "xxxevil")).isNull();
        assertThat(judged(filter, flow, Direction.OUTBOUND, 1, 2, "soevil")).isEqualTo(Action.BLOCK);
        assertThat(judged(filter, flow, Direction.OUTBOUND, 1, 2, "so, evil one"))
                .isNull();
        assertThat(judged(filter.setAction(ActionType.CALLOUT_TERMINATING), flow, Direction.OUTBOUND, 1, 2, "good"))
                .isEqualTo(Action.PERMIT);
    }

    @Test
    @Tag("STR-10")
    void shouldNotLookAtConnectionsThatNoRuleIsAbout() {
        FakeRuntimeFilter filter = stream("drop tcp any any -> any 25 (content:\"evil\"; sid:1;)");
        assertThat(sent(filter, "evil", 2).isAllowed()).isTrue();
        FakeRuntimeFilter toClient =
                stream("drop tcp any any -> any any (flow:established,to_client; content:\"evil\"; sid:1;)");
        FakeFlow flow = new FakeFlow(1);
        StreamRun client = new StreamRun(callout, toClient, flow, Direction.OUTBOUND);
        StreamRun server = new StreamRun(callout, toClient, flow, Direction.INBOUND);
        client.segment("evil".getBytes(ISO_8859_1));
        assertThat(client.left()).hasSize(4);
        server.segment("evil".getBytes(ISO_8859_1));
        assertThat(server.isDropped()).isTrue();
    }

    @Test
    void shouldPassAndCount() {
        FakeRuntimeFilter filter = stream(
                "pass tcp any any -> any any (content:\"good\"; sid:1;)",
                drop("content:\"evil\";"),
                "alert tcp any any -> any any (content:\"hello\"; sid:1234567;)");
        assertThat(sent(filter, "hello good evil", 3).isAllowed()).isTrue();
        assertThat(sent(filter, "hello evil good", 3).isDropped()).isTrue();
        callout.alerts().report();
        callout.alerts().report();
        assertThat(logged)
                .containsExactly(
                        "ids: sid 1 matched 1 times", "ids: sid 7 matched 1 times", "ids: sid 1234567 matched 2 times");
    }

    @Test
    @Tag("STR-7")
    void shouldDropWhatIsHeldWhenNoMoreCanBeHeld() {
        StreamRun run = new StreamRun(callout, stream(drop("content:\"evil\";")));
        run.segmentThatFillsTheBuffer("evi".getBytes(ISO_8859_1));
        assertThat(run.isDropped()).isTrue();
    }

    // ---- rules that are not understood

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop tcp any any -> any any",
                "drop tcp any any -> any any ()",
                "drop tcp any any -> any any (sid:1;)",
                "drop tcp any any -> any any (content:\"x\";)",
                "drop tcp any any -> any any (content:\"x\"; sid:1)",
                "drop tcp any any -> any any (content:x; sid:1;)",
                "drop tcp any any -> any any (content:!\"x\"; sid:1;)",
                "drop tcp any any -> any any (content:\"|4|\"; sid:1;)",
                "drop tcp any any -> any any (content:\"x\"; pcre:\"/x/\"; sid:1;)",
                "drop tcp any any -> any any (http.uri; content:\"x\"; sid:1;)",
                "drop tcp any any -> any any (nocase; content:\"x\"; sid:1;)",
                "drop tcp any any -> any any (content:\"x\"; distance:1; sid:1;)",
                "drop tcp any any -> any any (content:\"x\"; content:\"y\"; distance:-1; sid:1;)",
                "drop tcp any any -> any any (content:\"x\"; content:\"y\"; within:2000; sid:1;)",
                "drop tcp any any -> any any (content:\"xyz\"; depth:2; sid:1;)",
                "drop tcp any any -> any any (flow:sideways; content:\"x\"; sid:1;)",
                "drop http any any -> any any (content:\"x\"; sid:1;)",
                "drop tcp 192.0.2.1 any -> any any (content:\"x\"; sid:1;)",
                "drop tcp any 70000 -> any any (content:\"x\"; sid:1;)",
                "drop tcp any 9:8 -> any any (content:\"x\"; sid:1;)",
                "drop tcp any any <- any any (content:\"x\"; sid:1;)",
                "log tcp any any -> any any (content:\"x\"; sid:1;)",
            })
    @Tag("CALL-11")
    void shouldRefuseRulesThatItDoesNotUnderstand(String rule) {
        FakeRuntimeFilter filter = stream(rule);
        assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter))
                .isInstanceOf(FilterRefusedException.class);
        assertThat(sent(filter, "anything", 3).left()).isEmpty();
    }

    @Test
    void shouldRefuseContextsAndLayersThatMakeNoSense() {
        String good = drop("content:\"x\";");
        for (FakeRuntimeFilter filter : List.of(
                new FakeRuntimeFilter(Layer.STREAM_V4),
                new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("rules", good)),
                new FakeRuntimeFilter(Layer.STREAM_V4, Map.of("rule", List.of(good))),
                stream(good, good),
                filter(Layer.INBOUND_TRANSPORT_V4, good))) {
            assertThatThrownBy(() -> callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter))
                    .isInstanceOf(FilterRefusedException.class);
        }
    }
}
