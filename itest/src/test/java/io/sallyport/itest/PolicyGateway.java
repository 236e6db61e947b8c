package io.sallyport.itest;

import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.shim.ale.internal.AleShimFactory;
import io.sallyport.shim.discard.internal.DiscardShimFactory;
import io.sallyport.shim.icmp.error.internal.IcmpErrorShimFactory;
import io.sallyport.shim.mac.internal.MacShimFactory;
import io.sallyport.shim.network.internal.NetworkShimFactory;
import io.sallyport.shim.stream.internal.StreamShimFactory;
import io.sallyport.shim.transport.internal.TransportShimFactory;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.DataPathFactoryComponent;
import io.sallyport.stack.port.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The real engine, base filtering engine, stack and shims with policy files in force, between a LAN and a WAN side, in
 * plain Java. Tells in a word what became of each frame.
 */
final class PolicyGateway implements AutoCloseable, PathObserver {
    private static final long HOLD_LIMIT_MS = 5_000;

    private final DataPathFactoryComponent paths = new DataPathFactoryComponent(List.of(
            new MacShimFactory(),
            new NetworkShimFactory(),
            new TransportShimFactory(),
            new AleShimFactory(),
            new StreamShimFactory(),
            new IcmpErrorShimFactory(),
            new DiscardShimFactory()));
    private final FilterEngineFactory engines = new FilterEngineFactory() {
        @Override
        public FilterEngine create(String name) {
            return new FilterEngineImpl(name);
        }

        @Override
        public FilterEngine createWithoutCallouts(String name) {
            return new FilterEngineImpl(name);
        }
    };
    private final FilterEngineImpl engine = new FilterEngineImpl("running");
    private final FilterEngineImpl bootEngine = new FilterEngineImpl("booting");
    private final BfeImpl bfe =
            new BfeImpl(engine, HOLD_LIMIT_MS, it -> new PolicyFilesImpl(it, () -> new TestBench(engines, paths)));
    private final List<Frames> out = new ArrayList<>();
    private @Nullable DataPath path;
    private String verdict = "";

    /** Puts files in force, with the tests in them, one after the other. */
    void apply(Path... files) throws IOException {
        for (Path file : files) {
            PolicyReport report = bfe.policyFiles().apply(file);
            if (!report.problems().isEmpty() || report.testsPassed() == 0) {
                throw new AssertionError(report.toString());
            }
        }
    }

    /** The same for text. */
    void apply(String text) throws IOException {
        Path file = Files.createTempFile("policy", ".yaml");
        try {
            Files.writeString(file, text);
            apply(file);
        } finally {
            Files.delete(file);
        }
    }

    /** From now on frames are judged by what is in force while the base filtering engine runs. */
    PolicyGateway running() {
        open(engine);
        return this;
    }

    /** From now on frames are judged by the boot-time filters alone. */
    PolicyGateway booting() throws PolicyException {
        bootEngine.publish(bootEngine.prepare(ImageTranslator.translateBootTime(bfe.current())));
        open(bootEngine);
        return this;
    }

    private void open(FilterEngine by) {
        closePath();
        Frames frames = new Frames();
        out.add(frames);
        path = paths.create(DataPathConfig.defaults(), by, this, frames, frames);
    }

    /**
     * Sends a frame in by a side.
     *
     * @return {@code permit}, or {@code block by FILTER at LAYER}
     */
    String send(Side side, byte[] frame) {
        DataPath open = path;
        if (open == null) {
            throw new IllegalStateException("neither running nor booting");
        }
        Frames frames = out.get(out.size() - 1);
        int before = frames.left().size();
        verdict = "held";
        open.handler().onBatch(side, frames.holding(frame));
        return frames.left().size() > before ? "permit" : verdict;
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision) {
        verdict = filter == null || layer == null
                ? "block: " + reason.label()
                : "block by " + filter.name() + " at " + layer.policyName();
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        // What left is what counts.
    }

    @Override
    public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {
        // There are no callouts here.
    }

    private void closePath() {
        DataPath old = path;
        if (old != null) {
            old.close();
            path = null;
        }
    }

    @Override
    public void close() {
        closePath();
        bfe.close();
        engine.close();
        bootEngine.close();
    }
}
