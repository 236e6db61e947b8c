package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SendClockTest {

    private static final long MS = 1_000_000;

    private final SendClock clock = new SendClock();

    @Test
    void shouldMeasureRoundTripsAndNotWaitLessThanALeastTime() {
        assertThat(clock.timeoutNs()).as("nothing is known").isEqualTo(1_000 * MS);
        clock.sent(0, 100, 0);
        clock.acknowledged(100, 10 * MS);
        assertThat(clock.timeoutNs()).isEqualTo(200 * MS);
        clock.sent(100, 200, 0);
        clock.acknowledged(200, 2_000 * MS);
        assertThat(clock.timeoutNs()).isGreaterThan(1_000 * MS);
    }

    /** RFC 6298, 5.7: what was sent again says nothing about time, also when it is acknowledged. */
    @Test
    void shouldStayBackedOffUntilARoundTripWasMeasured() {
        clock.sent(0, 100, 0);
        clock.acknowledged(100, 10 * MS);
        clock.sent(100, 200, 20 * MS);
        clock.timedOut();
        clock.timedOut();
        assertThat(clock.timeoutNs()).isEqualTo(800 * MS);
        clock.sentAgain(100, 200);
        clock.acknowledged(200, 900 * MS);
        assertThat(clock.timeoutNs()).isEqualTo(800 * MS);
        clock.sent(200, 300, 1_000 * MS);
        clock.acknowledged(300, 1_010 * MS);
        assertThat(clock.timeoutNs()).isEqualTo(200 * MS);
    }

    @Test
    void shouldMeasureBySelectiveAcknowledgementsOfWhatWasSentOnce() {
        clock.timedOut();
        assertThat(clock.timeoutNs()).isEqualTo(2_000 * MS);
        clock.sent(100, 200, 0);
        clock.sentAgain(0, 100);
        clock.acknowledgedSelectively(150, 200, 5 * MS);
        assertThat(clock.timeoutNs()).as("a part only").isEqualTo(2_000 * MS);
        clock.acknowledgedSelectively(100, 200, 10 * MS);
        assertThat(clock.timeoutNs()).isEqualTo(200 * MS);
    }

    /** The acknowledgement waited for what was missing before. */
    @Test
    void shouldNotMeasureWhatWasHeldUp() {
        clock.sent(100, 200, 0);
        clock.sentAgain(0, 100);
        clock.acknowledged(200, 900 * MS);
        assertThat(clock.timeoutNs()).as("nothing is known").isEqualTo(1_000 * MS);
    }

    @Test
    void shouldGiveUpNotBeforeAHundredSecondsAndNotWaitMoreThanFourAtATime() {
        long waited = clock.timeoutNs();
        while (clock.timedOut()) {
            assertThat(clock.timeoutNs()).isLessThanOrEqualTo(4_000 * MS);
            waited += clock.timeoutNs();
        }
        assertThat(waited).isBetween(100_000 * MS, 110_000 * MS);
        clock.answered();
        assertThat(clock.timedOut()).as("whoever answers is there").isTrue();
    }
}
