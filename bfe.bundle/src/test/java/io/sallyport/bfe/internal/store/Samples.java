package io.sallyport.bfe.internal.store;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Map;
import java.util.UUID;

/** Objects and sessions for tests of the store. */
final class Samples {
    static final SessionId STATIC = new SessionId(1, "static", false);
    static final SessionId DYNAMIC = new SessionId(2, "dynamic", true);
    static final SessionId OTHER = new SessionId(3, "other", true);

    static DisplayData name(String name) {
        return DisplayData.of(name);
    }

    static Filter.Builder filter(String name) {
        return Filter.builder(name, Layer.STREAM_V4, ActionType.BLOCK);
    }

    static Provider provider(String name, boolean isPersistent) {
        return new Provider(UUID.randomUUID(), name(name), isPersistent, null, Map.of());
    }

    static Sublayer sublayer(String name, boolean isPersistent, UUID provider, int weight) {
        return new Sublayer(UUID.randomUUID(), name(name), isPersistent, provider, weight);
    }

    static CalloutObject callout(Layer layer, int flags, UUID provider) {
        return new CalloutObject(UUID.randomUUID(), name("c"), "x.c", layer, flags, provider, 0);
    }

    static ProviderContext context(boolean isPersistent, UUID provider, Map<String, Object> data) {
        return new ProviderContext(UUID.randomUUID(), name("ctx"), isPersistent, provider, data, 0);
    }

    /** The same objects in another session, as after a commit. */
    static Draft next(Draft before, SessionId session) {
        return new Draft(before.freeze(), session);
    }

    private Samples() {}
}
