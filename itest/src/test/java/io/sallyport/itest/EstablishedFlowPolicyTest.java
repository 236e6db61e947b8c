package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static io.sallyport.stack.port.Side.WAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Established flows that no filter matched so far, under policies that come and go: what was remembered about a flow must
 * not outlive the policy that it was found out under.
 */
class EstablishedFlowPolicyTest {
    private static final String POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: first, weight: 30000}
            filters:
              - {name: early, layer: [inbound-transport-v4, outbound-transport-v4, datagram-data-v4, inbound-transport-v6,
                 outbound-transport-v6, datagram-data-v6], sublayer: first, action: block, when: [{ip-remote-port: 9999}]}
            %s
            tests:
              - {packet: "udp 192.168.1.9:40000 -> 203.0.113.9:9999", expect: block by early}
            """;

    private final PolicyGateway gateway = new PolicyGateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private void put(String more) throws IOException {
        gateway.apply(POLICY.formatted(more));
    }

    private void assertBothWaysPass(byte[] out, byte[] in) {
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.send(LAN, out)).isEqualTo("permit");
            assertThat(gateway.send(WAN, in)).isEqualTo("permit");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "outbound-transport-v4, true, 192.168.1.9, 203.0.113.9",
        "inbound-transport-v4, false, 192.168.1.9, 203.0.113.9",
        "outbound-transport-v6, true, 2001:db8:1::9, 2001:db8:2::9",
        "inbound-transport-v6, false, 2001:db8:1::9, 2001:db8:2::9",
    })
    @Tag("REAUTH-3")
    void shouldJudgeAnEstablishedFlowByTheTransportFiltersThatCame(
            String layer, boolean isOutbound, String host, String server) throws IOException {
        put("");
        gateway.running();
        byte[] out = Wire.udp(host, 40_000, server, 53);
        byte[] in = Wire.udp(server, 53, host, 40_000);
        byte[] syn = Wire.tcp(host, 40_000, server, 443, Wire.SYN);
        byte[] synAck = Wire.tcp(server, 443, host, 40_000, Wire.SYN_ACK);
        assertBothWaysPass(out, in);
        assertBothWaysPass(syn, synAck);
        String late = "  - {name: late, layer: [" + layer
                + "], sublayer: first, action: block, when: [{ip-remote-port: {in: [53, 443]}}]}";
        for (int round = 0; round < 2; round++) {
            put(late);
            for (int i = 0; i < 2; i++) {
                String expected = "block by late at " + layer;
                assertThat(gateway.send(LAN, out)).isEqualTo(isOutbound ? expected : "permit");
                assertThat(gateway.send(WAN, in)).isEqualTo(isOutbound ? "permit" : expected);
                assertThat(gateway.send(LAN, syn)).isEqualTo(isOutbound ? expected : "permit");
                assertThat(gateway.send(WAN, synAck)).isEqualTo(isOutbound ? "permit" : expected);
            }
            put("");
            assertBothWaysPass(out, in);
            assertBothWaysPass(syn, synAck);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "datagram-data-v4, outbound, 192.168.1.9, 203.0.113.9",
        "datagram-data-v4, inbound, 192.168.1.9, 203.0.113.9",
        "datagram-data-v6, outbound, 2001:db8:1::9, 2001:db8:2::9",
        "datagram-data-v6, inbound, 2001:db8:1::9, 2001:db8:2::9",
    })
    @Tag("COND-17")
    void shouldJudgeDatagramsOfOneDirectionByTheFiltersThatCame(
            String layer, String direction, String host, String server) throws IOException {
        put("");
        gateway.running();
        byte[] out = Wire.udp(host, 40_000, server, 53);
        byte[] in = Wire.udp(server, 53, host, 40_000);
        assertBothWaysPass(out, in);
        put("  - {name: late, layer: [" + layer + "], sublayer: first, action: block, when: [{ip-remote-port: 53}, "
                + "{direction: " + direction + "}]}");
        boolean isOutbound = direction.equals("outbound");
        String expected = "block by late at " + layer;
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.send(LAN, out)).isEqualTo(isOutbound ? expected : "permit");
            assertThat(gateway.send(WAN, in)).isEqualTo(isOutbound ? "permit" : expected);
        }
        put("");
        assertBothWaysPass(out, in);
    }
}
