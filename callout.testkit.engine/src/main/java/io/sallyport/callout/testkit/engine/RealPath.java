package io.sallyport.callout.testkit.engine;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.file.TestBench;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.FilterEngineFactory;
import io.sallyport.engine.internal.FilterEngineImpl;
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
import java.util.List;

/** The real engine, BFE, stack and shims put together in plain Java, without a framework. */
public class RealPath implements AutoCloseable {

    private final FilterEngineImpl engine;
    private final BaseFilteringEngine bfe;
    private final DataPath path;

    /**
     * Puts it together, without a policy.
     *
     * @param name for threads and messages
     * @param config how the data path works
     * @param observer told of everything
     * @param toLan takes what leaves to the inside
     * @param toWan takes what leaves to the outside
     */
    public RealPath(
            String name, DataPathConfig config, PathObserver observer, FrameTransmitter toLan, FrameTransmitter toWan) {
        DataPathFactory paths = new DataPathFactoryComponent(List.of(
                new MacShimFactory(),
                new NetworkShimFactory(),
                new TransportShimFactory(),
                new AleShimFactory(),
                new StreamShimFactory(),
                new IcmpErrorShimFactory(),
                new DiscardShimFactory()));
        engine = new FilterEngineImpl(name);
        bfe = new BfeImpl(
                engine,
                BfeImpl.DEFAULT_HOLD_LIMIT_MS,
                it -> new PolicyFilesImpl(it, () -> new TestBench(new Engines(), paths)));
        path = paths.create(config, engine, observer, toLan, toWan);
    }

    /** For the tests inside policy files: with no callout, as always. */
    private static final class Engines implements FilterEngineFactory {
        @Override
        public FilterEngine create(String name) {
            return new FilterEngineImpl(name);
        }

        @Override
        public FilterEngine createWithoutCallouts(String name) {
            return new FilterEngineImpl(name);
        }
    }

    /**
     * The engine.
     *
     * @return judges; callouts register with it
     */
    public FilterEngineImpl engine() {
        return engine;
    }

    /**
     * The base filtering engine.
     *
     * @return in memory; owns the engine's policy
     */
    public BaseFilteringEngine bfe() {
        return bfe;
    }

    /**
     * The data path.
     *
     * @return frames go in by its handler
     */
    public DataPath path() {
        return path;
    }

    @Override
    public void close() {
        path.close();
        bfe.close();
        engine.close();
    }
}
