package io.sallyport.stack.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

    private static final int SLOTS = 200;
    private static final int TICK_SHIFT = 10;
    private static final long TICK_NS = 1L << TICK_SHIFT;

    private final TimerWheel wheel = new TimerWheel(TICK_SHIFT);
    /** When each slot is really due; -1 if it has no timer. */
    private final long[] due = new long[SLOTS];

    private void set(int slot, long dueNs, long nowNs) {
        due[slot] = dueNs;
        wheel.schedule(slot, dueNs, nowNs);
    }

    /** Polls as the flow table does: what comes early is set again. */
    private int fireAll(long nowNs) {
        int fired = 0;
        for (int slot = wheel.poll(nowNs); slot >= 0; slot = wheel.poll(nowNs)) {
            assertThat(due[slot]).isGreaterThanOrEqualTo(0);
            if (due[slot] > nowNs) {
                wheel.schedule(slot, due[slot], nowNs);
            } else {
                due[slot] = -1;
                fired++;
            }
        }
        return fired;
    }

    @Test
    void shouldFireEveryTimerInTimeAndNoneTwice() {
        wheel.reserve(SLOTS);
        Random random = new Random(7);
        java.util.Arrays.fill(due, -1);
        long now = 1_700_000_000L * TICK_NS;
        for (int step = 0; step < 60_000; step++) {
            int slot = random.nextInt(SLOTS);
            if (due[slot] >= 0 && random.nextBoolean()) {
                wheel.cancel(slot);
                due[slot] = -1;
            } else if (due[slot] < 0) {
                long[] reach = {50, 5_000, 300_000, 2_000_000};
                set(slot, now + (long) (random.nextDouble() * reach[random.nextInt(4)] * TICK_NS), now);
            }
            // Mostly small steps; now and then the clock jumps.
            now += random.nextInt(2_000) == 0 ? random.nextInt(400_000) * TICK_NS : random.nextInt(40) * TICK_NS / 4;
            fireAll(now);
            long late = now - 2 * TICK_NS;
            for (int i = 0; i < SLOTS; i++) {
                // A poll that had turned often enough answers -1 once; the next one goes on.
                if (due[i] >= 0 && due[i] < late) {
                    fireUntilCaughtUp(now);
                    assertThat(due[i]).as("step %d", step).isNegative();
                }
            }
        }
    }

    private void fireUntilCaughtUp(long now) {
        for (int i = 0; i < 1_000; i++) {
            fireAll(now);
        }
    }

    @Test
    void shouldBoundTheWorkOfOnePollAndLoseNothingByIt() {
        wheel.reserve(SLOTS);
        set(1, 100 * TICK_NS, 0);
        set(2, 250_000 * TICK_NS, 0);
        long now = 250_002 * TICK_NS;
        int polls = 0;
        int fired = 0;
        while (fired < 2) {
            polls++;
            fired += fireAll(now);
            assertThat(polls).isLessThan(1_000);
        }
        assertThat(polls).as("a jump is caught up with in steps").isGreaterThan(1);
    }

    @Test
    void shouldNotRunAheadOfTheClock() {
        wheel.reserve(SLOTS);
        set(1, 5_000 * TICK_NS, 0);
        fireUntilCaughtUp(70 * TICK_NS);
        set(2, 71 * TICK_NS, 70 * TICK_NS);
        assertThat(fireAll(73 * TICK_NS)).isEqualTo(1);
        assertThat(due[2]).isNegative();
    }
}
