package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static io.sallyport.stack.port.Side.WAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped default policy, judged by what real frames get through the real stack, shims and engine. */
class DefaultPolicyTest {
    static final Path FILE = Path.of("../cnf/home/etc/default-policy.yaml");

    private static final String UNSOLICITED_V4 = "block by no-unsolicited-inbound at ale-auth-recv-accept-v4";
    private static final String UNSOLICITED_V6 = "block by no-unsolicited-inbound at ale-auth-recv-accept-v6";
    private static final String NO_FRAME = "block by no-other-frames-inbound at inbound-mac-frame-ethernet";
    private static final String HOST4 = "192.168.1.9";
    private static final String HOST6 = "2001:db8:1::9";
    private static final String SERVER4 = "203.0.113.9";
    private static final String SERVER6 = "2001:db8:2::9";
    private static final String ROUTER6 = "fe80::1";

    private final PolicyGateway gateway = new PolicyGateway();

    @BeforeEach
    void apply() throws IOException {
        gateway.apply(FILE);
        gateway.running();
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({HOST4 + "," + SERVER4, HOST6 + "," + SERVER6})
    void shouldLetHostsInsideOpenConnectionsAndHearTheAnswers(String host, String server) {
        assertThat(gateway.send(LAN, Wire.tcp(host, 40_000, server, 443, Wire.SYN)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.tcp(server, 443, host, 40_000, Wire.SYN_ACK)))
                .isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.udp(host, 40_000, server, 53))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.udp(server, 53, host, 40_000))).isEqualTo("permit");
        boolean isV6 = host.contains(":");
        assertThat(gateway.send(LAN, Wire.icmp(host, server, isV6 ? 128 : 8))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp(server, host, isV6 ? 129 : 0))).isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.other(host, server, 47))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.other(server, host, 47))).isEqualTo("permit");
    }

    @ParameterizedTest
    @CsvSource({HOST4 + "," + SERVER4, HOST6 + "," + SERVER6})
    void shouldBlockWhatNobodyInsideAskedFor(String host, String server) {
        boolean isV6 = host.contains(":");
        String blocked = isV6 ? UNSOLICITED_V6 : UNSOLICITED_V4;

        assertThat(gateway.send(WAN, Wire.tcp(server, 40_000, host, 22, Wire.SYN)))
                .isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.tcp(server, 40_000, host, 22, Wire.ACK)))
                .isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.udp(server, 40_000, host, 5060))).isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.icmp(server, host, isV6 ? 128 : 8))).isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.icmp(server, host, isV6 ? 129 : 0))).isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.other(server, host, 47))).isEqualTo(blocked);
        assertThat(gateway.send(WAN, Wire.tagged(7, Wire.udp(server, 40_000, host, 53))))
                .isEqualTo(blocked);
    }

    @Test
    void shouldBlockMulticastDataFromOutside() {
        assertThat(gateway.send(WAN, Wire.udp(SERVER4, 5353, "224.0.0.251", 5353)))
                .isEqualTo(UNSOLICITED_V4);
        assertThat(gateway.send(WAN, Wire.udp(ROUTER6, 5353, "ff02::fb", 5353))).isEqualTo(UNSOLICITED_V6);
    }

    @Test
    void shouldLetArpThroughBothWays() {
        assertThat(gateway.send(LAN, Wire.arpRequest(HOST4, "192.168.1.1"))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.arpRequest("192.168.1.1", HOST4))).isEqualTo("permit");
    }

    @Test
    void shouldLetIpv6NeighboursAndRoutersFindEachOther() {
        assertThat(gateway.send(LAN, Wire.icmp("fe80::9", "ff02::2", 133))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp(ROUTER6, "ff02::1", 134))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp(ROUTER6, "ff02::1:ff00:9", 135))).isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.icmp("fe80::9", ROUTER6, 136))).isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.icmp("fe80::9", "ff02::1:ff00:1", 135)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp(ROUTER6, "fe80::9", 136))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp("::", "ff02::1:ff00:9", 135))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmp(SERVER6, HOST6, 136))).isEqualTo("permit");
    }

    @Test
    void shouldLetGroupMembershipThrough() {
        assertThat(gateway.send(WAN, Wire.mld(ROUTER6, "ff02::1", 130))).isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.mld("fe80::9", "ff02::16", 143))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.mld("::", "ff02::16", 143))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.mld(SERVER6, "ff02::1", 130))).isEqualTo("block: malformed-mld");
        assertThat(gateway.send(WAN, Wire.igmp("192.168.1.1", "224.0.0.1"))).isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.igmp(SERVER4, HOST4))).isEqualTo(UNSOLICITED_V4);
    }

    @Test
    void shouldLetHostsGetAddresses() {
        assertThat(gateway.send(LAN, Wire.udp("0.0.0.0", 68, "255.255.255.255", 67)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.udp("192.168.1.1", 67, "255.255.255.255", 68)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.udp("192.168.1.1", 67, HOST4, 68))).isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.udp("fe80::9", 546, "ff02::1:2", 547)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.udp(ROUTER6, 547, "fe80::9", 546))).isEqualTo("permit");
    }

    @Test
    void shouldLetErrorsInButNoRedirects() {
        byte[] sentV4 = Wire.udp(HOST4, 40_000, SERVER4, 53);
        byte[] sentV6 = Wire.udp(HOST6, 40_000, SERVER6, 53);
        gateway.send(LAN, sentV4);
        gateway.send(LAN, sentV6);

        assertThat(gateway.send(WAN, Wire.icmpError("198.51.100.1", HOST4, 3, 4, sentV4)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmpError("2001:db8:3::1", HOST6, 2, 0, sentV6)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.icmpError("192.168.1.1", HOST4, 5, 1, sentV4)))
                .isEqualTo("block by no-redirects at inbound-transport-v4");
        assertThat(gateway.send(WAN, Wire.icmp(ROUTER6, HOST6, 137))).isEqualTo(UNSOLICITED_V6);
    }

    /** PPPoE, MPLS, LLDP, 802.1X: by their EtherTypes. */
    @ParameterizedTest
    @ValueSource(ints = {0x8864, 0x8847, 0x88cc, 0x888e})
    void shouldLetNoUnknownFramesIn(int etherType) {
        byte[] frame = Wire.frame("0180c200000e", etherType, new byte[46]);

        assertThat(gateway.send(WAN, frame)).isEqualTo(NO_FRAME);
        assertThat(gateway.send(WAN, Wire.tagged(7, frame))).isEqualTo(NO_FRAME);
        assertThat(gateway.send(LAN, frame)).isEqualTo("permit");
    }

    @Test
    void shouldLetSwitchesFindALoopAroundTheGateway() {
        byte[] bpdu = HexFormat.of().parseHex("424203" + "00".repeat(35));

        assertThat(gateway.send(WAN, Wire.frame("0180c2000000", bpdu.length, bpdu)))
                .isEqualTo("permit");
        assertThat(gateway.send(LAN, Wire.frame("0180c2000000", bpdu.length, bpdu)))
                .isEqualTo("permit");
        assertThat(gateway.send(WAN, Wire.frame("0180c2000001", bpdu.length, bpdu)))
                .isEqualTo(NO_FRAME);
    }

    /** How the file's own comment says that a port is opened. */
    @ParameterizedTest
    @CsvSource({"'clear-action-right', permit", "'', block by no-unsolicited-inbound at ale-auth-recv-accept-v4"})
    void shouldOpenAnInboundPortOnlyByAHardPermit(String flags, String expected) throws IOException {
        gateway.apply("""
                apiVersion: sallyport/v1
                provider: operator
                sublayers:
                  - {name: services, weight: 30000}
                filters:
                  - name: our-web-server
                    layer: ale-auth-recv-accept-v4
                    sublayer: services
                    when: [{ip-local-address: 192.168.1.25}, {ip-protocol: tcp}, {ip-local-port: 443}]
                    action: permit
                    flags: [%s]
                tests:
                  - {packet: "tcp 203.0.113.9:40000 -> 192.168.1.25:80 in", expect: block by no-unsolicited-inbound}
                """.formatted(flags));

        assertThat(gateway.send(WAN, Wire.tcp(SERVER4, 40_000, "192.168.1.25", 443, Wire.SYN)))
                .isEqualTo(expected);
        assertThat(gateway.send(WAN, Wire.tcp(SERVER4, 40_000, HOST4, 443, Wire.SYN)))
                .isEqualTo(UNSOLICITED_V4);
    }

    @Test
    void shouldLetOperatorsForbidWhatItPermits() throws IOException {
        gateway.apply("""
                apiVersion: sallyport/v1
                provider: operator
                sublayers:
                  - {name: web, weight: 30000}
                filters:
                  - {name: no-telnet, layer: ale-auth-connect-v4, sublayer: web, when: [{ip-remote-port: 23}], action: block}
                tests:
                  - {packet: "tcp 192.168.1.9 -> 203.0.113.9:23", expect: block by no-telnet}
                """);

        assertThat(gateway.send(LAN, Wire.tcp(HOST4, 40_000, SERVER4, 23, Wire.SYN)))
                .isEqualTo("block by no-telnet at ale-auth-connect-v4");
    }
}
