package io.sallyport.bfe.internal.store;

import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The way back to a revision. Objects that outlive the BFE become exactly what they were, with their run-time ids and in their
 * order. Static and dynamic objects stay as far as what they refer to is there; options, and who may do what with engine, containers
 * and built-in objects, stay as well: a way back must not lock out who takes it.
 */
public final class Rollback {
    private final PolicyState current;
    private final Draft whole;

    private Rollback(PolicyState current, PolicyState target, SessionId session) {
        this.current = current;
        this.whole = new Draft(target, session);
    }

    /**
     * Makes the draft that leads back.
     *
     * @param current what is in force
     * @param target objects that outlive the BFE, from the same store
     * @param session on whose behalf
     * @return a draft of {@code current}; unchanged if there is nothing to do
     */
    public static Draft draft(PolicyState current, PolicyState target, SessionId session) {
        Draft draft = new Draft(current, session);
        PolicyState result = new Rollback(current, target, session).result();
        // The name knows the order of filters, and not whose objects are.
        if (!current.revision().equals(result.revision()) || KeptPart.differs(current, result)) {
            draft.become(result);
        }
        return draft;
    }

    /** Takes objects over without any check: what they refer to is there. */
    private PolicyState result() {
        whole.given(current.counters());
        whole.settings().become(current);
        current.storedProviders().forEach(this::carryProvider);
        current.storedSublayers().forEach(this::carrySublayer);
        current.storedCallouts().forEach(this::carryCallout);
        current.storedContexts().forEach(this::carryContext);
        current.storedSets().forEach(this::carrySet);
        current.storedFilters().forEach(this::carryFilter);
        for (Stored.Ref ref : current.disabled) {
            if (whole.tables.find(ref.type(), ref.key()) != null) {
                whole.tables.disabled.add(ref);
            }
        }
        whole.thaw();
        return whole.freeze();
    }

    private void carryProvider(Stored<Provider> stored) {
        if (isCarried(ObjectType.PROVIDER, stored, stored.object().key())) {
            whole.tables.addProvider(stored);
        }
    }

    /** Its weight may be taken by one that comes back. */
    private void carrySublayer(Stored<Sublayer> stored) {
        Sublayer it = stored.object();
        if (!isCarried(ObjectType.SUBLAYER, stored, it.key()) || isMissing(ObjectType.PROVIDER, it.provider())) {
            return;
        }
        try {
            int weight = whole.tables.sublayerWeights.freeNear(
                    it.weight(), ObjectRules.name(ObjectType.SUBLAYER, it.display()));
            Sublayer fitting = weight == it.weight()
                    ? it
                    : new Sublayer(it.key(), it.display(), it.isPersistent(), it.provider(), weight);
            whole.tables.addSublayer(new Stored<>(fitting, stored.lifetime(), stored.session(), stored.security()));
        } catch (PolicyException e) {
            // All 65,536 weights are taken by those that come back: it is one of those that go.
            return;
        }
    }

    private void carryCallout(Stored<CalloutObject> stored) {
        List<UUID> owners = current.ownersOf(stored.object());
        boolean isOwned = owners.stream().noneMatch(it -> isMissing(ObjectType.PROVIDER, it));
        if (isCarried(ObjectType.CALLOUT, stored, stored.object().key()) && isOwned) {
            whole.tables.addCallout(stored, owners);
        }
    }

    private void carryContext(Stored<ProviderContext> stored) {
        ProviderContext it = stored.object();
        if (isCarried(ObjectType.PROVIDER_CONTEXT, stored, it.key())
                && !isMissing(ObjectType.PROVIDER, it.provider())) {
            whole.tables.addContext(stored);
        }
    }

    private void carrySet(Stored<PolicySet> stored) {
        PolicySet it = stored.object();
        if (isCarried(ObjectType.SET, stored, it.key()) && !isMissing(ObjectType.PROVIDER, it.provider())) {
            whole.tables.addSet(stored);
        }
    }

    private void carryFilter(Stored<Filter> stored) {
        Filter it = stored.object();
        boolean isWhole = !isMissing(ObjectType.PROVIDER, it.provider())
                && !isMissing(ObjectType.SUBLAYER, it.sublayer())
                && !isMissing(ObjectType.CALLOUT, it.callout())
                && !isMissing(ObjectType.PROVIDER_CONTEXT, it.providerContext())
                && DraftSets.named(it).stream().noneMatch(set -> isMissing(ObjectType.SET, set));
        if (isCarried(ObjectType.FILTER, stored, it.key()) && isWhole) {
            whole.tables.addFilter(stored);
        }
    }

    private boolean isCarried(ObjectType type, Stored<?> stored, UUID key) {
        boolean isOther = stored.lifetime() == Lifetime.STATIC || stored.lifetime() == Lifetime.DYNAMIC;
        return isOther && whole.tables.find(type, key) == null;
    }

    private boolean isMissing(ObjectType type, @Nullable UUID key) {
        return key != null && whole.tables.find(type, key) == null;
    }
}
