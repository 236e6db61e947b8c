package io.sallyport.bfe.internal.disk;

import io.sallyport.bfe.internal.disk.ObjectCodec.Kind;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Stored;
import io.sallyport.policy.Filter;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes records of the objects that outlive the BFE: persistent ones and boot-time filters. Remembers what it made of each
 * filter, since most of them stay from commit to commit, and in which order providers and sublayers came.
 */
final class ObjectRecords {

    private IdentityHashMap<Stored<Filter>, byte[]> filters = new IdentityHashMap<>();
    private final Map<String, Long> orders = new HashMap<>();
    private long lastOrder;

    /** Learns the orders of what is in the store. */
    void loaded(Map<String, byte[]> records, int format) throws StoreDamagedException {
        for (Map.Entry<String, byte[]> entry : records.entrySet()) {
            ObjectCodec.Opened it = ObjectCodec.open(entry.getValue(), format);
            if (it.kind() == Kind.PROVIDER || it.kind() == Kind.SUBLAYER) {
                orders.put(entry.getKey(), it.order());
                lastOrder = Math.max(lastOrder, it.order());
            }
        }
    }

    SortedMap<String, byte[]> encode(PolicyState state) {
        SortedMap<String, byte[]> records = new TreeMap<>();
        forKept(state.storedProviders(), it -> {
            String key = Kind.PROVIDER.keyOf(it.object().key());
            records.put(key, ObjectCodec.encode(it, orderOf(key)));
        });
        forKept(state.storedSublayers(), it -> {
            String key = Kind.SUBLAYER.keyOf(it.object().key());
            records.put(key, ObjectCodec.encode(it, state.askedWeightOf(it.object()), orderOf(key)));
        });
        forKept(
                state.storedCallouts(),
                it -> records.put(
                        Kind.CALLOUT.keyOf(it.object().key()), ObjectCodec.encode(it, state.ownersOf(it.object()))));
        forKept(
                state.storedContexts(),
                it -> records.put(Kind.CONTEXT.keyOf(it.object().key()), ObjectCodec.encodeContext(it)));
        encodeFilters(state, records);
        if (SecurityCodec.isNeeded(state)) {
            records.put(Kind.SETTINGS.keyOf(ObjectCodec.SETTINGS_KEY), ObjectCodec.encodeSettings(state));
        }
        orders.keySet().retainAll(records.keySet());
        return records;
    }

    private void encodeFilters(PolicyState state, Map<String, byte[]> records) {
        IdentityHashMap<Stored<Filter>, byte[]> now = new IdentityHashMap<>();
        for (Stored<Filter> stored : state.storedFilters()) {
            if (isKept(stored)) {
                byte[] known = filters.get(stored);
                byte[] record = known == null ? ObjectCodec.encodeFilter(stored) : known;
                now.put(stored, record);
                records.put(Kind.FILTER.keyOf(stored.object().key()), record);
            }
        }
        filters = now;
    }

    private long orderOf(String key) {
        return orders.computeIfAbsent(key, it -> ++lastOrder);
    }

    private static <T> void forKept(Iterable<Stored<T>> all, Consumer<Stored<T>> action) {
        for (Stored<T> stored : all) {
            if (isKept(stored)) {
                action.accept(stored);
            }
        }
    }

    private static boolean isKept(Stored<?> stored) {
        return stored.lifetime() == Lifetime.PERSISTENT || stored.lifetime() == Lifetime.BOOT_TIME;
    }
}
