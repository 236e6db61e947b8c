package io.sallyport.sample.flow.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Direction;
import io.sallyport.callout.NotifyType;
import io.sallyport.callout.testkit.FakeFlow;
import io.sallyport.callout.testkit.FakeLayerData;
import io.sallyport.callout.testkit.FakeLayerValues;
import io.sallyport.callout.testkit.FakeMetadata;
import io.sallyport.callout.testkit.FakeRuntimeFilter;
import io.sallyport.callout.testkit.RecordingClassifyOut;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FlowMonitorTest {

    private static final long SECOND = 1_000_000_000L;

    private final FlowMonitor callout = new FlowMonitor(64);
    private final FakeMetadata metadata = new FakeMetadata().setHeaderSizes(20, 20);
    private final RecordingClassifyOut out = new RecordingClassifyOut();

    private static FakeLayerValues established(long remote, int port) {
        return new FakeLayerValues(Layer.ALE_FLOW_ESTABLISHED_V4)
                .setNumber(Field.IP_LOCAL_ADDRESS, 0xC000_020AL)
                .setNumber(Field.IP_REMOTE_ADDRESS, remote)
                .setNumber(Field.IP_PROTOCOL, 6)
                .setNumber(Field.IP_LOCAL_PORT, 40_000)
                .setNumber(Field.IP_REMOTE_PORT, port)
                .setNumber(Field.DIRECTION, Direction.OUTBOUND.code());
    }

    private void classify(FakeFlow flow, FakeLayerValues values, int payloadBytes, long nowNs) {
        boolean isInbound =
                values.layer() == Layer.INBOUND_TRANSPORT_V4 || values.layer() == Layer.INBOUND_TRANSPORT_V6;
        metadata.setFlow(flow)
                .setTimestampNs(nowNs)
                .setPacketDirection(isInbound ? Direction.INBOUND : Direction.OUTBOUND);
        callout.classify(
                values,
                metadata,
                new FakeLayerData(new byte[payloadBytes]),
                new FakeRuntimeFilter(values.layer()),
                flow.context(values.layer()),
                out);
        assertThat(out.answer()).isNull();
    }

    private void sends(FakeFlow flow, int bytes, long nowNs) {
        classify(flow, new FakeLayerValues(Layer.OUTBOUND_TRANSPORT_V4), bytes, nowNs);
    }

    private void receives(FakeFlow flow, int bytes, long nowNs) {
        classify(flow, new FakeLayerValues(Layer.INBOUND_TRANSPORT_V4), bytes, nowNs);
    }

    @Test
    @Tag("FLOW-3")
    void shouldReportAFlowAtItsEnd() {
        FakeFlow flow = new FakeFlow(7);
        classify(flow, established(0xCB00_7109L, 443), 0, SECOND);
        sends(flow, 80, SECOND);
        sends(flow, 480, 2 * SECOND);
        receives(flow, 1_480, 3 * SECOND + SECOND / 2);
        assertThat(callout.accounts().takeEnded()).isEmpty();
        assertThat(callout.accounts().current()).hasSize(1);
        flow.end(callout);
        List<FlowRecord.Flow> ended = callout.accounts().takeEnded();
        assertThat(ended).hasSize(1);
        assertThat(ended.get(0).toJson())
                .isEqualTo("{\"flow\":7,\"direction\":\"out\",\"proto\":6,\"local\":\"192.0.2.10\",\"lport\":40000,"
                        + "\"remote\":\"203.0.113.9\",\"rport\":443,\"seconds\":2.500,"
                        + "\"packetsOut\":2,\"bytesOut\":600,\"packetsIn\":1,\"bytesIn\":1500}");
        assertThat(callout.accounts().takeEnded()).isEmpty();
        assertThat(callout.accounts().current()).isEmpty();
    }

    @Test
    void shouldKnowIpv6AndWhoBegan() {
        FakeFlow flow = new FakeFlow(8);
        FakeLayerValues values = new FakeLayerValues(Layer.ALE_FLOW_ESTABLISHED_V6)
                .setBytes16(Field.IP_LOCAL_ADDRESS, 0x20010DB8_00000000L, 16)
                .setBytes16(Field.IP_REMOTE_ADDRESS, 0x20010DB8_00000000L, 32)
                .setNumber(Field.IP_PROTOCOL, 17)
                .setNumber(Field.IP_LOCAL_PORT, 65_535)
                .setNumber(Field.IP_REMOTE_PORT, 53)
                .setNumber(Field.DIRECTION, Direction.INBOUND.code());
        classify(flow, values, 0, 0);
        classify(flow, new FakeLayerValues(Layer.INBOUND_TRANSPORT_V6), 20, 0);
        FlowRecord.Flow read = callout.accounts().current().get(0);
        assertThat(read.local()).isEqualTo("2001:db8:0:0:0:0:0:10");
        assertThat(read.localPort()).isEqualTo(65_535);
        assertThat(read.isInbound()).isTrue();
        assertThat(read.packetsIn()).isEqualTo(1);
        assertThat(read.packetsOut()).isZero();
    }

    @Test
    void shouldShowTheBiggestFlowsOnDemand() throws InterruptedException {
        callout.start();
        for (int i = 1; i <= 30; i++) {
            FakeFlow flow = new FakeFlow(i);
            classify(flow, established(i, 80), 0, 0);
            sends(flow, 100 * i, 0);
        }
        List<String> lines = new FlowCommand().flows(3).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).contains("0.0.0.30 80");
        assertThat(lines.get(3)).contains("0.0.0.28 80");
        assertThat(lines.get(4)).startsWith("30 flows; 0 not");
        assertThat(new FlowCommand().flows().lines()).hasSize(22);
        callout.stop();
        assertThat(new FlowCommand().flows()).contains("0 flows");
    }

    @Test
    @Tag("FLOW-1")
    void shouldAccountForNoMoreThanItHasPlaceForAndUseItAgain() {
        List<FakeFlow> flows = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            FakeFlow flow = new FakeFlow(i);
            classify(flow, established(i, 80), 0, 0);
            sends(flow, 1, 0);
            flows.add(flow);
        }
        assertThat(callout.accounts().current()).hasSize(64);
        assertThat(callout.accounts().uncounted()).isEqualTo(36);
        flows.forEach(flow -> flow.end(callout));
        assertThat(callout.accounts().takeEnded())
                .extracting(FlowRecord.Flow::id)
                .containsExactlyElementsOf(
                        java.util.stream.LongStream.rangeClosed(1, 64).boxed().toList());
        FakeFlow again = new FakeFlow(200);
        classify(again, established(9, 80), 0, 0);
        classify(again, established(9, 80), 0, 0); // a second context is refused: its record goes back
        assertThat(callout.accounts().current()).hasSize(1);
        assertThat(callout.accounts().current().get(0).packetsOut()).isZero();
    }

    @Test
    void shouldLeaveFlowsAloneThatItDidNotSeeBegin() {
        FakeFlow flow = new FakeFlow(1);
        sends(flow, 10, 0);
        metadata.setFlow(null);
        callout.classify(
                new FakeLayerValues(Layer.INBOUND_TRANSPORT_V4),
                metadata,
                new FakeLayerData(new byte[1]),
                new FakeRuntimeFilter(Layer.INBOUND_TRANSPORT_V4),
                null,
                out);
        assertThat(callout.accounts().current()).isEmpty();
        assertThatThrownBy(() ->
                        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), new FakeRuntimeFilter(Layer.STREAM_V4)))
                .hasMessageContaining("stream-v4");
    }

    /** Numbers are neither lost nor doubled, whatever the threads do. */
    @Test
    void shouldHandNumbersOnBetweenThreads() throws InterruptedException {
        int size = 50;
        AtomicIntegerArray links = new AtomicIntegerArray(size);
        IndexStack a = new IndexStack(links);
        IndexStack b = new IndexStack(links);
        for (int i = 0; i < size; i++) {
            a.push(i);
        }
        AtomicIntegerArray holders = new AtomicIntegerArray(size);
        AtomicBoolean isDoubled = new AtomicBoolean();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            Random random = new Random(t);
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 200_000; i++) {
                    int index = (random.nextBoolean() ? a : b).pop();
                    if (index >= 0) {
                        isDoubled.compareAndSet(false, holders.incrementAndGet(index) != 1);
                        holders.decrementAndGet(index);
                        (random.nextBoolean() ? a : b).push(index);
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(isDoubled).isFalse();
        List<Integer> left = new ArrayList<>();
        for (IndexStack stack : List.of(a, b)) {
            for (int index = stack.popAll(); index >= 0; index = stack.next(index)) {
                left.add(index);
            }
        }
        assertThat(left).hasSize(size).doesNotHaveDuplicates();
    }

    @Test
    void shouldAllocateNothingInClassify() {
        FakeFlow flow = new FakeFlow(1);
        classify(flow, established(1, 80), 0, 0);
        metadata.setFlow(flow);
        FakeLayerValues values = new FakeLayerValues(Layer.OUTBOUND_TRANSPORT_V4);
        FakeRuntimeFilter filter = new FakeRuntimeFilter(values.layer());
        FakeLayerData data = new FakeLayerData(new byte[100]);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 20_000; i++) {
                callout.classify(values, metadata, data, filter, null, out);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertThat(least).isLessThan(10_000); // below one byte a call: only the measurement itself
    }
}
