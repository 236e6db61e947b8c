package io.sallyport.stack.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.IpVersion;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.testing.Allocation;
import io.sallyport.stack.shim.testing.RecordedValues;
import io.sallyport.stack.shim.testing.RecordingEnvironment;
import io.sallyport.stack.shim.testing.TestFlow;
import io.sallyport.stack.shim.testing.TestPacket;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class IpFieldsTest {

    /** What only a host knows of itself, or nobody knows of a bridge. */
    private static final Set<Field> NEVER_KNOWN = EnumSet.of(
            Field.ALE_APP_ID,
            Field.ALE_EFFECTIVE_NAME,
            Field.ALE_NAP_CONTEXT,
            Field.ALE_ORIGINAL_APP_ID,
            Field.ALE_PACKAGE_FAMILY_NAME,
            Field.ALE_PACKAGE_ID,
            Field.ALE_PROMISCUOUS_MODE,
            Field.ALE_REAUTH_REASON,
            Field.ALE_REMOTE_MACHINE_ID,
            Field.ALE_REMOTE_USER_ID,
            Field.ALE_SECURITY_ATTRIBUTE_FQBN_VALUE,
            Field.ALE_SIO_FIREWALL_SYSTEM_PORT,
            Field.ALE_USER_ID,
            Field.ARRIVAL_INTERFACE_PROFILE_ID,
            Field.CURRENT_PROFILE_ID,
            Field.DESTINATION_SUB_INTERFACE_INDEX,
            Field.INTERFACE_QUARANTINE_EPOCH,
            Field.IPSEC_SECURITY_REALM_ID,
            Field.LOCAL_INTERFACE_PROFILE_ID,
            Field.NEXTHOP_INTERFACE_PROFILE_ID,
            Field.NEXTHOP_SUB_INTERFACE_INDEX,
            Field.ORIGINAL_PROFILE_ID,
            Field.PEER_NAME,
            Field.RESERVED0,
            Field.RESERVED1,
            Field.RESERVED2,
            Field.RESERVED3,
            Field.SOURCE_SUB_INTERFACE_INDEX,
            Field.SUB_INTERFACE_INDEX);

    private static IpFields fields(Layer layer) {
        return new IpFields(layer, new RecordingEnvironment().newValues(layer));
    }

    private static RecordedValues values(IpFields fields) {
        return (RecordedValues) fields.values();
    }

    static Stream<Layer> packetLayers() {
        return Stream.of(Layer.values())
                .filter(layer -> layer.isKernel() && layer.ipVersion() != IpVersion.ANY)
                .filter(layer -> Set.of("Network", "Transport", "ALE", "Stream", "ICMP error", "Discard")
                        .contains(layer.shim()))
                .filter(layer -> layer.schema().size() > 0);
    }

    @ParameterizedTest
    @MethodSource("packetLayers")
    @Tag("COND-20")
    void shouldFillEveryFieldThatAGatewayCanKnow(Layer layer) {
        int version = layer.ipVersion() == IpVersion.V4 ? 4 : 6;
        IpFields fields = fields(layer);
        TestPacket inbound = TestPacket.icmp(Direction.INBOUND, version, 3, 1);
        inbound.quoted = TestPacket.udp(Direction.OUTBOUND, version);
        Set<Field> everKnown = EnumSet.noneOf(Field.class);

        fields.endpoints(inbound);
        fields.interfaces(inbound);
        fields.quoted(inbound.quoted);
        fields.flags(0);
        fields.reauthorizeReason(0);
        everKnown.addAll(values(fields).known());
        fields.endpoints(new TestFlow(inbound));
        fields.interfaces(TestPacket.tcp(Direction.OUTBOUND, version));
        everKnown.addAll(values(fields).known());

        Set<Field> expected = EnumSet.noneOf(Field.class);
        layer.schema().forEach(spec -> expected.add(spec.field()));
        expected.removeAll(NEVER_KNOWN);
        assertThat(everKnown).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    @Tag("COND-18")
    @Tag("COND-11")
    void shouldCallTheInsideLocalWhicheverWayThePacketGoes(Direction direction) {
        IpFields v4 = fields(Layer.DATAGRAM_DATA_V4);
        v4.endpoints(TestPacket.udp(direction, 4));
        assertThat(v4.values().number(Field.IP_LOCAL_ADDRESS)).isEqualTo(TestPacket.LOCAL_V4);
        assertThat(v4.values().number(Field.IP_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V4);
        assertThat(v4.values().number(Field.IP_LOCAL_PORT)).isEqualTo(50_000);
        assertThat(v4.values().number(Field.IP_REMOTE_PORT)).isEqualTo(53);
        assertThat(v4.values().number(Field.IP_PROTOCOL)).isEqualTo(Packet.PROTOCOL_UDP);
        assertThat(v4.values().number(Field.DIRECTION)).isEqualTo(direction.code());

        IpFields v6 = fields(Layer.DATAGRAM_DATA_V6);
        v6.endpoints(TestPacket.udp(direction, 6));
        assertThat(v6.values().high64(Field.IP_LOCAL_ADDRESS)).isEqualTo(TestPacket.LOCAL_V6_HIGH);
        assertThat(v6.values().low64(Field.IP_LOCAL_ADDRESS)).isEqualTo(TestPacket.LOCAL_V6_LOW);
        assertThat(v6.values().high64(Field.IP_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V6_HIGH);
        assertThat(v6.values().low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V6_LOW);
    }

    @Test
    @Tag("COND-18")
    void shouldUseSourceAndDestinationWhereForwarded() {
        IpFields fields = fields(Layer.IPFORWARD_V4);
        fields.endpoints(TestPacket.udp(Direction.INBOUND, 4));
        assertThat(fields.values().number(Field.IP_SOURCE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V4);
        assertThat(fields.values().number(Field.IP_DESTINATION_ADDRESS)).isEqualTo(TestPacket.LOCAL_V4);

        fields.endpoints(TestPacket.udp(Direction.OUTBOUND, 4));
        assertThat(fields.values().number(Field.IP_SOURCE_ADDRESS)).isEqualTo(TestPacket.LOCAL_V4);
        assertThat(fields.values().number(Field.IP_DESTINATION_ADDRESS)).isEqualTo(TestPacket.REMOTE_V4);
    }

    @Test
    @Tag("OBJ-13")
    void shouldPutIcmpTypeAndCodeInPlaceOfPorts() {
        IpFields fields = fields(Layer.INBOUND_TRANSPORT_V4);
        fields.endpoints(TestPacket.icmp(Direction.INBOUND, 4, 8, 0));
        assertThat(fields.values().number(Field.IP_LOCAL_PORT)).isEqualTo(8);
        assertThat(fields.values().type(Field.IP_REMOTE_PORT)).isEqualTo(DataType.UINT16);
        assertThat(fields.values().number(Field.IP_REMOTE_PORT)).isZero();
    }

    @Test
    @Tag("COND-14")
    void shouldLeavePortsEmptyWhereTheProtocolHasNone() {
        IpFields fields = fields(Layer.INBOUND_TRANSPORT_V4);
        fields.endpoints(TestPacket.tcp(Direction.INBOUND, 4));
        fields.endpoints(new TestPacket(Direction.INBOUND, 4, 47));
        assertThat(fields.values().number(Field.IP_PROTOCOL)).isEqualTo(47);
        assertThat(fields.values().type(Field.IP_LOCAL_PORT)).isEqualTo(DataType.EMPTY);
        assertThat(fields.values().type(Field.IP_REMOTE_PORT)).isEqualTo(DataType.EMPTY);
    }

    @Test
    @Tag("COND-14")
    void shouldLeaveEndpointsEmptyForAPacketOfAnotherVersion() {
        IpFields fields = fields(Layer.INBOUND_IPPACKET_V6_DISCARD);
        fields.endpoints(TestPacket.tcp(Direction.INBOUND, 6));
        fields.endpoints(TestPacket.tcp(Direction.INBOUND, 4));
        assertThat(values(fields).known())
                .doesNotContain(Field.IP_LOCAL_ADDRESS, Field.IP_REMOTE_ADDRESS, Field.IP_LOCAL_ADDRESS_TYPE);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0, 0x00000000, 0",
        "4, 0, 0xC0A80109, 1",
        "4, 0, 0xDFFFFFFF, 1",
        "4, 0, 0xE00000FB, 3",
        "4, 0, 0xEFFFFFFF, 3",
        "4, 0, 0xF0000001, 1",
        "4, 0, 0xFFFFFFFF, 4",
        "6, 0, 0, 0",
        "6, 0, 1, 1",
        "6, 0x20010DB800000000, 1, 1",
        "6, 0xFE80000000000000, 1, 1",
        "6, 0xFF02000000000000, 1, 3",
    })
    void shouldTellKindsOfAddressesApart(int version, String high, String low, int expected) {
        TestPacket packet = TestPacket.udp(Direction.OUTBOUND, version);
        packet.remoteHigh = hex(high);
        packet.remoteLow = hex(low);
        IpFields fields = fields(version == 4 ? Layer.OUTBOUND_TRANSPORT_V4 : Layer.OUTBOUND_TRANSPORT_V6);
        fields.endpoints(packet);
        assertThat(fields.values().number(Field.IP_DESTINATION_ADDRESS_TYPE)).isEqualTo(expected);
        assertThat(fields.values().number(Field.IP_LOCAL_ADDRESS_TYPE)).isEqualTo(1);
    }

    private static long hex(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }

    @Test
    @Tag("REAUTH-4")
    @Tag("COND-14")
    void shouldKnowTheArrivalInterfaceOfReceivedPacketsOnlyAndTheNextHopOfSentOnesOnly() {
        IpFields fields = fields(Layer.ALE_AUTH_RECV_ACCEPT_V4);
        fields.interfaces(TestPacket.tcp(Direction.INBOUND, 4));
        assertThat(fields.values().number(Field.IP_ARRIVAL_INTERFACE)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(fields.values().number(Field.ARRIVAL_INTERFACE_INDEX)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(fields.values().number(Field.ARRIVAL_INTERFACE_TYPE)).isEqualTo(6);
        assertThat(fields.values().type(Field.IP_NEXTHOP_INTERFACE)).isEqualTo(DataType.EMPTY);

        fields.interfaces(TestPacket.tcp(Direction.OUTBOUND, 4));
        assertThat(fields.values().type(Field.IP_ARRIVAL_INTERFACE)).isEqualTo(DataType.EMPTY);
        assertThat(fields.values().type(Field.ARRIVAL_INTERFACE_TYPE)).isEqualTo(DataType.EMPTY);
        assertThat(fields.values().number(Field.IP_NEXTHOP_INTERFACE)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(fields.values().number(Field.NEXTHOP_INTERFACE_TYPE)).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({
        "OUTBOUND, UNKNOWN, 1, 2",
        "INBOUND, UNKNOWN, 2, 1",
        "OUTBOUND, LAN, 1, 2",
        "INBOUND, WAN, 2, 1",
        "OUTBOUND, WAN, 2, 1",
        "INBOUND, LAN, 1, 2",
    })
    void shouldTrustThePortBeforeTheDirection(Direction direction, Side side, int arrival, int departure) {
        TestPacket packet = TestPacket.tcp(direction, 6);
        packet.side = side;
        IpFields fields = fields(Layer.IPFORWARD_V6);
        fields.interfaces(packet);
        assertThat(fields.values().number(Field.SOURCE_INTERFACE_INDEX)).isEqualTo(arrival);
        assertThat(fields.values().number(Field.IP_LOCAL_INTERFACE)).isEqualTo(arrival);
        assertThat(fields.values().number(Field.IP_PHYSICAL_ARRIVAL_INTERFACE)).isEqualTo(arrival);
        assertThat(fields.values().number(Field.DESTINATION_INTERFACE_INDEX)).isEqualTo(departure);
        assertThat(fields.values().number(Field.IP_FORWARD_INTERFACE)).isEqualTo(departure);
        assertThat(fields.values().number(Field.IP_PHYSICAL_NEXTHOP_INTERFACE)).isEqualTo(departure);
    }

    @Test
    @Tag("DISC-9")
    void shouldDescribeTheQuotedPacketAndForgetIt() {
        IpFields fields = fields(Layer.INBOUND_ICMP_ERROR_V6);
        fields.quoted(TestPacket.udp(Direction.OUTBOUND, 6));
        assertThat(fields.values().number(Field.EMBEDDED_PROTOCOL)).isEqualTo(Packet.PROTOCOL_UDP);
        assertThat(fields.values().high64(Field.EMBEDDED_REMOTE_ADDRESS)).isEqualTo(TestPacket.REMOTE_V6_HIGH);
        assertThat(fields.values().number(Field.EMBEDDED_LOCAL_PORT)).isEqualTo(50_000);
        assertThat(fields.values().number(Field.EMBEDDED_REMOTE_PORT)).isEqualTo(53);
        assertThat(fields.values().number(Field.EMBEDDED_LOCAL_ADDRESS_TYPE)).isEqualTo(1);

        fields.quoted(null);
        assertThat(values(fields).known())
                .doesNotContain(
                        Field.EMBEDDED_PROTOCOL,
                        Field.EMBEDDED_REMOTE_ADDRESS,
                        Field.EMBEDDED_LOCAL_PORT,
                        Field.EMBEDDED_REMOTE_PORT,
                        Field.EMBEDDED_LOCAL_ADDRESS_TYPE);
    }

    @Test
    void shouldKnowTheIcmpTypeThatAFlowBeganWith() {
        IpFields fields = fields(Layer.ALE_AUTH_CONNECT_V4);
        fields.endpoints(new TestFlow(TestPacket.icmp(Direction.OUTBOUND, 4, 8, 0)));
        assertThat(fields.values().number(Field.ORIGINAL_ICMP_TYPE)).isEqualTo(8);
        fields.endpoints(new TestFlow(TestPacket.tcp(Direction.OUTBOUND, 4)));
        assertThat(fields.values().type(Field.ORIGINAL_ICMP_TYPE)).isEqualTo(DataType.EMPTY);
    }

    @Test
    void shouldFallBackToLowerHeadersOfMalformedPackets() {
        TestPacket packet = TestPacket.tcp(Direction.INBOUND, 4);
        assertThat(PacketPlaces.payloadData(packet)).isEqualTo(TestPacket.PAYLOAD);
        packet.payloadOffset = Packet.NONE;
        assertThat(PacketPlaces.payloadData(packet)).isEqualTo(TestPacket.TRANSPORT);
        packet.transportOffset = Packet.NONE;
        assertThat(PacketPlaces.payloadData(packet)).isEqualTo(TestPacket.IP);
        assertThat(PacketPlaces.transportData(packet)).isEqualTo(TestPacket.IP);
        packet.ipOffset = Packet.NONE;
        assertThat(PacketPlaces.ipData(packet)).isEqualTo(TestPacket.FRAME);
    }

    @Test
    void shouldNotAllocate() {
        IpFields fields = fields(Layer.INBOUND_ICMP_ERROR_V6);
        TestPacket packet = TestPacket.icmp(Direction.INBOUND, 6, 1, 4);
        packet.quoted = TestPacket.udp(Direction.OUTBOUND, 6);
        TestFlow flow = new TestFlow(packet.quoted);
        Allocation.assertNone(() -> {
            fields.endpoints(packet);
            fields.endpoints(flow);
            fields.interfaces(packet);
            fields.quoted(packet.quoted);
            fields.flags(1);
        });
    }
}
