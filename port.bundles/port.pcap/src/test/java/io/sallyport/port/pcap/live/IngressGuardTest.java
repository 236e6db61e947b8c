package io.sallyport.port.pcap.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IngressGuardTest {

    @Test
    void shouldNameItsTableAfterItsInterfaces() {
        assertThat(table("eth0", "eth1")).isEqualTo("sallyport_eth0_eth1");
        assertThat(table("eth0.7", "br-lan")).isEqualTo("sallyport_eth0_2e7_br_2dlan");
    }

    @Test
    void shouldNotGiveTwoPairsOneTable() {
        assertThat(Stream.of(table("a-b", "c"), table("a.b", "c"), table("a@b", "c"), table("c", "a-b")))
                .doesNotHaveDuplicates();
    }

    private static String table(String lan, String wan) {
        return new IngressGuard(new Commands(), lan, wan).table();
    }
}
