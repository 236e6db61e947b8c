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
    void shouldNotFillValuesWhereNobodyFilters() {
        engine.isUnfiltered = true;
        TestPacket packet = TestPacket.udp(Direction.INBOUND, 6);
        shim.transport(packet, null, out);
        assertThat(engine.unmatchedAt).isEqualTo(Layer.INBOUND_TRANSPORT_V6);
        shim.datagram(packet, new TestFlow(packet), out);
        assertThat(engine.unmatchedAt).isEqualTo(Layer.DATAGRAM_DATA_V6);
        assertThat(engine.outcome).isSameAs(out);
        assertThat(engine.values).isNull();
        assertThat(engine.questions).isZero();
    }

    @ParameterizedTest
    @CsvSource({"false, 3", "true, 12"})
    void shouldLookOnceAFlowLayerAndDirectionWhetherAnyFilterCanMatch(boolean couldMatch, int classified) {
        engine.couldMatch = couldMatch;
        TestFlow flow = new TestFlow(TestPacket.udp(Direction.OUTBOUND, 4));
        for (int i = 0; i < 4; i++) {
            shim.transport(TestPacket.udp(Direction.OUTBOUND, 4), flow, out);
            shim.transport(TestPacket.udp(Direction.INBOUND, 4), flow, out);
            shim.datagram(TestPacket.udp(Direction.INBOUND, 4), flow, out);
        }
        assertThat(engine.looks).isEqualTo(3);
        assertThat(engine.questions).isEqualTo(classified);
    }

    @Test
    @Tag("REAUTH-3")
    void shouldLookAgainUnderAnotherGeneration() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 4);
        TestFlow flow = new TestFlow(packet);
        shim.transport(packet, flow, out);
        shim.transport(packet, flow, out);
        assertThat(engine.questions).isEqualTo(1);
        engine.generation = 8;
        engine.couldMatch = true;
        shim.transport(packet, flow, out);
        shim.transport(packet, flow, out);
        assertThat(engine.questions).isEqualTo(3);
        assertThat(engine.looks).isEqualTo(2);
        engine.generation = 9;
        engine.couldMatch = false;
        shim.transport(packet, flow, out);
        shim.transport(packet, flow, out);
        assertThat(engine.questions).isEqualTo(4);
    }

    @Test
    @Tag("ALE-6")
    @Tag("OBJ-13")
    void shouldClassifyWhatHasOtherEndsThanItsFlow() {
        TestFlow flow = new TestFlow(TestPacket.udp(Direction.OUTBOUND, 4));
        shim.transport(TestPacket.udp(Direction.OUTBOUND, 4), flow, out);
        TestPacket other = TestPacket.udp(Direction.OUTBOUND, 4);
        other.remoteLow++;
        shim.transport(other, flow, out);
        shim.transport(TestPacket.icmp(Direction.OUTBOUND, 4, 8, 0), flow, out);
        shim.transport(TestPacket.tcp(Direction.OUTBOUND, 4), flow, out);
        assertThat(engine.questions).isEqualTo(4);
        assertThat(engine.looks).isEqualTo(1);
    }

    @Test
    @Tag("REDIR-7")
    void shouldClassifyEveryPacketOfARedirectedFlow() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 4);
        TestFlow flow = new TestFlow(packet);
        shim.transport(packet, flow, out);
        flow.isRedirected = true;
        shim.transport(packet, flow, out);
        shim.transport(packet, flow, out);
        assertThat(engine.questions).isEqualTo(3);
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
