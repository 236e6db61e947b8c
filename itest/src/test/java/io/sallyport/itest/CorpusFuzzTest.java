package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.itest.Corpus.Capture;
import io.sallyport.itest.FuzzPath.Finding;
import io.sallyport.sample.word.block.WordBlock;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Broken frames through the whole path, with stream and datagram inspection: nothing but a named drop may come of any, the books
 * balance after each, and none takes long. One gateway for each capture, so that broken frames also meet the state that their
 * neighbours left. All is decided by fixed seeds.
 */
class CorpusFuzzTest {

    private static final long MUTATED = 2_000_000;
    private static final long MAX_NS = 50_000_000;
    private static final long SEED = 0x5A11_7907;
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD, password, GET]}}
            filters:
              - {name: words, layer: [stream-v4, stream-v6, datagram-data-v4, datagram-data-v6],
                 action: callout-unknown, callout: io.sallyport.sample.word-block, context: bad-words}
            """;

    private static List<Capture> captures;
    private static WholePath gateway;

    /** The longest time that a frame took, and which one; on a busy machine mostly a pause of somebody else's. */
    private long longestNs;

    private final List<Finding> findings = new ArrayList<>();
    private final Map<DropReason, Long> reasons = new EnumMap<>(DropReason.class);
    private long framesOut;

    @BeforeAll
    static void open() throws Exception {
        captures = Corpus.read().stream()
                .filter(c -> !c.frames().isEmpty() && c.otherLinkType() == 0)
                .toList();
        FuzzPath.Nowhere nowhere = new FuzzPath.Nowhere();
        gateway = new WholePath(DataPathConfig.defaults(), new FuzzPath.Witness(), nowhere);
        gateway.register("io.sallyport.sample.word-block", new WordBlock());
        gateway.apply(POLICY);
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    private static FuzzPath path(Checksums checksums) {
        return new FuzzPath(gateway.engine, DataPathConfig.defaults().withChecksums(checksums));
    }

    @Test
    void shouldSurviveMutatedFrames() {
        long weights = 0;
        for (Capture c : captures) {
            weights += weight(c);
        }
        long fed = 0;
        for (int i = 0; i < captures.size(); i++) {
            long quota = MUTATED * weight(captures.get(i)) / weights + 1;
            feedMutated(i, quota, -1);
            fed += quota;
        }
        System.out.println("Fuzz: " + fed + " mutated frames, " + framesOut + " left, the longest took "
                + longestNs / 1_000 + " us; " + reasons);

        assertThat(findings).isEmpty();
        assertThat(fed).isGreaterThanOrEqualTo(MUTATED);
        // They get past the parser, and into every corner of it.
        assertThat(framesOut).isGreaterThan(MUTATED / 10);
        assertThat(reasons.keySet())
                .filteredOn(reason -> reason.label().startsWith("malformed-"))
                .hasSizeGreaterThan(30);
        assertThat(reasons)
                .containsKeys(
                        DropReason.REASSEMBLY_OVERLAP,
                        DropReason.REASSEMBLY_DUPLICATE,
                        DropReason.REASSEMBLY_TIMEOUT,
                        DropReason.REASSEMBLY_MALFORMED,
                        DropReason.REASSEMBLY_TINY_FRAGMENT,
                        DropReason.POLICY);
    }

    /** Large captures get more, but not all. */
    private static long weight(Capture c) {
        return 20L + Math.min(c.frames().size(), 300);
    }

    /**
     * Feeds a capture's mutations to a fresh gateway.
     *
     * @param only if not negative: what is measured is this frame alone, and nothing is noted
     * @return how long the measured frame took
     */
    private long feedMutated(int capture, long quota, long only) {
        Capture c = captures.get(capture);
        Random random = new Random(SEED + capture);
        FrameMutator mutator = new FrameMutator(random);
        Checksums checksums = Checksums.values()[capture % 2 == 0 ? 2 : capture / 2 % 3];
        boolean hasSides = capture % 3 != 0;
        long number = 0;
        long took = 0;
        try (FuzzPath path = path(checksums)) {
            while (number < quota) {
                byte[] frame = c.frames().get(random.nextInt(c.frames().size())).array();
                Capture from = random.nextInt(8) == 0 ? captures.get(random.nextInt(captures.size())) : c;
                byte[] other =
                        from.frames().get(random.nextInt(from.frames().size())).array();
                for (byte[] mutated : mutator.mutate(frame, other)) {
                    long ns = path.feed(mutated, mutated.length, side(mutated, hasSides), step(random), flags(random));
                    took = number == only ? ns : took;
                    if (only < 0) {
                        note(path, c, number, ns);
                        if (ns > MAX_NS) {
                            checkSlow(capture, number);
                        }
                    }
                    number++;
                    if (only >= 0 && number > only) {
                        return took;
                    }
                }
            }
            Ledger ledger = path.ledger();
            framesOut += ledger.framesOut();
            ledger.dropped().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        }
        return took;
    }

    /** Again, alone, behind the same frames: what was a pause of the machine's does not come again. */
    private void checkSlow(int capture, long number) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > MAX_NS; i++) {
            least = Math.min(least, feedMutated(capture, Long.MAX_VALUE, number));
        }
        if (least > MAX_NS) {
            findings.add(
                    new Finding(captures.get(capture).name(), number, "takes " + least / 1_000_000 + " ms each time"));
        }
    }

    private void note(FuzzPath path, Capture c, long number, long ns) {
        longestNs = Math.max(longestNs, ns);
        String problem = path.problem();
        if (problem != null && findings.size() < 20) {
            findings.add(new Finding(c.name(), number, problem));
        }
    }

    /** The same host is always on the same side. */
    private static Side side(byte[] frame, boolean hasSides) {
        if (!hasSides || frame.length < 12) {
            return Side.UNKNOWN;
        }
        return (frame[11] & 1) == 0 ? Side.LAN : Side.WAN;
    }

    /** Mostly the next moment; sometimes time-outs pass, and sometimes a clock goes back. */
    private static long step(Random random) {
        return switch (random.nextInt(500)) {
            case 0 -> 35_000_000_000L;
            case 1 -> 300_000_000_000L;
            case 2 -> -5_000_000_000L;
            default -> random.nextInt(2_000_000);
        };
    }

    private static int flags(Random random) {
        return random.nextInt(32) == 0 ? FrameBatch.CHECKSUM_NOT_READY : 0;
    }

    @Test
    void shouldSurviveEveryTruncation() {
        long fed = 0;
        for (Capture c : captures) {
            try (FuzzPath path = path(Checksums.IGNORE)) {
                for (ByteBuffer frame : c.frames()) {
                    byte[] bytes = frame.array();
                    for (int length = 0; length <= bytes.length; length++) {
                        long ns = path.feed(length == 0 ? bytes : null, length, Side.UNKNOWN, 1_000, 0);
                        longestNs = Math.max(longestNs, ns);
                        if (ns > MAX_NS) {
                            checkSlowTruncation(bytes, length);
                        }
                    }
                    fed += bytes.length + 1;
                    note(path, c, fed, 0);
                }
            }
        }
        System.out.println("Fuzz: " + fed + " cut frames, the longest took " + longestNs / 1_000 + " us");

        assertThat(findings).isEmpty();
        assertThat(fed).isGreaterThan(10_000_000);
    }

    private void checkSlowTruncation(byte[] bytes, int length) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > MAX_NS; i++) {
            try (FuzzPath path = path(Checksums.IGNORE)) {
                least = Math.min(least, path.feed(bytes, length, Side.UNKNOWN, 0, 0));
            }
        }
        if (least > MAX_NS) {
            findings.add(new Finding("a cut frame", length, "takes " + least / 1_000_000 + " ms each time"));
        }
    }

    /** Every byte of the headers of smaller captures, one at a time. */
    @Test
    void shouldSurviveEveryChangedByte() {
        long fed = 0;
        for (Checksums checksums : Checksums.values()) {
            for (Capture c : captures) {
                if (c.frames().size() > 30) {
                    continue;
                }
                try (FuzzPath path = path(checksums)) {
                    for (ByteBuffer frame : c.frames()) {
                        byte[] bytes = frame.array().clone();
                        for (int at = 0; at < Math.min(bytes.length, 140); at++) {
                            byte before = bytes[at];
                            for (int changed : new int[] {~before, before ^ 1, 0, 255}) {
                                bytes[at] = (byte) changed;
                                path.feed(bytes, bytes.length, Side.UNKNOWN, 1_000_000, 0);
                                note(path, c, fed, 0);
                                fed++;
                            }
                            bytes[at] = before;
                        }
                    }
                }
            }
        }
        System.out.println("Fuzz: " + fed + " frames with one changed byte");

        assertThat(findings).isEmpty();
        assertThat(fed).isGreaterThan(500_000);
    }
}
