package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.gateway.ContextCounts;
import io.sallyport.callout.testkit.gateway.GatewayEvent;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.CalloutCounts;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.OwnedSession;
import io.sallyport.callout.testkit.gateway.GatewayUnderTest.PolicyObjectNote;
import io.sallyport.callout.testkit.gateway.TcpConnection;
import io.sallyport.callout.testkit.gateway.TestGateway;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs the checks of one callout. Stateless between two of them. */
final class Conformance {
    /** Adds the objects of a plug-in. */
    @FunctionalInterface
    interface Brings {
        void addTo(PolicySession session) throws PolicyException;
    }

    private static final String OTHER = "third-party";
    private static final String OTHERS = """
        apiVersion: sallyport/v1
        provider: third-party
        sublayers:
          - {name: third-party, weight: 20000}
        filters:
          - {name: third-party-4, layer: ale-auth-connect-v4, sublayer: third-party, when: [{ip-remote-port: 7}],
             action: block}
          - {name: third-party-6, layer: ale-auth-connect-v6, sublayer: third-party, when: [{ip-remote-port: 7}],
             action: block}
        """;

    private static final Duration MOST = Duration.ofSeconds(30);
    private static final Duration MOST_TO_END = Duration.ofSeconds(5);
    /** Time for a callout's own threads to give back what it has in a pool. */
    private static final Duration MOST_TO_LEVEL = Duration.ofSeconds(5);

    private static final Duration MOST_TO_SEND = Duration.ofSeconds(5);
    /** Longer than a packet may be pended. */
    private static final Duration IDLE = Duration.ofMinutes(2);

    private final Supplier<TestGateway> gateways;
    private final Consumer<TestGateway> traffic;
    private final Brings brings;

    Conformance(Supplier<TestGateway> gateways, Consumer<TestGateway> traffic, Brings brings) {
        this.gateways = gateways;
        this.traffic = traffic;
        this.brings = brings;
    }

    /** What is wrong; empty if nothing is. */
    List<String> run(ConformanceCheck check) {
        Wrong wrong = new Wrong();
        String stuck = Supervised.run(check.logoName(), MOST, wrong, () -> {
            switch (check) {
                case CLEAN_UNINSTALL -> cleanUninstall(wrong);
                case MAINTAIN_ONE_TERMINATING -> maintainOneTerminating(wrong);
                case ASSOCIATE_WITH_OBJECTS -> associateWithObjects(wrong);
                case USE_OWN_OR_BUILT_IN -> useOwnOrBuiltIn(wrong);
                case NO_TAMPERING -> unchanged(wrong, PolicyObjectNote::content);
                case PACKET_INJECTION_NO_DEADLOCKS -> noDeadlocks(wrong);
                case STREAM_INJECTION_NO_STARVATION -> noStarvation(wrong);
                case NO_ACCESS_VIOLATIONS -> noAccessViolations(wrong);
                case WFP_OBJECT_ACLS -> unchanged(wrong, PolicyObjectNote::security);
            }
        });
        return stuck.isEmpty() ? wrong.all() : List.of(stuck);
    }

    // ---- set-up

    private TestGateway open() {
        return gateways.get().beside(OTHERS).toleratingFaults().open();
    }

    /** With the plug-in's session, and its traffic. */
    private void inGateway(Wrong wrong, Consumer<TestGateway> look) {
        try (TestGateway gateway = open()) {
            withSession(gateway, () -> {
                traffic.accept(gateway);
                requireCalls(wrong, gateway);
                look.accept(gateway);
            });
        }
    }

    private void withSession(TestGateway gateway, Runnable inside) {
        try (OwnedSession session = gateway.underTest().openSession("plug-in")) {
            brings.addTo(session);
            inside.run();
        } catch (PolicyException e) {
            throw new AssertionError("its policy is refused: " + e.getMessage(), e);
        }
    }

    /** What is never called passes everything. */
    private static void requireCalls(Wrong wrong, TestGateway gateway) {
        wrong.unless(
                gateway.cost().calls() > 0,
                "the traffic does not reach the callout, which proves nothing: override traffic(gateway)");
    }

    // ---- the checks

