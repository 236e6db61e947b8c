package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.itest.Corpus.Capture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All development captures through the assembled product, without a policy and without looking at checksums (many were
 * taken before the card finished them): nothing fails, nothing is lost without a word, and well-formed frames pass.
 */
class CorpusReplayTest {
    private static final Pattern DROP = Pattern.compile(
            "\\{\"ts\":\"[^\"]+\",\"kind\":\"drop\",\"file\":\"([^\"]+)\",\"frame\":(\\d+),.*\"reason\":\"([^\"]+)\".*");
    private static final Pattern NORMALIZED = Pattern.compile("\"normalized\" : \\{([^}]*)}");
    /** What an RFC has dropped and tshark does not call malformed. */
    private static final Set<String> STRICTER = Set.of(
            "malformed-source-address",
            "malformed-destination-address",
            "malformed-land",
            "malformed-ipv4-source-route",
            "malformed-ipv6-routing-type-0");

    private static final Pattern PENDED = Pattern.compile("\"pended\" : (\\d+)");

    @TempDir
    static Path folder;

    private static List<Capture> captures;
    /** Capture name to frame number to reason. */
    private static Map<String, Map<Integer, String>> drops;

    private static Verb.Result first;
    private static Verb.Result second;

    @BeforeAll
    static void replayEverythingTwice() throws Exception {
        first = replay("first");
        second = replay("second");
        captures = Corpus.read();
        drops = new HashMap<>();
        for (String line : Files.readAllLines(folder.resolve("first.jsonl"))) {
            Matcher drop = DROP.matcher(line);
            if (drop.matches()) {
                String name = Corpus.FOLDER.relativize(Path.of(drop.group(1))).toString();
                String before = drops.computeIfAbsent(name, n -> new TreeMap<>())
                        .put(Integer.valueOf(drop.group(2)), drop.group(3));
                assertThat(before)
                        .as("an earlier drop of the same frame: %s", line)
                        .isNull();
            }
        }
    }

    private static Verb.Result replay(String name) throws Exception {
        return Verb.run(
                "replay",
                List.of(
                        Corpus.FOLDER.toString(),
                        "--checksums",
                        "ignore",
                        "--out-dir",
                        folder.resolve(name).toString(),
                        "--events",
                        folder.resolve(name + ".jsonl").toString(),
                        "--stats",
                        folder.resolve(name + ".json").toString()));
    }

    @Test
    void shouldJudgeEveryCaptureWithoutAFault() {
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(first.output())
                .contains("569 captures: 30315 frames in, ")
                .contains("bug-1450-04__tls_DER-incomplete-header.pcap: note: 661 bytes behind frame 6 are no frame")
                .doesNotContain("bug in Sallyport")
                .doesNotContain("internal-fault")
                .doesNotContain("no-shim")
                .doesNotContain("transmit-failed")
                .doesNotContain("Exception");
    }

    @Test
    void shouldGiveTheSameBytesOnEveryRun() throws IOException {
        assertThat(second.exitCode()).isEqualTo(first.exitCode());
        assertThat(folder.resolve("second.json")).hasSameBinaryContentAs(folder.resolve("first.json"));
        assertThat(folder.resolve("second.jsonl")).hasSameBinaryContentAs(folder.resolve("first.jsonl"));
        for (Capture capture : captures) {
            assertThat(output("second", capture)).hasSameBinaryContentAs(output("first", capture));
        }
    }

    @Test
    void shouldTellOfEveryFrameThatDoesNotLeave() throws IOException {
        long held = 0;
        long changed = 0;
        for (Capture capture : captures) {
            Map<Integer, String> dropped = drops.getOrDefault(capture.name(), Map.of());
            Map<ByteBuffer, Integer> expected = new HashMap<>();
            for (int number = 1; number <= capture.frames().size(); number++) {
                if (!dropped.containsKey(number)) {
                    expected.merge(capture.frames().get(number - 1), 1, Integer::sum);
                }
            }
            int notSeen = capture.frames().size() - dropped.size();
            for (byte[] frame : PcapFile.read(output("first", capture))) {
                notSeen--;
                Integer left = expected.computeIfPresent(ByteBuffer.wrap(frame), (f, count) -> count - 1);
                if (left == null) {
                    changed++;
                } else {
                    assertThat(left)
                            .as("%s: copies that may still leave, of a frame that left", capture.name())
                            .isNotNegative();
                }
            }
            assertThat(notSeen)
                    .as("%s: frames held for the rest of their datagram", capture.name())
                    .isBetween(0, capture.fragments());
            held += notSeen;
        }

        Matcher pended = PENDED.matcher(Files.readString(folder.resolve("first.json")));
        assertThat(pended.find()).isTrue();
        assertThat(held).isEqualTo(Long.parseLong(pended.group(1)));
        assertThat(changed).as("frames that left otherwise than they came").isEqualTo(normalized());
    }

