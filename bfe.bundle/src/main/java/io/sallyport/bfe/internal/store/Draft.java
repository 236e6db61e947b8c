package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * One transaction's working copy of a policy. Every call either changes it or throws and leaves it as it was (TXN-8). For
 * one thread at a time.
 */
public final class Draft {
    private static final UUID ZERO = new UUID(0, 0);
    private static final int MAX_CALLOUTS = 100_000;

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
    final Set<Ref> disabled;
    long lastFilterId;
    long lastContextId;
    int lastCalloutId;

    private final PolicyState base;
    private final SessionId session;
    private final ChangeLog changes = new ChangeLog();
    final SublayerWeights sublayerWeights;
    private final DraftSettings settings;
    private final DraftAccess access;
    final ReferenceRules referenceRules;
    private final CalloutShares shares;
    private final DraftSets setRules;
    private @Nullable PolicyState frozen;
    private boolean isPolicyChanged;

    /**
     * Starts a working copy.
     *
     * @param base what it starts from
     * @param session on whose behalf objects are added and deleted
     */
    public Draft(PolicyState base, SessionId session) {
        this.base = base;
        this.session = session;
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
        this.settings = new DraftSettings(this, base);
        this.disabled = new HashSet<>(base.disabled);
        this.lastFilterId = base.lastFilterId;
        this.lastContextId = base.lastContextId;
        this.lastCalloutId = base.lastCalloutId;
        this.sublayerWeights = new SublayerWeights(sublayers.stored());
        this.access = new DraftAccess(this, session);
        this.referenceRules = new ReferenceRules(this, session, access);
        this.setRules = new DraftSets(this, session);
        this.shares = new CalloutShares(this, session, referenceRules, access);
        this.frozen = base;
    }

    /**
     * The contents now.
     *
     * @return immutable; the state that this copy started from, as long as nothing was changed
     */
    public PolicyState freeze() {
        PolicyState known = frozen;
        if (known == null) {
            known = new PolicyState(this);
            frozen = known;
        }
        return known;
    }

    /**
     * Tells whether any call changed something, even if another one changed it back.
     *
     * @return false if there is nothing to publish
     */
    public boolean isChanged() {
        return frozen != base;
    }

    /**
     * Tells whether what is enforced may have changed, and not only who may change it, or an option.
     *
     * @return false if the filter engine need not know
     */
    public boolean isPolicyChanged() {
        return isPolicyChanged;
    }

    /**
     * What was changed so far.
     *
     * @return the log itself, not a copy
     */
    public ChangeLog changes() {
        return changes;
    }

    /**
     * On whose behalf.
     *
     * @return never null
     */
    public SessionId session() {
        return session;
    }

