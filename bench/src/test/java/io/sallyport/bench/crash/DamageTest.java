package io.sallyport.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store never opens as something that nobody committed. */
class DamageTest {
    private static final int FLIPS = 1_000;

    @TempDir
    Path folder;

    @Test
    @Tag("TXN-4")
    void shouldFindTheCommitBeforeOrTheLastOneWhereverItsWriteWasCutOff() throws Exception {
        Damage damage = new Damage(folder, 3);
        damage.cutEverywhere();
        assertThat(damage.silent()).isZero();
        assertThat(damage.foundPrevious()).isPositive();
        assertThat(damage.foundLatest()).isPositive();
        // Those whose seal says that there was more.
        assertThat(damage.refused()).isPositive();
    }

    /** Of pages with records, and of those above them that lead a search to them. */
    @Test
    @Tag("TXN-4")
    void shouldRefuseATurnedBitOrNotMind() throws Exception {
        Damage damage = new Damage(folder, 300);
        damage.turnBits(FLIPS);
        assertThat(damage.silent()).isZero();
        assertThat(damage.refused()).isPositive();
        assertThat(damage.foundPrevious()).isZero();
    }

    /** Four revisions: their number, the type of the page, and their keys. Out of order, a search for the next one never ends. */
    @Test
    @Tag("TXN-4")
    @Timeout(60)
    void shouldRefuseAHistoryWhoseKeysDoNotAscend() throws Exception {
        Damage damage = new Damage(folder, 3);
        assertThat(damage.turnEachBitOf((byte) 4, (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4))
                .isPositive();
        assertThat(damage.silent()).isZero();
        assertThat(damage.refused()).isPositive();
    }
}
