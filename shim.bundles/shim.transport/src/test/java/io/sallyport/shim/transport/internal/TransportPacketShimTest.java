package io.sallyport.shim.transport.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.TransportShim;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportPacketShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final TransportShimFactory factory = new TransportShimFactory();
    private final TransportShim shim = (TransportShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.TRANSPORT);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, 4, INBOUND_TRANSPORT_V4",
        "INBOUND, 6, INBOUND_TRANSPORT_V6",
        "OUTBOUND, 4, OUTBOUND_TRANSPORT_V4",
        "OUTBOUND, 6, OUTBOUND_TRANSPORT_V6",
    })
    @Tag("COND-11")
    @Tag("COND-18")
    void shouldJudgeAPacketAtTheLayerOfItsDirection(Direction direction, int version, Layer layer) {
        TestPacket packet = TestPacket.tcp(direction, version);
        TestFlow flow = new TestFlow(packet);
        shim.transport(packet, flow, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.number(Field.IP_PROTOCOL)).isEqualTo(6);
        assertThat(engine.values.low64(Field.IP_LOCAL_ADDRESS)).isEqualTo(packet.localLow());
        assertThat(engine.values.low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(packet.remoteLow());
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(40_000);
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(443);
        assertThat(engine.values.known()).contains(Field.FLAGS);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.TRANSPORT);
        assertThat(engine.boundFlow).isSameAs(flow);
        assertThat(engine.contexts).isSameAs(flow.contexts());
        assertThat(engine.outcome).isSameAs(out);
    }

    @Test
    void shouldJudgeWithoutAFlow() {
        shim.transport(TestPacket.tcp(Direction.INBOUND, 4), null, out);
        assertThat(engine.contexts).isNull();
        assertThat(engine.boundFlow).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, 4, DATAGRAM_DATA_V4",
        "INBOUND, 6, DATAGRAM_DATA_V6",
        "OUTBOUND, 4, DATAGRAM_DATA_V4",
        "OUTBOUND, 6, DATAGRAM_DATA_V6",
    })
    @Tag("COND-17")
    void shouldTellThePacketsDirectionOfDatagrams(Direction direction, int version, Layer layer) {
        TestPacket packet = TestPacket.udp(direction, version);
        packet.isReassembled = true;
        TestFlow flow = new TestFlow(TestPacket.udp(Direction.OUTBOUND, version));
        shim.datagram(packet, flow, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.number(Field.DIRECTION)).isEqualTo(direction.code());
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(53);
        assertThat(engine.values.number(Field.FLAGS)).isEqualTo(ConditionFlags.IS_REASSEMBLED);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.PAYLOAD);
        assertThat(engine.data).isSameAs(engine);
        assertThat(engine.contexts).isSameAs(flow.contexts());
    }

    @Test
    @Tag("OBJ-13")
    void shouldPutIcmpTypeAndCodeInPlaceOfPorts() {
        TestPacket packet = TestPacket.icmp(Direction.INBOUND, 6, 129, 0);
        shim.datagram(packet, new TestFlow(packet), out);
        assertThat(engine.values.number(Field.IP_PROTOCOL)).isEqualTo(58);
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(129);
        assertThat(engine.values.known()).contains(Field.IP_REMOTE_PORT);
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.udp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet);
        Allocation.assertNone(() -> {
            shim.transport(packet, null, out);
            shim.datagram(packet, flow, out);
        });
    }
}
