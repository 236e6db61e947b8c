package io.sallyport.bfe.api;

import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** All objects at one moment. Immutable; collections are in order of addition and include built-in objects. */
@ProviderType
public interface PolicyView {

    /**
     * The revision.
     *
     * @return a name for exactly this content
     */
    String revision();

    /**
     * Providers.
     *
     * @return all of them
     */
    Collection<Provider> providers();

    /**
     * Sublayers.
     *
     * @return all of them
     */
    Collection<Sublayer> sublayers();

    /**
     * Callout objects.
     *
     * @return all of them
     */
    Collection<CalloutObject> callouts();

    /**
     * Provider contexts.
     *
     * @return all of them
     */
    Collection<ProviderContext> providerContexts();

    /**
     * Sets of addresses and ports.
     *
     * @return all of them
     */
    Collection<PolicySet> sets();

    /**
     * Finds a set.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable PolicySet set(UUID key);

    /**
     * Filters, boot-time ones included.
     *
     * @return all of them
     */
    Collection<Filter> filters();

    /**
     * Finds a provider.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable Provider provider(UUID key);

    /**
     * Finds a sublayer.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable Sublayer sublayer(UUID key);

    /**
     * Finds a callout object.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable CalloutObject callout(UUID key);

    /**
     * Finds a provider context.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable ProviderContext providerContext(UUID key);

    /**
     * Finds a filter.
     *
     * @param key its key
     * @return null if there is none
     */
    @Nullable Filter filter(UUID key);

    /**
     * Tells whether an object was left out of force at the start of the BFE, because the service of its provider is not set to
     * start by itself (LIFE-9).
     *
     * @param type what kind
     * @param key its key
     * @return false for everything that was added since
     */
    boolean isDisabled(ObjectType type, UUID key);
}
