package io.sallyport.stack.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossRecoveryTest {

    private static final int SEGMENT = 1_000;

    private final BytePool pool = new BytePool(1 << 20);
    private final LossRecovery recovery = new LossRecovery(pool);
    private long start;
    private long sentTo = 40_000;

    /** Sends again what may be, one segment at least; tells what. */
    private List<Long> resend() {
        List<Long> sent = new ArrayList<>();
        while (recovery.isRecovering() && recovery.nextLost(start, sentTo) < recovery.lostEnd(start, sentTo)) {
            if (!sent.isEmpty() && recovery.room(start, sentTo, SEGMENT) < SEGMENT) {
                break;
            }
            long from = recovery.nextLost(start, sentTo);
            sent.add(from);
            recovery.resent(Math.min(from + SEGMENT, recovery.resendableEnd(from, sentTo)));
        }
        return sent;
    }

    private void acknowledge(long position) {
        long count = position - start;
        start = position;
        recovery.acknowledged(start, count, SEGMENT);
    }

    /** RFC 5681, 3.1 and 3.5: one segment, then two for each that arrives. */
    @Test
    void shouldStartSlowlyAfterATimeOut() {
        recovery.timedOut(start, sentTo, SEGMENT, false);
        int most = 0;
        List<Integer> bursts = new ArrayList<>();
        List<Long> flight = resend();
        while (!flight.isEmpty()) {
            bursts.add(flight.size());
            most = Math.max(most, flight.size());
            List<Long> next = new ArrayList<>();
            for (long from : flight) {
                acknowledge(from + SEGMENT);
                next.addAll(resend());
            }
            flight = next;
        }
        assertThat(bursts.subList(0, 4)).containsExactly(1, 2, 4, 8);
        assertThat(bursts).hasSizeLessThan(8);
        assertThat(start).isEqualTo(sentTo);
        assertThat(recovery.isRecovering()).isFalse();
    }

    @Test
    void shouldSendAgainJustWhatIsMissing() {
        recovery.selectively(1_000, 2_000, start, sentTo);
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isFalse();
        recovery.selectively(3_000, 7_000, start, sentTo);
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isTrue();
        List<Long> sent = new ArrayList<>(resend());
        for (int i = 8; i < 39; i++) {
            recovery.selectively(i * 1_000L, i * 1_000L + 1_000, start, sentTo);
            sent.addAll(resend());
        }
        assertThat(sent).containsExactly(0L, 2_000L, 7_000L);
    }

    /** Bytes that were sent behind those that were sent again have arrived: so these would have. */
    @Test
    void shouldSendAgainWhatWasLostTwice() {
        recovery.selectively(1_000, 30_000, start, sentTo);
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isTrue();
        assertThat(resend()).containsExactly(0L);
        recovery.selectively(30_000, 40_000, start, sentTo);
        assertThat(resend()).isEmpty();
        sentTo = 44_000;
        recovery.selectively(40_000, 41_000, start, sentTo);
        assertThat(resend()).containsExactly(0L);
    }

    @Test
    void shouldSendAgainAfterThreeDuplicatesWithoutSelectiveAcknowledgements() {
        recovery.duplicate();
        recovery.duplicate();
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isFalse();
        recovery.duplicate();
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isTrue();
        assertThat(resend()).containsExactly(0L);
        acknowledge(5_000);
        assertThat(resend()).as("a partial acknowledgement: RFC 6582").containsExactly(5_000L);
        acknowledge(40_000);
        assertThat(recovery.isRecovering()).isFalse();
    }

    @Test
    void shouldBelieveNoSelectiveAcknowledgementOfWhatWasNotSent() {
        assertThat(recovery.selectively(1_000, 40_001, start, sentTo)).isFalse();
        assertThat(recovery.selectively(3_000, 2_000, start, sentTo)).isFalse();
        acknowledge(10_000);
        assertThat(recovery.selectively(9_000, 10_000, start, sentTo))
                .as("a duplicate")
                .isFalse();
        assertThat(recovery.isLossNew(start, sentTo, SEGMENT)).isFalse();
    }

    @Test
    void shouldHaveMemoryOnlyWhileTheReceiverMissesBytesBeforeOthers() {
        assertThat(pool.usedBytes()).isZero();
        recovery.selectively(2_000, 3_000, 1_000, 10_000);
        assertThat(pool.usedBytes()).isEqualTo(BytePool.SMALLEST);
        recovery.acknowledged(3_000, 2_000, 1_000);
        assertThat(pool.usedBytes()).isZero();
        recovery.selectively(5_000, 6_000, 3_000, 10_000);
        recovery.clear();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void shouldGoOnWithoutSelectiveAcknowledgementsWhenThePoolIsEmpty() {
        LossRecovery poor = new LossRecovery(new BytePool(0));
        assertThat(poor.selectively(2_000, 9_000, 1_000, 10_000)).isTrue();
        assertThat(poor.isLossNew(1_000, 10_000, 1_000)).isFalse();
        poor.duplicate();
        poor.duplicate();
        poor.duplicate();
        assertThat(poor.isLossNew(1_000, 10_000, 1_000)).isTrue();
    }
}
