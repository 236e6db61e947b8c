package io.sallyport.engine.api;

import org.osgi.annotation.versioning.ProviderType;

/** OSGi service of the engine's bundle: whose callout packets are shown to, of all bundles that offer one of a name. */
@ProviderType
public interface CalloutOwners {

    /** Nobody is registered under a name. */
    long NOBODY = -1;

    /**
     * Names the bundle whose callout is registered. Management plane, any thread; waits while a callout comes or goes.
     *
     * @param calloutName the name
     * @return the bundle's id, or {@link #NOBODY}: none offers it, or the one that does gave the live engine no instance
     */
    long ownerOf(String calloutName);
}