    /**
     * Adds a provider.
     *
     * @param it what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    public Provider add(Provider it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.PROVIDER, it.display());
        UUID key = newKey(ObjectType.PROVIDER, it.key(), it.display());
        Lifetime lifetime = ObjectRules.lifetime(session, it.isPersistent(), false, what);
        access.checkAdd(ObjectType.PROVIDER, null, what);
        Provider stored = new Provider(
                key, it.display(), it.isPersistent(), it.serviceName(), ContextData.checked(it.data(), what));
        providers.put(key, stored(stored, lifetime, access.ofNew(stored)));
        changes.add(ObjectType.PROVIDER, key, stored);
        return changed(stored);
    }

    /**
     * Adds a sublayer; if its weight is taken, it gets the next free lower one, else the next higher one (ARB-24).
     *
     * @param it what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    public Sublayer add(Sublayer it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.SUBLAYER, it.display());
        UUID key = newKey(ObjectType.SUBLAYER, it.key(), it.display());
        Lifetime lifetime = ObjectRules.lifetime(session, it.isPersistent(), false, what);
        access.checkAdd(ObjectType.SUBLAYER, it.provider(), what);
        referenceRules.checkProvider(it.provider(), lifetime, what);
        int weight = sublayerWeights.freeNear(it.weight(), what);

        Sublayer stored = new Sublayer(key, it.display(), it.isPersistent(), it.provider(), weight);
        sublayers.put(key, stored(stored, lifetime, access.ofNew(stored.provider())));
        changes.add(ObjectType.SUBLAYER, key, stored);
        sublayerWeights.take(weight);
        if (weight != it.weight()) {
            askedWeights = askedWeights.plus(key, it.weight());
        }
        referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
        return changed(stored);
    }

    /**
     * Adds a callout object.
     *
     * @param it what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    public CalloutObject add(CalloutObject it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.CALLOUT, it.display());
        UUID key = newKey(ObjectType.CALLOUT, it.key(), it.display());
        int flags = ObjectRules.calloutFlags(it, what);
        Lifetime lifetime = ObjectRules.lifetime(session, (flags & CalloutFlags.PERSISTENT) != 0, false, what);
        access.checkAdd(ObjectType.CALLOUT, it.provider(), what);
        referenceRules.checkProvider(it.provider(), lifetime, what);
        referenceRules.checkLayer(it.layer(), what);
        if (callouts.size() >= MAX_CALLOUTS) {
            throw new PolicyException(WfpError.TOO_MANY_CALLOUTS, what + ": there are " + MAX_CALLOUTS + " already");
        }
        CalloutObject stored = new CalloutObject(
                key, it.display(), it.calloutName(), it.layer(), flags, it.provider(), lastCalloutId + 1);
        List<UUID> owners = it.provider() == null ? List.of() : List.of(it.provider());
        callouts.put(key, stored(stored, lifetime, access.ofNew(stored.provider())), owners);
        changes.add(ObjectType.CALLOUT, key, stored);
        lastCalloutId++;
        referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
        return changed(stored);
    }

    /**
     * Adds a callout object, or shares the one that another provider has added with equal content.
     *
     * @param it what to add; has a provider
     * @return as stored
     * @throws PolicyException with the reason; ALREADY_EXISTS if the content is not equal
     */
    public CalloutObject addOrShare(CalloutObject it) throws PolicyException {
        Stored<CalloutObject> there = callouts.find(it.key());
        return there == null ? add(it) : changed(shares.share(there, it));
    }

    /**
     * Adds a provider context.
     *
     * @param it what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    public ProviderContext add(ProviderContext it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.PROVIDER_CONTEXT, it.display());
        UUID key = newKey(ObjectType.PROVIDER_CONTEXT, it.key(), it.display());
        Lifetime lifetime = ObjectRules.lifetime(session, it.isPersistent(), false, what);
        access.checkAdd(ObjectType.PROVIDER_CONTEXT, it.provider(), what);
        referenceRules.checkProvider(it.provider(), lifetime, what);
        Map<String, Object> data = ContextData.checked(it.data(), what);
        ProviderContext stored =
                new ProviderContext(key, it.display(), it.isPersistent(), it.provider(), data, lastContextId + 1);
        contexts.put(key, stored(stored, lifetime, access.ofNew(stored.provider())));
        changes.add(ObjectType.PROVIDER_CONTEXT, key, stored);
        lastContextId++;
        referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
        return changed(stored);
    }

    /**
     * Adds a set.
     *
     * @param it what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    public PolicySet add(PolicySet it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.SET, it.display());
        UUID key = newKey(ObjectType.SET, it.key(), it.display());
        Lifetime lifetime = ObjectRules.lifetime(session, it.isPersistent(), false, what);
        access.checkAdd(ObjectType.SET, it.provider(), what);
        referenceRules.checkProvider(it.provider(), lifetime, what);
        DraftSets.checkSize(it.entries(), what);
        DraftSets.checkEntries(it, it.entries().list(), what);
        PolicySet stored = new PolicySet(key, it.display(), it.isPersistent(), it.provider(), it.kind(), it.entries());
        sets.put(key, stored(stored, lifetime, access.ofNew(stored.provider())));
        changes.add(ObjectType.SET, key, stored);
        referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
        return changed(stored);
    }

    /**
     * Takes entries out of a set and puts others in, all or none. It keeps its key and its users.
     *
     * @param key of the set
     * @param removed what goes
     * @param added what comes
     * @return as stored
     * @throws PolicyException with the reason: NOT_FOUND, ALREADY_EXISTS, TYPE_MISMATCH, ERROR_ACCESS_DENIED without WRITE
     */
    public PolicySet editSet(UUID key, Collection<SetEntry> removed, Collection<SetEntry> added)
            throws PolicyException {
        return setRules.edit(key, removed, added);
    }

