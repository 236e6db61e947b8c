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
            if (whole.find(ref.type(), ref.key()) != null) {
                whole.disabled.add(ref);
            }
        }
        return whole.freeze();
    }

    private void carryProvider(Stored<Provider> stored) {
        if (isCarried(ObjectType.PROVIDER, stored, stored.object().key())) {
            carry(ObjectType.PROVIDER, stored, List.of());
        }
    }

    /** Its weight may be taken by one that comes back. */
    private void carrySublayer(Stored<Sublayer> stored) {
        Sublayer it = stored.object();
        if (!isCarried(ObjectType.SUBLAYER, stored, it.key()) || isMissing(ObjectType.PROVIDER, it.provider())) {
            return;
        }
        try {
            int weight =
                    whole.sublayerWeights.freeNear(it.weight(), ObjectRules.name(ObjectType.SUBLAYER, it.display()));
            Sublayer fitting = weight == it.weight()
                    ? it
                    : new Sublayer(it.key(), it.display(), it.isPersistent(), it.provider(), weight);
            carry(
                    ObjectType.SUBLAYER,
                    new Stored<>(fitting, stored.lifetime(), stored.session(), stored.security()),
                    List.of());
        } catch (PolicyException e) {
            // All 65,536 weights are taken by those that come back: it is one of those that go.
            return;
        }
    }

    private void carryCallout(Stored<CalloutObject> stored) {
        List<UUID> owners = current.ownersOf(stored.object());
        boolean isOwned = owners.stream().noneMatch(it -> isMissing(ObjectType.PROVIDER, it));
        if (isCarried(ObjectType.CALLOUT, stored, stored.object().key()) && isOwned) {
            carry(ObjectType.CALLOUT, stored, owners);
        }
    }

    private void carryContext(Stored<ProviderContext> stored) {
        ProviderContext it = stored.object();
        if (isCarried(ObjectType.PROVIDER_CONTEXT, stored, it.key())
                && !isMissing(ObjectType.PROVIDER, it.provider())) {
            carry(ObjectType.PROVIDER_CONTEXT, stored, List.of());
        }
    }

    private void carrySet(Stored<PolicySet> stored) {
        PolicySet it = stored.object();
        if (isCarried(ObjectType.SET, stored, it.key()) && !isMissing(ObjectType.PROVIDER, it.provider())) {
            carry(ObjectType.SET, stored, List.of());
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
            carry(ObjectType.FILTER, stored, List.of());
        }
    }

    private boolean isCarried(ObjectType type, Stored<?> stored, UUID key) {
        boolean isOther = stored.lifetime() == Lifetime.STATIC || stored.lifetime() == Lifetime.DYNAMIC;
        return isOther && whole.find(type, key) == null;
    }

    private boolean isMissing(ObjectType type, @Nullable UUID key) {
        return key != null && whole.find(type, key) == null;
    }

    /** Takes over an object without any check: what it refers to is there. */
    private void carry(ObjectType type, Stored<?> stored, List<UUID> owners) {
        switch (type) {
            case PROVIDER -> {
                Provider it = (Provider) stored.object();
                whole.providers.put(it.key(), like(it, stored));
            }
            case SUBLAYER -> {
                Sublayer it = (Sublayer) stored.object();
                whole.sublayers.put(it.key(), like(it, stored));
                whole.sublayerWeights.take(it.weight());
                whole.referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
            }
            case CALLOUT -> {
                CalloutObject it = (CalloutObject) stored.object();
                whole.callouts.put(it.key(), like(it, stored), owners);
                if (owners.size() > 1) {
                    whole.calloutOwners = whole.calloutOwners.plus(it.key(), List.copyOf(owners));
                }
                owners.forEach(owner -> whole.referenceRules.refer(ObjectType.PROVIDER, owner, 1));
            }
            case PROVIDER_CONTEXT -> {
                ProviderContext it = (ProviderContext) stored.object();
                whole.contexts.put(it.key(), like(it, stored));
                whole.referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
            }
            case SET -> {
                PolicySet it = (PolicySet) stored.object();
                whole.sets.put(it.key(), like(it, stored));
                whole.referenceRules.refer(ObjectType.PROVIDER, it.provider(), 1);
            }
            case FILTER -> {
                Filter it = (Filter) stored.object();
                whole.filters.put(it.key(), like(it, stored));
                whole.referenceRules.referAll(it, 1);
            }
            case LAYER -> throw new IllegalArgumentException("layers are fixed");
        }
        whole.thaw();
    }

    private static <T> Stored<T> like(T object, Stored<?> stored) {
        return new Stored<>(object, stored.lifetime(), stored.session(), stored.security());
    }
}
