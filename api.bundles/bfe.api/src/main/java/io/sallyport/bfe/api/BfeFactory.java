package io.sallyport.bfe.api;

import io.sallyport.engine.api.FilterEngine;
import org.osgi.annotation.versioning.ProviderType;

/** OSGi service of the BFE bundle: makes base filtering engines. Safe for use by any thread. */
@ProviderType
public interface BfeFactory {

    /**
     * Makes a base filtering engine that keeps its objects in memory only, holds the built-in objects and nothing else,
     * is RUNNING, and has published that policy (which permits everything, ARB-18) to its filter engine.
     *
     * @param engine whose policy it owns from now on; stays the caller's to close
     * @return a BFE; the caller closes it
     */
    BaseFilteringEngine createInMemory(FilterEngine engine);
}
