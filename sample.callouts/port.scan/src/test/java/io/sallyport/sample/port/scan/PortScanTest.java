package io.sallyport.sample.port.scan;

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
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PortScanTest {

    private static final long SECOND = 1_000_000_000L;

    private final PortScan callout = new PortScan();
    private final FakeMetadata metadata = new FakeMetadata().setPacketDirection(Direction.INBOUND);
    private FakeRuntimeFilter filter = new FakeRuntimeFilter(Layer.INBOUND_TRANSPORT_V4);

    @BeforeEach
    void add() throws FilterRefusedException {
        filter = added(Layer.INBOUND_TRANSPORT_V4, Map.of("targets", 20L, "window-seconds", 10L, "hold-seconds", 60L));
    }

    private FakeRuntimeFilter added(Layer layer, Map<String, Object> context) throws FilterRefusedException {
        FakeRuntimeFilter added = new FakeRuntimeFilter(layer, context);
        callout.notify(NotifyType.ADD_FILTER, new UUID(0, 1), added);
        return added;
    }

    private static FakeLayerValues packet(long source, long target, int port) {
        return new FakeLayerValues(Layer.INBOUND_TRANSPORT_V4)
                .setNumber(Field.IP_REMOTE_ADDRESS, source)
                .setNumber(Field.IP_LOCAL_ADDRESS, target)
                .setNumber(Field.IP_PROTOCOL, 6)
                .setNumber(Field.IP_LOCAL_PORT, port);
    }

    private @Nullable Action judge(
            FakeRuntimeFilter by, FakeLayerValues values, @Nullable Object context, byte... data) {
        RecordingClassifyOut out = new RecordingClassifyOut();
        callout.classify(values, metadata, new FakeLayerData(data), by, context, out);
        assertThat(out.isWriteRightCleared()).isEqualTo(out.answer() == Action.BLOCK);
        return out.answer();
    }

    /** How many tries pass before the first is blocked. */
    private int scan(long source, long startNs, long stepNs, int tries) {
        for (int i = 0; i < tries; i++) {
            metadata.setTimestampNs(startNs + i * stepNs);
            if (judge(filter, packet(source, 1 + i / 16, 1 + i % 16), null) == Action.BLOCK) {
                return i;
            }
        }
        return tries;
    }

    @Test
    void shouldBlockWhoTriesManyTargets() {
        assertThat(scan(9, SECOND, 1_000, 100)).isBetween(17, 26); // about 20: bits may fall together
        // All that it sends, also within flows; and nothing of others.
        metadata.setFlow(new FakeFlow(1));
        assertThat(judge(filter, packet(9, 1, 80), null)).isEqualTo(Action.BLOCK);
        assertThat(judge(filter, packet(8, 1, 80), null)).isNull();
    }

    @Test
    void shouldLeaveWhoTriesOneTargetAgainAndAgain() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(judge(filter, packet(9, 1, 1 + i % 10), null)).isNull();
        }
    }

    @Test
    void shouldForgetSlowTriesAndLetScannersGo() {
        assertThat(scan(9, SECOND, 2 * SECOND, 500)).isEqualTo(500); // five or ten in a window
        assertThat(scan(8, 2_000 * SECOND, 1_000, 100)).isLessThan(30);
        metadata.setTimestampNs(2_059 * SECOND);
        assertThat(judge(filter, packet(8, 1, 1), null)).isEqualTo(Action.BLOCK);
        metadata.setTimestampNs(2_130 * SECOND);
        assertThat(judge(filter, packet(8, 1, 1), null)).isNull();
    }

    @Test
    void shouldHoldAScannerForLongerThatGoesOn() {
        assertThat(scan(8, 1_000 * SECOND, 1_000, 100)).isLessThan(30);
        for (int i = 0; i < 400; i++) {
            metadata.setTimestampNs(1_000 * SECOND + i * SECOND / 4);
            assertThat(judge(filter, packet(8, 1 + i, 1), null)).isEqualTo(Action.BLOCK);
        }
    }

    @Test
    void shouldCountWhatIsAcrossTheEdgeOfAWindow() {
        assertThat(scan(9, 20 * SECOND - 12_000, 1_000, 40)).isLessThan(30); // 12 before the edge, the others behind it
    }

    @Test
    void shouldKeepScannersWhenItsTableIsFlooded() throws FilterRefusedException {
        filter = added(Layer.INBOUND_TRANSPORT_V4, Map.of("targets", 20L, "table-size", 1_024L));
        assertThat(scan(9, SECOND, 1_000, 100)).isLessThan(30);
        for (int i = 0; i < 200_000; i++) {
            metadata.setTimestampNs(2 * SECOND + i);
            judge(filter, packet(0x0A00_0000L + i, 1, 1), null);
        }
        assertThat(judge(filter, packet(9, 1, 1), null)).isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldHideClosedPorts() throws FilterRefusedException {
        FakeRuntimeFilter established = added(Layer.ALE_FLOW_ESTABLISHED_V4, Map.of());
        FakeRuntimeFilter out = added(Layer.OUTBOUND_TRANSPORT_V4, Map.of());
        FakeLayerValues tcp = new FakeLayerValues(Layer.OUTBOUND_TRANSPORT_V4).setNumber(Field.IP_PROTOCOL, 6);
        byte[] segment = new byte[20];
        segment[13] = 0x14; // RST ACK
        assertThat(judge(out, tcp, null, segment)).isEqualTo(Action.BLOCK);
        FakeFlow flow = new FakeFlow(1);
        metadata.setFlow(flow);
        assertThat(judge(established, new FakeLayerValues(Layer.ALE_FLOW_ESTABLISHED_V4), null))
                .isNull();
        assertThat(judge(out, tcp, flow.context(Layer.OUTBOUND_TRANSPORT_V4), segment))
                .isNull();
        segment[13] = 0x12; // SYN ACK
        assertThat(judge(out, tcp, null, segment)).isNull();

        FakeRuntimeFilter errors = added(Layer.OUTBOUND_ICMP_ERROR_V4, Map.of());
        FakeLayerValues error = new FakeLayerValues(Layer.OUTBOUND_ICMP_ERROR_V4);
        assertThat(judge(errors, error, null, (byte) 3, (byte) 3, (byte) 0, (byte) 0))
                .isEqualTo(Action.BLOCK);
        assertThat(judge(errors, error, null, (byte) 3, (byte) 4, (byte) 0, (byte) 0))
                .isNull();
        FakeRuntimeFilter discard = added(Layer.ALE_AUTH_RECV_ACCEPT_V4_DISCARD, Map.of());
        assertThat(judge(discard, new FakeLayerValues(Layer.ALE_AUTH_RECV_ACCEPT_V4_DISCARD), null))
                .isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> added(Layer.STREAM_V4, Map.of())).hasMessageContaining("stream-v4");
        assertThatThrownBy(() -> added(Layer.INBOUND_TRANSPORT_V4, Map.of("targets", 1_000L)))
                .hasMessageContaining("targets");
        FakeRuntimeFilter senseless = new FakeRuntimeFilter(Layer.INBOUND_TRANSPORT_V4, Map.of("target", 5L));
        assertThat(judge(senseless, packet(1, 1, 1), null)).isEqualTo(Action.BLOCK);
    }

    @Test
    void shouldAllocateNothingInClassify() {
        FakeLayerValues values = packet(9, 1, 1);
        FakeLayerData data = new FakeLayerData(new byte[20]);
        RecordingClassifyOut out = new RecordingClassifyOut();
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
