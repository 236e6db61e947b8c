package io.sallyport.itest;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.engine.RealPath;
import io.sallyport.engine.internal.FilterEngineImpl;
import io.sallyport.policy.PolicyException;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameTransmitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The real engine, BFE, stack and shims put together in plain Java, with the ports, observers and engines of this package. */
public final class WholePath extends RealPath {

    final FilterEngineImpl engine = engine();
    final BaseFilteringEngine bfe = bfe();
    final DataPath path = path();

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
        super("whole", config, observer, toLan, toWan);
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
}