    private void cleanUninstall(Wrong wrong) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        WeakReference<Callout> instance = uninstall(wrong);
        Set<Thread> more = new HashSet<>();
        awaitQuietly(MOST_TO_END, () -> {
            more.clear();
            more.addAll(Thread.getAllStackTraces().keySet());
            more.removeAll(before);
            more.remove(Thread.currentThread());
            more.removeIf(thread -> !thread.isAlive() || Supervised.isOwn(thread));
            return more.isEmpty();
        });
        more.forEach(thread -> wrong.add("its thread '" + thread.getName() + "' goes on"));
        boolean isFree = awaitQuietly(MOST_TO_END, () -> {
            System.gc(); // what is asked for is what is left of it
            return instance.get() == null;
        });
        wrong.unless(isFree, "something still holds the instance: a static field, a thread, a timer");
    }

    private WeakReference<Callout> uninstall(Wrong wrong) {
        try (TestGateway gateway = open()) {
            Set<String> keys = keys(gateway.underTest().objects());
            WeakReference<Callout> instance = new WeakReference<>(gateway.callout(Callout.class));
            withSession(gateway, () -> {
                traffic.accept(gateway);
                requireCalls(wrong, gateway);
                gateway.unregister();
            });
            for (PolicyObjectNote note : gateway.underTest().objects()) {
                wrong.unless(keys.contains(note.key()), "it left " + name(note));
            }
            ContextCounts contexts = gateway.contexts();
            wrong.unless(contexts.live() == 0, contexts.live() + " contexts are left");
            return instance;
        }
    }

    private void maintainOneTerminating(Wrong wrong) {
        inGateway(wrong, gateway -> {
            StandardTraffic.sendNonsense(gateway);
            requireSense(wrong, gateway, "alone");
        });
        for (String action : List.of("permit", "block")) {
            try (TestGateway gateway = open()) {
                rule(gateway, action);
                traffic.accept(gateway);
                requireSense(wrong, gateway, "behind another's hard " + action);
            }
        }
    }

    private static void requireSense(Wrong wrong, TestGateway gateway, String when) {
        CalloutCounts counts = gateway.counts();
        boolean isSense = counts.faults() == 0 || !gateway.thrown().isEmpty(); // what it throws is another check's
        wrong.unless(isSense, counts.faults() + " faults " + when + ", the first: " + counts.firstFault());
        boolean mustAnswer =
                own(gateway).stream().anyMatch(note -> note.action().equals("callout-terminating"));
        wrong.unless(
                counts.ignoredAnswers() == 0 || mustAnswer,
                counts.ignoredAnswers() + " answers without effect " + when
                        + ": without the write right, only a block over a permit has one");
    }

    /** A heavier sublayer decides for good wherever the plug-in has filters. */
    private static void rule(TestGateway gateway, String action) {
        gateway.apply("""
            apiVersion: sallyport/v1
            provider: heavier
            sublayers:
              - {name: heavier, weight: 65534}
            """);
        Set<String> layers = new TreeSet<>();
        for (PolicyObjectNote note : own(gateway)) {
            layers.add(note.layer());
        }
        layers.remove("");
        for (String layer : layers) {
            // Some layers take no such filter: there nobody decides.
            gateway.underTest()
                    .add(
                            "heavier",
                            "apiVersion: sallyport/v1\nprovider: heavier\nfilters:\n  - {name: heavier-" + layer
                                    + ", layer: " + layer + ", sublayer: heavier, action: " + action
                                    + ", flags: [clear-action-right]}\n");
        }
    }

    private void associateWithObjects(Wrong wrong) {
        inGateway(wrong, gateway -> {
            for (PolicyObjectNote note : own(gateway)) {
                wrong.unless(
                        !note.provider().isEmpty() || note.type().equals("provider"), name(note) + " has no provider");
                wrong.unless(!note.name().isBlank(), "a " + note.type() + " has no name: " + note.key());
            }
            for (int i = 0; i < 2; i++) {
                endAllFlows(gateway);
                traffic.accept(gateway);
            }
            ContextCounts first = afterAllFlows(gateway);
            long[] kept = {first.reachable()};
            boolean isLevel = !first.isLeaking()
                    || awaitQuietly(MOST_TO_LEVEL, () -> {
                        traffic.accept(gateway);
                        long now = afterAllFlows(gateway).reachable();
                        boolean hasGrown = now > kept[0];
                        kept[0] = now;
                        return !hasGrown;
                    });
            wrong.unless(
                    isLevel,
                    "what it keeps grows with every flow that has ended: " + kept[0] + " contexts, and " + first.most()
                            + " were live at once at most");
        });
    }

    private static ContextCounts afterAllFlows(TestGateway gateway) {
        endAllFlows(gateway);
        return gateway.contexts();
    }

    private static void endAllFlows(TestGateway gateway) {
        gateway.connections().forEach(TcpConnection::reset);
        gateway.advance(Duration.ofDays(1));
    }

    private void useOwnOrBuiltIn(Wrong wrong) {
        inGateway(wrong, gateway -> {
            Map<String, PolicyObjectNote> sublayers = new HashMap<>();
            gateway.underTest().objects().stream()
                    .filter(note -> note.type().equals("sublayer"))
                    .forEach(note -> sublayers.put(note.name() + '/' + note.provider(), note));
            for (PolicyObjectNote note : own(gateway)) {
                PolicyObjectNote sublayer = sublayers.get(note.sublayer() + '/' + note.sublayerProvider());
                boolean isOwn = note.sublayerProvider().equals(note.provider());
                wrong.unless(
                        sublayer == null || sublayer.isBuiltin() || isOwn,
                        name(note) + " is in the sublayer " + note.sublayer() + " of " + note.sublayerProvider());
            }
        });
    }

    /** Of what was there before the plug-in came. */
    private void unchanged(Wrong wrong, Function<PolicyObjectNote, String> aspect) {
        Map<String, PolicyObjectNote> before = new HashMap<>();
        try (TestGateway gateway = TestGateway.with("com.example.nobody", Silent::new)
                .beside(OTHERS)
                .open()) {
            gateway.underTest().objects().forEach(note -> before.put(note.key(), note));
        }
        Consumer<TestGateway> look = gateway -> {
            Map<String, PolicyObjectNote> after = new HashMap<>();
            gateway.underTest().objects().forEach(note -> after.put(note.key(), note));
            before.forEach((key, note) -> {
                PolicyObjectNote now = after.get(key);
                wrong.unless(now != null, name(note) + " is gone");
                wrong.unless(
                        now == null || aspect.apply(now).equals(aspect.apply(note)),
                        name(note) + " was changed: " + (now == null ? "" : aspect.apply(now)));
            });
        };
        try (TestGateway gateway = open()) {
            withSession(gateway, () -> {
                traffic.accept(gateway);
                requireCalls(wrong, gateway);
                look.accept(gateway);
            });
            look.accept(gateway); // and behind it
        }
    }

    private void noDeadlocks(Wrong wrong) {
        inGateway(wrong, gateway -> {
            gateway.advance(IDLE);
            for (GatewayEvent event : gateway.events()) {
                if (event.reason().equals("pend-timeout")) {
                    wrong.add("it pended a packet and never completed it: " + event.line());
                } else if (event.reason().equals("limit-injections")) {
                    wrong.add("it sends a packet round: " + event.line());
                }
            }
        });
    }

    private void noStarvation(Wrong wrong) {
        inGateway(wrong, gateway -> {
            List<TcpConnection> open =
                    gateway.connections().stream().filter(TcpConnection::isOpen).toList();
            open.forEach(TcpConnection::close);
            awaitQuietly(MOST_TO_SEND, () -> {
                gateway.advance(Duration.ZERO);
                return open.stream().allMatch(Conformance::isTold);
            });
            for (TcpConnection connection : open) {
                wrong.unless(
                        isTold(connection) || isDropped(gateway, connection),
                        connection + " neither comes to its end nor is refused");
            }
        });
    }

    private static boolean isTold(TcpConnection connection) {
        return connection.isFinished() || connection.isRefused();
    }

    /** By a callout's own thread, later. */
    private static boolean isDropped(TestGateway gateway, TcpConnection connection) {
        return gateway.events().stream()
                .anyMatch(event -> event.kind() == GatewayEvent.Kind.DROP
                        && (connection.client().equals(event.source())
                                || connection.client().equals(event.destination())));
    }

    private void noAccessViolations(Wrong wrong) {
        inGateway(wrong, gateway -> {
            StandardTraffic.sendNonsense(gateway);
            gateway.thrown().forEach(fault -> wrong.add("it throws " + fault + at(fault)));
        });
    }

    private static String at(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    // ---- looking

    /** What neither was there before nor belongs to others. */
    private static List<PolicyObjectNote> own(TestGateway gateway) {
        List<PolicyObjectNote> own = new ArrayList<>();
        for (PolicyObjectNote note : gateway.underTest().objects()) {
            boolean isOther = note.provider().equals(OTHER) || note.name().equals(OTHER);
            if (!note.isBuiltin() && !isOther && !note.provider().equals("heavier")) {
                own.add(note);
            }
        }
        return own;
    }

    private static Set<String> keys(List<PolicyObjectNote> notes) {
        Set<String> keys = new HashSet<>();
        notes.forEach(note -> keys.add(note.key()));
        return keys;
    }

    private static String name(PolicyObjectNote note) {
        return note.type() + " " + note.name();
    }

    /** False if it did not come to be. */
    private static boolean awaitQuietly(Duration most, Supplier<Boolean> condition) {
        long begin = System.nanoTime();
        while (!condition.get()) {
            if (System.nanoTime() - begin > most.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }
}
