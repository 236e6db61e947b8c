package io.sallyport.sample.dns.block;

import static io.sallyport.callout.testkit.gateway.Packet.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.Side;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.callout.testkit.gateway.Verdict;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The callout in the gateway's own path, with the policy that comes with it. */
class DnsBlockGatewayTest {
    private static final String HOST = "192.0.2.10";
    private static final String RESOLVER = "203.0.113.9";

    @RegisterExtension
    final TestGateway gateway = TestGateway.with(DnsBlock::new).policy(Path.of("policy.yaml"));

    private static byte[] query(String name) {
        ByteBuffer message = ByteBuffer.allocate(512);
        message.putLong(0x1234_0100_0001_0000L).putInt(0);
        for (String label : name.split("\\.", -1)) {
            message.put((byte) label.length()).put(label.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        message.put((byte) 0).putInt(0x0001_0001);
        byte[] bytes = new byte[message.position()];
        message.get(0, bytes);
        return bytes;
    }

    @Test
    void shouldDropQueriesForBlockedNames() {
        Outcome outcome = gateway.lan(udp(HOST, 5000, RESOLVER, 53).payload(query("www.bad.example")));
        assertThat(outcome.verdict()).isEqualTo(Verdict.BLOCK);
        GatewayEvent drop = outcome.drop();
        assertThat(drop).isNotNull();
        assertThat(drop.filter()).isEqualTo("dns-datagrams");
        assertThat(drop.layer()).isEqualTo("datagram-data-v4");
        assertThat(outcome.emitted()).isEmpty();
    }

    @Test
    void shouldPassOtherQueriesUnchanged() {
        byte[] query = query("good.example");
        Outcome outcome = gateway.lan(udp(HOST, 5000, RESOLVER, 53).payload(query));
        assertThat(outcome.verdict()).isEqualTo(Verdict.PERMIT);
        assertThat(outcome.emitted(Side.WAN))
                .singleElement()
                .satisfies(frame -> assertThat(frame.payload()).isEqualTo(query));
    }

    @Test
    void shouldBlockWhileTheBundleIsAwayAndJudgeAgainAfterwards() {
        byte[] query = query("good.example");
        gateway.unregister();
        assertThat(gateway.lan(udp(HOST, 5000, RESOLVER, 53).payload(query)).verdict())
                .isEqualTo(Verdict.BLOCK);
        gateway.register();
        assertThat(gateway.lan(udp(HOST, 5001, RESOLVER, 53).payload(query)).verdict())
                .isEqualTo(Verdict.PERMIT);
    }

    @Test
    void shouldEndTheConnectionThatAsksForABlockedName() {
        TcpConnection connection = gateway.connect(HOST, 40_000, RESOLVER, 53);
        assertThat(connection.isOpen()).isTrue();
        connection.client(overTcp(query("good.example")));
        assertThat(connection.serverReceived()).isEqualTo(overTcp(query("good.example")));
        Outcome blocked = connection.client(overTcp(query("bad.example")));
        assertThat(blocked.drop()).isNotNull();
        assertThat(blocked.drop().filter()).isEqualTo("dns-streams");
        assertThat(connection.serverReceived()).isEqualTo(overTcp(query("good.example")));
    }

    private static byte[] overTcp(byte[] message) {
        return ByteBuffer.allocate(2 + message.length)
                .putShort((short) message.length)
                .put(message)
                .array();
    }

    @TestFactory
    Stream<DynamicTest> cases() {
        return gateway.cases(Path.of("src/test/cases"));
    }
}
