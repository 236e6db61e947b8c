package io.sallyport.bfe.internal;

import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.MatchType;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetKind;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.Map;
import java.util.UUID;

/**
 * An object of a type that a test chooses, for rules that hold for all types.
 *
 * @param object what to add
 */
public record AnyObject(Object object) {
    private static final Layer LAYER = Layer.STREAM_V4;

    /**
     * Makes an object.
     *
     * @param type any but LAYER
     * @param key its key
     * @param isPersistent else static or dynamic
     * @param named what it refers to: keys by type; types that it cannot refer to are ignored
     */
    public static AnyObject of(ObjectType type, UUID key, boolean isPersistent, Map<ObjectType, UUID> named) {
        DisplayData name = DisplayData.of("some " + type.word());
        UUID provider = named.get(ObjectType.PROVIDER);
        return new AnyObject(
                switch (type) {
                    case PROVIDER -> new Provider(key, name, isPersistent, null, Map.of());
                    case SUBLAYER -> new Sublayer(key, name, isPersistent, provider, 1_000);
                    case CALLOUT ->
                        new CalloutObject(
                                key, name, "x.c", LAYER, isPersistent ? CalloutFlags.PERSISTENT : 0, provider, 0);
                    case PROVIDER_CONTEXT -> new ProviderContext(key, name, isPersistent, provider, Map.of(), 0);
                    case SET -> new PolicySet(key, name, isPersistent, provider, SetKind.PORTS, SetEntries.EMPTY);
                    case FILTER -> filter(key, isPersistent ? FilterFlags.PERSISTENT : 0, named);
                    case LAYER -> throw new IllegalArgumentException("layers are fixed");
                });
    }

    /** A filter that refers to all of these. */
    public static Filter filter(UUID key, int flags, Map<ObjectType, UUID> named) {
        UUID callout = named.get(ObjectType.CALLOUT);
        UUID set = named.get(ObjectType.SET);
        Filter.Builder filter = Filter.builder(
                        "some filter", LAYER, callout == null ? ActionType.BLOCK : ActionType.CALLOUT_UNKNOWN)
                .key(key)
                .flags(flags)
                .provider(named.get(ObjectType.PROVIDER))
                .sublayer(named.get(ObjectType.SUBLAYER))
                .callout(callout)
                .providerContext(named.get(ObjectType.PROVIDER_CONTEXT));
        if (set != null) {
            filter.when(new Condition(Field.IP_REMOTE_PORT, MatchType.EQUAL, new Value.InSet(set, SetKind.PORTS)));
        }
        return filter.build();
    }

    public void addTo(Draft draft) throws PolicyException {
        if (object instanceof Provider it) {
            draft.add(it);
        } else if (object instanceof Sublayer it) {
            draft.add(it);
        } else if (object instanceof CalloutObject it) {
            draft.add(it);
        } else if (object instanceof ProviderContext it) {
            draft.add(it);
        } else if (object instanceof PolicySet it) {
            draft.add(it);
        } else {
            draft.add((Filter) object);
        }
    }

    public void addTo(Transaction transaction) throws PolicyException {
        if (object instanceof Provider it) {
            transaction.add(it);
        } else if (object instanceof Sublayer it) {
            transaction.add(it);
        } else if (object instanceof CalloutObject it) {
            transaction.add(it);
        } else if (object instanceof ProviderContext it) {
            transaction.add(it);
        } else if (object instanceof PolicySet it) {
            transaction.add(it);
        } else {
            transaction.add((Filter) object);
        }
    }
}
