package io.sallyport.shim.mac.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.MacShim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final MacShimFactory factory = new MacShimFactory();
    private final MacShim shim = (MacShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.MAC);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void shouldTakeTheInsideMacForLocal(Direction direction) {
        shim.arriving(TestPacket.tcp(direction, 4), out);
        assertThat(engine.values.layer()).isEqualTo(Layer.INBOUND_MAC_FRAME_ETHERNET);
        assertThat(engine.values.number(Field.MAC_LOCAL_ADDRESS)).isEqualTo(TestPacket.LOCAL_MAC);
        assertThat(engine.values.number(Field.MAC_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_MAC);

        shim.leaving(TestPacket.tcp(direction, 4), out);
        assertThat(engine.values.layer()).isEqualTo(Layer.OUTBOUND_MAC_FRAME_ETHERNET);
        assertThat(engine.values.number(Field.MAC_LOCAL_ADDRESS)).isEqualTo(TestPacket.LOCAL_MAC);
        assertThat(engine.values.number(Field.MAC_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_MAC);
        assertThat(engine.outcome).isSameAs(out);
    }

    @Test
    void shouldNotFillValuesWhereNobodyFilters() {
        engine.isUnfiltered = true;
        shim.arriving(TestPacket.tcp(Direction.INBOUND, 4), out);
        assertThat(engine.unmatchedAt).isEqualTo(Layer.INBOUND_MAC_FRAME_ETHERNET);
        shim.leaving(TestPacket.tcp(Direction.INBOUND, 4), out);
        assertThat(engine.unmatchedAt).isEqualTo(Layer.OUTBOUND_MAC_FRAME_ETHERNET);
        assertThat(engine.outcome).isSameAs(out);
        assertThat(engine.values).isNull();
    }

    @ParameterizedTest
    @CsvSource({"020000000080, 0", "333300000001, 1", "01005E0000FB, 1", "FFFFFFFFFFFF, 2"})
    void shouldTellKindsOfMacAddressesApart(String mac, int expected) {
        TestPacket packet = TestPacket.udp(Direction.OUTBOUND, 4);
        packet.remoteMac = Long.parseLong(mac, 16);
        shim.arriving(packet, out);
        assertThat(engine.values.number(Field.MAC_REMOTE_ADDRESS_TYPE)).isEqualTo(expected);
        assertThat(engine.values.type(Field.MAC_LOCAL_ADDRESS_TYPE)).isEqualTo(DataType.UINT8);
        assertThat(engine.values.number(Field.MAC_LOCAL_ADDRESS_TYPE)).isZero();
    }

    @Test
    @Tag("COND-14")
    void shouldKnowTheVlanOfTaggedFramesOnly() {
        TestPacket packet = TestPacket.tcp(Direction.INBOUND, 6);
        packet.vlanId = 42;
        shim.arriving(packet, out);
        assertThat(engine.values.number(Field.VLAN_ID)).isEqualTo(42);
        assertThat(engine.values.number(Field.ETHER_TYPE)).isEqualTo(0x86DD);

        packet.vlanId = Packet.NONE;
        packet.etherType = Packet.NONE;
        shim.arriving(packet, out);
        assertThat(engine.values.type(Field.VLAN_ID)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.type(Field.ETHER_TYPE)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.type(Field.INTERFACE_MAC_ADDRESS)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.type(Field.NDIS_PORT)).isEqualTo(DataType.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({"OUTBOUND, UNKNOWN, 1, 2", "INBOUND, UNKNOWN, 2, 1", "OUTBOUND, WAN, 2, 1"})
    void shouldNameThePortThatTheFrameIsAt(Direction direction, Side side, int arrival, int departure) {
        TestPacket packet = TestPacket.tcp(direction, 4);
        packet.side = side;
        shim.arriving(packet, out);
        assertThat(engine.values.number(Field.IP_LOCAL_INTERFACE)).isEqualTo(arrival);
        assertThat(engine.values.number(Field.INTERFACE_INDEX)).isEqualTo(arrival);
        shim.leaving(packet, out);
        assertThat(engine.values.number(Field.IP_LOCAL_INTERFACE)).isEqualTo(departure);
        assertThat(ShimEnvironment.LAN_INTERFACE).isEqualTo(1);
    }

    @Test
    void shouldShowTheWholeFrame() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 4);
        shim.arriving(packet, out);
        assertThat(engine.boundPacket).isSameAs(packet);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.FRAME);
        assertThat(engine.data).isSameAs(engine);
        assertThat(engine.contexts).isNull();
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 4);
        Allocation.assertNone(() -> {
            shim.arriving(packet, out);
            shim.leaving(packet, out);
        });
    }
}
