package io.sallyport.engine.api;

import io.sallyport.layer.Layer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Asks a prepared policy before it is in force, or instead of it: nothing is counted, no callout is called, and what is in force
 * goes on beside it. Management plane; for one thread, until the policy is published or abandoned.
 */
@ProviderType
public interface PolicyTrial {

    /**
     * Tells whether flows that were authorised at a layer would be asked for again if existing flows were rechecked.
     *
     * @param layer a layer
     * @return false: it has the same filters and callouts as in the policy in force
     */
    boolean changes(Layer layer);

    /**
     * Judges by the prepared policy. Where it would call a registered callout that is to permit or block, it takes what was {@linkplain
     * #suppose supposed}.
     *
     * @return the same always
     */
    Classifier classifier();

    /**
     * Says what callouts would say. Whatever comes out the same either way does not depend on them.
     *
     * @param calloutsPermit false: they block; so it is at first
     */
    void suppose(boolean calloutsPermit);
}
