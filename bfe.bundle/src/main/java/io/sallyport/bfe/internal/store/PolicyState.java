package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** All objects at one moment. Immutable, so that readers need no lock and a transaction can be forgotten. */
public final class PolicyState implements PolicyView {
    final ObjectTable<Provider> providers;
    final ObjectTable<Sublayer> sublayers;
    final ObjectTable<CalloutObject> callouts;
    final ObjectTable<ProviderContext> contexts;
    final ObjectTable<PolicySet> sets;
    final ObjectTable<Filter> filters;

    /** Those of them that are boot-time filters: few, and asked for at every commit. */
    final ObjectTable<Filter> bootTimeFilters;

    /** How many objects refer to each object (LIFE-14). */
    final TreePMap<Stored.Ref, Integer> references;

    /** The providers of a callout object that more than one of them has added. */
    final TreePMap<UUID, List<UUID>> calloutOwners;

    /** The weight that a sublayer asked for, where it got another one (ARB-24). */
    final TreePMap<UUID, Integer> askedWeights;

    /** Security information of engine, containers, layers and built-in objects that somebody has set. */
    final Map<SecurityTarget, SecurityInfo> security;

    /** Options that somebody has set. */
    final Map<EngineOption, Long> options;

    /** Objects that were left out of force at the start (LIFE-9). */
    final Set<Stored.Ref> disabled;

    final long lastFilterId;
    final long lastContextId;
    final int lastCalloutId;

    private volatile @Nullable String revision;

    /** What a draft has come to, with what was set beside the objects. */
    PolicyState(DraftTables tables, DraftSettings settings) {
        this(tables, Map.copyOf(settings.security), Map.copyOf(settings.options));
    }

    /** With nothing set beside the objects. */
    PolicyState(DraftTables tables) {
        this(tables, Map.of(), Map.of());
    }

    private PolicyState(
            DraftTables tables, Map<SecurityTarget, SecurityInfo> security, Map<EngineOption, Long> options) {
        this.providers = tables.providers.share();
        this.sublayers = tables.sublayers.share();
        this.callouts = tables.callouts.share();
        this.contexts = tables.contexts.share();
        this.sets = tables.sets.share();
        this.filters = tables.filters.share();
        this.bootTimeFilters = tables.bootTimeFilters.share();
        this.references = tables.references;
        this.calloutOwners = tables.calloutOwners;
        this.askedWeights = tables.askedWeights;
        this.security = security;
        this.options = options;
        this.disabled = Set.copyOf(tables.disabled);
        this.lastFilterId = tables.lastFilterId;
        this.lastContextId = tables.lastContextId;
        this.lastCalloutId = tables.lastCalloutId;
    }

    private PolicyState() {
        this.providers = ObjectTable.empty(Revision::ofProvider);
        this.sublayers = ObjectTable.empty(Revision::ofSublayer);
        this.callouts = ObjectTable.empty(Revision::ofCallout);
        this.contexts = ObjectTable.empty(Revision::ofContext);
        this.sets = ObjectTable.empty(Revision::ofSet);
        this.filters = ObjectTable.empty(Revision::ofFilter);
        // Only ever walked: their content is named by the table of all filters.
        this.bootTimeFilters = ObjectTable.empty((stored, owners) -> Digest.ZERO);
        this.references = TreePMap.empty();
        this.calloutOwners = TreePMap.empty();
        this.askedWeights = TreePMap.empty();
        this.security = Map.of();
        this.options = Map.of();
        this.disabled = Set.of();
        this.lastFilterId = 0;
        this.lastContextId = 0;
        this.lastCalloutId = 0;
    }

    /**
     * The built-in objects and nothing else.
     *
     * @return a new state
     */
    public static PolicyState initial() {
        DraftTables tables = new DraftTables(new PolicyState());
        Builtins.addTo(tables);
        return new PolicyState(tables);
    }

    /**
     * The run-time ids that were given so far.
     *
     * @return the last ones
     */
    public IdCounters counters() {
        return new IdCounters(lastFilterId, lastContextId, lastCalloutId);
    }

    /**
     * How long an object lives.
     *
     * @param filter a filter's key
     * @return null if there is no such filter
     */
    public @Nullable Lifetime filterLifetime(UUID filter) {
        Stored<Filter> stored = filters.find(filter);
        return stored == null ? null : stored.lifetime();
    }

