package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb replay, as its own process over the assembled product, with and without the plug-ins that a policy names. */
class ReplayWordBlockTest {

    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: words, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [stream-v4, datagram-data-v4]}
              - {key: io.sallyport.sample.count, layer: [stream-v4, datagram-data-v4]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD]}}
            filters:
              - {name: counted, layer: [stream-v4, datagram-data-v4], sublayer: words, weight: 15,
                 action: callout-inspection, callout: io.sallyport.sample.count}
            """;
    private static final String WORDS = """
              - {name: bad, layer: [stream-v4, datagram-data-v4], sublayer: words, weight: 1, action: callout-unknown,
                 callout: io.sallyport.sample.word-block, context: bad-words}
            """;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int PSH_ACK = 24;
    private static final int FIN_ACK = 17;

    @TempDir
    Path folder;

    private Path policy;
    private Path inspectionOnly;

    @BeforeEach
    void writePolicies() throws IOException {
        policy = folder.resolve("words.yaml");
        Files.writeString(policy, POLICY + WORDS);
        inspectionOnly = folder.resolve("inspection.yaml");
        Files.writeString(inspectionOnly, POLICY);
    }

    @Test
    void shouldNeverLetAWordInADatagramLeave() throws Exception {
        List<byte[]> sent = List.of(Frames.udp(4000, 9000, "fine"), Frames.udp(4000, 9000, "an EVILPAYLOAD inside"));
        assertThat(replay(sent, policy, true).left).containsExactly(sent.get(0));
    }

    @Test
    void shouldNeverLetAWordInOneSegmentLeave() throws Exception {
        Replayed replayed = replay(connection("GET /", "an EVILPAYLOAD inside", "more"), policy, true);
        assertThat(textThatLeft(replayed)).isEqualTo("GET /");
        assertThat(replayed.events).contains("\"filter\":\"bad\"").contains("\"reason\":\"policy\"");
    }

    @Test
    void shouldNeverLetAWordLeaveThatIsCutOverTwoSegmentsAnywhere() throws Exception {
        String word = "EVILPAYLOAD";
        for (int cut = 1; cut < word.length(); cut += 3) {
            Replayed replayed = replay(
                    connection("GET /" + word.substring(0, cut), word.substring(cut) + "/", "more"), policy, true);
            assertThat(textThatLeft(replayed)).doesNotContain(word).doesNotContain(word.substring(cut));
        }
    }

    @Test
    void shouldLetTheSameCaptureWithAHarmlessWordLeaveWhole() throws Exception {
        List<byte[]> sent = connection("GET /EVILPAY", "DAYS and", " EVILPAYLOA", "Q", "EVIL");
        Replayed replayed = replay(sent, policy, true);
        // Cut otherwise, since what could be the start of the word waits for more.
        assertThat(textThatLeft(replayed)).isEqualTo("GET /EVILPAYDAYS and EVILPAYLOAQEVIL");
        assertThat(replayed.events).doesNotContain("\"kind\":\"drop\"");
    }

    @Test
    @Tag("CALL-4")
    void shouldBlockWithoutPlugins() throws Exception {
        List<byte[]> sent = connection("GET /", "harmless");
        Replayed replayed = replay(sent, policy, false);
        assertThat(textThatLeft(replayed)).isEmpty();
        assertThat(replayed.events)
                .contains("\"reason\":\"callout-unregistered\"")
                .contains("\"filter\":\"bad\"");
    }

    @Test
    @Tag("CALL-4")
    void shouldSkipInspectionFiltersWithoutPlugins() throws Exception {
        List<byte[]> sent = connection("GET /", "an EVILPAYLOAD inside");
        assertThat(replay(sent, inspectionOnly, false).left).containsExactlyElementsOf(sent);
    }

    @Test
    void shouldAccountForEveryFrame() throws Exception {
        List<byte[]> sent = connection("GET /", "an EVILPAYLOAD inside", "more");
        Replayed replayed = replay(sent, policy, true);
        long drops = replayed.events
                .lines()
                .filter(line -> line.contains("\"kind\":\"drop\""))
                .count();
        assertThat(replayed.left.size() + drops).isEqualTo(sent.size());
    }

    /** A whole TCP connection from inside: handshake, the client's texts as one segment each with their ACKs, FINs. */
    private static List<byte[]> connection(String... texts) {
        List<byte[]> frames = new ArrayList<>();
        int seq = 1000;
        frames.add(Frames.tcp(true, 40_000, 80, seq++, 0, SYN, ""));
        frames.add(Frames.tcp(false, 40_000, 80, 5000, seq, SYN | ACK, ""));
        frames.add(Frames.tcp(true, 40_000, 80, seq, 5001, ACK, ""));
        for (String text : texts) {
            frames.add(Frames.tcp(true, 40_000, 80, seq, 5001, PSH_ACK, text));
            seq += text.length();
        }
        frames.add(Frames.tcp(true, 40_000, 80, seq, 5001, FIN_ACK, ""));
        frames.add(Frames.tcp(false, 40_000, 80, 5001, seq + 1, FIN_ACK, ""));
        frames.add(Frames.tcp(true, 40_000, 80, seq + 1, 5002, ACK, ""));
        return frames;
    }

    private static String textThatLeft(Replayed replayed) {
        return replayed.left.stream()
                .filter(frame -> frame.length > 54)
                .map(frame -> new String(frame, 54, frame.length - 54, StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    private Replayed replay(List<byte[]> frames, Path policyFile, boolean withPlugins) throws Exception {
        Path in = folder.resolve("in.pcap");
        Path out = folder.resolve("out.pcap");
        Path events = folder.resolve("events.jsonl");
        PcapFile.write(in, frames);
        List<String> arguments = new ArrayList<>(List.of(in.toString(), "--policy", policyFile.toString()));
        if (withPlugins) {
            arguments.addAll(List.of("--plugins", System.getProperty("samples.dir")));
        }
        arguments.addAll(List.of("--out", out.toString(), "--events", events.toString()));
        Verb.Result result = Verb.run("replay", arguments);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return new Replayed(PcapFile.read(out), Files.readString(events));
    }

    private record Replayed(List<byte[]> left, String events) {}
}
