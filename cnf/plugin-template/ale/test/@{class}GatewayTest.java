package @{package};

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The callout in a gateway's own path, with the policy of this project. Faults, and contexts that are left, fail a test. */
class @{class}GatewayTest {

    private static final int UNIT = @{class}.UNIT_CONNECTIONS;

    @RegisterExtension
    final TestGateway gateway = TestGateway.with(@{class}::new).policy(Path.of("policy.yaml"));

    private TcpConnection connect(int clientPort, int serverPort) {
        return gateway.connect("192.0.2.10", clientPort, "203.0.113.9", serverPort);
    }

    private void assertThatPolicyBlocks(int clientPort) {
        TcpConnection refused = connect(clientPort, 80);
        assertThat(refused.isOpen()).isFalse();
        assertThat(refused.opening().drop())
                .isNotNull()
                .extracting(GatewayEvent::filter)
                .isEqualTo("@{name}-web");
    }

    @Test
    void shouldBlockNewConnectionsWhileTheLimitOfThePolicyIsReached() {
        TcpConnection first = connect(40_001, 80);
        for (int i = 2; i <= 2 * UNIT; i++) {
            assertThat(connect(40_000 + i, 80).isOpen()).isTrue();
        }
        assertThatPolicyBlocks(50_000);
        first.reset();
        assertThat(connect(50_001, 80).isOpen()).isTrue();
    }

    @Test
    void shouldCountOnAfterAnUpdate() {
        List<TcpConnection> open = new ArrayList<>();
        for (int i = 1; i <= 2 * UNIT; i++) {
            open.add(connect(40_000 + i, 80));
        }
        gateway.update();
        open.forEach(connection -> connection.client("hello")); // shown to the new version, which lets them be
        assertThatPolicyBlocks(50_000);
    }

    @Test
    void shouldNotLookAtOtherPorts() {
        for (int i = 0; i < 5; i++) {
            assertThat(connect(40_000 + i, 8080).isOpen()).isTrue();
        }
        assertThat(gateway.cost().calls()).isZero();
    }
}
