package @{package};

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.callout.testkit.gateway.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The callout in a gateway's own path, with the policy of this project. Faults, and contexts that are left, fail a test. */
class @{class}GatewayTest {

    private static final int UNIT = @{class}.UNIT_BYTES;

    @RegisterExtension
    final TestGateway gateway = TestGateway.with(@{class}::new).policy(Path.of("policy.yaml"));

    private TcpConnection connect(int port) {
        TcpConnection connection = gateway.connect("192.0.2.10", 40_000, "203.0.113.9", port);
        assertThat(connection.isOpen()).isTrue();
        return connection;
    }

    private static void assertThatPolicyDropped(Outcome outcome) {
        assertThat(outcome.verdicts()).endsWith(Verdict.BLOCK); // one for each segment
        assertThat(outcome.drop()).isNotNull().extracting(GatewayEvent::filter).isEqualTo("@{name}-web");
    }

    @Test
    void shouldDropConnectionsAboveTheLimitOfThePolicy() {
        TcpConnection connection = connect(80);
        connection.client("GET /");
        connection.server(new byte[60_000 * UNIT]);
        assertThat(connection.clientReceived()).hasSize(60_000 * UNIT);
        assertThatPolicyDropped(connection.server(new byte[60_000 * UNIT]));
    }

    @Test
    void shouldCountOnAfterAnUpdate() {
        TcpConnection connection = connect(80);
        connection.server(new byte[60_000 * UNIT]);
        gateway.update();
        assertThatPolicyDropped(connection.server(new byte[60_000 * UNIT]));
    }

    @Test
    void shouldNotLookAtOtherPorts() {
        TcpConnection connection = connect(8080);
        connection.server(new byte[200_000]);
        assertThat(connection.clientReceived()).hasSize(200_000);
        assertThat(gateway.cost().calls()).isZero();
    }
}
