package io.sallyport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** All flows begin, the first hour is the busiest, and pauses are made up for without a burst. */
class PaceTest {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long HOUR_NS = TimeUnit.SECONDS.toNanos(75);
    private static final long DAY_NS = 24 * HOUR_NS;
    private static final long FLOWS = 10_000_000;

    @Test
    void shouldBeginAllFlowsAlthoughEachHourEndsWithAPause() {
        Pace pace = new Pace(FLOWS, DAY_NS, HOUR_NS);
        long begun = 0;
        int mostInFirstHour = 0;
        int mostLater = 0;
        for (long now = TICK_NS; now < DAY_NS; now += TICK_NS) {
            if (now % HOUR_NS > HOUR_NS * 0.9) {
                continue;
            }
            int next = pace.next(now, TICK_NS, begun);
            begun += next;
            if (now < HOUR_NS) {
                mostInFirstHour = Math.max(mostInFirstHour, next);
            } else {
                mostLater = Math.max(mostLater, next);
            }
        }
        assertThat(begun).isEqualTo(FLOWS);
        assertThat(mostLater).isLessThan(mostInFirstHour);
    }

    @Test
    void shouldNotMakeUpForAPauseInOneTick() {
        Pace pace = new Pace(FLOWS, DAY_NS, HOUR_NS);
        long now = 5 * HOUR_NS;
        // Half an hour late, and asked after a pause of eight seconds: three ticks' worth, and a quarter more.
        int next = pace.next(now, TimeUnit.SECONDS.toNanos(8), FLOWS / 24 * 4);
        assertThat(next).isBetween(1, (int) (FLOWS * TICK_NS * 3 * 1.25 / DAY_NS) + 1);
    }

    @Test
    void shouldBeginNothingWhenAllHaveBegun() {
        Pace pace = new Pace(FLOWS, DAY_NS, HOUR_NS);
        assertThat(pace.next(DAY_NS, TICK_NS, FLOWS)).isZero();
        assertThat(pace.next(DAY_NS, TICK_NS, FLOWS - 1)).isEqualTo(1);
    }
}
