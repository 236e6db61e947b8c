package io.sallyport.bench.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sallyport.bench.relay.Mischief.Rates;
import org.junit.jupiter.api.Test;

class MischiefTest {
    private static final int FRAMES = 100_000;

    @Test
    void shouldHitFramesAsOftenAsTheRatesSay() {
        Mischief mischief = new Mischief(new Rates(10, 20, 5, 1), 1);
        int[] hits = new int[16];
        for (int i = 0; i < FRAMES; i++) {
            hits[mischief.next()]++;
        }
        double arrive = FRAMES - share(hits, Mischief.LOSE);
        assertThat(share(hits, Mischief.LOSE) / (double) FRAMES).isCloseTo(0.10, within(0.01));
        assertThat(share(hits, Mischief.DUPLICATE) / arrive).isCloseTo(0.20, within(0.01));
        assertThat(share(hits, Mischief.REORDER) / arrive).isCloseTo(0.05, within(0.01));
        assertThat(share(hits, Mischief.CORRUPT) / arrive).isCloseTo(0.01, within(0.003));
    }

    private static int share(int[] hits, int bit) {
        int sum = 0;
        for (int i = 0; i < hits.length; i++) {
            sum += (i & bit) != 0 ? hits[i] : 0;
        }
        return sum;
    }

    @Test
    void shouldDoTheSameForTheSameSeed() {
        Mischief one = new Mischief(new Rates(10, 10, 10, 10), 42);
        Mischief same = new Mischief(new Rates(10, 10, 10, 10), 42);
        for (int i = 0; i < 1_000; i++) {
            assertThat(same.next()).isEqualTo(one.next());
        }
    }

    @Test
    void shouldLoseTheSameFramesWhateverElseHappens() {
        Mischief alone = new Mischief(new Rates(10, 0, 0, 0), 42);
        Mischief among = new Mischief(new Rates(10, 90, 90, 90), 42);
        for (int i = 0; i < 1_000; i++) {
            assertThat(among.next() == Mischief.LOSE).isEqualTo(alone.next() == Mischief.LOSE);
        }
    }

    @Test
    void shouldDoNothingWithoutRates() {
        Mischief mischief = new Mischief(new Rates(0, 0, 0, 0), 1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(mischief.next()).isZero();
        }
    }

    @Test
    void shouldRefuseWhatIsNoPercentage() {
        assertThatThrownBy(() -> new Rates(101, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rates(0, -1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rates(0, 0, Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
