package io.sallyport.itest.evasion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tens of thousands of conversations without a plan; the number of a failed one is the seed that plays it again. */
class RandomAttackTest {
    private static final int CONVERSATIONS = Integer.getInteger("sallyport.evasion.conversations", 20_000);
    private static final long FIRST_SEED = Long.getLong("sallyport.evasion.seed", 1);

    @Test
    void shouldLetNobodyReadTheWord() throws Exception {
        try (Trials trials = new Trials(FIRST_SEED)) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                long seed = FIRST_SEED + i;
                trials.attack("seed " + seed, (seed & 4) != 0, attacker -> RandomAttack.play(attacker, seed));
            }
            trials.mustAllHaveGoneWell(CONVERSATIONS);
        }
    }

    @Test
    void shouldSeeEveryWordThatSomeReceiverReadsWithoutAGateway() {
        try (Trials trials = new Trials(FIRST_SEED)) {
            int read = 0;
            for (int i = 0; i < CONVERSATIONS; i++) {
                long seed = FIRST_SEED + i;
                read += trials.onOpenWire(
                                "seed " + seed, (seed & 4) != 0, attacker -> RandomAttack.play(attacker, seed))
                        ? 1
                        : 0;
            }
            trials.mustAllHaveGoneWell(CONVERSATIONS);
            assertThat(read).isGreaterThan(CONVERSATIONS / 10);
        }
    }
}
