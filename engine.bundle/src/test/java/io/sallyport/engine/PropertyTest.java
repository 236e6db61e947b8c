package io.sallyport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.engine.oracle.Comparison;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The engine against the oracle: 100,000 random policies, four packets each, always the same ones. */
class PropertyTest {

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
    void shouldAgreeWithTheOracleOnEveryRandomPolicy() throws Exception {
        assertThat(Comparison.firstDifference(1, 100_000)).isNull();
    }
}
