package io.sallyport.sample.rate.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.ClassifyOut.Action;
import io.sallyport.callout.Direction;
import io.sallyport.callout.FilterRefusedException;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.ConditionFlags;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final long SECOND = 1_000_000_000L;

    private final RateLimit callout = new RateLimit();
    private final FakeMetadata metadata = new FakeMetadata().setHeaderSizes(20, 20);
    private final FakeLayerData data = new FakeLayerData(new byte[80]);

    private FakeRuntimeFilter added(Layer layer, Map<String, Object> context) throws FilterRefusedException {
        FakeRuntimeFilter filter = new FakeRuntimeFilter(layer, context);
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), filter);
        return filter;
    }

    private static FakeLayerValues values(Layer layer, long local, long remote) {
        return new FakeLayerValues(layer)
                .setNumber(Field.IP_LOCAL_ADDRESS, local)
                .setNumber(Field.IP_REMOTE_ADDRESS, remote);
    }

    private @Nullable Action judge(FakeRuntimeFilter filter, FakeLayerValues values, long nowNs) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(values, metadata.setTimestampNs(nowNs), data, filter, null, out);
        assertThat(out.isWriteRightCleared()).isEqualTo(out.answer() == Action.BLOCK);
        return out.answer();
    }

    private int passed(FakeRuntimeFilter filter, FakeLayerValues values, long nowNs, int packets) {
        int passed = 0;
        for (int i = 0; i < packets; i++) {
            passed += judge(filter, values, nowNs) == Action.BLOCK ? 0 : 1;
        }
        return passed;
    }

    @Test
    void shouldLetABurstPassAndThenTheRate() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("packets-per-second", 10L, "burst-packets", 5L));
        FakeLayerValues one = values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9);
        assertThat(passed(filter, one, 0, 20)).isEqualTo(5);
        assertThat(passed(filter, one, SECOND / 10, 20)).isEqualTo(1);
        assertThat(passed(filter, one, SECOND / 2, 20)).isEqualTo(4);
        assertThat(passed(filter, one, 100 * SECOND, 20)).isEqualTo(5);
        filter.setAction(ActionType.CALLOUT_TERMINATING);
        assertThat(judge(filter, one, 200 * SECOND)).isEqualTo(Action.PERMIT);
    }

    @Test
    void shouldCountBytesOfIpPacketsAndTakeNothingForWhatIsBlocked() throws FilterRefusedException {
        FakeRuntimeFilter filter = added(
                Layer.OUTBOUND_TRANSPORT_V4,
                Map.of("packets-per-second", 1_000L, "bytes-per-second", 1_000L, "burst-bytes", 70_000L));
        FakeLayerValues one = values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9);
        assertThat(passed(filter, one, 0, 900)).isEqualTo(700); // 100 bytes each
        // 300 packets are left, since what was refused for its bytes took none.
        assertThat(passed(filter, one, SECOND / 10, 5)).isEqualTo(1);
    }

    @Test
    void shouldKnowSourcesByDirection() throws FilterRefusedException {
        Map<String, Object> context = Map.of("packets-per-second", 1L, "burst-packets", 2L);
        FakeRuntimeFilter out = added(Layer.OUTBOUND_TRANSPORT_V4, context);
        assertThat(passed(out, values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9), 0, 3)).isEqualTo(2);
        assertThat(passed(out, values(Layer.OUTBOUND_TRANSPORT_V4, 1, 8), 0, 3)).isZero();
        assertThat(passed(out, values(Layer.OUTBOUND_TRANSPORT_V4, 2, 9), 0, 3)).isEqualTo(2);
        metadata.setPacketDirection(Direction.INBOUND);
        FakeRuntimeFilter in = added(Layer.INBOUND_TRANSPORT_V4, context);
        assertThat(passed(in, values(Layer.INBOUND_TRANSPORT_V4, 1, 9), 0, 3)).isEqualTo(2);
        assertThat(passed(in, values(Layer.INBOUND_TRANSPORT_V4, 2, 9), 0, 3)).isZero();
        assertThat(passed(in, values(Layer.INBOUND_TRANSPORT_V4, 1, 8), 0, 3)).isEqualTo(2);
    }

    @Test
    void shouldTakeTheAddressesOfAnIpv6HostForOne() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.OUTBOUND_TRANSPORT_V6, Map.of("packets-per-second", 1L, "burst-packets", 2L));
        int passed = 0;
        for (int i = 0; i < 10; i++) {
            FakeLayerValues values = new FakeLayerValues(Layer.OUTBOUND_TRANSPORT_V6)
                    .setBytes16(Field.IP_LOCAL_ADDRESS, 0x20010DB8_00000001L, i);
            passed += passed(filter, values, 0, 1);
        }
        assertThat(passed).isEqualTo(2);
    }

    @Test
    void shouldLimitEachFlowOrAllTogether() throws FilterRefusedException {
        FakeRuntimeFilter flows = added(
                Layer.OUTBOUND_TRANSPORT_V4, Map.of("per", "flow", "packets-per-second", 1L, "burst-packets", 2L));
        FakeLayerValues one = values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9);
        metadata.setFlow(new FakeFlow(7));
        assertThat(passed(flows, one, 0, 5)).isEqualTo(2);
        metadata.setFlow(new FakeFlow(8));
        assertThat(passed(flows, one, 0, 5)).isEqualTo(2);
        FakeRuntimeFilter all =
                added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("per", "all", "packets-per-second", 1L, "burst-packets", 2L));
        assertThat(passed(all, one, 0, 5)).isEqualTo(2);
        assertThat(passed(all, values(Layer.OUTBOUND_TRANSPORT_V4, 2, 9), 0, 5)).isZero();
    }

    @Test
    void shouldCountNewFlowsAtAleLayersAndNotTheirReauthorizations() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.ALE_AUTH_CONNECT_V4, Map.of("packets-per-second", 1L, "burst-packets", 2L));
        FakeLayerValues again =
                values(Layer.ALE_AUTH_CONNECT_V4, 1, 9).setNumber(Field.FLAGS, ConditionFlags.IS_REAUTHORIZE);
        assertThat(passed(filter, again, 0, 9)).isEqualTo(9);
        assertThat(passed(filter, values(Layer.ALE_AUTH_CONNECT_V4, 1, 9), 0, 9))
                .isEqualTo(2);
        assertThat(passed(filter, again, 0, 9)).isEqualTo(9);
    }

    @Test
    void shouldBlockWithoutSenseAndWithoutAddress() throws FilterRefusedException {
        FakeRuntimeFilter senseless = new FakeRuntimeFilter(Layer.OUTBOUND_TRANSPORT_V4, Map.of("packets", 1L));
        assertThat(judge(senseless, values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9), 0))
                .isEqualTo(Action.BLOCK);
        FakeRuntimeFilter filter = added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("packets-per-second", 1L));
        assertThat(judge(filter, new FakeLayerValues(Layer.OUTBOUND_TRANSPORT_V4), 0))
                .isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> added(Layer.OUTBOUND_TRANSPORT_V4, Map.of())).hasMessageContaining("needs a context");
        assertThatThrownBy(() -> added(Layer.STREAM_V4, Map.of("packets-per-second", 1L)))
                .hasMessageContaining("stream-v4");
        assertThatThrownBy(() -> added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("burst-packets", 1L)))
                .hasMessageContaining("packets-per-second");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("bytes-per-second", 1L)))
                .hasMessageContaining("bytes-per-second");
        assertThatThrownBy(() -> added(Layer.ALE_AUTH_CONNECT_V4, Map.of("packets-per-second", 1L, "per", "flow")))
                .hasMessageContaining("not per flow");
        assertThatThrownBy(() -> added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("packets-per-second", 0L)))
                .hasMessageContaining("whole number");
    }

    /** Against tokens that are counted one by one. */
    @Test
    void shouldBeATokenBucket() {
        Random random = new Random(4);
        long[] rates = {1, 2, 5, 8, 10, 64, 125, 1_000, 1_000_000, 50_000_000};
        for (int round = 0; round < 500; round++) {
            long intervalNs = SECOND / rates[random.nextInt(rates.length)];
            long burst = 1L + random.nextInt(20);
            Buckets buckets = new Buckets(new Rate(SECOND / intervalNs, burst), Rate.NONE, 1);
            long now = 1_000_000;
            long tokens = burst * intervalNs; // one comes in a nanosecond, a packet takes intervalNs
            for (int i = 0; i < 500; i++) {
                long passed = random.nextInt(4) == 0 ? 0 : random.nextLong(2 * intervalNs * burst / 3 + 1);
                now += passed;
                tokens = Math.min(burst * intervalNs, tokens + passed);
                boolean expected = tokens >= intervalNs;
                tokens -= expected ? intervalNs : 0;
                assertThat(buckets.take(0, 1, now, 0)).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldFillFromWhenTheClockWasSetBack() {
        Buckets buckets = new Buckets(new Rate(10, 5), Rate.NONE, 1);
        for (int i = 0; i < 9; i++) {
            buckets.take(0, 1, 1_000 * SECOND, 0);
        }
        int taken = 0;
        for (int hundredths = 0; hundredths < 1_000; hundredths++) {
            taken += buckets.take(0, 1, 10 * SECOND + hundredths * (SECOND / 100), 0) ? 1 : 0;
        }
        assertThat(taken).isBetween(98, 100); // ten a second, beginning with none
    }

    @Test
    void shouldKeepBucketsOfTheBusyAndLetTheFloodShareOne() {
        Buckets buckets = new Buckets(new Rate(1, 2), Rate.NONE, 1_024);
        assertThat(buckets.places()).isEqualTo(1_024);
        assertThat(buckets.take(0, 1, 0, 0)).isTrue();
        assertThat(buckets.take(0, 1, 0, 0)).isTrue();
        int passed = 0;
        for (int i = 0; i < 1_000_000; i++) {
            passed += buckets.take(1, i, 0, 0) ? 1 : 0;
        }
        // Everybody's first two packets, as long as there is place; then one bucket for each set of eight.
        assertThat(passed).isLessThanOrEqualTo(1_023 + 2 * 128);
        assertThat(buckets.take(0, 1, 0, 0)).isFalse(); // the busy one is still known
        assertThat(buckets.isShared(2, 1, 0)).isTrue();
        assertThat(buckets.isShared(2, 1, 10 * SECOND)).isFalse(); // full again: room again
        assertThat(buckets.take(0, 1, 10 * SECOND, 0)).isTrue();
    }

    @Test
    void shouldCountRightOnSeveralThreads() throws InterruptedException {
        Buckets buckets = new Buckets(new Rate(1, 1_000_000), Rate.NONE, 16);
        java.util.concurrent.atomic.AtomicInteger passed = new java.util.concurrent.atomic.AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 300_000; i++) {
                    if (buckets.take(0, 1, 0, 0)) {
                        passed.incrementAndGet();
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(passed.get()).isLessThanOrEqualTo(1_000_000).isGreaterThan(900_000);
    }

    @Test
    void shouldAllocateNothingInClassify() throws FilterRefusedException {
        FakeRuntimeFilter filter =
                added(Layer.OUTBOUND_TRANSPORT_V4, Map.of("packets-per-second", 100L, "bytes-per-second", 100_000L));
        FakeLayerValues one = values(Layer.OUTBOUND_TRANSPORT_V4, 1, 9);
        RecordingClassifyOut out = new RecordingClassifyOut();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 20_000; i++) {
                callout.classify(one, metadata.setTimestampNs(i), data, filter, null, out);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertThat(least).isLessThan(10_000); // below one byte a call: only the measurement itself
    }
}