    /**
     * All filters with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<Filter>> storedFilters() {
        return filters.stored();
    }

    /**
     * All sublayers with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<Sublayer>> storedSublayers() {
        return sublayers.stored();
    }

    /**
     * All callout objects with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<CalloutObject>> storedCallouts() {
        return callouts.stored();
    }

    /**
     * All provider contexts with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<ProviderContext>> storedContexts() {
        return contexts.stored();
    }

    /**
     * All sets with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<PolicySet>> storedSets() {
        return sets.stored();
    }

    /**
     * All providers with their lifetimes.
     *
     * @return in order of addition
     */
    public Collection<Stored<Provider>> storedProviders() {
        return providers.stored();
    }

    /**
     * Who added a callout object.
     *
     * @param callout a callout object of this state
     * @return keys of providers; more than one if it is shared, none if it has no provider
     */
    public List<UUID> ownersOf(CalloutObject callout) {
        return CalloutShares.owners(calloutOwners, callout);
    }

    /**
     * The weight that a sublayer was added with.
     *
     * @param sublayer a sublayer of this state
     * @return the asked weight; its own one if it got that
     */
    public int askedWeightOf(Sublayer sublayer) {
        return askedWeights.getOrDefault(sublayer.key(), sublayer.weight());
    }

    /**
     * Security information of an object, a container or the engine.
     *
     * @param target of what
     * @return null if there is no such object
     */
    public @Nullable SecurityInfo securityOf(SecurityTarget target) {
        return SecurityLookup.find(target, security, this::find);
    }

    /** As above, and refuses what does not exist. */
    public SecurityInfo requiredSecurity(SecurityTarget target) throws PolicyException {
        return SecurityLookup.required(target, securityOf(target));
    }

    /**
     * What was set of engine, containers, layers and built-in objects.
     *
     * @return immutable
     */
    public Map<SecurityTarget, SecurityInfo> setSecurity() {
        return security;
    }

    /**
     * Options that were set.
     *
     * @return immutable
     */
    public Map<EngineOption, Long> setOptions() {
        return options;
    }

    /**
     * An option of the engine.
     *
     * @param option which one
     * @return its value, or the default one
     */
    public long option(EngineOption option) {
        return options.getOrDefault(option, option.defaultValue());
    }

    @Override
    public boolean isDisabled(ObjectType type, UUID key) {
        return disabled.contains(new Stored.Ref(type, key));
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

    /** The same objects under another state's name, because some are left out for a reader. */
    PolicyState named(PolicyState whole) {
        revision = whole.revision();
        return this;
    }

    /**
     * In what this state differs from another one.
     *
     * @param before a state that this one came from, else it costs as much as there are
     * @return looks at them when it is asked
     */
    public StateChanges since(PolicyState before) {
        return new StateChanges(before, this);
    }

    @Override
    public String revision() {
        String known = revision;
        if (known == null) {
            known = Revision.of(this);
            revision = known;
        }
        return known;
    }

    @Override
    public Collection<Provider> providers() {
        return providers.objects();
    }

    @Override
    public Collection<Sublayer> sublayers() {
        return sublayers.objects();
    }

    @Override
    public Collection<CalloutObject> callouts() {
        return callouts.objects();
    }

    @Override
    public Collection<ProviderContext> providerContexts() {
        return contexts.objects();
    }

    @Override
    public Collection<PolicySet> sets() {
        return sets.objects();
    }

    @Override
    public @Nullable PolicySet set(UUID key) {
        return object(sets.find(key));
    }

    @Override
    public Collection<Filter> filters() {
        return filters.objects();
    }

    @Override
    public @Nullable Provider provider(UUID key) {
        return object(providers.find(key));
    }

    @Override
    public @Nullable Sublayer sublayer(UUID key) {
        return object(sublayers.find(key));
    }

    @Override
    public @Nullable CalloutObject callout(UUID key) {
        return object(callouts.find(key));
    }

    @Override
    public @Nullable ProviderContext providerContext(UUID key) {
        return object(contexts.find(key));
    }

    @Override
    public @Nullable Filter filter(UUID key) {
        return object(filters.find(key));
    }

    private static <T> @Nullable T object(@Nullable Stored<T> stored) {
        return stored == null ? null : stored.object();
    }
}
