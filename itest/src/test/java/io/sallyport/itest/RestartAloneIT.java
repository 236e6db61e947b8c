package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.gateway.api.StartFailure;
import io.sallyport.plugin.api.PluginFolder;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.CaptureFiles;
import io.sallyport.stack.port.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.jupiter.api.Tag;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Each bundle of ours restarts alone, as the table of the live gateway in docs/architecture.md says: what becomes of frames
 * meanwhile, and of flows. Both by a stop and a start and by an update in place.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RestartAloneIT {
    private static final String NO_SHIM = "block: no-shim";
    private static final String NO_HANDLER = "no handler";
    private static final String BY_BOOT_POLICY = "block: policy by boot-no-other-frames";
    private static final String BY_DEFAULT_POLICY = "block: policy by no-unsolicited-inbound";

    private static final byte[] ARP = Wire.arpRequest("192.168.1.9", "192.168.1.1");
    private static final byte[] UDP = Frames.udp(5000, 53, "of the flow that is there");
    private static final byte[] UDP_INBOUND = Wire.udp("203.0.113.9", 40_000, "192.168.1.9", 5060);
    private static final byte[] ICMP_ERROR = Wire.icmpError("203.0.113.1", "192.168.1.9", 3, 1, UDP);
    private static final byte[] SYN = Frames.tcp(true, 30_000, 80, 100, 0, Wire.SYN, "");
    private static final byte[] SYN_ACK = Frames.tcp(false, 30_000, 80, 500, 101, Wire.SYN_ACK, "");
    private static final byte[] SEGMENT = Frames.tcp(true, 30_000, 80, 101, 501, Wire.ACK, "");

    @Inject
    private BundleContext context;

    private Path home;
    private LiveGateway gateway;
    private List<Long> flows;
    private int newFlows;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        home = LiveGateway.newHome();
        gateway = LiveGateway.running(context, home);
        gateway.bundle(LiveGateway.SHELL).start();
        LiveGateway.await("the control socket", () -> Files.exists(home.resolve("run/control.sock")));
        assertEquals("permit", send(UDP));
        assertEquals("permit", send(SYN));
        assertEquals("permit", gateway.send(Side.WAN, SYN_ACK));
        assertEquals("permit", send(SEGMENT));
        flows = gateway.flows();
        assertEquals(2, flows.size());
    }

    @After
    public void closeGateway() throws Exception {
        Bundle vendor = context.getBundle("test:vendor");
        if (vendor != null) {
            vendor.uninstall();
        }
        gateway.bundle(LiveGateway.SHELL).stop();
        gateway.close();
    }

    @Test
    public void shouldTouchNoOtherBundle() throws Exception {
        List<Bundle> ours = ours();
        assertTrue(ours.toString(), ours.size() >= 14);
        for (Restart way : Restart.values()) {
            for (Bundle bundle : ours) {
                String name = way + " " + bundle.getSymbolicName();
                List<String> others = gateway.statesWithout(bundle);
                long before = bundle.getLastModified();
                way.run(bundle, () -> assertEquals(name, others, gateway.statesWithout(bundle)));
                assertEquals(name, others, gateway.statesWithout(bundle));
                assertEquals(name, Bundle.ACTIVE, bundle.getState());
                assertEquals(name, way == Restart.UPDATE, bundle.getLastModified() != before);
                gateway.awaitRunning();
                awaitRunTimePolicy();
                assertEquals(name, "permit", send(UDP));
                assertEquals(name, "permit", sendInNewFlow());
                assertEquals(name, BY_DEFAULT_POLICY, gateway.send(Side.WAN, UDP_INBOUND));
            }
        }
        assertTrue(gateway.path().ledger().isBalanced());
        assertEquals(0, gateway.path().faults());
    }

    @Test
    public void shouldDropWhatNeedsAShimWhileItIsAwayAndKeepFlows() throws Exception {
        for (Restart way : Restart.values()) {
            for (String shim : List.of("mac", "network", "transport")) {
                restartShim(way, shim, () -> {
                    assertEquals(NO_SHIM, send(UDP));
                    assertEquals(NO_SHIM, send(SEGMENT));
                    assertEquals(NO_SHIM, sendInNewFlow());
                    assertEquals(shim.equals("mac") ? NO_SHIM : "permit", send(ARP));
                });
            }
            restartShim(way, "ale", () -> {
                assertEquals("flows are not asked again", "permit", send(UDP));
                assertEquals("permit", send(SEGMENT));
                assertEquals(NO_SHIM, sendInNewFlow());
                assertEquals(NO_SHIM, gateway.send(Side.WAN, UDP_INBOUND));
            });
            restartShim(way, "stream", () -> {
                assertEquals(NO_SHIM, send(SEGMENT));
                assertEquals("permit", send(UDP));
            });
            assertEquals("permit", gateway.send(Side.WAN, ICMP_ERROR));
            restartShim(way, "icmp.error", () -> {
                assertEquals(NO_SHIM, gateway.send(Side.WAN, ICMP_ERROR));
                assertEquals("permit", send(UDP));
                assertEquals("permit", send(SEGMENT));
            });
            assertEquals("permit", gateway.send(Side.WAN, ICMP_ERROR));
            restartShim(way, "discard", () -> {
                assertEquals("permit", send(UDP));
                assertEquals("it drops nothing, it is told", BY_DEFAULT_POLICY, gateway.send(Side.WAN, UDP_INBOUND));
            });
        }
        assertTrue(gateway.path().ledger().isBalanced());
    }

    private void restartShim(Restart way, String shim, Restart.Check whileAway) throws Exception {
        way.run(gateway.bundle("io.sallyport.shim." + shim), whileAway);
        assertPassesWithoutAsking(shim);
        assertEquals(shim, "permit", sendInNewFlow());
        assertFlowsLive(shim);
    }

    @Test
    public void shouldDropWhileTheEngineIsAwayAndAskFlowsAgain() throws Exception {
        BaseFilteringEngine bfe = gateway.bfe();
        List<BfeState> states = new CopyOnWriteArrayList<>();
        ServiceRegistration<BfeStateListener> listener =
                context.registerService(BfeStateListener.class, states::add, null);
        String revision = bfe.revision();
        for (Restart way : Restart.values()) {
            way.run(gateway.bundle(LiveGateway.ENGINE), () -> {
                assertFalse(gateway.path().isConnected());
                assertEquals(NO_HANDLER, send(UDP));
                assertEquals(NO_HANDLER, send(ARP));
                assertEquals(BfeState.RUNNING, bfe.state());
            });
            gateway.awaitRunning();
            awaitRunTimePolicy();
            assertEquals("published again", revision, gateway.engine().revision());
            assertPassesAfterAsking();
            assertFlowsLive(way.toString());
        }
        assertSame(bfe, gateway.bfe());
        LiveGateway.await("the state", () -> !states.isEmpty());
        assertEquals("it never stopped", List.of(BfeState.RUNNING), states);
        listener.unregister();
    }

    @Test
    @Tag("FLOW-3")
    public void shouldDeleteContextsOnceWhenTheEngineGoes() throws Exception {
        context.installBundle("test:vendor", VendorJar.open()).start();
        @SuppressWarnings("unchecked")
        Supplier<List<Long>> books = gateway.service(Supplier.class, "(vendor=books)");
        for (int i = 0; i < 10; i++) {
            assertEquals("permit", sendInNewFlow());
        }
        assertEquals(List.of(10L, 0L, 0L, 0L), books.get());
        Restart.STOP_AND_START.run(
                gateway.bundle(LiveGateway.ENGINE), () -> assertEquals(List.of(10L, 10L, 0L, 10L), books.get()));
        gateway.awaitRunning();
        awaitRunTimePolicy();
        assertEquals("permit", sendInNewFlow());
        assertEquals("the vendor's objects are in force again", List.of(11L, 10L, 0L, 10L), books.get());
    }

    @Test
    @Tag("STR-17")
    public void shouldDropWhileTheStackIsAwayAndAdoptFlowsInTheMiddle() throws Exception {
        for (Restart way : Restart.values()) {
            way.run(gateway.bundle(LiveGateway.STACK), () -> {
                assertNull(gateway.path());
                assertEquals(NO_HANDLER, send(UDP));
                assertEquals(NO_HANDLER, send(ARP));
            });
            gateway.awaitRunning();
            assertEquals("flows are gone", List.of(), gateway.flows());
            assertEquals("permit", send(SEGMENT));
            assertEquals(
                    "no handshake was seen", 1, told(gateway.log.authorized()).size());
            List<FlowRecord> adopted = gateway.path().flows(10);
            assertEquals(1, adopted.size());
            assertEquals("established", adopted.get(0).state());
            assertEquals(Packet.PROTOCOL_TCP, adopted.get(0).protocol());
            assertEquals("permit", send(UDP));
        }
    }

    @Test
    public void shouldKeepFlowsWhileThePortIsAway() throws Exception {
        for (int i = 0; i < 5; i++) {
            gateway.closePort();
            assertFalse(gateway.path().isConnected());
            assertEquals(NO_HANDLER, send(UDP));
            assertFlowsLive("without a port");
            gateway.openPort();
            LiveGateway.await("a connected path", () -> gateway.path().isConnected());
            assertPassesWithoutAsking("after the port's restart");
            assertFlowsLive("with the port");
        }
    }

    /** Without the two interfaces all that its restart can do is to refuse them again; the rest goes on meanwhile. */
    @Test
    public void shouldLetThePortBundleRestartAlone() throws Exception {
        Bundle port = gateway.bundle(LiveGateway.PORT);
        port.start();
        try {
            for (Restart way : Restart.values()) {
                List<String> others = gateway.statesWithout(port);
                assertRefused();
                way.run(port, () -> {
                    assertNull(gateway.service(StartFailure.class, null));
                    assertEquals(others, gateway.statesWithout(port));
                    assertPassesWithoutAsking("while the bundle is away");
                });
                assertEquals(others, gateway.statesWithout(port));
                assertNotNull(gateway.service(CaptureFiles.class, null));
            }
            assertRefused();
        } finally {
            port.stop(Bundle.STOP_TRANSIENT);
        }
        assertFlowsLive("all the time");
    }

    private void assertRefused() {
        StartFailure failure = gateway.service(StartFailure.class, null);
        assertNotNull("lan0 and wan0 are not there", failure);
        assertTrue(failure.lines().toString(), failure.lines().get(0).contains("lan0"));
    }

    @Test
    @Tag("BOOT-8")
    public void shouldJudgeOldFlowsByThePersistentPolicyWhileTheBfeIsAwayAndAllOthersByTheBootTimeOne()
            throws Exception {
        for (Restart way : Restart.values()) {
            way.run(gateway.bundle(LiveGateway.BFE), () -> {
                assertEquals(PolicyInForce.BOOT_TIME, gateway.engine().policyInForce());
                assertPassesWithoutAsking("the filters that judge them are the same");
                assertEquals("permit", gateway.send(Side.WAN, SYN_ACK));
                assertEquals(BY_BOOT_POLICY, sendInNewFlow());
                assertEquals(BY_BOOT_POLICY, gateway.send(Side.WAN, UDP_INBOUND));
                assertEquals("permit", send(ARP));
                assertFlowsLive("while it is away");
            });
            gateway.awaitRunning();
            assertEquals(PolicyInForce.RUN_TIME, gateway.engine().policyInForce());
            assertPassesAfterAsking();
            assertEquals("permit", sendInNewFlow());
            assertFlowsLive("afterwards");
        }
    }

    @Test
    public void shouldGoOnWhileDeployerShellAndReplayAreAway() throws Exception {
        Path socket = home.resolve("run/control.sock");
        for (Restart way : Restart.values()) {
            way.run(gateway.bundle("io.sallyport.deploy.bundle"), () -> {
                assertNull(gateway.service(PluginFolder.class, null));
                assertPassesWithoutAsking("deployer");
                assertEquals("permit", sendInNewFlow());
            });
            LiveGateway.await("the folder", () -> gateway.service(PluginFolder.class, null) != null);
            way.run(gateway.bundle(LiveGateway.SHELL), () -> {
                assertFalse(Files.exists(socket));
                assertPassesWithoutAsking("shell");
                assertEquals("permit", sendInNewFlow());
            });
            LiveGateway.await("the control socket", () -> Files.exists(socket));
            way.run(gateway.bundle("io.sallyport.replay.bundle"), () -> assertPassesWithoutAsking("replay"));
            assertPassesWithoutAsking("afterwards");
            assertFlowsLive("afterwards");
        }
    }

    /** Old flows pass, and nobody asked for them again. */
    private void assertPassesWithoutAsking(String when) throws Exception {
        for (byte[] frame : List.of(UDP, SEGMENT)) {
            assertEquals(when, "permit", send(frame));
            assertEquals(when, List.of(), told(gateway.log.authorized()));
            assertEquals(when, List.of(), told(gateway.log.reauthorized()));
        }
    }

    /** Old flows pass; each was asked for again at its first packet. */
    private void assertPassesAfterAsking() throws Exception {
        assertEquals("permit", send(UDP));
        assertEquals(List.of(flows.get(0)), told(gateway.log.reauthorized()));
        assertEquals("permit", send(SEGMENT));
        assertEquals(List.of(flows.get(1)), told(gateway.log.reauthorized()));
        assertPassesWithoutAsking("the second time");
    }

    private void assertFlowsLive(String when) {
        List<Long> now = gateway.flows();
        assertTrue(when + ": " + now, now.containsAll(flows));
    }

    private <T> List<T> told(List<T> ofLastFrame) throws Exception {
        return gateway.port.onWorker(() -> List.copyOf(ofLastFrame));
    }

    private void awaitRunTimePolicy() throws Exception {
        LiveGateway.await("the policy in force", () -> gateway.engine().policyInForce() == PolicyInForce.RUN_TIME);
    }

    /** Everything of the product above the contracts that is active here: all but the port, which has no interfaces. */
    private List<Bundle> ours() {
        List<Bundle> ours = new ArrayList<>();
        Stream.of(
                        "engine.bundle",
                        "stack.bundle",
                        "bfe.bundle",
                        "deploy.bundle",
                        "replay.bundle",
                        "run.bundle",
                        "shell")
                .map(name -> gateway.bundle("io.sallyport." + name))
                .forEach(ours::add);
        Stream.of("mac", "network", "transport", "ale", "stream", "icmp.error", "discard")
                .map(name -> gateway.bundle("io.sallyport.shim." + name))
                .forEach(ours::add);
        return ours;
    }

    private String send(byte[] frame) throws Exception {
        return gateway.send(Side.LAN, frame);
    }

    private String sendInNewFlow() throws Exception {
        return send(Frames.udp(10_000 + newFlows++, 53, "of a new flow"));
    }
}