    /** A set in the place of what it was: who names it is not asked. */
    void replaced(PolicySet old, Stored<PolicySet> now) {
        sets.put(old.key(), now);
        changes.delete(ObjectType.SET, old.key(), old);
        changes.add(ObjectType.SET, old.key(), now.object());
        touch();
    }

    /**
     * Adds a filter.
     *
     * @param it what to add
     * @return as stored, with its id and effective weight
     * @throws PolicyException with the reason
     */
    public Filter add(Filter it) throws PolicyException {
        String what = ObjectRules.name(ObjectType.FILTER, it.display());
        UUID key = newKey(ObjectType.FILTER, it.key(), it.display());
        Filter filter = FilterRules.normalized(it, key, what);
        Lifetime lifetime = ObjectRules.lifetime(
                session,
                (filter.flags() & FilterFlags.PERSISTENT) != 0,
                (filter.flags() & FilterFlags.BOOTTIME) != 0,
                what);
        access.checkAdd(ObjectType.FILTER, filter.provider(), what);
        referenceRules.checkProvider(filter.provider(), lifetime, what);
        referenceRules.checkLayer(filter.layer(), what);
        referenceRules.checkSublayer(filter, lifetime, what);
        referenceRules.checkCallout(filter, lifetime, what);
        referenceRules.checkContext(filter, lifetime, what);
        setRules.checkFilter(filter, lifetime, what);

        Filter stored = FilterRules.assigned(filter, lastFilterId + 1);
        Stored<Filter> kept = stored(stored, lifetime, access.ofNew(stored.provider()));
        filters.put(key, kept);
        if (lifetime == Lifetime.BOOT_TIME) {
            bootTimeFilters.put(key, kept);
        }
        changes.add(ObjectType.FILTER, key, stored);
        lastFilterId++;
        referenceRules.referAll(stored, 1);
        return changed(stored);
    }

    /**
     * Deletes an object.
     *
     * @param type what kind
     * @param key its key
     * @throws PolicyException with the reason
     */
    public void delete(ObjectType type, UUID key) throws PolicyException {
        if (type == ObjectType.LAYER) {
            throw new PolicyException(WfpError.BUILTIN_OBJECT, "layers are fixed and cannot be deleted");
        }
        Stored<?> stored = find(type, key);
        if (stored == null) {
            throw new PolicyException(ObjectRules.notFound(type), "there is no " + type.word() + " " + key);
        }
        String what = type.word() + " " + key;
        access.checkDelete(type, key, stored, what);
        ObjectRules.checkMayDelete(session, stored, what);
        int users = references.getOrDefault(new Ref(type, key), 0);
        if (users > 0) {
            throw new PolicyException(
                    WfpError.IN_USE,
                    type == ObjectType.SET ? setRules.inUse(key) : what + ": " + users + " objects refer to it");
        }
        remove(type, key, stored.object());
        touch();
    }

    /**
     * Gives back one provider's share of a callout object; the last one deletes it.
     *
     * @param key the callout object
     * @param provider who does not need it any more
     * @throws PolicyException with the reason
     */
    public void release(UUID key, UUID provider) throws PolicyException {
        List<UUID> owners = calloutOwners.get(key);
        Stored<CalloutObject> stored = callouts.find(key);
        if (owners == null || stored == null) {
            delete(ObjectType.CALLOUT, key);
            return;
        }
        shares.giveBack(stored, owners, provider);
        touch();
    }

    /**
     * What can be changed beside objects.
     *
     * @return of this working copy
     */
    public DraftSettings settings() {
        return settings;
    }

    DraftAccess access() {
        return access;
    }

    /** Makes all of this copy what another state is. It is only good for {@link #freeze} afterwards. */
    void become(PolicyState other) {
        changes.addDifferences(base, other);
        frozen = other;
        isPolicyChanged = true;
    }

    /** New objects get run-time ids above these. */
    void given(IdCounters counters) {
        lastFilterId = Math.max(lastFilterId, counters.filter());
        lastContextId = Math.max(lastContextId, counters.context());
        lastCalloutId = Math.max(lastCalloutId, counters.callout());
        thaw();
    }

