package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Parts of a policy that can stand alone, because nothing refers to what may die earlier (LIFE-12). */
public final class Reduction {
    private static final SessionId NOBODY = new SessionId(0, "reduction", false);

    private Reduction() {}

    /**
     * What is left when the BFE stops: static and dynamic objects are gone (BOOT-7).
     *
     * @param state all objects
     * @return the others
     */
    public static PolicyState outlivingBfe(PolicyState state) {
        Draft draft = new Draft(state, NOBODY);
        Predicate<Stored<?>> isMortal = it -> it.lifetime() == Lifetime.STATIC || it.lifetime() == Lifetime.DYNAMIC;
        discard(draft, ObjectType.FILTER, draft.tables.filters, isMortal);
        discardOthers(draft, isMortal);
        return draft.freeze();
    }

    /**
     * Enabled boot-time filters and what they refer to. Costs what there is of them.
     *
     * @param state all objects
     * @return a policy whose revision changes only with the boot-time filters
     */
    public static PolicyState bootTime(PolicyState state) {
        DraftTables reduced = new DraftTables(PolicyState.initial());
        for (Stored<Filter> stored : state.bootTimeFilters.stored()) {
            if (isInForceAtBoot(stored)) {
                Filter it = stored.object();
                copyProvider(state, it.provider(), reduced);
                copySublayer(state, it.sublayer(), reduced);
                copyCallout(state, it.callout(), reduced);
                copyContext(state, it.providerContext(), reduced);
                reduced.filters.put(it.key(), stored);
            }
        }
        return new PolicyState(reduced);
    }

    private static void copyProvider(PolicyState state, @Nullable UUID key, DraftTables to) {
        Stored<Provider> stored = key == null || to.providers.find(key) != null ? null : state.providers.find(key);
        if (stored != null) {
            to.providers.put(stored.object().key(), stored);
        }
    }

    private static void copySublayer(PolicyState state, @Nullable UUID key, DraftTables to) {
        Stored<Sublayer> stored = key == null || to.sublayers.find(key) != null ? null : state.sublayers.find(key);
        if (stored != null) {
            copyProvider(state, stored.object().provider(), to);
            to.sublayers.put(stored.object().key(), stored);
        }
    }

    private static void copyCallout(PolicyState state, @Nullable UUID key, DraftTables to) {
        Stored<CalloutObject> stored = key == null || to.callouts.find(key) != null ? null : state.callouts.find(key);
        if (stored != null) {
            List<UUID> owners = state.ownersOf(stored.object());
            owners.forEach(owner -> copyProvider(state, owner, to));
            to.callouts.put(stored.object().key(), stored, owners);
        }
    }

    private static void copyContext(PolicyState state, @Nullable UUID key, DraftTables to) {
        Stored<ProviderContext> stored = key == null || to.contexts.find(key) != null ? null : state.contexts.find(key);
        if (stored != null) {
            copyProvider(state, stored.object().provider(), to);
            to.contexts.put(stored.object().key(), stored);
        }
    }

    /**
     * What a principal may see: the objects that it may read, of the containers that it may enumerate (SEC-7).
     *
     * @param state all objects
     * @param principal who looks
     * @return the same state if it may see all of it; else one with the same revision
     */
    public static PolicyState readable(PolicyState state, Principal principal) {
        return readable(state, AccessRules.of(principal, state));
    }

    /**
     * What a principal may see of a policy of the past. What is there now goes by the rights now, what was deleted since by
     * the ones it had (SEC-7).
     *
     * @param past all objects of then
     * @param current the policy in force
     * @param principal who looks
     * @return the same state if it may see all of it; else one with the same revision
     */
    public static PolicyState readable(PolicyState past, PolicyState current, Principal principal) {
        return readable(past, AccessRules.of(principal, past, current));
    }

    private static PolicyState readable(PolicyState state, AccessRules rules) {
        if (rules.areOff()) {
            return state;
        }
        Draft draft = new Draft(state, NOBODY);
        discard(draft, ObjectType.FILTER, draft.tables.filters, isHidden(rules, ObjectType.FILTER));
        discard(draft, ObjectType.SET, draft.tables.sets, isHidden(rules, ObjectType.SET));
        discard(
                draft,
                ObjectType.PROVIDER_CONTEXT,
                draft.tables.contexts,
                isHidden(rules, ObjectType.PROVIDER_CONTEXT));
        discard(draft, ObjectType.CALLOUT, draft.tables.callouts, isHidden(rules, ObjectType.CALLOUT));
        discard(draft, ObjectType.SUBLAYER, draft.tables.sublayers, isHidden(rules, ObjectType.SUBLAYER));
        discard(draft, ObjectType.PROVIDER, draft.tables.providers, isHidden(rules, ObjectType.PROVIDER));
        return draft.isChanged() ? draft.freeze().named(state) : state;
    }

    private static Predicate<Stored<?>> isHidden(AccessRules rules, ObjectType type) {
        if ((rules.granted(SecurityTarget.container(type)) & AccessRights.ENUM) == 0) {
            return it -> true;
        }
        return it ->
                (rules.granted(SecurityTarget.object(type, ObjectRules.keyOf(it.object()))) & AccessRights.READ) == 0;
    }

    static boolean isInForceAtBoot(Stored<?> stored) {
        return stored.lifetime() == Lifetime.BOOT_TIME
                && stored.object() instanceof Filter filter
                && (filter.flags() & FilterFlags.DISABLED) == 0;
    }

    private static void discardOthers(Draft draft, Predicate<Stored<?>> which) {
        discard(draft, ObjectType.SET, draft.tables.sets, which);
        discard(draft, ObjectType.PROVIDER_CONTEXT, draft.tables.contexts, which);
        discard(draft, ObjectType.CALLOUT, draft.tables.callouts, which);
        discard(draft, ObjectType.SUBLAYER, draft.tables.sublayers, which);
        discard(draft, ObjectType.PROVIDER, draft.tables.providers, which);
    }

    private static <T> void discard(
            Draft draft, ObjectType type, ObjectTable.Editor<T> table, Predicate<Stored<?>> which) {
        List<Stored<T>> gone = table.stored().stream().filter(which).toList();
        gone.forEach(it -> draft.discard(type, ObjectRules.keyOf(it.object()), it.object()));
    }
}
