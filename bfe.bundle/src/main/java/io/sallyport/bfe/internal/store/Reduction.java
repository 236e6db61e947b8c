package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

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
        discard(draft, ObjectType.FILTER, draft.filters, isMortal);
        discardOthers(draft, isMortal);
        return draft.freeze();
    }

    /**
     * Enabled boot-time filters and what they refer to.
     *
     * @param state all objects
     * @return a policy whose revision changes only with the boot-time filters
     */
    public static PolicyState bootTime(PolicyState state) {
        Draft draft = new Draft(state, NOBODY);
        discard(draft, ObjectType.FILTER, draft.filters, it -> !isInForceAtBoot(it));
        discard(draft, ObjectType.PROVIDER_CONTEXT, draft.contexts, isUnused(draft, ObjectType.PROVIDER_CONTEXT));
        discard(draft, ObjectType.CALLOUT, draft.callouts, isUnused(draft, ObjectType.CALLOUT));
        discard(draft, ObjectType.SUBLAYER, draft.sublayers, isUnused(draft, ObjectType.SUBLAYER));
        discard(draft, ObjectType.PROVIDER, draft.providers, isUnused(draft, ObjectType.PROVIDER));
        return draft.freeze();
    }

    /**
     * What a principal may see: the objects that it may read, of the containers that it may enumerate (SEC-7).
     *
     * @param state all objects
     * @param principal who looks
     * @return the same state if it may see all of it; else one with the same revision
     */
    public static PolicyState readable(PolicyState state, Principal principal) {
        AccessRules rules = AccessRules.of(principal, state);
        if (rules.areOff()) {
            return state;
        }
        Draft draft = new Draft(state, NOBODY);
        discard(draft, ObjectType.FILTER, draft.filters, isHidden(rules, ObjectType.FILTER));
        discard(draft, ObjectType.PROVIDER_CONTEXT, draft.contexts, isHidden(rules, ObjectType.PROVIDER_CONTEXT));
        discard(draft, ObjectType.CALLOUT, draft.callouts, isHidden(rules, ObjectType.CALLOUT));
        discard(draft, ObjectType.SUBLAYER, draft.sublayers, isHidden(rules, ObjectType.SUBLAYER));
        discard(draft, ObjectType.PROVIDER, draft.providers, isHidden(rules, ObjectType.PROVIDER));
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
        discard(draft, ObjectType.PROVIDER_CONTEXT, draft.contexts, which);
        discard(draft, ObjectType.CALLOUT, draft.callouts, which);
        discard(draft, ObjectType.SUBLAYER, draft.sublayers, which);
        discard(draft, ObjectType.PROVIDER, draft.providers, which);
    }

    private static Predicate<Stored<?>> isUnused(Draft draft, ObjectType type) {
        return it -> {
            UUID key = ObjectRules.keyOf(it.object());
            return it.lifetime() != Lifetime.BUILT_IN && !draft.references.containsKey(new Ref(type, key));
        };
    }

    private static <T> void discard(
            Draft draft, ObjectType type, ObjectTable.Editor<T> table, Predicate<Stored<?>> which) {
        List<Stored<T>> gone = table.stored().stream().filter(which).toList();
        gone.forEach(it -> draft.discard(type, ObjectRules.keyOf(it.object()), it.object()));
    }
}
