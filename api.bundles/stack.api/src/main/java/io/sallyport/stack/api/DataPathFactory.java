package io.sallyport.stack.api;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.port.FrameTransmitter;
import org.osgi.annotation.versioning.ProviderType;

/** OSGi service of the stack bundle: makes data paths. Safe for use by any thread. */
@ProviderType
public interface DataPathFactory {

    /**
     * Makes a data path whose shims come and go as their bundles do: a frame that needs a missing one is dropped.
     *
     * @param config how it is to work
     * @param engine who judges; stays the caller's
     * @param observer learns of drops and authorisations
     * @param toLan takes frames that leave by the inside port
     * @param toWan takes frames that leave by the outside port
     * @return a data path; the caller closes it
     */
    DataPath create(
            DataPathConfig config,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan);
}