    /** Frames that were changed, by the sums over all captures; here each in one way only. */
    private static long normalized() throws IOException {
        Matcher sums = NORMALIZED.matcher(Files.readString(folder.resolve("first.json")));
        assertThat(sums.find()).isTrue();
        return Pattern.compile(" : (\\d+)")
                .matcher(sums.group(1))
                .results()
                .mapToLong(kind -> Long.parseLong(kind.group(1)))
                .sum();
    }

    /**
     * Frames that were cut by the capture, or are no Ethernet frames, never leave. Of fragments, malformed frames and retransmissions, each capture may
     * lose as many as tshark counts, each for a reason that fits; whatever else does not leave is lost. Of the frames that
     * are none of these, at least 99 of 100 leave.
     */
    @Test
    void shouldLetWellFormedFramesPass() throws IOException {
        long wellFormed = 0;
        long lost = 0;
        List<String> where = new ArrayList<>();
        for (Capture capture : captures) {
            Map<String, Integer> reasons = new HashMap<>();
            drops.getOrDefault(capture.name(), Map.of())
                    .values()
                    .forEach(reason -> reasons.merge(
                            STRICTER.contains(reason) ? "stricter" : reason.replaceFirst("-.*", ""), 1, Integer::sum));
            assertThat(reasons.getOrDefault("truncated", 0)).as(capture.name()).isEqualTo(capture.truncated());
            int all = capture.frames().size();
            int odd = capture.truncated()
                    + capture.otherLinkType()
                    + capture.fragments()
                    + capture.malformed()
                    + capture.retransmissions();
            wellFormed += Math.max(0, all - odd);
            int here = 0;
            for (Map.Entry<String, Integer> reason : reasons.entrySet()) {
                int allowed = switch (reason.getKey()) {
                    case "truncated" -> capture.truncated();
                    case "reassembly" -> capture.fragments();
                    case "malformed" -> capture.malformed() + capture.otherLinkType();
                    case "tcp" -> capture.retransmissions();
                    case "stricter" -> reason.getValue();
                    default -> 0;
                };
                here += Math.max(0, reason.getValue() - allowed);
            }
            if (here > 0) {
                where.add(capture.name() + " " + here + " " + reasons);
            }
            lost += here;
        }

        assertThat(wellFormed).isGreaterThan(20_000);
        assertThat(lost).as("lost of %d: %s", wellFormed, where).isLessThanOrEqualTo(wellFormed / 100);
    }

    @Test
    void shouldCarryEveryKindOfFrame() throws IOException {
        Set<Kind> left = EnumSet.noneOf(Kind.class);
        for (Capture capture : captures) {
            for (byte[] frame : PcapFile.read(output("first", capture))) {
                Kind.of(ByteBuffer.wrap(frame)).ifPresent(left::add);
            }
        }

        assertThat(left).containsExactlyInAnyOrder(Kind.values());
    }

    private static Path output(String run, Capture capture) {
        return folder.resolve(run).resolve(capture.name());
    }

    private enum Kind {
        IPV4,
        IPV6,
        VLAN_IPV4,
        VLAN_IPV6,
        QINQ;

        private static final int ETHERTYPE = 12;

        static Optional<Kind> of(ByteBuffer frame) {
            int outer = type(frame, ETHERTYPE);
            if (outer == 0x0800) {
                return Optional.of(IPV4);
            }
            if (outer == 0x86dd) {
                return Optional.of(IPV6);
            }
            if (outer != 0x8100 && outer != 0x88a8) {
                return Optional.empty();
            }
            return switch (type(frame, ETHERTYPE + 4)) {
                case 0x0800 -> Optional.of(VLAN_IPV4);
                case 0x86dd -> Optional.of(VLAN_IPV6);
                case 0x8100, 0x88a8 -> Optional.of(QINQ);
                default -> Optional.empty();
            };
        }

        private static int type(ByteBuffer frame, int at) {
            return frame.limit() < at + 2 ? 0 : frame.getShort(at) & 0xffff;
        }
    }
}
