package io.sallyport.itest.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What leaves equals what entered, to the byte, for all captures, whether nobody looks or a callout follows every stream and
 * datagram. What does not leave, or not as it came, is malformed or normalised and has a name; the totals are printed.
 */
class CorpusEqualityTest {
    /** Reasons that say that a frame is broken by itself, whatever came before it. */
    private static final List<String> BROKEN = List.of("malformed", "truncated", "reassembly");

    /** Reasons of what cannot belong to anything that is there. */
    private static final Set<DropReason> ASTRAY = Set.of(DropReason.TCP_INVALID_STATE, DropReason.ICMP_NO_FLOW);

    private final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    private final Map<String, Long> normalized = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private long entered;
    private long equal;
    private long changed;

    @ParameterizedTest(name = "with a callout that looks on: {0}")
    @ValueSource(booleans = {false, true})
    void shouldLetEverythingLeaveAsItEntered(boolean isRecorded) throws Exception {
        for (Manifest.Row row : Manifest.rows()) {
            Passage passage = Passage.of(row, isRecorded ? new Recorder() : null);
            compare(row, passage, isRecorded);
        }

        System.out.printf(
                "corpus%s: %d frames entered, %d left as they came, %d otherwise %s; dropped %s%n",
                isRecorded ? ", recorded" : "", entered, equal, changed, normalized, drops);
        assertThat(problems).isEmpty();
        assertThat(entered).isGreaterThan(30_000);
        assertThat(equal).isGreaterThan(entered * 80 / 100);
    }

    private void compare(Manifest.Row row, Passage passage, boolean isRecorded) {
        Map<ByteBuffer, Integer> expected = new HashMap<>();
        for (int number = 1; number <= passage.entered().size(); number++) {
            DropReason reason = passage.dropped().get((long) number);
            if (reason == null) {
                expected.merge(ByteBuffer.wrap(passage.entered().get(number - 1)), 1, Integer::sum);
            } else {
                drops.merge(reason, 1, Integer::sum);
                if (!isAllowed(reason, isRecorded)) {
                    problems.add(row.name() + ": frame " + number + " dropped: " + reason.label());
                }
            }
        }
        entered += passage.entered().size();
        long unlike = 0;
        for (byte[] frame : passage.left()) {
            Integer left =
                    expected.computeIfPresent(ByteBuffer.wrap(frame), (bytes, count) -> count == 1 ? null : count - 1);
            if (left == null && !expected.containsKey(ByteBuffer.wrap(frame)) && !wasExpected(frame, passage)) {
                unlike++;
            }
        }
        conclude(row, passage, unlike, isRecorded);
    }

    private static boolean wasExpected(byte[] frame, Passage passage) {
        return passage.entered().stream().anyMatch(it -> Arrays.equals(it, frame));
    }

    private void conclude(Manifest.Row row, Passage passage, long unlike, boolean isRecorded) {
        long named = passage.ledger().normalized().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        passage.ledger().normalized().forEach((kind, count) -> {
            if (count > 0) {
                normalized.merge(kind.label(), count, Long::sum);
            }
        });
        // On a followed stream the gateway also cuts, answers and sends again, which are frames of its own.
        if (unlike > named && !isRecorded) {
            problems.add(
                    row.name() + ": " + unlike + " frames left otherwise than they entered, " + named + " have a name");
        }
        long silent = (long) passage.entered().size()
                - passage.dropped().size()
                - passage.left().size();
        if (silent
                        != passage.ledger().pended()
                                + passage.ledger().absorbed()
                                - passage.ledger().injected()
                || !passage.ledger().isBalanced()) {
            problems.add(row.name() + ": " + silent + " frames are lost without a word, " + passage.ledger());
        }
        equal += passage.left().size() - unlike;
        changed += unlike;
    }

    /** With nobody looking, only what is broken is dropped; followed streams also drop what would be a second version. */
    private static boolean isAllowed(DropReason reason, boolean isRecorded) {
        boolean isBroken = BROKEN.stream().anyMatch(reason.label()::startsWith);
        return isBroken
                || ASTRAY.contains(reason)
                || (isRecorded && reason.label().startsWith("tcp-"));
    }
}
