package io.sallyport.callout.testkit.engine;

import static io.sallyport.callout.testkit.gateway.Packet.icmp;
import static io.sallyport.callout.testkit.gateway.Packet.ip;
import static io.sallyport.callout.testkit.gateway.Packet.tcp;
import static io.sallyport.callout.testkit.gateway.Packet.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.callout.testkit.gateway.ContextCounts;
import io.sallyport.callout.testkit.gateway.GatewayEvent.Kind;
import io.sallyport.callout.testkit.gateway.Outcome;
import io.sallyport.callout.testkit.gateway.Packet;
import io.sallyport.callout.testkit.gateway.Side;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.callout.testkit.gateway.Verdict;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestGatewayTest {
    private static final String HOST = "192.0.2.10";
    private static final String SERVER = "203.0.113.9";

    private static TestGateway probing(Supplier<? extends Callout> callout) {
        return TestGateway.with(Probe.KEY, callout).policy(Probe.POLICY);
    }

    private static Packet datagram(int port) {
        return udp(HOST, port, SERVER, 9).payload("data");
    }

    // ---- frames

    /** The path verifies checksums and lengths: what it lets through is right. */
    @Test
    void shouldMakePacketsThatPass() {
        try (TestGateway gateway = probing(Probe::new).open()) {
            for (Packet packet : List.of(
                    udp(HOST, 1, SERVER, 2).payload("odd"),
                    udp("2001:db8:1::9", 1, "2001:db8:2::9", 2).payload("even"),
                    tcp(HOST, 1, SERVER, 2),
                    tcp("2001:db8:1::9", 1, "2001:db8:2::9", 2),
                    icmp(HOST, SERVER, 8, 0).payload(new byte[] {0, 1, 0, 1, 5}),
                    icmp("2001:db8:1::9", "2001:db8:2::9", 128, 0),
                    ip(HOST, SERVER, 89).payload("ospf"))) {
                Outcome outcome = gateway.lan(packet);
                assertThat(outcome.verdict()).as("%s: %s", packet, outcome).isEqualTo(Verdict.PERMIT);
                assertThat(outcome.emitted(Side.WAN))
                        .singleElement()
                        .satisfies(frame -> assertThat(frame.bytes()).isEqualTo(packet.frame()));
            }
        }
    }

    @Test
    void shouldSayWhatNobodyCanSend() {
        assertThatThrownBy(() -> udp("www.example.org", 1, SERVER, 2)).hasMessageContaining("is no address such as");
        assertThatThrownBy(() -> udp(HOST, 1, "2001:db8::1", 2)).hasMessageContaining("different versions of IP");
        assertThatThrownBy(() -> udp(HOST, 65_536, SERVER, 2)).hasMessage("no port: 65536; 0 to 65535");
    }

    @ParameterizedTest
    @CsvSource({HOST + "," + SERVER, "2001:db8:1::9,2001:db8:2::9"})
    void shouldConnectAndCarryBothWaysAndClose(String host, String server) {
        try (TestGateway gateway = probing(Probe::new).open()) {
            TcpConnection connection = gateway.connect(host, 40_000, server, 80);
            assertThat(connection.isOpen()).isTrue();
            assertThat(connection.client("a request, " + "x".repeat(5_000)).verdict())
                    .isEqualTo(Verdict.PERMIT);
            connection.server("an answer");
            assertThat(connection.serverText()).hasSize(5_011).startsWith("a request");
            assertThat(connection.clientText()).isEqualTo("an answer");
            assertThat(connection.close().verdict()).isEqualTo(Verdict.PERMIT);
            gateway.advance(Duration.ofMinutes(10));
            assertThat(gateway.flows()).isZero();
        }
    }

    @Test
    void shouldNotOpenWhatPolicyRefuses() {
        try (TestGateway gateway = probing(Probe::new).policy("""
            apiVersion: sallyport/v1
            provider: probe
            filters:
              - {name: no-web, layer: ale-auth-connect-v4, when: [{ip-remote-port: 80}], action: block}
            """).open()) {
            TcpConnection connection = gateway.connect(HOST, 40_000, SERVER, 80);
            assertThat(connection.isOpen()).isFalse();
            assertThat(connection.opening().reason()).isEqualTo("policy");
            assertThat(connection.opening().events(Kind.DROP))
                    .singleElement()
                    .satisfies(drop -> assertThat(drop.line())
                            .isEqualTo("drop frame 1 outbound tcp 192.0.2.10:40000 > 203.0.113.9:80"
                                    + " at ale-auth-connect-v4 by no-web: policy"));
        }
    }

    @Test
    void shouldNotGuessOneVerdictOfTwo() {
        try (TestGateway gateway = probing(OddPorts::new).open()) {
            Outcome outcome = gateway.lan(datagram(1_001), datagram(1_002));
            assertThat(outcome.verdicts()).containsExactly(Verdict.BLOCK, Verdict.PERMIT);
            assertThatThrownBy(outcome::verdict).hasMessageContaining("[BLOCK, PERMIT]");
        }
    }

    /** Blocks what comes from odd ports, and notes when. */
    private static class OddPorts extends Probe {
        final List<Long> times = new ArrayList<>();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            times.add(metadata.timestampNs());
            if (values.number(Field.IP_LOCAL_PORT) % 2 == 1) {
                out.block();
                out.clearWriteRight();
            }
        }
    }

    @Test
    void shouldMoveTheClockOnlyWhenTold() {
        try (TestGateway gateway = probing(OddPorts::new).open()) {
            gateway.lan(datagram(2), datagram(4));
            gateway.advance(Duration.ofSeconds(3));
            gateway.lan(datagram(6));
            List<Long> times = gateway.callout(OddPorts.class).times;
            assertThat(times.get(1)).isEqualTo(times.get(0));
            assertThat(times.get(2) - times.get(0)).isEqualTo(3_000_000_000L);
        }
    }

    // ---- faults

    private static final class Thrower extends Probe {
        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void shouldFailTheTestOfACalloutThatThrows() {
        TestGateway gateway = probing(Thrower::new).open();
        Outcome outcome = gateway.lan(datagram(1));
        assertThat(outcome.verdict()).isEqualTo(Verdict.BLOCK);
        assertThat(outcome.reason()).isEqualTo("callout-fault");
        assertThat(outcome.events(Kind.FAULT)).hasSize(1);
        assertThatThrownBy(gateway::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("the callout threw java.lang.IllegalStateException: on purpose");
        TestGateway tolerant = probing(Thrower::new).toleratingFaults().open();
        tolerant.lan(datagram(1));
        assertThat(tolerant.thrown()).hasSize(1);
        assertThat(tolerant.counts().faults()).isEqualTo(1);
        tolerant.close();
    }

    // ---- contexts

    private static class Keeper extends Probe {
        final Set<Object> kept = new HashSet<>();

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            associate(values.layer(), metadata, flowContext, keep(new byte[100]));
        }

        Object keep(byte[] context) {
            kept.add(context);
            return context;
        }
    }

    private static final class LettingGo extends Keeper {
        @Override
        public void flowDelete(Layer layer, long flowId, Object context) {
            kept.remove(context);
        }

        @Override
        public byte[] save(Layer layer, long flowId, Object context) {
            return (byte[]) context;
        }

        @Override
        public Object restore(Layer layer, long flowId, byte[] saved) {
            return keep(saved.clone());
        }
    }

    private static void flowsOneByOne(TestGateway gateway) {
        for (int port = 1; port <= 5; port++) {
            gateway.lan(datagram(port));
            gateway.advance(Duration.ofHours(1));
        }
        assertThat(gateway.flows()).isZero();
    }

    @Test
    void shouldFindContextsThatOutliveTheirFlows() {
        TestGateway gateway = probing(Keeper::new).open();
        flowsOneByOne(gateway);
        assertThat(gateway.contexts()).isEqualTo(new ContextCounts(5, 5, 5, 1));
        assertThatThrownBy(gateway::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("keeps 5 contexts of flows that have ended; 1 were live at once at most");
    }

    @Test
    void shouldNotMindContextsThatAreLetGo() {
        try (TestGateway gateway = probing(LettingGo::new).open()) {
            flowsOneByOne(gateway);
            assertThat(gateway.contexts()).isEqualTo(new ContextCounts(5, 5, 0, 1));
        }
    }

    @Test
    void shouldHandContextsOverInAnUpdate() {
        try (TestGateway gateway = probing(LettingGo::new).open()) {
            gateway.lan(datagram(1), datagram(2));
            LettingGo before = gateway.callout(LettingGo.class);
            assertThat(gateway.update()).isEqualTo(2);
            assertThat(before.kept).isEmpty();
            assertThat(gateway.callout(LettingGo.class)).isNotSameAs(before);
            assertThat(gateway.callout(LettingGo.class).kept).hasSize(2);
        }
    }

    // ---- figures

    @Test
    void shouldMeasureWhatTheCalloutAllocates() {
        try (TestGateway gateway = probing(Keeper::new).open()) {
            Outcome first = gateway.lan(datagram(1));
            assertThat(first.cost().calls()).isEqualTo(1);
            assertThat(first.cost().allocatedBytes()).isGreaterThanOrEqualTo(100);
            assertThat(gateway.cost().nanoseconds()).isPositive();
        }
    }

    @Test
    void shouldSeeThatACalloutAllocatesNothing() {
        try (TestGateway gateway = probing(Probe::new).open()) {
            gateway.lan(datagram(1)); // loads classes
            assertThat(gateway.lan(datagram(1)).cost().allocatedBytes()).isZero();
        }
    }

    // ---- set-up

    @Test
    void shouldSayWhereAPolicyIsWrong() {
        TestGateway gateway = TestGateway.with(Probe.KEY, Probe::new).policy("""
            apiVersion: sallyport/v1
            provider: probe
            filters:
              - {name: typo, layer: datagram-data-v9, action: block}
            """);
        assertThatThrownBy(gateway::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".yaml:4")
                .hasMessageContaining("datagram-data-v9");
        assertThatThrownBy(() -> gateway.lan(datagram(1))).hasMessageContaining("it is not open");
    }

    @Test
    void shouldRunTheTestsInsideAPolicyFile() {
        assertThatThrownBy(() ->
                        TestGateway.with(Probe.KEY, Probe::new).policy("""
                            apiVersion: sallyport/v1
                            provider: probe
                            filters:
                              - {name: no-web, layer: ale-auth-connect-v4, when: [{ip-remote-port: 80}], action: block}
                            tests:
                              - {packet: "tcp 192.0.2.1:1 -> 203.0.113.9:80", expect: permit}
                            """).open())
                .hasMessageContaining("block by no-web");
    }

    @Test
    void shouldAskForAKeyIfThereIsNoComponent() {
        assertThatThrownBy(() -> TestGateway.with(Probe::new).open())
                .hasMessageContaining("TestGateway.with(key, ...)")
                .hasMessageContaining("OSGI-INF/" + Probe.class.getName() + ".xml");
    }

    @Test
    void shouldNameTheCaptureThatCannotBeRead() {
        try (TestGateway gateway = probing(Probe::new).open()) {
            assertThatThrownBy(() -> gateway.replay(Path.of("nowhere.pcap"))).hasMessageContaining("nowhere.pcap");
        }
    }
}
