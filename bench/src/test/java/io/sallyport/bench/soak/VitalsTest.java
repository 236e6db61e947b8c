package io.sallyport.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What jcmd prints is read as it is meant, and compared. */
class VitalsTest {
    private static final String HISTOGRAM = """
            4711:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:            10            800  [J (java.base@25.0.3)
               2:             3            600  [Ljdk.internal.vm.FillerElement; (java.base@25.0.3)
               3:             2            160  io.sallyport.stack.internal.flow.FlowImpl
               4:             1             16  [J (java.base@25.0.3)
               5:             1             16  jdk.internal.vm.FillerObject (java.base@25.0.3)
            Total            17           1592
            """;

    @Test
    void shouldCountTheBytesOfClassesAndNoFillers() throws Exception {
        assertThat(Vitals.byClass(HISTOGRAM))
                .isEqualTo(Map.of("[J", 816L, "io.sallyport.stack.internal.flow.FlowImpl", 160L));
    }

    @Test
    void shouldRefuseAnAnswerWithoutClasses() {
        assertThatThrownBy(() -> Vitals.byClass("4711:\nno such process\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no such process");
    }

    @Test
    void shouldNameWhatGrewAndWhatEnded() {
        Vitals before = vitals(Map.of("a", 10L, "b", 20L, "c", 5L), List.of("main", "reaper", "worker"));
        Vitals after = vitals(Map.of("a", 50L, "b", 20L, "d", 1L), List.of("main", "worker", "worker"));
        assertThat(Vitals.changes(before, after))
                .containsExactly(Map.entry("a", 40L), Map.entry("c", -5L), Map.entry("d", 1L));
        assertThat(Vitals.onlyIn(before, after)).containsExactly("reaper");
        assertThat(Vitals.onlyIn(after, before)).containsExactly("worker");
    }

    private static Vitals vitals(Map<String, Long> heap, List<String> threads) {
        return new Vitals(1, 0, threads.size(), 0, 0, heap, threads);
    }
}
