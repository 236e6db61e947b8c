package io.sallyport.shim.discard.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.GeneralDiscardReason;
import io.sallyport.callout.NetworkDiscardReason;
import io.sallyport.callout.TransportDiscardReason;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.IpVersion;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.DiscardShim;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final DiscardShimFactory factory = new DiscardShimFactory();
    private final DiscardShim shim = (DiscardShim) factory.create(engine);

    static List<Layer> discardLayers() {
        return Stream.of(Layer.values()).filter(Layer::isDiscard).toList();
    }

    private static TestPacket packetFor(Layer layer) {
        return TestPacket.tcp(Direction.INBOUND, layer.ipVersion() == IpVersion.V4 ? 4 : 6);
    }

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.DISCARD);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @Test
    @Tag("DISC-1")
    void shouldReachAllTwentyEightLayers() {
        assertThat(discardLayers()).hasSize(28);
    }

    @ParameterizedTest
    @MethodSource("discardLayers")
    @Tag("DISC-1")
    @Tag("DISC-2")
    void shouldShowARefusedItemAtTheTwin(Layer discard) {
        Layer refusedAt = Layer.valueOf(discard.name().replace("_DISCARD", ""));
        TestPacket packet = packetFor(discard);
        TestFlow flow = new TestFlow(packet);
        shim.discarded(packet, refusedAt, DropReason.POLICY, null, flow, out);
        assertThat(engine.questions).isEqualTo(1);
        assertThat(engine.values.layer()).isEqualTo(discard);
        assertThat(engine.boundModule).isEqualTo(DiscardModule.GENERAL);
        assertThat(engine.boundReason).isEqualTo(GeneralDiscardReason.FIREWALL_POLICY.code());
        assertThat(engine.values.known()).contains(Field.FLAGS, Field.COMPARTMENT_ID);
        Field local =
                discard.fieldIndex(Field.IP_LOCAL_ADDRESS) >= 0 ? Field.IP_LOCAL_ADDRESS : Field.IP_DESTINATION_ADDRESS;
        assertThat(engine.values.low64(local)).isEqualTo(packet.localLow);
        assertThat(engine.contexts).isSameAs(flow.contexts());
        assertThat(engine.outcome).isSameAs(out);
    }

    @ParameterizedTest
    @EnumSource(
            value = Layer.class,
            names = {"INBOUND_MAC_FRAME_ETHERNET", "ALE_CONNECT_REDIRECT_V4", "ALE_ENDPOINT_CLOSURE_V6"})
    void shouldIgnoreLayersWithoutATwin(Layer refusedAt) {
        shim.discarded(packetFor(refusedAt), refusedAt, DropReason.POLICY, null, null, out);
        assertThat(engine.questions).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "INBOUND_IPPACKET_V4, 24, true",
        "IPFORWARD_V6, 24, true",
        "OUTBOUND_TRANSPORT_V4, 44, true",
        "INBOUND_ICMP_ERROR_V4, 44, true",
        "DATAGRAM_DATA_V4, 64, true",
        "STREAM_V6, 64, true",
        "ALE_AUTH_RECV_ACCEPT_V4, 64, true",
        "ALE_FLOW_ESTABLISHED_V4, 64, true",
        "ALE_AUTH_CONNECT_V4, 64, false",
        "ALE_AUTH_LISTEN_V4, 64, false",
        "ALE_RESOURCE_ASSIGNMENT_V6, 64, false",
    })
    @Tag("ALE-15")
    void shouldShowTheDataThatTheTwinShowed(Layer refusedAt, int offset, boolean hasData) {
        shim.discarded(packetFor(refusedAt), refusedAt, DropReason.POLICY, null, null, out);
        assertThat(engine.boundOffset).isEqualTo(offset);
        assertThat(engine.data != null).isEqualTo(hasData);
    }

    @Test
    void shouldShowTheDatagramThatWasRefusedAtConnect() {
        shim.discarded(
                TestPacket.udp(Direction.OUTBOUND, 4), Layer.ALE_AUTH_CONNECT_V4, DropReason.POLICY, null, null, out);
        assertThat(engine.data).isSameAs(engine);
    }

    @Test
    @Tag("COND-17")
    void shouldTellTheConnectionsDirectionWhereTheTwinDoes() {
        TestFlow flow = new TestFlow(TestPacket.tcp(Direction.OUTBOUND, 4));
        TestPacket packet = TestPacket.tcp(Direction.INBOUND, 4);
        shim.discarded(packet, Layer.STREAM_V4, DropReason.POLICY, null, flow, out);
        assertThat(engine.values.number(Field.DIRECTION)).isEqualTo(Direction.OUTBOUND.code());
        shim.discarded(packet, Layer.STREAM_V4, DropReason.TCP_OUT_OF_ORDER, null, null, out);
        assertThat(engine.values.number(Field.DIRECTION)).isEqualTo(Direction.INBOUND.code());
    }

    @Test
    @Tag("COND-14")
    void shouldLeaveEmptyWhatAMalformedPacketLacks() {
        TestPacket packet = new TestPacket(Direction.INBOUND, 4, Packet.NONE);
        packet.transportOffset = Packet.NONE;
        packet.payloadOffset = Packet.NONE;
        shim.discarded(packet, Layer.INBOUND_TRANSPORT_V4, DropReason.MALFORMED_TCP, null, null, out);
        assertThat(engine.values.type(Field.IP_PROTOCOL)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.type(Field.IP_LOCAL_PORT)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.number(Field.IP_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V4);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.IP);
        assertThat(engine.contexts).isNull();
    }

    @ParameterizedTest
    @EnumSource(DropReason.class)
    @Tag("DISC-2")
    void shouldTellAKnownReasonForEveryDrop(DropReason drop) {
        DiscardReason reason = DiscardReason.of(drop);
        Object known = switch (reason.module()) {
            case GENERAL -> GeneralDiscardReason.byCode(reason.number());
            case NETWORK -> NetworkDiscardReason.byCode(reason.number());
            case TRANSPORT -> TransportDiscardReason.byCode(reason.number());
        };
        assertThat(known).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "POLICY, GENERAL, FIREWALL_POLICY",
        "CALLOUT_UNREGISTERED, GENERAL, FIREWALL_POLICY",
        "CALLOUT_FAULT, GENERAL, FIREWALL_POLICY",
        "NO_POLICY, GENERAL, FIREWALL_POLICY",
        "NO_SHIM, NETWORK, INTERNAL_ERROR",
        "TRUNCATED, NETWORK, BAD_LENGTH",
        "MALFORMED_IPV4, NETWORK, MALFORMED_HEADER",
        "MALFORMED_IPV4_CHECKSUM, NETWORK, BAD_CHECKSUM",
        "MALFORMED_IPV6_EXTENSION, NETWORK, EXTENSION_HEADERS_FAILURE",
        "REASSEMBLY_OVERLAP, NETWORK, IPSNPI_UNEXPECTED_FRAGMENT",
        "LIMIT_FLOWS, NETWORK, ALLOCATION_FAILURE",
        "LIMIT_HELD_FRAMES, NETWORK, QUEUE_FULL",
        "LIMIT_HEAP_FLOWS, NETWORK, ALLOCATION_FAILURE",
        "LIMIT_HEAP_INSPECTION, NETWORK, ALLOCATION_FAILURE",
        "MALFORMED_UDP, TRANSPORT, HEADER_INVALID",
        "MALFORMED_ICMP_CHECKSUM, TRANSPORT, CHECKSUM_INVALID",
        "MALFORMED_SCTP, TRANSPORT, HEADER_INVALID",
        "TCP_OUT_OF_ORDER, TRANSPORT, OUTSIDE_WINDOW",
        "TCP_OVERLAP, TRANSPORT, REASSEMBLY_CONFLICT",
        "TCP_DUPLICATE_HELD, TRANSPORT, REASSEMBLY_CONFLICT",
        "TCP_INVALID_STATE, TRANSPORT, SESSION_STATE",
        "TCP_CONNECTION_DROPPED, TRANSPORT, TCB_REMOVED",
        "TCP_MID_STREAM, TRANSPORT, EXPECTED_SYN",
        "TCP_UNDELIVERED, TRANSPORT, RECEIVE_INSPECTION",
    })
    @Tag("DISC-2")
    void shouldTellTheNearestReason(DropReason drop, DiscardModule module, String name) {
        shim.discarded(packetFor(Layer.INBOUND_IPPACKET_V4), Layer.INBOUND_IPPACKET_V4, drop, null, null, out);
        int code = switch (module) {
            case GENERAL -> GeneralDiscardReason.valueOf(name).code();
            case NETWORK -> NetworkDiscardReason.valueOf(name).code();
            case TRANSPORT -> TransportDiscardReason.valueOf(name).code();
        };
        assertThat(engine.boundModule).isEqualTo(module);
        assertThat(engine.boundReason).isEqualTo(code);
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.udp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet);
        Allocation.assertNone(() -> {
            shim.discarded(packet, Layer.DATAGRAM_DATA_V6, DropReason.POLICY, null, flow, out);
            shim.discarded(packet, Layer.IPFORWARD_V6, DropReason.TRUNCATED, null, null, out);
        });
    }
}
