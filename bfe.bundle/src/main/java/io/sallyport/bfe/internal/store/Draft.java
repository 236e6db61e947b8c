package io.sallyport.bfe.internal.store;

import io.sallyport.callout.CalloutFlags;
import io.sallyport.policy.CalloutObject;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One transaction's working copy of a policy. Every call either changes it or throws and leaves it as it was (TXN-8): it asks
 * all rules before it touches the {@link DraftTables}. For one thread at a time.
 */
public final class Draft {
    private static final int MAX_CALLOUTS = 100_000;

    final DraftTables tables;

    private final PolicyState base;
    private final SessionId session;
    private final ChangeLog changes = new ChangeLog();
    private final DraftSettings settings;
    private final DraftAccess access;
    private final ReferenceRules referenceRules;
    private final Admission admission;
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
        this.tables = new DraftTables(base);
        this.settings = new DraftSettings(this, base);
        this.access = new DraftAccess(tables, settings, session);
        this.referenceRules = new ReferenceRules(tables, session, access);
        this.admission = new Admission(tables, session, access, referenceRules);
        this.setRules = new DraftSets(this, session);
        this.shares = new CalloutShares(tables, session, referenceRules, access);
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
            known = new PolicyState(tables, settings);
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
        UUID key = admission.key(ObjectType.PROVIDER, it.key(), it.display());
        Lifetime lifetime = admission.lifetime(ObjectType.PROVIDER, it.isPersistent(), null, what);
        Provider stored = new Provider(
                key, it.display(), it.isPersistent(), it.serviceName(), ContextData.checked(it.data(), what));
        tables.addProvider(admission.stored(stored, lifetime));
        return added(ObjectType.PROVIDER, key, stored);
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
        UUID key = admission.key(ObjectType.SUBLAYER, it.key(), it.display());
        Lifetime lifetime = admission.lifetime(ObjectType.SUBLAYER, it.isPersistent(), it.provider(), what);
        int weight = tables.sublayerWeights.freeNear(it.weight(), what);

        Sublayer stored = new Sublayer(key, it.display(), it.isPersistent(), it.provider(), weight);
        tables.addSublayer(admission.stored(stored, lifetime, it.provider()));
        if (weight != it.weight()) {
            tables.askedWeights = tables.askedWeights.plus(key, it.weight());
        }
        return added(ObjectType.SUBLAYER, key, stored);
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
        UUID key = admission.key(ObjectType.CALLOUT, it.key(), it.display());
        int flags = ObjectRules.calloutFlags(it, what);
        boolean isPersistent = (flags & CalloutFlags.PERSISTENT) != 0;
        Lifetime lifetime = admission.lifetime(ObjectType.CALLOUT, isPersistent, it.provider(), what);
        referenceRules.checkLayer(it.layer(), what);
        if (tables.callouts.size() >= MAX_CALLOUTS) {
            throw new PolicyException(WfpError.TOO_MANY_CALLOUTS, what + ": there are " + MAX_CALLOUTS + " already");
        }
        CalloutObject stored = new CalloutObject(
                key, it.display(), it.calloutName(), it.layer(), flags, it.provider(), tables.lastCalloutId + 1);
        List<UUID> owners = it.provider() == null ? List.of() : List.of(it.provider());
        tables.addCallout(admission.stored(stored, lifetime, it.provider()), owners);
        return added(ObjectType.CALLOUT, key, stored);
    }

    /**
     * Adds a callout object, or shares the one that another provider has added with equal content.
     *
     * @param it what to add; has a provider
     * @return as stored
     * @throws PolicyException with the reason; ALREADY_EXISTS if the content is not equal
     */
    public CalloutObject addOrShare(CalloutObject it) throws PolicyException {
        Stored<CalloutObject> there = tables.callouts.find(it.key());
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
        UUID key = admission.key(ObjectType.PROVIDER_CONTEXT, it.key(), it.display());
        Lifetime lifetime = admission.lifetime(ObjectType.PROVIDER_CONTEXT, it.isPersistent(), it.provider(), what);
        Map<String, Object> data = ContextData.checked(it.data(), what);
        ProviderContext stored = new ProviderContext(
                key, it.display(), it.isPersistent(), it.provider(), data, tables.lastContextId + 1);
        tables.addContext(admission.stored(stored, lifetime, it.provider()));
        return added(ObjectType.PROVIDER_CONTEXT, key, stored);
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
        UUID key = admission.key(ObjectType.SET, it.key(), it.display());
        Lifetime lifetime = admission.lifetime(ObjectType.SET, it.isPersistent(), it.provider(), what);
        DraftSets.checkSize(it.entries(), what);
        DraftSets.checkEntries(it, it.entries().list(), what);
        PolicySet stored = new PolicySet(key, it.display(), it.isPersistent(), it.provider(), it.kind(), it.entries());
        tables.addSet(admission.stored(stored, lifetime, it.provider()));
        return added(ObjectType.SET, key, stored);
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
        tables.sets.put(old.key(), now);
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
        UUID key = admission.key(ObjectType.FILTER, it.key(), it.display());
        Filter filter = FilterRules.normalized(it, key, what);
        boolean isPersistent = (filter.flags() & FilterFlags.PERSISTENT) != 0;
        boolean isBootTime = (filter.flags() & FilterFlags.BOOTTIME) != 0;
        Lifetime lifetime = admission.lifetime(ObjectType.FILTER, isPersistent, isBootTime, filter.provider(), what);
        referenceRules.checkLayer(filter.layer(), what);
        referenceRules.checkSublayer(filter, lifetime, what);
        referenceRules.checkCallout(filter, lifetime, what);
        referenceRules.checkContext(filter, lifetime, what);
        setRules.checkFilter(filter, lifetime, what);

        Filter stored = FilterRules.assigned(filter, tables.lastFilterId + 1);
        tables.addFilter(admission.stored(stored, lifetime, stored.provider()));
        return added(ObjectType.FILTER, key, stored);
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
        Stored<?> stored = tables.find(type, key);
        if (stored == null) {
            throw new PolicyException(ObjectRules.notFound(type), "there is no " + type.word() + " " + key);
        }
        String what = ObjectRules.name(type, stored.display());
        access.checkDelete(type, key, stored, what);
        ObjectRules.checkMayDelete(session, stored, what);
        int users = tables.usersOf(type, key);
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
        List<UUID> owners = tables.calloutOwners.get(key);
        Stored<CalloutObject> stored = tables.callouts.find(key);
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
        tables.given(counters);
        thaw();
    }

    /** Deletes all objects of the session: nothing but its own objects can refer to them (LIFE-12). */
    public void deleteDynamicObjects() {
        deleteOwn(ObjectType.FILTER, tables.filters);
        deleteOwn(ObjectType.SET, tables.sets);
        deleteOwn(ObjectType.PROVIDER_CONTEXT, tables.contexts);
        deleteOwn(ObjectType.CALLOUT, tables.callouts);
        deleteOwn(ObjectType.SUBLAYER, tables.sublayers);
        deleteOwn(ObjectType.PROVIDER, tables.providers);
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
        changes.delete(type, key, object);
        tables.remove(type, key, object);
    }

    private <T> T added(ObjectType type, UUID key, T object) {
        changes.add(type, key, object);
        return changed(object);
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
