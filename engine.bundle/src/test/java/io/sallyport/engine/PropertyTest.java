package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.oracle.Comparison;
import io.sallyport.policy.PolicyException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The engine against the oracle: 100,000 random policies, four packets each, always the same ones. */
class PropertyTest {
    private static final int PARTS = 20;
    private static final int SCENARIOS_EACH = 5_000;

    @Test
    @Tag("ARB-1")
    @Tag("ARB-2")
    @Tag("ARB-3")
    @Tag("ARB-5")
    @Tag("ARB-6")
    @Tag("ARB-7")
    @Tag("ARB-26")
    @Tag("COND-1")
    @Tag("COND-2")
    @Tag("COND-8")
    @Tag("COND-14")
    @Tag("CALL-16")
    void shouldAgreeWithTheOracleOnEveryRandomPolicy() {
        // On each processor: this test alone took half of the module's time.
        assertThat(IntStream.range(0, PARTS)
                        .parallel()
                        .mapToObj(PropertyTest::firstDifference)
                        .filter(Objects::nonNull))
                .isEmpty();
    }

    private static @Nullable String firstDifference(int part) {
        try {
            return Comparison.firstDifference(1 + (long) part * SCENARIOS_EACH, SCENARIOS_EACH);
        } catch (PolicyException e) {
            throw new AssertionError("part " + part, e);
        }
    }
}
