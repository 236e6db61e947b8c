package io.sallyport.bfe.api;

import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which objects an enumeration returns (ENUM-5, ENUM-9), or which a subscription is about (NOTE-4). A component that is null
 * selects nothing: all objects of the type are meant. Provider contexts have no types here, so there is no selection by them.
 *
 * @param <T> the objects
 */
public sealed interface EnumTemplate<T> {

    /** All providers. */
    record Providers() implements EnumTemplate<Provider> {}

    /**
     * Sublayers.
     *
     * @param provider key of their provider, or null
     */
    record Sublayers(@Nullable UUID provider) implements EnumTemplate<Sublayer> {}

    /**
     * Callout objects.
     *
     * @param provider key of their provider, or null
     * @param layer their layer, or null
     */
    record Callouts(@Nullable UUID provider, @Nullable Layer layer) implements EnumTemplate<CalloutObject> {}

    /**
     * Provider contexts.
     *
     * @param provider key of their provider, or null
     */
    record ProviderContexts(@Nullable UUID provider) implements EnumTemplate<ProviderContext> {}

    /**
     * Sets of addresses and ports.
     *
     * @param provider key of their provider, or null
     */
    record Sets(@Nullable UUID provider) implements EnumTemplate<PolicySet> {}

    /**
     * Filters.
     *
     * @param template which
     */
    record Filters(FilterTemplate template) implements EnumTemplate<Filter> {}

    /** All layers. */
    record Layers() implements EnumTemplate<Layer> {}

    /** All open sessions. */
    record Sessions() implements EnumTemplate<SessionInfo> {}
}
