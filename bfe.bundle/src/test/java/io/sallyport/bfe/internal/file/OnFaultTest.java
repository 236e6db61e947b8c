package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.internal.Bench;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.PolicyException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What filters do when their callout fails, from the file to the engine and back. */
class OnFaultTest {
    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(folder);
    }

    private void apply(String callout, String filter) {
        assertThat(bench.apply("apiVersion: sallyport/v1\nprovider: p\ncallouts:\n  - {key: x.y, layer: stream-v4"
                                + callout
                                + "}\nfilters:\n"
                                + "  - {name: f, layer: stream-v4, action: callout-unknown, callout: x.y" + filter
                                + "}\n")
                        .problems())
                .isEmpty();
    }

    private FaultPolicy inEngine() {
        FilterImage image = bench.engine.current().filters().get(0);
        return FaultPolicy.of(image.flags());
    }

    @ParameterizedTest(name = "callout {0}, filter {1}: {2}")
    @CsvSource({
        "'', '', ",
        "permit, '', PERMIT",
        "'', continue, CONTINUE",
        "permit, block, BLOCK",
        "continue, permit, PERMIT",
    })
    void shouldBeSaidByTheFilterOrElseByTheCallout(String callout, String filter, FaultPolicy expected)
            throws PolicyException {
        apply(callout.isEmpty() ? "" : ", on-fault: " + callout, filter.isEmpty() ? "" : ", on-fault: " + filter);
        assertThat(inEngine()).isEqualTo(expected);
        String exported = bench.bfe.policyFiles().export("p");
        assertThat(exported.split("on-fault", -1).length - 1)
                .isEqualTo((callout.isEmpty() ? 0 : 1) + (filter.isEmpty() ? 0 : 1));
        assertThat(bench.apply(exported).problems()).isEmpty();
        assertThat(bench.bfe.policyFiles().export("p")).isEqualTo(exported);
        assertThat(inEngine()).isEqualTo(expected);
    }

    @Test
    void shouldReachTheEngineWhenOnlyTheCalloutChanges() {
        apply("", "");
        assertThat(inEngine()).isNull();
        apply(", on-fault: permit", "");
        assertThat(inEngine()).isEqualTo(FaultPolicy.PERMIT);
    }
}