    /** Replaces the security information of an object that is there. */
    void secure(ObjectType type, UUID key, SecurityInfo info) {
        switch (type) {
            case PROVIDER -> providers.secure(key, info);
            case SUBLAYER -> sublayers.secure(key, info);
            case CALLOUT -> shares.secure(key, info);
            case PROVIDER_CONTEXT -> contexts.secure(key, info);
            case SET -> sets.secure(key, info);
            case FILTER -> {
                filters.secure(key, info);
                bootTimeFilters.secure(key, info);
            }
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        }
    }

    /** Deletes all objects of the session: nothing but its own objects can refer to them (LIFE-12). */
    public void deleteDynamicObjects() {
        deleteOwn(ObjectType.FILTER, filters);
        deleteOwn(ObjectType.SET, sets);
        deleteOwn(ObjectType.PROVIDER_CONTEXT, contexts);
        deleteOwn(ObjectType.CALLOUT, callouts);
        deleteOwn(ObjectType.SUBLAYER, sublayers);
        deleteOwn(ObjectType.PROVIDER, providers);
    }

    private <T> void deleteOwn(ObjectType type, ObjectTable.Editor<T> table) {
        Map<UUID, T> own = new HashMap<>();
        for (Stored<T> stored : table.stored()) {
            if (session.equals(stored.session())) {
                own.put(ObjectRules.keyOf(stored.object()), stored.object());
            }
        }
        own.forEach((key, object) -> remove(type, key, object));
        if (!own.isEmpty()) {
            touch();
        }
    }

    /** Removes without asking whose the object is and who refers to it. */
    void discard(ObjectType type, UUID key, Object object) {
        remove(type, key, object);
        touch();
    }

    private void remove(ObjectType type, UUID key, Object object) {
        disabled.remove(new Ref(type, key));
        changes.delete(type, key, object);
        switch (type) {
            case PROVIDER -> providers.remove(key);
            case SUBLAYER -> {
                Sublayer it = (Sublayer) object;
                sublayers.remove(key);
                sublayerWeights.release(it.weight());
                askedWeights = askedWeights.minus(key);
                referenceRules.refer(ObjectType.PROVIDER, it.provider(), -1);
            }
            case CALLOUT -> {
                CalloutObject it = (CalloutObject) object;
                List<UUID> owners = calloutOwners.get(key);
                calloutOwners = calloutOwners.minus(key);
                if (owners == null) {
                    referenceRules.refer(ObjectType.PROVIDER, it.provider(), -1);
                } else {
                    owners.forEach(owner -> referenceRules.refer(ObjectType.PROVIDER, owner, -1));
                }
                callouts.remove(key);
            }
            case PROVIDER_CONTEXT -> {
                contexts.remove(key);
                referenceRules.refer(ObjectType.PROVIDER, ((ProviderContext) object).provider(), -1);
            }
            case SET -> {
                sets.remove(key);
                referenceRules.refer(ObjectType.PROVIDER, ((PolicySet) object).provider(), -1);
            }
            case FILTER -> {
                filters.remove(key);
                bootTimeFilters.remove(key);
                referenceRules.referAll((Filter) object, -1);
            }
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        }
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

    private UUID newKey(ObjectType type, UUID asked, DisplayData display) throws PolicyException {
        String what = ObjectRules.name(type, display);
        ObjectRules.checkName(display, type);
        UUID key = asked.equals(ZERO) ? UUID.randomUUID() : asked;
        if (find(type, key) != null) {
            throw new PolicyException(WfpError.ALREADY_EXISTS, what + ": its key is taken: " + key);
        }
        return key;
    }

    private <T> Stored<T> stored(T object, Lifetime lifetime, SecurityInfo info) {
        return new Stored<>(object, lifetime, lifetime == Lifetime.DYNAMIC ? session : null, info);
    }

    private <T> T changed(T object) {
        touch();
        return object;
    }

    /** What is in it is not what it was. */
    void thaw() {
        frozen = null;
    }

    private void touch() {
        thaw();
        isPolicyChanged = true;
    }
}
