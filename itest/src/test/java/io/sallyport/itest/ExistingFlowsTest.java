package io.sallyport.itest;

import static io.sallyport.stack.port.Side.LAN;
import static io.sallyport.stack.port.Side.WAN;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.session.BfeFactoryComponent;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.layer.Layer;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.api.FlowImpact;
import io.sallyport.stack.api.FlowImpact.Cause;
import io.sallyport.stack.api.FlowImpact.Verdict;
import io.sallyport.stack.internal.LivePathComponent;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commits do to existing flows, and what a preview says about it, with the real BFE, engine, stack and shims. */
@Tag("REAUTH-6")
class ExistingFlowsTest {
    private static final String HEAD = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: answers, weight: 100}
              - {name: main, weight: 200}
            callouts:
              - {key: decides, layer: [ale-auth-connect-v4]}
            """;
    private static final String POLITE = """
              - {name: tell, layer: ale-auth-connect-v4-discard, sublayer: answers, action: permit}
            """;

    private static final int TCP_FLAGS_AT = 14 + 20 + 13;
    private static final int TCP_HEADERS_BYTES = 14 + 20 + 20;

    @TempDir
    private Path directory;

    private final FilterEngineImpl engine = new FilterEngineImpl("live");
    private final BaseFilteringEngine bfe = new BfeFactoryComponent().createInMemory(engine);
    private final FakePort port = new FakePort();
    private LivePathComponent path;

    @BeforeEach
    void start() throws Exception {
        path = new LivePathComponent(new GatewayConfig(directory, "lan0", "wan0", null, false));
        List<ShimFactory> shims = List.of(
                new MacShimFactory(),
                new NetworkShimFactory(),
                new TransportShimFactory(),
                new AleShimFactory(),
                new StreamShimFactory(),
                new DiscardShimFactory());
        shims.forEach(path::addShimFactory);
        path.setEngine(engine);
        path.setPort(port);
        engine.register("decides", 0, (values, metadata, data, filter, context, out) -> out.permit());
        commit("", CommitOptions.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(path.ledger().isBalanced()).isTrue();
        assertThat(path.faults()).isZero();
        assertThat(port.failures()).isEmpty();
        path.unsetPort(port);
        path.unsetEngine(engine);
        bfe.close();
        engine.close();
        port.close();
    }

    private void commit(String filters, CommitOptions options) throws IOException {
        Path file = directory.resolve("policy.yaml");
        Files.writeString(file, HEAD + (filters.isEmpty() ? "" : "filters:\n" + filters));
        PolicyReport report = bfe.policyFiles().apply(file, options);
        assertThat(report.problems()).isEmpty();
    }

    private static CommitOptions meaning(ExistingFlows existing) {
        return new CommitOptions("", null, existing, null);
    }

    private static String block(String name, String layer, int remotePort) {
        return "  - {name: " + name + ", layer: " + layer + ", sublayer: main, action: block, when: [{ip-remote-port: "
                + remotePort + "}]}\n";
    }

    /** Whether a frame comes out at the other side. */
    private boolean passes(Side side, byte[] frame) throws Exception {
        return port.onWorker(() -> {
            port.forgetLeft();
            port.deliver(side, frame);
            return port.left(side) == 1;
        });
    }

    private void connect(int localPort, int remotePort) throws Exception {
        assertThat(passes(LAN, Frames.tcp(true, localPort, remotePort, 100, 0, 0x02, "")))
                .isTrue();
        assertThat(passes(WAN, Frames.tcp(false, localPort, remotePort, 900, 101, 0x12, "")))
                .isTrue();
        assertThat(passes(LAN, Frames.tcp(true, localPort, remotePort, 101, 901, 0x10, "hello")))
                .isTrue();
    }

    private boolean goesOn(int localPort, int remotePort) throws Exception {
        return passes(WAN, Frames.tcp(false, localPort, remotePort, 901, 106, 0x10, "hi"));
    }

    private FlowImpact preview(String filters) throws IOException {
        AtomicReference<@Nullable FlowImpact> impact = new AtomicReference<>();
        String before = bfe.revision();
        commit(
                filters,
                new CommitOptions(
                        "", null, ExistingFlows.RESET, trial -> impact.set(path.preview(trial, flows -> {}))));
        assertThat(bfe.revision()).as("nothing is changed").isEqualTo(before);
        return impact.get();
    }

    @Test
    void shouldLeaveFlowsAuthorisedIfTheCommitKeepsThem() throws Exception {
        connect(4_000, 23);
        commit(block("no-telnet", "ale-auth-connect-v4", 23), meaning(ExistingFlows.KEEP));
        assertThat(goesOn(4_000, 23)).isTrue();
        assertThat(passes(LAN, Frames.tcp(true, 4_001, 23, 100, 0, 0x02, "")))
                .as("a new one")
                .isFalse();
        // A later commit that rechecks finds it, and so does one that keeps after one that rechecked.
        commit(
                block("no-telnet", "ale-auth-connect-v4", 23) + block("no-ftp", "ale-auth-connect-v4", 21),
                meaning(ExistingFlows.RECHECK));
        commit(block("no-telnet", "ale-auth-connect-v4", 23), meaning(ExistingFlows.KEEP));
        assertThat(goesOn(4_000, 23)).isFalse();
    }

    @Test
    void shouldStillJudgePacketsOfKeptFlowsAtAllOtherLayers() throws Exception {
        connect(4_000, 23);
        commit(block("no-telnet", "inbound-transport-v4", 23), meaning(ExistingFlows.KEEP));
        assertThat(goesOn(4_000, 23)).isFalse();
    }

    @Test
    @Tag("REAUTH-3")
    void shouldEndAFlowAtItsNextPacketIfTheCommitRechecks() throws Exception {
        connect(4_000, 23);
        connect(4_001, 80);
        commit(block("no-telnet", "ale-auth-connect-v4", 23), meaning(ExistingFlows.RECHECK));
        port.onWorker(() -> true);
        assertThat(path.flowCount()).as("idle").isEqualTo(2);
        assertThat(goesOn(4_000, 23)).isFalse();
        assertThat(goesOn(4_001, 80)).isTrue();
        assertThat(path.flowCount()).isEqualTo(1);
    }

    @Test
    @Tag("REAUTH-5")
    void shouldEndIdleFlowsAtOnceIfTheCommitResets() throws Exception {
        connect(4_000, 23);
        connect(4_001, 80);
        port.onWorker(() -> {
            port.forgetLeft();
            return true;
        });
        commit(POLITE + block("no-telnet", "ale-auth-connect-v4", 23), meaning(ExistingFlows.RESET));
        awaitFlows(1);
        List<Integer> resets = port.onWorker(() -> List.of(port.left(LAN), port.left(WAN)));
        assertThat(resets).as("to the server, to the client").containsExactly(1, 1);
        assertThat(goesOn(4_001, 80)).isTrue();
        // What still comes is refused as at first: it is answered, and goes no further.
        List<byte[]> after = port.onWorker(() -> {
            port.forgetLeft();
            port.deliver(WAN, Frames.tcp(false, 4_000, 23, 901, 106, 0x10, "hi"));
            return port.allLeft();
        });
        assertThat(after)
                .as("resets only")
                .isNotEmpty()
                .allMatch(frame -> frame.length == TCP_HEADERS_BYTES && (frame[TCP_FLAGS_AT] & 0x04) != 0);
    }

    private void awaitFlows(int count) throws Exception {
        // Each look is a turn of the worker, which ends with a tick.
        for (int i = 0; i < 1_000 && path.flowCount() > count; i++) {
            port.onWorker(() -> true);
        }
        assertThat(path.flowCount()).isEqualTo(count);
    }

    @Test
    void shouldForetellWhatAResetDoes() throws Exception {
        for (int i = 0; i < 700; i++) {
            assertThat(passes(LAN, Frames.udp(1_000 + i, 53, "q"))).isTrue();
        }
        for (int i = 0; i < 30; i++) {
            connect(4_000 + i, i < 10 ? 23 : 80);
        }
        String filters = block("no-telnet", "ale-auth-connect-v4", 23)
                + "  - {name: ask, layer: ale-auth-connect-v4, sublayer: main, action: callout-terminating, callout:"
                + " decides, when: [{ip-remote-port: 53}, {ip-local-port: {range: [1000, 1099]}}]}\n";
        FlowImpact impact = preview(filters);
        assertThat(impact.flows()).isEqualTo(730);
        assertThat(impact.touched()).isEqualTo(730);
        assertThat(impact.blocked()).isEqualTo(10);
        assertThat(impact.undecided()).isEqualTo(100);
        assertThat(impact.causes())
                .containsExactly(
                        new Cause(Verdict.CALLOUT, Layer.ALE_AUTH_CONNECT_V4, "ask", "test", "main", "decides", 100),
                        new Cause(Verdict.BLOCK, Layer.ALE_AUTH_CONNECT_V4, "no-telnet", "test", "main", null, 10));
        assertThat(path.flowCount()).isEqualTo(730);
        assertThat(engine.statistics().callouts().values())
                .as("nobody was called")
                .allMatch(it -> it.calls() == 0);
        commit(filters, meaning(ExistingFlows.RESET));
        awaitFlows(720);
        port.onWorker(() -> true);
        assertThat(path.flowCount()).as("the callout permits").isEqualTo(720);
    }

    @Test
    void shouldForetellThatNothingIsTouchedAtOtherLayers() throws Exception {
        connect(4_000, 23);
        FlowImpact impact = preview(block("no-telnet", "ale-auth-recv-accept-v4", 23));
        assertThat(impact).isEqualTo(new FlowImpact(1, 0, 0, 0, new ArrayList<>()));
    }

    @Test
    void shouldForetellTheBlockOfAFilterWhoseCalloutIsNotRegistered() throws Exception {
        connect(4_000, 23);
        engine.unregister("decides");
        FlowImpact impact = preview("  - {name: ask, layer: ale-auth-connect-v4, sublayer: main, action:"
                + " callout-terminating, callout: decides}\n");
        assertThat(impact.blocked()).isEqualTo(1);
        assertThat(impact.undecided()).isZero();
    }
}
