package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyDifference.FieldDifference;
import io.sallyport.bfe.api.PolicyDifference.Kind;
import io.sallyport.bfe.api.PolicyDifference.ObjectDifference;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Compares two policies by what their objects say ({@link ObjectFields}), whatever their run-time ids are. */
public final class PolicyDiffer {
    /** How many entries of a set are told one by one, of those that are gone and of those that are new. */
    private static final int MOST_ENTRIES = 20;

    private final PolicyState from;
    private final PolicyState to;
    private final List<ObjectDifference> differences = new ArrayList<>();

    private PolicyDiffer(PolicyState from, PolicyState to) {
        this.from = from;
        this.to = to;
    }

    /**
     * In what two policies differ.
     *
     * @param fromNumber number of the one
     * @param from its objects
     * @param toNumber number of the other one
     * @param to its objects
     * @return in order of types, then of names
     */
    public static PolicyDifference difference(long fromNumber, PolicyState from, long toNumber, PolicyState to) {
        PolicyDiffer differ = new PolicyDiffer(from, to);
        differ.compare(ObjectType.PROVIDER, from.storedProviders(), to.storedProviders());
        differ.compare(ObjectType.SUBLAYER, from.storedSublayers(), to.storedSublayers());
        differ.compare(ObjectType.CALLOUT, from.storedCallouts(), to.storedCallouts());
        differ.compare(ObjectType.PROVIDER_CONTEXT, from.storedContexts(), to.storedContexts());
        differ.compare(ObjectType.SET, from.storedSets(), to.storedSets());
        differ.compare(ObjectType.FILTER, from.storedFilters(), to.storedFilters());
        return new PolicyDifference(fromNumber, toNumber, differ.differences);
    }

    private <T> void compare(ObjectType type, Collection<Stored<T>> before, Collection<Stored<T>> after) {
        Map<UUID, Stored<T>> old = byKey(before);
        Map<UUID, Stored<T>> young = byKey(after);
        Set<UUID> keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(young.keySet());
        List<ObjectDifference> found = new ArrayList<>();
        for (UUID key : keys) {
            ObjectDifference difference = compare(type, key, old.get(key), young.get(key));
            if (difference != null) {
                found.add(difference);
            }
        }
        found.sort(Comparator.comparing(ObjectDifference::name));
        differences.addAll(found);
    }

    private @Nullable ObjectDifference compare(
            ObjectType type, UUID key, @Nullable Stored<?> before, @Nullable Stored<?> after) {
        Map<String, String> old = before == null ? Map.of() : ObjectFields.of(from, before);
        Map<String, String> young = after == null ? Map.of() : ObjectFields.of(to, after);
        Set<String> names = new LinkedHashSet<>(old.keySet());
        names.addAll(young.keySet());
        List<FieldDifference> fields = new ArrayList<>();
        for (String name : names) {
            String was = old.get(name);
            String is = young.get(name);
            if (was == null || !was.equals(is)) {
                fields.add(new FieldDifference(name, was, is));
            }
        }
        addEntries(before, after, fields);
        if (fields.isEmpty()) {
            return null;
        }
        Kind kind = before == null ? Kind.ADDED : after == null ? Kind.REMOVED : Kind.CHANGED;
        Map<String, String> named = after == null ? old : young;
        return new ObjectDifference(kind, type, key, named.getOrDefault(ObjectFields.NAME, ""), fields);
    }

    /** The entries that only one of two sets has, some of them one by one and the others as numbers. */
    private static void addEntries(
            @Nullable Stored<?> before, @Nullable Stored<?> after, List<FieldDifference> fields) {
        SetEntries.Difference difference = entries(after).since(entries(before));
        List<SetEntry> removed = inOrder(difference.removed());
        List<SetEntry> added = inOrder(difference.added());
        removed.stream().limit(MOST_ENTRIES).forEach(it -> fields.add(new FieldDifference("entry", it.text(), null)));
        added.stream().limit(MOST_ENTRIES).forEach(it -> fields.add(new FieldDifference("entry", null, it.text())));
        String moreRemoved = more(removed);
        String moreAdded = more(added);
        if (moreRemoved != null || moreAdded != null) {
            fields.add(new FieldDifference("more entries", moreRemoved, moreAdded));
        }
    }

    private static SetEntries entries(@Nullable Stored<?> stored) {
        return stored != null && stored.object() instanceof PolicySet it ? it.entries() : SetEntries.EMPTY;
    }

    private static List<SetEntry> inOrder(Set<SetEntry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(SetEntry::isWide).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static @Nullable String more(List<SetEntry> entries) {
        return entries.size() > MOST_ENTRIES ? Integer.toString(entries.size() - MOST_ENTRIES) : null;
    }

    private static <T> Map<UUID, Stored<T>> byKey(Collection<Stored<T>> all) {
        Map<UUID, Stored<T>> byKey = new LinkedHashMap<>();
        for (Stored<T> it : all) {
            if (it.lifetime() != Lifetime.BUILT_IN) {
                byKey.put(ObjectRules.keyOf(it.object()), it);
            }
        }
        return byKey;
    }
}
