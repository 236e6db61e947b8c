package io.sallyport.engine.internal.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CallSamplesTest {

    @Test
    void shouldKeepTimesToAQuarter() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            long ns = random.nextLong() >>> (31 + random.nextInt(32));
            long upTo = CallSamples.upTo(CallSamples.bucket(ns));
            assertThat(upTo).isGreaterThanOrEqualTo(Math.min(ns, 15));
            if (ns < 1L << 33) {
                assertThat(upTo).as("not below").isGreaterThanOrEqualTo(ns);
                assertThat(upTo).as("not far above").isLessThanOrEqualTo(Math.max(15, ns + ns / 4));
            }
        }
    }

    @Test
    void shouldTellPercentilesOfWhatWasSampled() {
        CallSamples samples = new CallSamples();
        samples.reserve(1);
        samples.pin();
        CallSamples.Sum none = new CallSamples.Sum();
        samples.addTo(none, 0);
        assertThat(none.percentileNs(0.5)).isZero();
        assertThat(none.cpuNs()).isEqualTo(-1);
        int due = 0;
        for (int i = 0; i < 100 * CallSamples.EVERY; i++) {
            if (samples.isDue()) {
                due++;
                samples.begin();
                samples.end(0);
            }
        }
        CallSamples.Sum sum = new CallSamples.Sum();
        samples.addTo(sum, 0);
        assertThat(due).isEqualTo(100);
        assertThat(sum.percentileNs(0.5)).isPositive().isLessThanOrEqualTo(sum.percentileNs(0.99));
        assertThat(sum.allocatedBytes()).as("the measuring itself").isLessThan(64);
    }
}
