package io.sallyport.stack.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.gateway.api.Notices;
import io.sallyport.stack.internal.path.Shedding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When memory is short, by a heap that is as full as the test says. */
class HeapPressureTest {
    private final Shedding shedding = new Shedding();
    private final List<String> told = new ArrayList<>();
    private double share;
    private int collections;
    private long nowNs;

    private final HeapPressure pressure = new HeapPressure(
            new HeapPressure.Heap() {
                @Override
                public double shareInUse() {
                    return share;
                }

                @Override
                public void collect() {
                    collections++;
                }
            },
            shedding,
            line -> line.accept(new Notices() {
                @Override
                public void state(String text) {
                    told.add("state " + text);
                }

                @Override
                public void fault(String text) {
                    told.add("fault " + text);
                }
            }));

    private int at(double newShare) {
        share = newShare;
        nowNs += TimeUnit.MILLISECONDS.toNanos(100);
        pressure.look(nowNs);
        return shedding.level();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.949, 0",
        "0.95, 1",
        "0.989, 1",
        "0.99, 2",
        "1, 2",
    })
    void shouldRefuseInspectionAt95AndFlowsAt99PerCent(double newShare, int level) {
        assertThat(at(newShare)).isEqualTo(level);
    }

    @Test
    void shouldNotGoToAndFro() {
        assertThat(at(0.95)).isEqualTo(Shedding.INSPECTION);
        assertThat(at(0.94)).isEqualTo(Shedding.INSPECTION);
        assertThat(at(0.90)).isEqualTo(Shedding.INSPECTION);
        assertThat(at(0.99)).isEqualTo(Shedding.FLOWS);
        assertThat(at(0.97)).isEqualTo(Shedding.FLOWS);
        assertThat(at(0.969)).isEqualTo(Shedding.INSPECTION);
        assertThat(at(0.98)).isEqualTo(Shedding.INSPECTION);
        assertThat(at(0.899)).isEqualTo(Shedding.NOTHING);
        assertThat(at(0.94)).isEqualTo(Shedding.NOTHING);
        assertThat(at(1)).isEqualTo(Shedding.FLOWS);
        assertThat(at(0.5)).isEqualTo(Shedding.NOTHING);
    }

    @Test
    void shouldTellEachChangeOnce() {
        for (double newShare : new double[] {0.5, 0.96, 0.96, 0.995, 0.995, 0.98, 0.5, 0.5}) {
            at(newShare);
        }
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).startsWith("fault memory is short: 96 %").contains("limit-heap-inspection");
        assertThat(told.get(1))
                .startsWith("fault memory is almost used up: 100 %")
                .contains("limit-heap-flows");
        assertThat(told.get(2)).startsWith("state memory is there again: 50 %");
    }

    /** Nothing else would ever tell that there is room again: with nothing to do the heap does not fill. */
    @Test
    void shouldHaveTheHeapCollectedNowAndThenWhileSomethingIsRefused() {
        at(0.5);
        nowNs += TimeUnit.HOURS.toNanos(1);
        at(0.5);
        assertThat(collections).isZero();
        at(0.96);
        for (int i = 0; i < 149; i++) {
            at(0.96);
        }
        assertThat(collections).isZero();
        at(0.96);
        assertThat(collections).isEqualTo(1);
        at(0.96);
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void shouldReadTheOldGenerationOfThisProcess() {
        HeapPressure.Heap heap = new LiveHeap();
        heap.collect();
        assertThat(heap.shareInUse()).isGreaterThan(0).isLessThan(0.95);
    }
}
