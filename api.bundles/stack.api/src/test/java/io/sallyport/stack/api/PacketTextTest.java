package io.sallyport.stack.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyReason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketTextTest {

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:1:0:0:0:0:0, 2001:db8:1::",
        "FE80:0:0:0:ABCD:EF:0:A, fe80::abcd:ef:0:a",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    })
    void shouldWriteIpv6AsRfc5952Wants(String address, String expected) throws UnknownHostException {
        ByteBuffer bytes = ByteBuffer.wrap(InetAddress.getByName(address).getAddress());

        assertThat(PacketText.v6(bytes.getLong(0), bytes.getLong(8))).isEqualTo(expected);
    }

    @Test
    void shouldWriteMappedAndIpv4AddressesWithDots() {
        assertThat(PacketText.v6(0, 0xffff_c0a8_0109L)).isEqualTo("::ffff:192.168.1.9");
        assertThat(PacketText.v4(0xffff0a01)).isEqualTo("255.255.10.1");
        assertThat(PacketText.address(0, 1, 2)).isNull();
    }

    @Test
    void shouldNameProtocols() {
        assertThat(PacketText.protocol(4, 6)).isEqualTo("tcp");
        assertThat(PacketText.protocol(6, 47)).isEqualTo("47");
        assertThat(PacketText.protocol(4, Packet.NONE)).isNull();
        assertThat(PacketText.protocol(0, 6)).isNull();
    }

    @Test
    void shouldWriteTimesWithNanosecondsAlsoBefore1970() {
        assertThat(PacketText.time(1_500_000_001L)).isEqualTo("1970-01-01T00:00:01.500000001Z");
        assertThat(PacketText.time(-1)).isEqualTo("1969-12-31T23:59:59.999999999Z");
    }

    @Test
    void shouldWriteLabels() {
        assertThat(PacketText.reason(ClassifyReason.CALLOUT_UNREGISTERED)).isEqualTo("callout-unregistered");
        assertThat(PacketText.direction(Direction.INBOUND)).isEqualTo("inbound");
        assertThat(PacketText.port(0)).isZero();
        assertThat(PacketText.port(Packet.NONE)).isNull();
    }
}
