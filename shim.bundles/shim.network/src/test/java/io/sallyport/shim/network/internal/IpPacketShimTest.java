package io.sallyport.shim.network.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.shim.NetworkShim;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpPacketShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final NetworkShimFactory factory = new NetworkShimFactory();
    private final NetworkShim shim = (NetworkShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.NETWORK);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, 4, INBOUND_IPPACKET_V4, IPFORWARD_V4",
        "OUTBOUND, 6, OUTBOUND_IPPACKET_V6, IPFORWARD_V6",
    })
    void shouldNotFillValuesWhereNobodyFilters(Direction direction, int version, Layer layer, Layer forward) {
        engine.isUnfiltered = true;
        shim.ipPacket(TestPacket.tcp(direction, version), false, out);
        assertThat(engine.unmatchedAt).isEqualTo(layer);
        shim.forward(TestPacket.tcp(direction, version), out);
        assertThat(engine.unmatchedAt).isEqualTo(forward);
        assertThat(engine.outcome).isSameAs(out);
        assertThat(engine.values).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, 4, INBOUND_IPPACKET_V4",
        "INBOUND, 6, INBOUND_IPPACKET_V6",
        "OUTBOUND, 4, OUTBOUND_IPPACKET_V4",
        "OUTBOUND, 6, OUTBOUND_IPPACKET_V6",
    })
    @Tag("COND-18")
    void shouldJudgeAPacketAtTheLayerOfItsDirection(Direction direction, int version, Layer layer) {
        TestPacket packet = TestPacket.tcp(direction, version);
        shim.ipPacket(packet, false, out);
        assertThat(engine.questions).isEqualTo(1);
        assertThat(engine.outcome).isSameAs(out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.low64(Field.IP_LOCAL_ADDRESS))
                .isEqualTo(version == 4 ? TestPacket.LOCAL_V4 : TestPacket.LOCAL_V6_LOW);
        assertThat(engine.values.low64(Field.IP_REMOTE_ADDRESS))
                .isEqualTo(version == 4 ? TestPacket.REMOTE_V4 : TestPacket.REMOTE_V6_LOW);
        assertThat(engine.values.number(Field.IP_LOCAL_INTERFACE)).isEqualTo(1);
        assertThat(engine.values.number(Field.INTERFACE_INDEX)).isEqualTo(1);
        assertThat(engine.values.number(Field.INTERFACE_TYPE)).isEqualTo(6);
        assertThat(engine.values.number(Field.COMPARTMENT_ID)).isEqualTo(1);
        assertThat(engine.values.known()).contains(Field.FLAGS, Field.TUNNEL_TYPE);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.IP);
        assertThat(engine.data).isSameAs(engine);
        assertThat(engine.contexts).isNull();
    }

    @Test
    @Tag("PATH-12")
    void shouldFlagFragmentsAndWholeDatagrams() {
        TestPacket packet = TestPacket.udp(Direction.INBOUND, 4);
        packet.isFragment = true;
        shim.ipPacket(packet, false, out);
        assertThat(engine.values.number(Field.FLAGS)).isZero();
        shim.ipPacket(packet, true, out);
        assertThat(engine.values.number(Field.FLAGS)).isEqualTo(ConditionFlags.IS_FRAGMENT);

        packet.isFragment = false;
        packet.isReassembled = true;
        shim.ipPacket(packet, false, out);
        assertThat(engine.values.number(Field.FLAGS)).isEqualTo(ConditionFlags.IS_REASSEMBLED);
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND, 4, IPFORWARD_V4, 2, 1",
        "INBOUND, 6, IPFORWARD_V6, 2, 1",
        "OUTBOUND, 4, IPFORWARD_V4, 1, 2",
        "OUTBOUND, 6, IPFORWARD_V6, 1, 2",
    })
    @Tag("PATH-13")
    void shouldJudgeForwardedPacketsBySourceAndDestination(
            Direction direction, int version, Layer layer, int arrival, int departure) {
        TestPacket packet = TestPacket.udp(direction, version);
        packet.isFragment = true;
        shim.forward(packet, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.low64(Field.IP_SOURCE_ADDRESS)).isEqualTo(packet.sourceLow());
        assertThat(engine.values.high64(Field.IP_DESTINATION_ADDRESS)).isEqualTo(packet.destinationHigh());
        assertThat(engine.values.number(Field.IP_DESTINATION_ADDRESS_TYPE)).isEqualTo(1);
        assertThat(engine.values.number(Field.SOURCE_INTERFACE_INDEX)).isEqualTo(arrival);
        assertThat(engine.values.number(Field.DESTINATION_INTERFACE_INDEX)).isEqualTo(departure);
        assertThat(engine.values.number(Field.FLAGS)).isEqualTo(ConditionFlags.IS_FRAGMENT);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.IP);
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 6);
        Allocation.assertNone(() -> {
            shim.ipPacket(packet, false, out);
            shim.forward(packet, out);
        });
    }
}
