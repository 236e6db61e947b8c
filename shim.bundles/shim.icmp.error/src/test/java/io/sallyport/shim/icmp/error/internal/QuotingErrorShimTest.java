package io.sallyport.shim.icmp.error.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IcmpErrorShim;
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

class QuotingErrorShimTest {

    private final RecordingEnvironment engine = new RecordingEnvironment();
    private final TestOutcome out = new TestOutcome();
    private final IcmpErrorShimFactory factory = new IcmpErrorShimFactory();
    private final IcmpErrorShim shim = (IcmpErrorShim) factory.create(engine);

    @Test
    void shouldFitItsSlot() {
        assertThat(factory.point()).isEqualTo(ShimPoint.ICMP_ERROR);
        assertThat(factory.create(engine)).isInstanceOf(factory.point().type());
    }

    @ParameterizedTest
    @CsvSource({"4, INBOUND_ICMP_ERROR_V4", "6, INBOUND_ICMP_ERROR_V6"})
    @Tag("DISC-9")
    @Tag("OBJ-13")
    void shouldDescribeReceivedErrorsAndWhatTheyQuote(int version, Layer layer) {
        TestPacket error = TestPacket.icmp(Direction.INBOUND, version, 3, 4);
        error.remoteLow = version == 4 ? 0xC633_6401L : 0x99; // A router on the way, not the peer.
        TestPacket quoted = TestPacket.tcp(Direction.OUTBOUND, version);
        error.quoted = quoted;
        TestFlow flow = new TestFlow(quoted);
        shim.icmpError(error, flow, null, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.low64(Field.IP_REMOTE_ADDRESS)).isEqualTo(error.remoteLow);
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(3);
        assertThat(engine.values.number(Field.IP_REMOTE_PORT)).isEqualTo(4);
        assertThat(engine.values.number(Field.EMBEDDED_PROTOCOL)).isEqualTo(6);
        assertThat(engine.values.low64(Field.EMBEDDED_REMOTE_ADDRESS)).isEqualTo(quoted.remoteLow);
        assertThat(engine.values.number(Field.EMBEDDED_LOCAL_PORT)).isEqualTo(40_000);
        assertThat(engine.values.number(Field.EMBEDDED_REMOTE_PORT)).isEqualTo(443);
        assertThat(engine.values.number(Field.IP_ARRIVAL_INTERFACE)).isEqualTo(ShimEnvironment.WAN_INTERFACE);
        assertThat(engine.boundOffset).isEqualTo(TestPacket.TRANSPORT);
        assertThat(engine.contexts).isSameAs(flow.contexts());
        assertThat(engine.outcome).isSameAs(out);
    }

    @ParameterizedTest
    @CsvSource({"4, OUTBOUND_ICMP_ERROR_V4", "6, OUTBOUND_ICMP_ERROR_V6"})
    @Tag("DISC-9")
    void shouldDescribeSentErrors(int version, Layer layer) {
        TestPacket error = TestPacket.icmp(Direction.OUTBOUND, version, 3, 3);
        error.quoted = TestPacket.udp(Direction.INBOUND, version);
        shim.icmpError(error, null, null, out);
        assertThat(engine.values.layer()).isEqualTo(layer);
        assertThat(engine.values.low64(Field.IP_LOCAL_ADDRESS)).isEqualTo(error.localLow);
        assertThat(engine.values.number(Field.IP_LOCAL_PORT)).isEqualTo(3);
        assertThat(engine.values.known()).contains(Field.FLAGS, Field.COMPARTMENT_ID, Field.IP_LOCAL_ADDRESS_TYPE);
        assertThat(engine.contexts).isNull();
    }

    @Test
    @Tag("COND-14")
    void shouldLeavePortsEmptyThatTheQuoteDoesNotReach() {
        TestPacket error = TestPacket.icmp(Direction.INBOUND, 4, 11, 0);
        TestPacket quoted = TestPacket.udp(Direction.OUTBOUND, 4);
        quoted.ports(Packet.NONE, Packet.NONE);
        error.quoted = quoted;
        shim.icmpError(error, null, null, out);
        assertThat(engine.values.type(Field.EMBEDDED_LOCAL_PORT)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.type(Field.EMBEDDED_REMOTE_PORT)).isEqualTo(DataType.EMPTY);
        assertThat(engine.values.number(Field.EMBEDDED_PROTOCOL)).isEqualTo(17);
    }

    @Test
    void shouldNotAllocate() {
        TestPacket error = TestPacket.icmp(Direction.INBOUND, 4, 11, 0);
        error.quoted = TestPacket.udp(Direction.OUTBOUND, 4);
        Allocation.assertNone(() -> shim.icmpError(error, null, null, out));
    }
}
