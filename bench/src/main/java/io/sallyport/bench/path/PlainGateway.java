package io.sallyport.bench.path;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.internal.session.BfeFactoryComponent;
import io.sallyport.callout.Callout;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.ClassifyOutcome;
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
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.internal.path.PathState;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.shim.ShimFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The product's engine, base filtering engine, stack and shims in plain Java: what a frame costs without port and framework.
 * Counts what leaves. Belongs to one thread.
 */
public final class PlainGateway implements AutoCloseable {
    private static final List<ShimFactory> SHIMS = List.of(
            new MacShimFactory(),
            new NetworkShimFactory(),
            new TransportShimFactory(),
            new AleShimFactory(),
            new StreamShimFactory(),
            new IcmpErrorShimFactory(),
            new DiscardShimFactory());

    private final FilterEngineImpl engine = new FilterEngineImpl("bench");
    private final BaseFilteringEngine bfe = new BfeFactoryComponent().createInMemory(engine);
    private final Counting toLan = new Counting();
    private final Counting toWan = new Counting();
    private final Authorizations observer = new Authorizations();
    private final DataPath path;

    /**
     * Makes one, as a bundle would.
     *
     * @param config how its data path works
     */
    public PlainGateway(DataPathConfig config) {
        path = new DataPathFactoryComponent(SHIMS).create(config, engine, observer, toLan, toWan);
    }

    /**
     * Makes one whose secret is known.
     *
     * @param config how its data path works
     * @param hash decides where things lie in its tables
     */
    public PlainGateway(DataPathConfig config, KeyedHash hash) {
        path = new DataPathImpl(
                config, new PathState(config, hash), engine, observer, toLan, toWan, SHIMS, closed -> {});
    }

    /**
     * Registers a callout as its bundle would.
     *
     * @param key its name
     * @param callout the code
     * @throws PolicyException if the engine refuses
     */
    public void register(String key, Callout callout) throws PolicyException {
        engine.register(key, 0, callout);
    }

    /**
     * Puts a policy in force.
     *
     * @param policy text of a policy file
     * @throws IOException if it has problems
     */
    public void apply(String policy) throws IOException {
        Path file = Files.createTempFile("bench-policy", ".yaml");
        try {
            Files.writeString(file, policy);
            PolicyReport report = bfe.policyFiles().apply(file);
            if (!report.isValid()) {
                throw new IOException("the policy has problems: " + report.problems());
            }
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Has callouts watched, as on a live gateway.
     *
     * @param succession has another thread call {@link #takeOver} and go on, when the worker's is given up in a callout
     */
    public void watch(Runnable succession) {
        if (path instanceof DataPathImpl own) {
            own.setSuccession(succession);
            engine.watchCallouts();
        }
    }

    /** Ends the packet that a thread was in which was given up, and the rest of its batch. By the thread that goes on. */
    public void takeOver() {
        if (path instanceof DataPathImpl own) {
            own.takeOver();
        }
    }

    /**
     * How callouts conduct themselves.
     *
     * @return of each that is registered
     */
    public List<CalloutControl.Status> callouts() {
        return engine.callouts();
    }

    /**
     * Has a callout called again that is kept out.
     *
     * @param key its name
     * @throws PolicyException if only a restart mends it
     */
    public void release(String key) throws PolicyException {
        engine.release(key);
    }

    /**
     * Where frames are handed over.
     *
     * @return the same always
     */
    public FrameHandler handler() {
        return path.handler();
    }

    /**
     * The data path.
     *
     * @return open until this is closed
     */
    public DataPath path() {
        return path;
    }

    /**
     * How many frames have left on the inside.
     *
     * @return frames
     */
    public long leftToLan() {
        return toLan.frames;
    }

    /**
     * How many frames have left on the outside.
     *
     * @return frames
     */
    public long leftToWan() {
        return toWan.frames;
    }

    /**
     * How many flows were authorised, also anew.
     *
     * @return packets that were asked about at an ALE layer and permitted there
     */
    public long authorizations() {
        return observer.authorizations;
    }

    @Override
    public void close() {
        path.close();
        bfe.close();
        engine.close();
    }

    private static final class Counting implements FrameTransmitter {
        private long frames;

        @Override
        public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
            frames++;
            return true;
        }

        @Override
        public void flush() {}
    }

    /** What happened to frames is in the ledger. */
    private static final class Authorizations implements PathObserver {
        private long authorizations;

        @Override
        public void dropped(
                Packet packet,
                long frameNumber,
                DropReason reason,
                @Nullable Layer layer,
                @Nullable FilterTag filter,
                long flowId,
                String revision) {}

        @Override
        public void authorized(
                Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
            authorizations++;
        }

        @Override
        public void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision) {}
    }
}
