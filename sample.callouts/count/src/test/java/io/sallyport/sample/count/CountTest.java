package io.sallyport.sample.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.LayerData;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Layer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CountTest {

    private final Count count = new Count();

    private RecordingClassifyOut classify(Layer layer, @Nullable LayerData data) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        count.classify(
                new FakeLayerValues(layer),
                new FakeMetadata(),
                data,
                new FakeRuntimeFilter(layer, Map.of()),
                null,
                out);
        return out;
    }

    @Test
    void shouldCountItemsAndBytesOfEachLayer() {
        classify(Layer.DATAGRAM_DATA_V4, new FakeLayerData(new byte[100]));
        classify(Layer.DATAGRAM_DATA_V4, new FakeLayerData(new byte[20]));
        classify(Layer.ALE_AUTH_CONNECT_V6, null);
        assertThat(count.items(Layer.DATAGRAM_DATA_V4)).isEqualTo(2);
        assertThat(count.bytes(Layer.DATAGRAM_DATA_V4)).isEqualTo(120);
        assertThat(count.items(Layer.ALE_AUTH_CONNECT_V6)).isEqualTo(1);
        assertThat(count.bytes(Layer.ALE_AUTH_CONNECT_V6)).isZero();
        assertThat(count.items(Layer.STREAM_V4)).isZero();
    }

    @Test
    @Tag("ARB-22")
    void shouldDecideNothing() {
        RecordingClassifyOut out = classify(Layer.STREAM_V4, new FakeLayerData(new byte[1]));
        assertThat(out.answer()).isNull();
        assertThat(out.isWriteRightCleared()).isFalse();
    }

    @Test
    void shouldSayWhatItCounted() {
        assertThat(count).hasToString("counted nothing");
        classify(Layer.DATAGRAM_DATA_V4, new FakeLayerData(new byte[100]));
        classify(Layer.STREAM_V4, new FakeLayerData(new byte[7]));
        assertThat(count).hasToString("counted stream-v4: 1 items, 7 bytes; datagram-data-v4: 1 items, 100 bytes");
        count.logTotals();
    }

    @Test
    @Tag("CALL-20")
    void shouldCountRightlyWhenSeveralWorkersAreInside() throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        Thread[] workers = new Thread[4];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int n = 0; n < 10_000; n++) {
                    classify(Layer.STREAM_V6, new FakeLayerData(new byte[3]));
                }
            });
            workers[i].start();
        }
        start.countDown();
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(count.items(Layer.STREAM_V6)).isEqualTo(40_000);
        assertThat(count.bytes(Layer.STREAM_V6)).isEqualTo(120_000);
    }
}
