package io.sallyport.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpTextTest {

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

        assertThat(IpText.v6(bytes.getLong(0), bytes.getLong(8))).isEqualTo(expected);
    }

    @Test
    void shouldWriteMappedAndIpv4AddressesWithDots() {
        assertThat(IpText.v6(0, 0xffff_c0a8_0109L)).isEqualTo("::ffff:192.168.1.9");
        assertThat(IpText.v4(0xffff0a01)).isEqualTo("255.255.10.1");
        assertThat(IpText.address(0, 1, 2)).isNull();
    }

    @Test
    void shouldNameProtocols() {
        assertThat(IpText.protocol(6)).isEqualTo("tcp");
        assertThat(IpText.protocol(47)).isEqualTo("47");
        assertThat(IpText.protocol(-1)).isNull();
    }
}
