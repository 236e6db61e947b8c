package io.sallyport.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.codegen.WfpCoverage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every rule of the sections that must be complete has a test or a reason, and docs/wfp-coverage.md says so. */
class CoverageTest {

    @Test
    void shouldShowEveryRuleAsTestedOrSayWhyNot() throws IOException {
        assertThat(WfpCoverage.problems(Path.of("..")))
                .as("run cnf/coverage.sh write after fixing what is named here")
                .isEmpty();
    }
}
