package io.sallyport.bench.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausesTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldTellCausesApartAndCountWhatIsTooLong() {
        Pauses pauses = new Pauses();
        pauses.addWatched(1_500 * MS);
        pauses.addWatched(500 * MS);
        pauses.add(5 * MS, MS / 2, 3 * MS);
        pauses.add(MS, MS, 0);
        pauses.add(MS / 20, MS / 20, 0);

        assertThat(pauses.figures())
                .containsEntry("watchedMs", 2_000.0)
                .containsEntry("longestMs", 5.0)
                .containsEntry("longerThan1Ms", 1L)
                .containsEntry("longerThan1MsPerSecond", 0.5)
                .containsEntry("longestWorkMs", 1.0)
                .containsEntry("longestQueuedMs", 3.0)
                .containsEntry("longestStoppedMs", 1.5);
        assertThat(pauses.wall.count())
                .as("those that are long enough to be kept")
                .isEqualTo(2);
        assertThat(new Pauses().tooLongPerSecond()).as("nobody watched").isZero();
    }

    @Test
    void shouldBringWhatABareLoopSaw() throws Exception {
        Pauses pauses = new Pauses();
        try (BareLoop loop = new BareLoop()) {
            loop.turn(20, pauses);
            loop.turn(20, pauses);
        }
        assertThat((double) pauses.figures().get("watchedMs")).isBetween(40.0, 10_000.0);
    }

    @Test
    void shouldSeeThatAThreadSlept() throws IOException, InterruptedException {
        List<Long> seen = new ArrayList<>();
        try (PauseWatch watch = new PauseWatch()) {
            Thread.sleep(2); // what is watched, not what is waited for
            watch.look((wallNs, workNs, queuedNs) -> seen.add(wallNs - workNs - queuedNs));
        }
        assertThat(seen).singleElement().satisfies(it -> assertThat(it).isGreaterThan(MS));
    }
}
