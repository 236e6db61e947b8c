package io.sallyport.bfe.internal.store;

import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the objects of one provider be what somebody wants them to be. What is equal stays, with its run-time id: an
 * unchanged policy changes nothing. Filters stay only as far as they are the same from the first one on, so that the order
 * in which they were added, which breaks ties (ARB-26), is always the wanted order.
 *
 * @param provider whose objects are replaced
 * @param sublayers all it shall have, in order
 * @param callouts all it shall have, in order
 * @param contexts all it shall have, in order
 * @param sets all it shall have; one that stays under its key and kind is edited by the difference
 * @param filters all it shall have, in order
 */
public record Replacement(
        Provider provider,
        List<Sublayer> sublayers,
        List<CalloutObject> callouts,
        List<ProviderContext> contexts,
        List<PolicySet> sets,
        List<Filter> filters) {

    /** Learns what was refused; the others are tried all the same. */
    @FunctionalInterface
    public interface Refused {
        /**
         * One object was refused.
         *
         * @param type what kind
         * @param key which one; the object is a wanted one, or an old one that cannot be deleted
         * @param e why
         */
        void accept(ObjectType type, UUID key, PolicyException e);
    }

    /** A change of a draft that may be refused. */
    @FunctionalInterface
    private interface Step {
        void run() throws PolicyException;
    }

    /**
     * Changes a draft.
     *
     * @param draft of a session that is not dynamic
     * @param refused is told of everything that is not as wanted afterwards
     */
    public void applyTo(Draft draft, Refused refused) {
        new Run(draft, refused).run();
    }

    /**
     * Adds the objects to what the provider has, and the provider if there is none. What exists already is refused.
     *
     * @param draft of a session that is not dynamic
     * @param refused is told of everything that was not added
     */
    public void addTo(Draft draft, Refused refused) {
        if (isEmpty()) {
            return;
        }
        boolean isThere = draft.freeze().provider(provider.key()) != null;
        new Run(draft, refused).addAll(isThere, Set.of(), 0);
    }

    private boolean isEmpty() {
        return sublayers.isEmpty() && callouts.isEmpty() && contexts.isEmpty() && sets.isEmpty() && filters.isEmpty();
    }

    /** One application. */
    private final class Run {
        private final Draft draft;
        private final PolicyState base;
        private final Refused refused;
        private final UUID owner = provider.key();
        private final Set<UUID> lost = new HashSet<>();

        Run(Draft draft, Refused refused) {
            this.draft = draft;
            this.base = draft.freeze();
            this.refused = refused;
        }

        void run() {
            Provider old = base.provider(owner);
            // What the start left out of force is added anew, all of it, so that all of it is in force (LIFE-11).
            boolean isSameProvider = provider.equals(old) && !base.isDisabled(ObjectType.PROVIDER, owner);

            Map<UUID, Sublayer> oldSublayers = own(base.storedSublayers(), it -> owner.equals(it.provider()));
            Map<UUID, CalloutObject> oldCallouts =
                    own(base.storedCallouts(), it -> base.ownersOf(it).contains(owner));
            Map<UUID, ProviderContext> oldContexts = own(base.storedContexts(), it -> owner.equals(it.provider()));
            Map<UUID, PolicySet> oldSets = own(base.storedSets(), it -> owner.equals(it.provider()));
            Map<UUID, Filter> oldFilters = own(base.storedFilters(), it -> owner.equals(it.provider()));

            Set<UUID> keptSublayers = new HashSet<>();
            Set<UUID> keptCallouts = new HashSet<>();
            Set<UUID> keptContexts = new HashSet<>();
            if (isSameProvider) {
                sublayers.forEach(
                        it -> keepIf(isSameSublayer(it, oldSublayers.get(it.key())), it.key(), keptSublayers));
                callouts.forEach(it -> keepIf(isSame(it, oldCallouts.get(it.key())), it.key(), keptCallouts));
                contexts.forEach(it -> keepIf(isSame(it, oldContexts.get(it.key())), it.key(), keptContexts));
            }
            Set<UUID> keptSets = new HashSet<>();
            if (isSameProvider) {
                sets.forEach(it -> keepIf(isSame(it, oldSets.get(it.key())), it.key(), keptSets));
            }
            Set<UUID> kept = new HashSet<>(keptSublayers);
            kept.addAll(keptSets);
            kept.addAll(keptCallouts);
            kept.addAll(keptContexts);
            Set<UUID> goneOrNew = new HashSet<>();
            goneOrNew.addAll(oldSublayers.keySet());
            goneOrNew.addAll(oldCallouts.keySet());
            goneOrNew.addAll(oldContexts.keySet());
            goneOrNew.addAll(oldSets.keySet());
            goneOrNew.removeAll(kept);
            int unchanged = isSameProvider ? unchangedFilters(oldFilters.values(), goneOrNew) : 0;

            oldFilters.values().stream().skip(unchanged).forEach(it -> delete(ObjectType.FILTER, it.key()));
            deleteOthers(ObjectType.SET, oldSets.keySet(), keptSets);
            deleteOthers(ObjectType.PROVIDER_CONTEXT, oldContexts.keySet(), keptContexts);
            for (UUID key : oldCallouts.keySet()) {
                if (!keptCallouts.contains(key)) {
                    attempt(ObjectType.CALLOUT, key, () -> draft.release(key, owner));
                }
            }
            deleteOthers(ObjectType.SUBLAYER, oldSublayers.keySet(), keptSublayers);
            if (old != null && (isEmpty() || !isSameProvider)) {
                deleteProvider();
            }
            if (!isEmpty()) {
                addAll(isSameProvider, kept, unchanged);
            }
        }

        private void addAll(boolean isSameProvider, Set<UUID> kept, int unchanged) {
            if (!isSameProvider) {
                attempt(ObjectType.PROVIDER, owner, () -> draft.add(provider));
            }
            for (Sublayer it : sublayers) {
                addUnless(kept, ObjectType.SUBLAYER, it.key(), () -> draft.add(it));
            }
            for (CalloutObject it : callouts) {
                addUnless(kept, ObjectType.CALLOUT, it.key(), () -> draft.addOrShare(it));
            }
            for (ProviderContext it : contexts) {
                addUnless(kept, ObjectType.PROVIDER_CONTEXT, it.key(), () -> draft.add(it));
            }
            for (PolicySet it : sets) {
                addUnless(kept, ObjectType.SET, it.key(), () -> draft.add(it));
                Stored<PolicySet> there = draft.tables.sets.find(it.key());
                if (there != null && kept.contains(it.key())) {
                    SetEntries.Difference edit =
                            it.entries().since(there.object().entries());
                    if (!edit.removed().isEmpty() || !edit.added().isEmpty()) {
                        attempt(ObjectType.SET, it.key(), () -> draft.editSet(it.key(), edit.removed(), edit.added()));
                    }
                }
            }
            for (Filter it : filters.subList(unchanged, filters.size())) {
                // A filter that lacks only what was refused before is not reported once more.
                boolean isOrphan = isLost(it.sublayer())
                        || isLost(it.callout())
                        || isLost(it.providerContext())
                        || DraftSets.named(it).stream().anyMatch(this::isLost);
                if (!isOrphan && !lost.contains(owner)) {
                    attempt(ObjectType.FILTER, it.key(), () -> draft.add(it));
                }
            }
        }

        private boolean isLost(@Nullable UUID key) {
            return key != null && lost.contains(key);
        }

        private void addUnless(Set<UUID> kept, ObjectType type, UUID key, Step add) {
            if (!kept.contains(key) && !lost.contains(owner)) {
                attempt(type, key, add);
            }
        }

        private void deleteProvider() {
            boolean isUsed = draft.tables.usersOf(ObjectType.PROVIDER, owner) > 0;
            if (!(isUsed && isEmpty())) {
                delete(ObjectType.PROVIDER, owner);
            }
        }

        private void deleteOthers(ObjectType type, Collection<UUID> old, Set<UUID> kept) {
            old.stream().filter(key -> !kept.contains(key)).forEach(key -> delete(type, key));
        }

        private void delete(ObjectType type, UUID key) {
            attempt(type, key, () -> draft.delete(type, key));
        }

        private void attempt(ObjectType type, UUID key, Step step) {
            try {
                step.run();
            } catch (PolicyException e) {
                if (lost.add(key)) {
                    refused.accept(type, key, e);
                }
            }
        }

        private int unchangedFilters(Collection<Filter> old, Set<UUID> changed) {
            int count = 0;
            for (Filter there : old) {
                if (count == filters.size()) {
                    return count;
                }
                boolean isTouched = isIn(changed, there.sublayer())
                        || isIn(changed, there.callout())
                        || isIn(changed, there.providerContext())
                        || !Collections.disjoint(changed, DraftSets.named(there));
                if (isTouched || !isSame(filters.get(count), there)) {
                    return count;
                }
                count++;
            }
            return count;
        }

        private boolean isSameSublayer(Sublayer wanted, @Nullable Sublayer there) {
            return there != null
                    && wanted.display().equals(there.display())
                    && wanted.isPersistent() == there.isPersistent()
                    && (wanted.weight() == there.weight() || wanted.weight() == base.askedWeightOf(there));
        }
    }

    private static boolean isIn(Set<UUID> keys, @Nullable UUID key) {
        return key != null && keys.contains(key);
    }

    private static void keepIf(boolean isSame, UUID key, Set<UUID> kept) {
        if (isSame) {
            kept.add(key);
        }
    }

    private static boolean isSame(CalloutObject wanted, @Nullable CalloutObject there) {
        return there != null
                && wanted.display().equals(there.display())
                && wanted.calloutName().equals(there.calloutName())
                && wanted.layer() == there.layer()
                && wanted.flags() == there.flags();
    }

    private static boolean isSame(ProviderContext wanted, @Nullable ProviderContext there) {
        return there != null
                && wanted.display().equals(there.display())
                && wanted.isPersistent() == there.isPersistent()
                && wanted.data().equals(there.data());
    }

    private static boolean isSame(PolicySet wanted, @Nullable PolicySet there) {
        return there != null && wanted.with(there.entries()).equals(there);
    }

    private static boolean isSame(Filter wanted, Filter there) {
        try {
            Filter normalized = FilterRules.normalized(wanted, wanted.key(), "");
            return FilterRules.assigned(normalized, there.id()).equals(there);
        } catch (PolicyException e) {
            return false;
        }
    }

    /** The provider's objects, without those of live dynamic sessions: they are not this file's to replace. */
    private static <T> Map<UUID, T> own(Collection<Stored<T>> all, Predicate<T> isOwn) {
        Map<UUID, T> own = new LinkedHashMap<>();
        for (Stored<T> stored : new ArrayList<>(all)) {
            if (stored.lifetime() != Lifetime.DYNAMIC && isOwn.test(stored.object())) {
                own.put(ObjectRules.keyOf(stored.object()), stored.object());
            }
        }
        return own;
    }
}
