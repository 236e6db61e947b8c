package @{package};

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.Packet;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.callout.testkit.gateway.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The callout in a gateway's own path, with the policy of this project. Faults, and contexts that are left, fail a test. */
class @{class}GatewayTest {

    private static final int UNIT = @{class}.UNIT_DATAGRAMS;

    @RegisterExtension
    final TestGateway gateway = TestGateway.with(@{class}::new).policy(Path.of("policy.yaml"));

    private Outcome question(int clientPort, int serverPort) {
        return gateway.lan(
                Packet.udp("192.0.2.10", clientPort, "203.0.113.53", serverPort).payload("a question"));
    }

    private Outcome answer(int clientPort) {
        return gateway.wan(
                Packet.udp("203.0.113.53", 53, "192.0.2.10", clientPort).payload("an answer"));
    }

    private static void assertThatPolicyBlocked(Outcome outcome) {
        assertThat(outcome.verdict()).isEqualTo(Verdict.BLOCK);
        assertThat(outcome.drop()).isNotNull().extracting(GatewayEvent::filter).isEqualTo("@{name}-names");
    }

    @Test
    void shouldBlockDatagramsAboveTheLimitOfThePolicy() {
        for (int i = 0; i < 2 * UNIT; i++) {
            assertThat(question(5_300, 53).verdict()).isEqualTo(Verdict.PERMIT);
            assertThat(answer(5_300).verdict()).isEqualTo(Verdict.PERMIT);
        }
        assertThatPolicyBlocked(question(5_300, 53));
        assertThat(question(5_301, 53).verdict()).isEqualTo(Verdict.PERMIT);
    }

    @Test
    void shouldCountOnAfterAnUpdate() {
        for (int i = 0; i < 4 * UNIT; i++) {
            question(5_300, 53);
        }
        gateway.update();
        assertThatPolicyBlocked(question(5_300, 53));
    }

    @Test
    void shouldNotLookAtOtherPorts() {
        for (int i = 0; i < 10; i++) {
            assertThat(question(5_300, 9_999).verdict()).isEqualTo(Verdict.PERMIT);
        }
        assertThat(gateway.cost().calls()).isZero();
    }
}
