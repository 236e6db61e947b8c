package io.sallyport.engine.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * OSGi service of whoever checks signatures, if anybody does: who signed a bundle. A new version takes over the callouts of
 * an old one only if both have the same signer, or none is known of either. Management plane; any thread, must not block.
 */
@ConsumerType
@FunctionalInterface
public interface BundleSigners {

    /**
     * Names the signer of a bundle.
     *
     * @param bundleId of an installed bundle
     * @return what identifies the signer's key; empty if it is not signed, or not known
     */
    String signerOf(long bundleId);
}
