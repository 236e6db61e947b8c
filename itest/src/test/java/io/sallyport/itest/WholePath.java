package io.sallyport.itest;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.session.BfeFactoryComponent;
import io.sallyport.callout.Callout;
import io.sallyport.engine.internal.FilterEngineImpl;
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
import io.sallyport.stack.api.DataPathFactory;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.DataPathFactoryComponent;
import io.sallyport.stack.port.FrameTransmitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The real engine, BFE, stack and shims put together in plain Java, without a framework. */
public final class WholePath implements AutoCloseable {

    final FilterEngineImpl engine = new FilterEngineImpl("whole");
    private final DataPathFactory paths = new DataPathFactoryComponent(List.of(
            new MacShimFactory(),
            new NetworkShimFactory(),
            new TransportShimFactory(),
            new AleShimFactory(),
            new StreamShimFactory(),
            new IcmpErrorShimFactory(),
            new DiscardShimFactory()));
    final BaseFilteringEngine bfe;
    final DataPath path;

    WholePath(DataPathConfig config, PathObserver observer, FrameTransmitter out) {
        this(config, observer, out, out);
    }

    /**
     * Puts it together, without a policy.
     *
     * @param config how the data path works
     * @param observer told of everything
     * @param toLan takes what leaves to the inside
     * @param toWan takes what leaves to the outside
     */
    public WholePath(DataPathConfig config, PathObserver observer, FrameTransmitter toLan, FrameTransmitter toWan) {
        bfe = new BfeFactoryComponent().createInMemory(engine);
        path = paths.create(config, engine, observer, toLan, toWan);
    }

    /** The data path: frames go in by its handler. */
    public DataPath path() {
        return path;
    }

    /** Registers a callout as its bundle would. */
    public void register(String key, Callout callout) throws PolicyException {
        register(key, 0, callout);
    }

    /** Registers a callout with flags, see {@link io.sallyport.callout.CalloutFlags}. */
    public void register(String key, int flags, Callout callout) throws PolicyException {
        engine.register(key, flags, callout);
    }

    /** Applies a policy file's text; fails if it has problems. */
    public void apply(String policy) throws IOException {
        Path file = Files.createTempFile("policy", ".yaml");
        try {
            Files.writeString(file, policy);
            PolicyReport report = bfe.policyFiles().apply(file);
            if (!report.isValid()) {
                throw new AssertionError(report.problems().toString());
            }
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void close() {
        path.close();
        bfe.close();
        engine.close();
    }
}
