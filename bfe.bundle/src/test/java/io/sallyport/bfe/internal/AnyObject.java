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
 * @param inDraft adds it to a draft
 * @param inTransaction adds it to a transaction
 */
public record AnyObject(Object object, Adding<Draft> inDraft, Adding<Transaction> inTransaction) {
    private static final Layer LAYER = Layer.STREAM_V4;

    /** Adds the object, whose type is known to the compiler where it is made. */
    public interface Adding<R> {
        void to(R target) throws PolicyException;
    }

    /** One of the methods that add, which are overloaded by type. */
    private interface Add<R, T> {
        Object add(R target, T object) throws PolicyException;
    }

    private static <T> AnyObject of(T object, Add<Draft, T> toDraft, Add<Transaction, T> toTransaction) {
        return new AnyObject(object, it -> toDraft.add(it, object), it -> toTransaction.add(it, object));
    }

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
        return switch (type) {
            case PROVIDER -> of(new Provider(key, name, isPersistent, null, Map.of()), Draft::add, Transaction::add);
            case SUBLAYER -> of(new Sublayer(key, name, isPersistent, provider, 1_000), Draft::add, Transaction::add);
            case CALLOUT ->
                of(
                        new CalloutObject(
                                key, name, "x.c", LAYER, isPersistent ? CalloutFlags.PERSISTENT : 0, provider, 0),
                        Draft::add,
                        Transaction::add);
            case PROVIDER_CONTEXT ->
                of(new ProviderContext(key, name, isPersistent, provider, Map.of(), 0), Draft::add, Transaction::add);
            case SET ->
                of(
                        new PolicySet(key, name, isPersistent, provider, SetKind.PORTS, SetEntries.EMPTY),
                        Draft::add,
                        Transaction::add);
            case FILTER ->
                of(filter(key, isPersistent ? FilterFlags.PERSISTENT : 0, named), Draft::add, Transaction::add);
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        };
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
        inDraft.to(draft);
    }

    public void addTo(Transaction transaction) throws PolicyException {
        inTransaction.to(transaction);
    }
}
