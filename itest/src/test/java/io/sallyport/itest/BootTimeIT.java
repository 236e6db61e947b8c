package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.stack.port.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
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

/**
 * The boot-time filters are in force before the first frame and until the persistent ones are: frames come without a break
 * while the base filtering engine starts, stops and starts again, and each is judged by one or the other.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BootTimeIT {
    private static final int RESTARTS = 20;
    /** How often each kind of frame is to be seen between two changes. */
    private static final int CYCLES = 10;

    private static final int MOST_PROBLEMS = 20;
    private static final long PAUSE_NS = 100_000;
    private static final String NO_POLICY = "block: no-policy";
    private static final String BY_BOOT_FRAMES = "block: policy by boot-no-other-frames";
    private static final String BY_BOOT_PACKETS = "block: policy by boot-no-other-packets";
    private static final String BY_DEFAULT = "block: policy by no-unsolicited-inbound";

    private static final List<Kind> KINDS = List.of(
            new Kind("arp", Side.LAN, "permit", "permit", n -> Wire.arpRequest("192.168.1.9", "192.168.1.1")),
            new Kind("arp inbound", Side.WAN, "permit", "permit", n -> Wire.arpRequest("192.168.1.1", "192.168.1.9")),
            new Kind("neighbour", Side.LAN, "permit", "permit", n -> Wire.icmp("fe80::9", "ff02::1:ff00:1", 135)),
            new Kind("neighbour inbound", Side.WAN, "permit", "permit", n -> Wire.icmp("fe80::1", "fe80::9", 136)),
            new Kind("udp", Side.LAN, BY_BOOT_FRAMES, "permit", n -> Wire.udp("192.168.1.9", n, "203.0.113.53", 53)),
            new Kind(
                    "udp6",
                    Side.LAN,
                    BY_BOOT_PACKETS,
                    "permit",
                    n -> Wire.udp("2001:db8:1::9", n, "2001:db8:2::53", 53)),
            new Kind(
                    "tcp",
                    Side.LAN,
                    BY_BOOT_FRAMES,
                    "permit",
                    n -> Wire.tcp("192.168.1.9", n, "203.0.113.80", 80, Wire.SYN)),
            new Kind(
                    "udp inbound",
                    Side.WAN,
                    BY_BOOT_FRAMES,
                    BY_DEFAULT,
                    n -> Wire.udp("203.0.113.9", n, "192.168.1.9", 5060)),
            new Kind(
                    "udp6 inbound",
                    Side.WAN,
                    BY_BOOT_PACKETS,
                    BY_DEFAULT,
                    n -> Wire.udp("2001:db8:2::9", n, "2001:db8:1::9", 5060)),
            new Kind(
                    "tcp inbound",
                    Side.WAN,
                    BY_BOOT_FRAMES,
                    BY_DEFAULT,
                    n -> Wire.tcp("203.0.113.9", n, "192.168.1.9", 22, Wire.SYN)));

    /**
     * A kind of frame.
     *
     * @param name for people
     * @param from where it comes in
     * @param byBootTime what the boot-time set says to it
     * @param byPersistent what the persistent set says to it
     * @param frame makes one; the number makes a flow that was not there before
     */
    private record Kind(String name, Side from, String byBootTime, String byPersistent, IntFunction<byte[]> frame) {}

    @Inject
    private BundleContext context;

    private final List<String> problems = new CopyOnWriteArrayList<>();
    /** How often a kind of frame was judged in a state that did not change meanwhile. */
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();

    private Path home;
    private LiveGateway gateway;
    private Bundle bfe;
    private volatile FilterEngine engine;
    /** Grows before each start and stop of the base filtering engine: there is one change of policy for each number. */
    private final AtomicInteger step = new AtomicInteger();

    private final AtomicInteger cycles = new AtomicInteger();

    @Configuration
    public Option[] configuration() {
        return new Option[] {GatewayBundles.gateway()};
    }

    @Before
    public void makeHome() throws Exception {
        home = LiveGateway.newHome();
    }

    @After
    public void closeGateway() throws Exception {
        gateway.port.pump(null);
        gateway.close();
        bfe.start();
    }

    @Test
    @Tag("BOOT-1")
    @Tag("BOOT-2")
    @Tag("BOOT-3")
    @Tag("LIFE-6")
    public void shouldJudgeEveryFrameByTheBootTimeSetOrByThePersistentOne() throws Exception {
        runOnce();
        prepare();
        gateway.port.pump(this::cycle);
        gateway.open();
        engine = gateway.engine();
        awaitSeen("the boot-time set, before anything else", PolicyInForce.BOOT_TIME, CYCLES);
        for (int i = 1; i <= RESTARTS; i++) {
            step.incrementAndGet();
            bfe.start();
            gateway.awaitRunning();
            awaitSeen("the persistent set", PolicyInForce.RUN_TIME, i * CYCLES);
            step.incrementAndGet();
            bfe.stop();
            awaitSeen("the boot-time set", PolicyInForce.BOOT_TIME, (i + 1) * CYCLES);
        }
        gateway.port.pump(null);
        assertEquals(List.of(), problems);
        assertTrue(gateway.path().ledger().isBalanced());
        assertEquals(0, gateway.path().faults());
    }

    @Test
    @Tag("BOOT-1")
    public void shouldBeInForceBeforeTheFirstFrame() throws Exception {
        runOnce();
        prepare();
        gateway.open();
        assertEquals(PolicyInForce.BOOT_TIME, gateway.engine().policyInForce());
        for (Kind kind : KINDS) {
            assertEquals(kind.name, kind.byBootTime, gateway.send(kind.from, kind.frame.apply(10_000)));
        }
    }

    @Test
    @Tag("BOOT-4")
    public void shouldLetNothingPassOnAFreshHomeUntilThereIsAPolicy() throws Exception {
        prepare();
        gateway.open();
        engine = gateway.engine();
        assertEquals(PolicyInForce.NONE, engine.policyInForce());
        for (Kind kind : KINDS) {
            assertEquals(kind.name, NO_POLICY, gateway.send(kind.from, kind.frame.apply(10_000)));
        }
        gateway.port.pump(this::cycle);
        step.incrementAndGet();
        bfe.start();
        gateway.awaitRunning();
        awaitSeen("the persistent set", PolicyInForce.RUN_TIME, CYCLES);
        gateway.port.pump(null);
        assertEquals(List.of(), problems);
    }

    @Test
    @Tag("BOOT-1")
    public void shouldDropAllWhileTheBootTimePolicyCannotBeRead() throws Exception {
        runOnce();
        Path file = home.resolve("store/boot.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        prepare();
        gateway.open();
        assertEquals(PolicyInForce.NONE, gateway.engine().policyInForce());
        for (Kind kind : KINDS) {
            assertEquals(kind.name, NO_POLICY, gateway.send(kind.from, kind.frame.apply(10_000)));
        }
        assertFalse(gateway.told().isEmpty());
        assertTrue(gateway.told().toString(), gateway.told().get(0).contains(file.toString()));
    }

    /** Lets a whole gateway commit to the home. */
    private void runOnce() throws Exception {
        LiveGateway.running(context, home).close();
        assertTrue(Files.exists(home.resolve("store/boot.bin")));
    }

    /** A gateway of which everything is there but its base filtering engine; not open yet. */
    private void prepare() throws Exception {
        gateway = new LiveGateway(context, home);
        bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        gateway.bundle(LiveGateway.PORT).stop(Bundle.STOP_TRANSIENT);
        gateway.bundle(LiveGateway.SHELL).stop(Bundle.STOP_TRANSIENT);
    }

    /** On the worker: one frame of each kind. */
    private void cycle() {
        int number = 10_000 + cycles.getAndIncrement() % 50_000;
        for (Kind kind : KINDS) {
            byte[] frame = kind.frame.apply(number);
            int stepBefore = step.get();
            PolicyInForce before = policyInForce();
            String verdict = gateway.judge(kind.from, frame);
            PolicyInForce after = policyInForce();
            boolean isSettled = before == after && stepBefore == step.get();
            if (verdict.equals("no handler")) {
                note(kind, stepBefore == 0, "no handler");
            } else if (isSettled) {
                note(kind, verdict.equals(wanted(kind, before)), before + ": " + verdict);
                seen.merge(kind.name + " " + before, 1, Integer::sum);
            } else {
                boolean isOneOfBoth = verdict.equals(kind.byBootTime) || verdict.equals(kind.byPersistent);
                boolean isBeforeAll = before == PolicyInForce.NONE && verdict.equals(NO_POLICY);
                note(kind, isOneOfBoth || isBeforeAll, before + " to " + after + ": " + verdict);
            }
        }
        LockSupport.parkNanos(PAUSE_NS);
    }

    /** What judges; until the base filtering engine starts for the first time that cannot be but the boot-time set. */
    private PolicyInForce policyInForce() {
        FilterEngine now = engine;
        return now == null ? PolicyInForce.BOOT_TIME : now.policyInForce();
    }

    private static String wanted(Kind kind, PolicyInForce policy) {
        return switch (policy) {
            case NONE -> NO_POLICY;
            case BOOT_TIME -> kind.byBootTime;
            case RUN_TIME -> kind.byPersistent;
        };
    }

    private void note(Kind kind, boolean isRight, String what) {
        if (!isRight && problems.size() < MOST_PROBLEMS) {
            problems.add(kind.name + " at step " + step.get() + ": " + what);
        }
    }

    private void awaitSeen(String what, PolicyInForce policy, int times) throws Exception {
        for (Kind kind : KINDS) {
            LiveGateway.await(what + " for " + kind.name, () -> {
                assertEquals(List.of(), problems);
                return seen.getOrDefault(kind.name + " " + policy, 0) >= times;
            });
        }
    }
}
