package io.sallyport.shim.ale.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.shim.AleShim;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.ShimPoint;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestOutcome;
import io.sallyport.stack.shim.testing.TestPacket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final AleShimFactory factory = new AleShimFactory();
    private final AleShim shim = (AleShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.ALE);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Tag("COND-11")
    @Tag("COND-18")
    void shouldFillEveryLayerFromTheFlow(int version) {
        String suffix = "_V" + version;
        TestPacket packet = TestPacket.tcp(Direction.INBOUND, version);
        TestFlow flow = new TestFlow(packet);
        shim.resourceAssignment(packet, flow, out);
        assertEndpoint("ALE_RESOURCE_ASSIGNMENT" + suffix, packet, false);
        shim.connectRedirect(packet, flow, out);
        assertEndpoint("ALE_CONNECT_REDIRECT" + suffix, packet, true);
        shim.connect(packet, flow, false, out);
        assertEndpoint("ALE_AUTH_CONNECT" + suffix, packet, true);
        shim.listen(packet, flow, out);
        assertEndpoint("ALE_AUTH_LISTEN" + suffix, packet, false);
        shim.accept(packet, flow, false, out);
        assertEndpoint("ALE_AUTH_RECV_ACCEPT" + suffix, packet, true);
        shim.flowEstablished(packet, flow, out);
        assertEndpoint("ALE_FLOW_ESTABLISHED" + suffix, packet, true);
        shim.endpointClosure(packet, flow, out);
        assertEndpoint("ALE_ENDPOINT_CLOSURE" + suffix, packet, true);
        shim.resourceRelease(packet, flow, out);
        assertEndpoint("ALE_RESOURCE_RELEASE" + suffix, packet, false);
    }

    private void assertEndpoint(String layer, TestPacket packet, boolean hasRemote) {
        assertThat(engine.values.layer()).isEqualTo(Layer.valueOf(layer));
        assertThat(engine.values.low64(Field.IP_LOCAL_ADDRESS)).isEqualTo(packet.localLow);
        assertThat(engine.values.high64(Field.IP_LOCAL_ADDRESS)).isEqualTo(packet.localHigh);
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(40_000);
        assertThat(engine.values.number(Field.COMPARTMENT_ID)).isEqualTo(1);
        assertThat(engine.values.known()).contains(Field.FLAGS);
        if (engine.values.layer().fieldIndex(Field.IP_PROTOCOL) >= 0) {
            assertThat(engine.values.number(Field.IP_PROTOCOL)).isEqualTo(6);
        }
        if (hasRemote) {
            assertThat(engine.values.low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(packet.remoteLow);
            assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(443);
        }
        assertThat(engine.values.known())
                .doesNotContain(Field.ALE_APP_ID, Field.ALE_USER_ID, Field.ALE_PACKAGE_ID, Field.ALE_REMOTE_USER_ID);
        assertThat(engine.contexts).isSameAs(engine.boundFlow.contexts());
        assertThat(engine.outcome).isSameAs(out);
    }

    @Test
    @Tag("ALE-15")
    void shouldShowDataAsTheLayersDo() {
        TestPacket tcp = TestPacket.tcp(Direction.OUTBOUND, 4);
        TestPacket udp = TestPacket.udp(Direction.OUTBOUND, 4);
        TestFlow tcpFlow = new TestFlow(tcp);
        TestFlow udpFlow = new TestFlow(udp);

        shim.resourceAssignment(udp, udpFlow, out);
        assertThat(engine.data).isNull();
        shim.connectRedirect(udp, udpFlow, out);
        assertThat(engine.data).isNull();
        shim.connect(tcp, tcpFlow, false, out);
        assertThat(engine.data).isNull();
        assertThat(engine.metadata).isSameAs(engine);
        shim.listen(tcp, tcpFlow, out);
        assertThat(engine.data).isNull();

        shim.connect(udp, udpFlow, false, out);
        assertThat(engine.data).isSameAs(engine);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.PAYLOAD);
        shim.accept(tcp, tcpFlow, false, out);
        assertThat(engine.data).isSameAs(engine);
        shim.flowEstablished(tcp, tcpFlow, out);
        assertThat(engine.data).isSameAs(engine);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.PAYLOAD);
    }

    @Test
    @Tag("REAUTH-1")
    void shouldFlagReauthorizationAndForgetItForTheNextFlow() {
        TestPacket packet = TestPacket.tcp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet);
        shim.connect(packet, flow, true, out);
        assertThat(engine.values.number(Field.FLAGS)).isEqualTo(ConditionFlags.IS_REAUTHORIZE);
        assertThat(engine.values.number(Field.REAUTHORIZE_REASON)).isEqualTo(ReauthorizeReason.POLICY_CHANGE.code());

        shim.connect(packet, flow, false, out);
        assertThat(engine.values.number(Field.FLAGS)).isZero();
        assertThat(engine.values.type(Field.REAUTHORIZE_REASON)).isEqualTo(DataType.UINT32);
        assertThat(engine.values.number(Field.REAUTHORIZE_REASON)).isZero();
    }

    @Test
    @Tag("REAUTH-2")
    void shouldSayWhyTheFlowIsAskedForAgain() {
        TestPacket packet = TestPacket.udp(Direction.INBOUND, 4);
        TestFlow flow = new TestFlow(packet);
        for (ReauthorizeReason reason : ReauthorizeReason.values()) {
            flow.reauthorizeReason = reason;
            shim.accept(packet, flow, true, out);
            assertThat(engine.values.number(Field.REAUTHORIZE_REASON)).isEqualTo(reason.code());
        }
    }

    @Test
    @Tag("REAUTH-4")
    @Tag("COND-14")
    void shouldNotKnowTheArrivalInterfaceWhenASentPacketAsksAgainAtAccept() {
        TestPacket first = TestPacket.tcp(Direction.INBOUND, 4);
        TestFlow flow = new TestFlow(first);
        shim.accept(first, flow, false, out);
        assertThat(engine.values.number(Field.IP_ARRIVAL_INTERFACE)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(engine.values.type(Field.IP_NEXTHOP_INTERFACE)).isEqualTo(DataType.EMPTY);

        shim.accept(TestPacket.tcp(Direction.OUTBOUND, 4), flow, true, out);
        assertThat(engine.values.type(Field.IP_ARRIVAL_INTERFACE)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.number(Field.IP_NEXTHOP_INTERFACE)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(engine.packetDirection()).isEqualTo(Direction.OUTBOUND);
    }

    @ParameterizedTest
    @CsvSource({"OUTBOUND, 3", "INBOUND, 1"})
    @Tag("COND-17")
    void shouldTellTheConnectionsDirectionWhenEstablished(Direction direction, int destinationType) {
        TestPacket first = TestPacket.udp(direction, 4);
        first.remoteLow = 0xE000_00FBL;
        shim.flowEstablished(first, new TestFlow(first), out);
        assertThat(engine.values.number(Field.DIRECTION)).isEqualTo(direction.code());
        assertThat(engine.values.number(Field.IP_DESTINATION_ADDRESS_TYPE)).isEqualTo(destinationType);
    }

    @Test
    @Tag("ALE-14")
    void shouldTellOfEndpointsThatTimeEnded() {
        TestFlow flow = new TestFlow(TestPacket.udp(Direction.INBOUND, 6));
        shim.endpointClosure(null, flow, out);
        assertThat(engine.values.layer()).isEqualTo(Layer.ALE_ENDPOINT_CLOSURE_V6);
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(53);
        assertThat(engine.data).isNull();
        assertThat(engine.boundPacket).isNull();
        assertThat(engine.metadata.flow()).isSameAs(flow.contexts());
        assertThat(engine.metadata.packetDirection()).isEqualTo(Direction.INBOUND);
        assertThat(engine.metadata.timeToLive()).isEqualTo(IncomingMetadata.UNKNOWN);
        assertThat(engine.metadata.discardModule()).isNull();

        shim.resourceRelease(null, flow, out);
        assertThat(engine.values.layer()).isEqualTo(Layer.ALE_RESOURCE_RELEASE_V6);
        assertThat(engine.contexts).isSameAs(flow.contexts());
    }

    @Test
    void shouldNotAllocate() {
        TestPacket packet = TestPacket.udp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet);
        Allocation.assertNone(() -> {
            shim.resourceAssignment(packet, flow, out);
            shim.connect(packet, flow, true, out);
            shim.accept(packet, flow, false, out);
            shim.flowEstablished(packet, flow, out);
            shim.endpointClosure(null, flow, out);
        });
    }
}
