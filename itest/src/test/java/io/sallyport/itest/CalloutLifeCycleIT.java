package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.sallyport.callout.Callout;
import io.sallyport.callout.ClassifyOut;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.IncomingValues;
import io.sallyport.callout.LayerData;
import io.sallyport.callout.RuntimeFilter;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.stack.port.Side;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;

/** Added and registered are two things: callouts come and go under the traffic of a live gateway. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CalloutLifeCycleIT {
    private static final String WORD_BLOCK = "io.sallyport.sample.word-block";
    private static final String WORD_BLOCK_BUNDLE = "io.sallyport.sample.word.block";
    private static final String COUNT = "io.sallyport.sample.count";
    private static final String COUNT_BUNDLE = "io.sallyport.sample.count";

    private static final String UNREGISTERED = "block: callout-unregistered by words";
    private static final String BLOCKED = "block: policy by words";
    private static final String EMPTY_POLICY = "apiVersion: sallyport/v1\nprovider: test\n";
    private static final String WORDS_POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: words, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [datagram-data-v4, stream-v4]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD]}}
            filters:
              - {name: words, layer: [datagram-data-v4, stream-v4], sublayer: words, action: ACTION,
                 callout: io.sallyport.sample.word-block, context: bad-words}
            """;
    private static final String COUNT_POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: counted, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.count, layer: [datagram-data-v4]}
            filters:
              - {name: counted, layer: datagram-data-v4, sublayer: counted, action: callout-inspection,
                 callout: io.sallyport.sample.count}
            """;

    private static final byte[] CLEAN = Frames.udp(5000, 53, "harmless");
    private static final byte[] BAD = Frames.udp(5000, 53, "an EVILPAYLOAD here");

    /** What an operator, a plug-in and a host do, each without waiting for the others. */
    private enum Step {
        ADD,
        START,
        PACKET
    }

    @Inject
    private BundleContext context;

    private LiveGateway gateway;
    private Bundle word;
    private int connections;

    @Configuration
    public Option[] configuration() {
        return new Option[] {
            GatewayBundles.gateway(),
            GatewayBundles.sampleNotStarted("count"),
            GatewayBundles.sampleNotStarted("word-block")
        };
    }

    @Before
    public void openGateway() throws Exception {
        gateway = LiveGateway.running(context, LiveGateway.newHome());
        word = gateway.bundle(WORD_BLOCK_BUNDLE);
    }

    @After
    public void closeGateway() throws Exception {
        word.stop();
        gateway.bundle(COUNT_BUNDLE).stop();
        gateway.close();
    }

    @Test
    @Tag("CALL-2")
    @Tag("CALL-4")
    public void shouldBlockWhileTheCalloutIsAddedAndNotRegistered() throws Exception {
        for (String action : List.of("callout-terminating", "callout-unknown")) {
            assertEquals("permit", send(CLEAN));
            addWords(action);
            assertEquals(action, UNREGISTERED, send(CLEAN));
            gateway.apply(EMPTY_POLICY);
        }
    }

    @Test
    @Tag("CALL-4")
    public void shouldSkipInspectionFiltersWhileTheCalloutIsNotRegistered() throws Exception {
        gateway.apply(COUNT_POLICY);
        assertEquals("permit", send(CLEAN));
        assertEquals(0, countCalls());
        gateway.bundle(COUNT_BUNDLE).start();
        assertEquals("permit", send(CLEAN));
        assertEquals(1, countCalls());
        gateway.bundle(COUNT_BUNDLE).stop();
        assertEquals("permit", send(CLEAN));
        assertEquals(1, countCalls());
        assertEquals(2, counts().unregistered());
    }

    @Test
    @Tag("CALL-1")
    @Tag("CALL-8")
    public void shouldCallTheCalloutFromTheNextPacketOnAndBlockAgainWhenItStops() throws Exception {
        addWords("callout-unknown");
        String revision = gateway.bfe().revision();
        for (int i = 0; i < 10; i++) {
            assertEquals(UNREGISTERED, send(CLEAN));
            word.start();
            assertEquals("permit", send(CLEAN));
            assertEquals(BLOCKED, send(BAD));
            word.stop();
            assertEquals(UNREGISTERED, send(CLEAN));
        }
        assertEquals("the same filters all the time", revision, gateway.bfe().revision());
    }

    @Test
    @Tag("CALL-1")
    @Tag("CALL-4")
    public void shouldDoTheSameForStreams() throws Exception {
        addWords("callout-unknown");
        assertEquals(UNREGISTERED, sendInNewConnection("harmless"));
        word.start();
        assertEquals("permit", sendInNewConnection("harmless"));
        assertEquals(BLOCKED, sendInNewConnection("an EVILPAYLOAD here"));
        word.stop();
        assertEquals(UNREGISTERED, sendInNewConnection("harmless"));
    }

    @Test
    @Tag("CALL-1")
    @Tag("CALL-2")
    public void shouldGiveTheSameInEveryOrderOfAddingAndRegistering() throws Exception {
        List<List<Step>> orders = permutations(List.of(Step.values()));
        assertEquals(6, orders.size());
        for (String action : List.of("callout-terminating", "callout-unknown")) {
            for (List<Step> order : orders) {
                String name = action + " " + order;
                takeSteps(name, order, action);
                assertEquals(name, "permit", send(CLEAN));
                assertEquals(name, BLOCKED, send(BAD));
                word.stop();
                assertEquals(name, UNREGISTERED, send(CLEAN));
                gateway.apply(EMPTY_POLICY);
                assertEquals(name, "permit", send(CLEAN));
            }
        }
    }

    private void takeSteps(String name, List<Step> order, String action) throws Exception {
        boolean isAdded = false;
        boolean isStarted = false;
        for (Step step : order) {
            switch (step) {
                case ADD -> {
                    addWords(action);
                    isAdded = true;
                }
                case START -> {
                    word.start();
                    isStarted = true;
                }
                case PACKET -> assertEquals(name, isAdded && !isStarted ? UNREGISTERED : "permit", send(CLEAN));
            }
        }
    }

    @Test
    @Tag("CALL-1")
    public void shouldRegisterWhileNoBaseFilteringEngineRuns() throws Exception {
        addWords("callout-unknown");
        assertEquals(UNREGISTERED, send(CLEAN));
        Bundle bfe = gateway.bundle(LiveGateway.BFE);
        bfe.stop();
        word.start();
        assertTrue(gateway.engine().registeredCallouts().contains(WORD_BLOCK));
        bfe.start();
        gateway.awaitRunning();
        assertEquals("permit", send(CLEAN));
        assertEquals(BLOCKED, send(BAD));
    }

    @Test
    @Tag("CALL-8")
    public void shouldBlockBetweenTheTwoHalvesOfAnUpdateAndKeepTheFlow() throws Exception {
        addWords("callout-unknown");
        word.start();
        assertEquals("permit", send(CLEAN));
        List<Long> flows = gateway.flows();
        List<String> others = gateway.statesWithout(word);
        List<String> between = new ArrayList<>();
        SynchronousBundleListener listener = event -> {
            if (event.getBundle().equals(word) && event.getType() == BundleEvent.UPDATED) {
                between.add(sendUnchecked(CLEAN));
            }
        };
        context.addBundleListener(listener);
        try (InputStream jar = Files.newInputStream(Path.of(System.getProperty("samples.dir"), "word-block.jar"))) {
            word.update(jar);
        } finally {
            context.removeBundleListener(listener);
        }
        assertEquals(List.of(UNREGISTERED), between);
        assertEquals("permit", send(CLEAN));
        assertEquals(BLOCKED, send(BAD));
        assertEquals(flows, gateway.flows());
        assertEquals(others, gateway.statesWithout(word));
    }

    @Test
    @Tag("CALL-10")
    public void shouldNotBeGoneBeforeWhoeverIsInsideHasLeft() throws Exception {
        SlowCallout slow = new SlowCallout();
        ServiceRegistration<?> registration = context.registerService(
                Callout.class.getName(), slow, FrameworkUtil.asDictionary(Map.of(Callout.KEY, SlowCallout.KEY)));
        gateway.apply(WORDS_POLICY
                .replace("io.sallyport.sample.word-block", SlowCallout.KEY)
                .replace("ACTION", "callout-terminating"));
        CompletableFuture<String> verdict = CompletableFuture.supplyAsync(() -> sendUnchecked(CLEAN));
        LiveGateway.await("a worker inside", () -> slow.order.contains("in"));
        Thread stopper = new Thread(() -> {
            registration.unregister();
            slow.order.add("unregistered");
        });
        stopper.start();
        LiveGateway.await("somebody who waits", () -> stopper.getState() == Thread.State.TIMED_WAITING);
        slow.mayLeave.countDown();
        stopper.join();
        assertEquals(List.of("in", "out", "given back", "unregistered"), slow.order);
        assertEquals("permit", verdict.get());
        assertEquals(UNREGISTERED, send(CLEAN));
    }

    private static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (T first : items) {
            List<T> others = new ArrayList<>(items);
            others.remove(first);
            for (List<T> rest : permutations(others)) {
                List<T> one = new ArrayList<>(List.of(first));
                one.addAll(rest);
                all.add(one);
            }
        }
        return all;
    }

    private void addWords(String action) throws Exception {
        gateway.apply(WORDS_POLICY.replace("ACTION", action));
    }

    private CalloutCounts counts() {
        return gateway.engine().statistics().callouts().get(COUNT);
    }

    private long countCalls() {
        return counts().calls();
    }

    private String send(byte[] frame) throws Exception {
        return gateway.send(Side.LAN, frame);
    }

    private String sendUnchecked(byte[] frame) {
        try {
            return send(frame);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a connection and sends one segment in it. */
    private String sendInNewConnection(String text) throws Exception {
        int port = 20_000 + connections++;
        assertEquals("permit", send(Frames.tcp(true, port, 80, 100, 0, Wire.SYN, "")));
        assertEquals("permit", gateway.send(Side.WAN, Frames.tcp(false, port, 80, 500, 101, Wire.SYN_ACK, "")));
        assertEquals("permit", send(Frames.tcp(true, port, 80, 101, 501, Wire.ACK, "")));
        return send(Frames.tcp(true, port, 80, 101, 501, Wire.ACK, text));
    }

    /** Stays inside its first call until it may leave. */
    private static final class SlowCallout implements Callout, PrototypeServiceFactory<Callout> {
        private static final String KEY = "io.sallyport.itest.slow";

        private final List<String> order = new CopyOnWriteArrayList<>();
        private final CountDownLatch mayLeave = new CountDownLatch(1);

        @Override
        public void classify(
                IncomingValues values,
                IncomingMetadata metadata,
                LayerData data,
                RuntimeFilter filter,
                Object flowContext,
                ClassifyOut out) {
            order.add("in");
            try {
                mayLeave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.permit();
            order.add("out");
        }

        @Override
        public Callout getService(Bundle bundle, ServiceRegistration<Callout> registration) {
            return this;
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<Callout> registration, Callout service) {
            order.add("given back");
        }
    }
}
