package io.sallyport.gateway.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of a live gateway: stops and starts its base filtering engine while everything else goes on. Safe for use by any
 * thread; a call waits for the one before it.
 */
@ProviderType
public interface BfeControl {

    /** What becomes of flows that are authorised when the base filtering engine stops. */
    enum Flows {
        /** They go on, judged by what outlives the stop, and are judged again once it runs (BOOT-8). */
        KEEP,
        /** They are judged by the boot-time policy like everything else. */
        DROP
    }

    /**
     * Stops it: sessions end, static and dynamic objects are gone (BOOT-7), the boot-time policy judges. It stays stopped until
     * {@link #start} or a start of its bundle.
     *
     * @param flows what becomes of those that are there
     * @return false if it was not running
     */
    boolean stop(Flows flows);

    /**
     * Starts it again, as at a start of the gateway.
     *
     * @return what is wrong; empty: it runs
     */
    List<String> start();
}
