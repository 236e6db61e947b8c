package io.sallyport.sample.tls.sni;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.callout.testkit.gateway.Verdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The callout in the gateway's own path, with the policy that comes with it. */
class TlsSniGatewayTest {
    private static final int HANDSHAKE = 22;

    @RegisterExtension
    final TestGateway gateway = TestGateway.with(TlsSni::new).policy(Path.of("policy.yaml"));

    private TcpConnection connect(int port) {
        TcpConnection connection = gateway.connect("192.0.2.10", 40_000, "203.0.113.9", port);
        assertThat(connection.isOpen()).isTrue();
        return connection;
    }

    private static byte[] hello(String name) {
        return Hellos.record(HANDSHAKE, Hellos.naming(name));
    }

    @Test
    void shouldLetNothingOfAHelloLeaveThatNamesABlockedServer() {
        byte[] hello = hello("www.bad.example");
        for (int cut : new int[] {1, 5, 40, hello.length - 1}) {
            TcpConnection connection = gateway.connect("192.0.2.10", 40_000 + cut, "203.0.113.9", 443);
            assertThat(connection.client(Arrays.copyOf(hello, cut)).verdict()).isEqualTo(Verdict.HELD);
            Outcome rest = connection.client(Arrays.copyOfRange(hello, cut, hello.length));
            assertThat(rest.verdict()).isEqualTo(Verdict.BLOCK);
            assertThat(rest.drop()).isNotNull();
            assertThat(rest.drop().filter()).isEqualTo("server-names");
            assertThat(connection.serverReceived()).isEmpty();
        }
    }

    @Test
    void shouldCarryConnectionsToOtherServers() {
        TcpConnection connection = connect(443);
        byte[] hello = hello("good.example");
        connection.client(hello);
        connection.server("the server's side");
        assertThat(connection.serverReceived()).isEqualTo(hello);
        assertThat(connection.clientText()).isEqualTo("the server's side");
    }

    @Test
    void shouldNotLookAtOtherPorts() {
        TcpConnection connection = connect(8443);
        connection.client(hello("www.bad.example"));
        assertThat(new String(connection.serverReceived(), ISO_8859_1)).contains("www.bad.example");
        assertThat(gateway.cost().calls()).isZero();
    }

    /** A capture of a real client, with its server's name once blocked and once not. */
    @TestFactory
    Stream<DynamicTest> cases() {
        return gateway.ignoringChecksums().cases(Path.of("src/test/cases"));
    }
}
