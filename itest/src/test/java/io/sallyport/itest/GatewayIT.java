package io.sallyport.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.BfeFactory;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The assembled gateway in a real Felix: every bundle runs, callouts and shims come and go under traffic. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class GatewayIT {

    private static final String WORD_POLICY = """
            apiVersion: sallyport/v1
            provider: test
            sublayers:
              - {name: words, weight: 30000}
            callouts:
              - {key: io.sallyport.sample.word-block, layer: [datagram-data-v4]}
              - {key: io.sallyport.sample.count, layer: [datagram-data-v4]}
            contexts:
              - {name: bad-words, data: {words: [EVILPAYLOAD]}}
            filters:
              - {name: counted, layer: datagram-data-v4, sublayer: words, weight: 15, action: callout-inspection,
                 callout: io.sallyport.sample.count}
              - {name: bad, layer: datagram-data-v4, sublayer: words, weight: 1, action: ACTION,
                 callout: io.sallyport.sample.word-block, context: bad-words}
            """;

    @Inject
    private BundleContext context;

    @Inject
    private FilterEngineFactory engines;

    @Inject
    private BfeFactory bfes;

    @Inject
    private DataPathFactory paths;

    private final Frames frames = new Frames();
    private final List<DropReason> drops = new ArrayList<>();
    private final List<String> deciders = new ArrayList<>();
    private FilterEngine engine;
    private BaseFilteringEngine bfe;
    private DataPath path;

    @Configuration
    public Option[] configuration() {
        return new Option[] {
            GatewayBundles.gateway(),
            GatewayBundles.sampleNotStarted("count"),
            GatewayBundles.sampleNotStarted("word-block")
        };
    }

    @Before
    public void openDataPath() throws Exception {
        engine = engines.create("itest");
        bfe = bfes.createInMemory(engine);
        path = paths.create(DataPathConfig.defaults(), engine, new Recorder(), frames, frames);
    }

    @After
    public void closeDataPath() throws Exception {
        path.close();
        bfe.close();
        engine.close();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith("io.sallyport.shim")) {
                bundle.start();
            } else if (bundle.getSymbolicName().startsWith("io.sallyport.sample")) {
                bundle.stop();
            }
        }
    }

    @Test
    public void shouldBlockWhileTheCalloutIsAddedAndNotRegistered() throws Exception {
        apply("callout-unknown");
        send(Frames.udp(5000, 53, "harmless"));
        assertEquals(0, frames.left().size());
        assertEquals(List.of(DropReason.CALLOUT_UNREGISTERED), drops);
        assertEquals(List.of("bad"), deciders);
    }

    @Test
    public void shouldSkipInspectionFiltersOfAnUnregisteredCallout() throws Exception {
        apply("callout-inspection");
        send(Frames.udp(5000, 53, "harmless"));
        assertEquals(1, frames.left().size());
    }

    @Test
    public void shouldCallTheCalloutFromTheNextPacketOnAndBlockAgainWhenItStops() throws Exception {
        apply("callout-unknown");
        send(Frames.udp(5000, 53, "harmless"));
        sample("word.block").start();
        send(Frames.udp(5000, 53, "harmless"));
        send(Frames.udp(5000, 53, "an EVILPAYLOAD here"));
        sample("word.block").stop();
        send(Frames.udp(5000, 53, "harmless"));

        assertEquals(1, frames.left().size());
        assertEquals(
                List.of(DropReason.CALLOUT_UNREGISTERED, DropReason.POLICY, DropReason.CALLOUT_UNREGISTERED), drops);
    }

    @Test
    public void shouldNotCareWhetherTheCalloutRegistersBeforeItIsAdded() throws Exception {
        sample("word.block").start();
        apply("callout-unknown");
        send(Frames.udp(5000, 53, "harmless"));
        send(Frames.udp(5000, 53, "an EVILPAYLOAD here"));
        assertEquals(1, frames.left().size());
        assertEquals(List.of(DropReason.POLICY), drops);
    }

    @Test
    public void shouldGiveEachDataPathItsOwnInstance() throws Exception {
        sample("count").start();
        Bundle count = sample("count");
        try (FilterEngine another = engines.create("another")) {
            assertTrue(another.registeredCallouts().contains("io.sallyport.sample.count"));
            assertTrue(engine.registeredCallouts().contains("io.sallyport.sample.count"));
            count.stop();
            assertTrue(another.registeredCallouts().isEmpty());
            assertTrue(engine.registeredCallouts().isEmpty());
        }
    }

    @Test
    public void shouldDropWhileAShimIsMissingAndKeepTheFlow() throws Exception {
        Bundle transport = bundleNamed("io.sallyport.shim.transport");
        send(Frames.udp(5000, 53, "one"));
        int flows = path.flowCount();
        transport.stop();
        send(Frames.udp(5000, 53, "two"));
        transport.start();
        send(Frames.udp(5000, 53, "three"));
        assertEquals(2, frames.left().size());
        assertEquals(List.of(DropReason.NO_SHIM), drops);
        assertEquals(flows, path.flowCount());
        assertTrue(path.ledger().isBalanced());
    }

    @Test
    public void shouldLeaveOtherBundlesAloneWhenOneOfOursRestarts() throws Exception {
        Bundle network = bundleNamed("io.sallyport.shim.network");
        long stackModified = bundleNamed("io.sallyport.stack.bundle").getLastModified();
        network.stop();
        assertEquals(Bundle.ACTIVE, bundleNamed("io.sallyport.stack.bundle").getState());
        assertEquals(Bundle.ACTIVE, bundleNamed("io.sallyport.engine.bundle").getState());
        network.start();
        assertEquals(stackModified, bundleNamed("io.sallyport.stack.bundle").getLastModified());
        send(Frames.udp(5000, 53, "after"));
        assertEquals(1, frames.left().size());
    }

    private void apply(String action) throws IOException {
        Path file = Files.createTempFile("policy", ".yaml");
        Files.writeString(file, WORD_POLICY.replace("ACTION", action));
        PolicyReport report = bfe.policyFiles().apply(file);
        Files.delete(file);
        assertTrue(report.problems().toString(), report.isValid());
    }

    private void send(byte[] frame) {
        path.handler().onBatch(Side.LAN, frames.holding(frame));
    }

    private Bundle sample(String name) {
        return bundleNamed("io.sallyport.sample." + name);
    }

    private Bundle bundleNamed(String symbolicName) {
        Bundle found = Stream.of(context.getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
        assertNotNull(symbolicName, found);
        return found;
    }

    private final class Recorder implements PathObserver {
        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                Layer layer,
                FilterTag filter,
                long flowId,
                String revision) {
            drops.add(reason);
            if (filter != null) {
                deciders.add(filter.name());
            }
        }

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {}

        @Override
        public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {}
    }
}
