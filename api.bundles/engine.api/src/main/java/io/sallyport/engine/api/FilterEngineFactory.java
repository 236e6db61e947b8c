package io.sallyport.engine.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the engine bundle: makes filter engines. The live gateway has one; every replayed capture, policy test
 * and simulation has its own, so that none can disturb another. Safe for use by any thread.
 */
@ProviderType
public interface FilterEngineFactory {

    /**
     * Makes an engine without policy: it blocks everything, with reason {@link ClassifyReason#NO_POLICY}. The engine
     * takes its own instance of every registered callout, now and as they come and go, until it is closed.
     *
     * @param name for threads and messages
     * @return an engine; the caller closes it
     */
    FilterEngine create(String name);

    /**
     * Makes an engine that never calls a registered callout: all added ones count as not registered. For tests inside
     * policy files, which must not depend on what happens to be installed.
     *
     * @param name for threads and messages
     * @return an engine; the caller closes it
     */
    FilterEngine createWithoutCallouts(String name);
}
