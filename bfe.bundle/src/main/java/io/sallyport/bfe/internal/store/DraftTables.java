package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The tables of a policy that is being changed. An object comes and goes with all that it takes: the references that it makes
 * (LIFE-14), its weight (ARB-24), its run-time id, its place among the boot-time filters. Nothing is checked here: who changes
 * them has asked the rules. They share with the state that they came from what is not changed. For one thread at a time.
 */
final class DraftTables {
    final ObjectTable.Editor<Provider> providers;
    final ObjectTable.Editor<Sublayer> sublayers;
    final ObjectTable.Editor<CalloutObject> callouts;
    final ObjectTable.Editor<ProviderContext> contexts;
    final ObjectTable.Editor<PolicySet> sets;
    final ObjectTable.Editor<Filter> filters;
    final ObjectTable.Editor<Filter> bootTimeFilters;
    TreePMap<Ref, Integer> references;
    TreePMap<UUID, List<UUID>> calloutOwners;
    TreePMap<UUID, Integer> askedWeights;
    final SublayerWeights sublayerWeights;
    final Set<Ref> disabled;
    long lastFilterId;
    long lastContextId;
    int lastCalloutId;

    DraftTables(PolicyState base) {
        this.providers = new ObjectTable.Editor<>(base.providers);
        this.sublayers = new ObjectTable.Editor<>(base.sublayers);
        this.callouts = new ObjectTable.Editor<>(base.callouts);
        this.contexts = new ObjectTable.Editor<>(base.contexts);
        this.sets = new ObjectTable.Editor<>(base.sets);
        this.filters = new ObjectTable.Editor<>(base.filters);
        this.bootTimeFilters = new ObjectTable.Editor<>(base.bootTimeFilters);
        this.references = base.references;
        this.calloutOwners = base.calloutOwners;
        this.askedWeights = base.askedWeights;
        this.sublayerWeights = new SublayerWeights(sublayers.stored());
        this.disabled = new HashSet<>(base.disabled);
        this.lastFilterId = base.lastFilterId;
        this.lastContextId = base.lastContextId;
        this.lastCalloutId = base.lastCalloutId;
    }

    @Nullable Stored<?> find(ObjectType type, UUID key) {
        return switch (type) {
            case PROVIDER -> providers.find(key);
            case SUBLAYER -> sublayers.find(key);
            case CALLOUT -> callouts.find(key);
            case PROVIDER_CONTEXT -> contexts.find(key);
            case SET -> sets.find(key);
            case FILTER -> filters.find(key);
            case LAYER -> null;
        };
    }

    void addProvider(Stored<Provider> stored) {
        providers.put(stored.object().key(), stored);
    }

    void addSublayer(Stored<Sublayer> stored) {
        Sublayer it = stored.object();
        sublayers.put(it.key(), stored);
        sublayerWeights.take(it.weight());
        refer(ObjectType.PROVIDER, it.provider(), 1);
    }

    /** Its owners are the providers that share it, its own one first; empty if it has none. */
    void addCallout(Stored<CalloutObject> stored, List<UUID> owners) {
        CalloutObject it = stored.object();
        callouts.put(it.key(), stored, owners);
        if (owners.size() > 1) {
            calloutOwners = calloutOwners.plus(it.key(), List.copyOf(owners));
        }
        lastCalloutId = Math.max(lastCalloutId, it.id());
        owners.forEach(owner -> refer(ObjectType.PROVIDER, owner, 1));
    }

    void addContext(Stored<ProviderContext> stored) {
        ProviderContext it = stored.object();
        contexts.put(it.key(), stored);
        lastContextId = Math.max(lastContextId, it.id());
        refer(ObjectType.PROVIDER, it.provider(), 1);
    }

    void addSet(Stored<PolicySet> stored) {
        PolicySet it = stored.object();
        sets.put(it.key(), stored);
        refer(ObjectType.PROVIDER, it.provider(), 1);
    }

    void addFilter(Stored<Filter> stored) {
        Filter it = stored.object();
        filters.put(it.key(), stored);
        if (stored.lifetime() == Lifetime.BOOT_TIME) {
            bootTimeFilters.put(it.key(), stored);
        }
        lastFilterId = Math.max(lastFilterId, it.id());
        referAll(it, 1);
    }

    void remove(ObjectType type, UUID key, Object object) {
        disabled.remove(new Ref(type, key));
        switch (type) {
            case PROVIDER -> providers.remove(key);
            case SUBLAYER -> {
                Sublayer it = (Sublayer) object;
                sublayers.remove(key);
                sublayerWeights.release(it.weight());
                askedWeights = askedWeights.minus(key);
                refer(ObjectType.PROVIDER, it.provider(), -1);
            }
            case CALLOUT -> {
                ownersOf((CalloutObject) object).forEach(owner -> refer(ObjectType.PROVIDER, owner, -1));
                calloutOwners = calloutOwners.minus(key);
                callouts.remove(key);
            }
            case PROVIDER_CONTEXT -> {
                contexts.remove(key);
                refer(ObjectType.PROVIDER, ((ProviderContext) object).provider(), -1);
            }
            case SET -> {
                sets.remove(key);
                refer(ObjectType.PROVIDER, ((PolicySet) object).provider(), -1);
            }
            case FILTER -> {
                filters.remove(key);
                bootTimeFilters.remove(key);
                referAll((Filter) object, -1);
            }
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        }
    }

    /** Replaces the security information of an object that is there. */
    void secure(ObjectType type, UUID key, SecurityInfo info) {
        switch (type) {
            case PROVIDER -> providers.secure(key, info);
            case SUBLAYER -> sublayers.secure(key, info);
            case CALLOUT -> {
                Stored<CalloutObject> stored = callouts.find(key);
                if (stored != null) {
                    callouts.put(key, stored.secured(info), ownersOf(stored.object()));
                }
            }
            case PROVIDER_CONTEXT -> contexts.secure(key, info);
            case SET -> sets.secure(key, info);
            case FILTER -> {
                filters.secure(key, info);
                bootTimeFilters.secure(key, info);
            }
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        }
    }

    /** The providers that have a share in a callout object; empty if it has none. */
    List<UUID> ownersOf(CalloutObject callout) {
        return CalloutShares.owners(calloutOwners, callout);
    }

    /** New objects get run-time ids above these. */
    void given(IdCounters counters) {
        lastFilterId = Math.max(lastFilterId, counters.filter());
        lastContextId = Math.max(lastContextId, counters.context());
        lastCalloutId = Math.max(lastCalloutId, counters.callout());
    }

    /** How many objects refer to one. */
    int usersOf(ObjectType type, UUID key) {
        return references.getOrDefault(new Ref(type, key), 0);
    }

    void refer(ObjectType type, @Nullable UUID key, int by) {
        if (key != null) {
            Ref ref = new Ref(type, key);
            int users = references.getOrDefault(ref, 0) + by;
            references = users == 0 ? references.minus(ref) : references.plus(ref, users);
        }
    }

    private void referAll(Filter filter, int by) {
        refer(ObjectType.PROVIDER, filter.provider(), by);
        refer(ObjectType.SUBLAYER, filter.sublayer(), by);
        refer(ObjectType.CALLOUT, filter.callout(), by);
        refer(ObjectType.PROVIDER_CONTEXT, filter.providerContext(), by);
        DraftSets.named(filter).forEach(key -> refer(ObjectType.SET, key, by));
    }
}
