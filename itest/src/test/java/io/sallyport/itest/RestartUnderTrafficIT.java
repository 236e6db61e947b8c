package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.port.Side;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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

/** Bundles of ours restart while frames of flows that are there come without a break. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RestartUnderTrafficIT {
    private static final int RESTARTS = 10;
    private static final long PAUSE_NS = 50_000;
    private static final String UNWANTED = "block: policy by no-unsolicited-inbound";

    private static final Set<String> BY_BOOT_TIME = Set.of(
            "old block: policy by boot-no-other-frames",
            "old block: policy by boot-no-other-packets",
            "new block: policy by boot-no-other-frames");

    private static final byte[] SYN = Frames.tcp(true, 30_000, 80, 100, 0, Wire.SYN, "");
    private static final byte[] SYN_ACK = Frames.tcp(false, 30_000, 80, 500, 101, Wire.SYN_ACK, "");
    private static final byte[] UDP = Frames.udp(5000, 53, "of the flow that is there");
    private static final byte[] UDP6 = Wire.udp("2001:db8:1::9", 5000, "2001:db8:2::53", 53);
    private static final byte[] SEGMENT = Frames.tcp(true, 30_000, 80, 101, 501, Wire.ACK, "");
    private static final byte[] INBOUND = Wire.udp("203.0.113.9", 40_000, "192.168.1.9", 5060);
    private static final List<byte[]> OLD_FLOWS = List.of(UDP, UDP6, SEGMENT);

    @Inject
    private BundleContext context;

    private final Set<String> verdicts = new ConcurrentSkipListSet<>();
    private final AtomicLong cycles = new AtomicLong();
    private LiveGateway gateway;
    private List<Long> flows;

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void openGateway() throws Exception {
        gateway = LiveGateway.running(context, LiveGateway.newHome());
        assertEquals("permit", gateway.send(Side.LAN, SYN));
        assertEquals("permit", gateway.send(Side.WAN, SYN_ACK));
        for (byte[] frame : OLD_FLOWS) {
            assertEquals("permit", gateway.send(Side.LAN, frame));
        }
        flows = gateway.flows();
        assertEquals(OLD_FLOWS.size(), flows.size());
        gateway.port.pump(this::cycle);
    }

    @After
    public void closeGateway() throws Exception {
        gateway.port.pump(null);
        gateway.close();
    }

    /** Until the policy is in force again, the engine that comes back has the boot-time set. */
    @Test
    public void shouldKeepFlowsWhenTheEngineRestarts() throws Exception {
        restart(LiveGateway.ENGINE);
        assertEquals(flows, gateway.flows());
        assertOnly(Set.of("old no handler", "old permit", "new no handler", "new " + UNWANTED), BY_BOOT_TIME);
    }

    @Test
    @Tag("BOOT-8")
    public void shouldDropNothingOfOldFlowsWhenTheBfeRestarts() throws Exception {
        restart(LiveGateway.BFE);
        assertEquals(flows, gateway.flows());
        assertOnly(Set.of("old permit", "new " + UNWANTED), Set.of("new block: policy by boot-no-other-frames"));
    }

    @Test
    public void shouldDropForWantOfAShimOnly() throws Exception {
        for (String shim : List.of("mac", "network", "transport", "ale", "stream")) {
            restart("io.sallyport.shim." + shim);
            assertEquals(shim, flows, gateway.flows());
        }
        assertOnly(Set.of("old permit", "new " + UNWANTED), Set.of("old block: no-shim", "new block: no-shim"));
    }

    private void assertOnly(Set<String> wanted, Set<String> possible) {
        assertTrue(verdicts.toString(), verdicts.containsAll(wanted));
        Set<String> others = new TreeSet<>(verdicts);
        others.removeAll(wanted);
        others.removeAll(possible);
        assertEquals(Set.of(), others);
    }

    private void restart(String name) throws Exception {
        Bundle bundle = gateway.bundle(name);
        for (int i = 0; i < RESTARTS; i++) {
            bundle.stop();
            awaitCycles(10);
            bundle.start();
            gateway.awaitRunning();
            LiveGateway.await("the policy", () -> {
                FilterEngine engine = gateway.engine();
                return engine != null && engine.policyInForce() == PolicyInForce.RUN_TIME;
            });
            awaitCycles(10);
        }
        for (byte[] frame : OLD_FLOWS) {
            assertEquals("permit", gateway.send(Side.LAN, frame));
        }
        assertTrue(gateway.path().ledger().isBalanced());
        assertEquals(0, gateway.path().faults());
    }

    private void awaitCycles(int more) throws Exception {
        long wanted = cycles.get() + more;
        LiveGateway.await("frames", () -> cycles.get() >= wanted);
    }

    /** On the worker: a frame of each flow, and one that nothing ever permits. */
    private void cycle() {
        for (byte[] frame : OLD_FLOWS) {
            verdicts.add("old " + gateway.judge(Side.LAN, frame));
        }
        verdicts.add("new " + gateway.judge(Side.WAN, INBOUND));
        cycles.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NS);
    }
}
