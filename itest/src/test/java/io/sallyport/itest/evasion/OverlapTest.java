package io.sallyport.itest.evasion;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.itest.evasion.Arrangements.Arrangement;
import io.sallyport.itest.wire.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All relations of two and three segments or fragments of a message with a blocked word: from the frames that leave, no receiver
 * can read the word, whatever it makes of overlaps; and the same traffic without the word arrives.
 */
class OverlapTest {
    private static final int ROUNDS = 4;
    private static final int[] PROTOCOLS = {Packets.UDP, Packets.ICMP, Packets.TCP};
    private static final FragmentTrick[] FRAGMENT_TRICKS = FragmentTrick.values();
    private static final SegmentTrick[] SEGMENT_TRICKS = SegmentTrick.values();

    private final Trials trials = new Trials(4);
    private final Random random = trials.random();

    @AfterEach
    void closeGateway() {
        trials.close();
    }

    @Test
    void shouldKnowAllRelations() {
        assertThat(Arrangements.of(2)).hasSize(13);
        assertThat(Arrangements.of(3)).hasSize(409);
    }

    @ParameterizedTest
    @CsvSource({"2, false", "2, true", "3, false", "3, true"})
    void shouldLetNobodyReadTheWordFromSegments(int chunks, boolean isV6) throws Exception {
        for (Arrangement arrangement : Arrangements.of(chunks)) {
            for (SegmentOverlap attack : segments(arrangement, chunks == 2)) {
                trials.attack(attack.toString(), isV6, a -> attack.play(a, attack.text()));
            }
        }
        trials.mustAllHaveGoneWell(3_000);
    }

    @ParameterizedTest
    @CsvSource({"2, false", "2, true", "3, false", "3, true"})
    void shouldLetNobodyReadTheWordFromFragments(int chunks, boolean isV6) throws Exception {
        for (Arrangement arrangement : Arrangements.of(chunks)) {
            for (FragmentOverlap attack : fragments(arrangement, chunks == 2)) {
                trials.attack(attack.toString(), isV6, a -> attack.play(a, attack.text()));
            }
        }
        trials.mustAllHaveGoneWell(3_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetHarmlessSegmentsArrive(boolean isV6) throws Exception {
        for (int chunks = 2; chunks <= 3; chunks++) {
            for (Arrangement arrangement : Arrangements.of(chunks)) {
                for (SegmentTrick trick : SEGMENT_TRICKS) {
                    for (int mode = 0; trick.isHarmless && mode < 2; mode++) {
                        harmlessSegments(
                                new SegmentOverlap(
                                        arrangement, 0, mode > 0, trick, random.nextInt(chunks), random.nextLong()),
                                isV6);
                    }
                }
            }
        }
        trials.mustAllHaveGoneWell(3_000);
    }

    private void harmlessSegments(SegmentOverlap traffic, boolean isV6) throws Exception {
        Text text = traffic.text().harmless();
        trials.harmless(traffic.toString(), isV6, a -> {
            traffic.play(a, text);
            return a.finish(text.plain(), ROUNDS) && a.hasArrivedAsStream(text.plain());
        });
    }

    /** What can be put together in one way only arrives; what overlaps does when it is sent again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetHarmlessFragmentsArrive(boolean isV6) throws Exception {
        for (Arrangement arrangement : Arrangements.of(3)) {
            for (int protocol : PROTOCOLS) {
                for (FragmentOverlap.Order order : FragmentOverlap.Order.values()) {
                    harmlessFragments(
                            new FragmentOverlap(arrangement, 0, protocol, order, FragmentTrick.NONE, 0), isV6);
                }
            }
        }
        trials.mustAllHaveGoneWell(3_000);
    }

    private void harmlessFragments(FragmentOverlap traffic, boolean isV6) throws Exception {
        Text text = traffic.text().harmless();
        trials.harmless(traffic.toString(), isV6, a -> {
            traffic.play(a, text);
            boolean hasArrived = traffic.hasArrived(a, text);
            if (!hasArrived && !traffic.arrangement().isWithoutOverlap()) {
                traffic.sendWhole(a, text);
                hasArrived = traffic.hasArrived(a, text);
            }
            return hasArrived;
        });
    }

    /** The checker's own proof: without a gateway receivers do read the word, and no such case escapes the witness. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSeeEveryWordThatSomeReceiverReadsWithoutAGateway(boolean isV6) {
        int read = 0;
        for (Arrangement arrangement : Arrangements.of(3)) {
            for (SegmentOverlap attack : segments(arrangement, false)) {
                read += trials.onOpenWire(attack.toString(), isV6, a -> attack.play(a, attack.text())) ? 1 : 0;
            }
            for (FragmentOverlap attack : fragments(arrangement, false)) {
                read += trials.onOpenWire(attack.toString(), isV6, a -> attack.play(a, attack.text())) ? 1 : 0;
            }
        }
        trials.mustAllHaveGoneWell(30_000);
        assertThat(read).isGreaterThan(trials.played() / 4);
    }

    /** Each mixture of versions, before or behind the start; with every trick on every chunk, or with none and with any. */
    private List<SegmentOverlap> segments(Arrangement arrangement, boolean withAllTricks) {
        int chunks = arrangement.chunks();
        int all = SEGMENT_TRICKS.length * chunks;
        List<SegmentOverlap> attacks = new ArrayList<>();
        for (int evil = 0; evil < 1 << chunks; evil++) {
            for (int mode = 0; mode < 2; mode++) {
                for (int i = 0; i < (withAllTricks ? all : 2); i++) {
                    int trick = withAllTricks || i == 0 ? i : random.nextInt(all);
                    attacks.add(new SegmentOverlap(
                            arrangement,
                            evil,
                            mode > 0,
                            SEGMENT_TRICKS[trick / chunks],
                            trick % chunks,
                            random.nextLong()));
                }
            }
        }
        return attacks;
    }

    private List<FragmentOverlap> fragments(Arrangement arrangement, boolean withAllTricks) {
        int chunks = arrangement.chunks();
        int all = FRAGMENT_TRICKS.length * chunks;
        List<FragmentOverlap> attacks = new ArrayList<>();
        for (int evil = 0; evil < 1 << chunks; evil++) {
            for (int protocol : PROTOCOLS) {
                for (FragmentOverlap.Order order : FragmentOverlap.Order.values()) {
                    for (int i = 0; i < (withAllTricks ? all : 1); i++) {
                        int trick = withAllTricks ? i : random.nextInt(all);
                        attacks.add(new FragmentOverlap(
                                arrangement, evil, protocol, order, FRAGMENT_TRICKS[trick / chunks], trick % chunks));
                    }
                }
            }
        }
        return attacks;
    }
}
