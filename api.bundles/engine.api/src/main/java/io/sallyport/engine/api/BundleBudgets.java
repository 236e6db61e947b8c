package io.sallyport.engine.api;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * OSGi service of whoever lets plug-ins in, if anybody does: what the callouts of a bundle may use. The engine asks before it
 * registers one, and again for all of them when the service comes back. Management plane; any thread, must not block.
 */
@ConsumerType
@FunctionalInterface
public interface BundleBudgets {

    /**
     * What was approved for a bundle.
     *
     * @param bundleId of an installed bundle
     * @return for each of its callouts; null: nothing, and the default counts
     */
    @Nullable CalloutBudget budgetOf(long bundleId);
}
