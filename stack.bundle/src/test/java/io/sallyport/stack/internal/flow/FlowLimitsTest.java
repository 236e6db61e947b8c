package io.sallyport.stack.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.stack.api.DropReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowLimitsTest {

    private static final int CAPACITY = 64;

    private final FlowLimits limits = new FlowLimits(CAPACITY, new KeyedHash(1, 2));
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final Standing[] standing = new Standing[CAPACITY];
    private final int[] source = new int[CAPACITY];

    FlowLimitsTest() {
        limits.reserve(CAPACITY);
        for (int i = 0; i < CAPACITY; i++) {
            free.add(i);
        }
    }

    /** Begins a flow as the path does; the slot, or -1 if it is refused. */
    private int begin(int from, Standing as, List<Integer> evicted) {
        for (int i = 0; i < 2; i++) {
            int victim = limits.victim(from, as);
            if (victim < 0) {
                break;
            }
            evicted.add(victim);
            end(victim);
        }
        if (limits.refusal(from) != null) {
            return -1;
        }
        int slot = free.removeFirst();
        standing[slot] = as;
        source[slot] = from;
        limits.begin(slot, from, as);
        return slot;
    }

    private void end(int slot) {
        limits.end(slot, source[slot], standing[slot]);
        standing[slot] = null;
        free.addFirst(slot);
    }

    private void answer(int slot) {
        limits.change(slot, source[slot], standing[slot], Standing.KEPT);
        standing[slot] = Standing.KEPT;
    }

    @Test
    void shouldEvictTheOldestHalfOpenFlowsAndNeverAnAnsweredOne() {
        List<Integer> evicted = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            kept.add(begin(i, Standing.UNANSWERED, evicted));
            answer(kept.get(i));
        }
        assertThat(evicted).isEmpty();
        List<Integer> flood = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            flood.add(begin(20 + i % 40, Standing.HALF_OPEN, evicted));
        }
        assertThat(evicted).hasSize(1_000 - CAPACITY / 2).doesNotContainAnyElementsOf(kept);
        assertThat(evicted.subList(0, 10)).as("the oldest first").isEqualTo(flood.subList(0, 10));
        assertThat(limits.kept()).isEqualTo(20);
        assertThat(begin(63, Standing.UNANSWERED, evicted))
                .as("another kind has room")
                .isNotNegative();
    }

    @Test
    void shouldLetASourceThatHasMuchPayItself() {
        List<Integer> evicted = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(begin(i, Standing.HALF_OPEN, evicted));
        }
        for (int i = 0; i < 500; i++) {
            assertThat(begin(50, Standing.HALF_OPEN, evicted)).isNotNegative();
        }
        assertThat(evicted).hasSize(500 - CAPACITY / 2 + 8).doesNotContainAnyElementsOf(others);
        assertThat(limits.wasOverShare()).isTrue();
    }

    @Test
    void shouldLeaveRoomForOthersWhateverOneSourceHolds() {
        List<Integer> evicted = new ArrayList<>();
        int taken = 0;
        for (int i = 0; i < CAPACITY; i++) {
            int slot = begin(7, Standing.UNANSWERED, evicted);
            if (slot >= 0) {
                answer(slot);
                taken++;
            }
        }
        assertThat(taken).isEqualTo(CAPACITY / 2);
        assertThat(limits.refusal(7)).isEqualTo(DropReason.LIMIT_FLOWS_SOURCE);
        assertThat(limits.refusal(8)).isNull();
        for (int i = 0; i < CAPACITY; i++) {
            int slot = begin(8, Standing.UNANSWERED, evicted);
            if (slot >= 0) {
                answer(slot);
            }
        }
        assertThat(begin(9, Standing.HALF_OPEN, evicted))
                .as("there is always room for a newcomer")
                .isNotNegative();
    }

    @Test
    void shouldForgetRefusedThenClosedThenUnansweredFlowsWhenFull() {
        List<Integer> evicted = new ArrayList<>();
        int unanswered = begin(1, Standing.UNANSWERED, evicted);
        int closed = begin(2, Standing.CLOSED, evicted);
        int refused = begin(3, Standing.REFUSED, evicted);
        for (int i = 0; i < CAPACITY - 3; i++) {
            answer(begin(4 + i % 50, Standing.UNANSWERED, evicted));
        }
        assertThat(evicted).isEmpty();
        for (int i = 0; i < 3; i++) {
            answer(begin(60 + i, Standing.HALF_OPEN, evicted));
        }
        assertThat(evicted).containsExactly(refused, closed, unanswered);
        assertThat(begin(59, Standing.HALF_OPEN, evicted)).isNegative();
        assertThat(limits.refusal(59)).isEqualTo(DropReason.LIMIT_FLOWS);
    }

    @Test
    void shouldCountRightWhateverHappens() {
        Random random = new Random(3);
        List<Integer> evicted = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            int slot = random.nextInt(CAPACITY);
            if (standing[slot] == null) {
                begin(random.nextInt(64), Standing.values()[1 + random.nextInt(4)], evicted);
            } else if (random.nextInt(3) == 0) {
                end(slot);
            } else if (standing[slot] != Standing.KEPT) {
                answer(slot);
            }
            int size = 0;
            int kept = 0;
            int[] byKind = new int[Standing.values().length];
            for (Standing s : standing) {
                size += s == null ? 0 : 1;
                kept += s == Standing.KEPT ? 1 : 0;
                if (s != null) {
                    byKind[s.ordinal()]++;
                }
            }
            assertThat(limits.size()).isEqualTo(size);
            assertThat(limits.kept()).isEqualTo(kept);
            for (Standing s : Standing.values()) {
                assertThat(limits.count(s)).isEqualTo(s == Standing.KEPT ? 0 : byKind[s.ordinal()]);
            }
        }
    }

    @Test
    void shouldCountOutsideIpv6SourcesByTheirNetwork() {
        int a = limits.source(0x2001_0db8_0000_0001L, 1, 6, true);
        assertThat(limits.source(0x2001_0db8_0000_0001L, 99, 6, true)).isEqualTo(a);
        boolean differs = false;
        for (int i = 2; i < 20; i++) {
            differs |= limits.source(0x2001_0db8_0000_0001L, i, 6, false)
                    != limits.source(0x2001_0db8_0000_0001L, 1, 6, false);
        }
        assertThat(differs).as("inside hosts of one network are told apart").isTrue();
    }
}
