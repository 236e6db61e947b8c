package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * All objects of one type, in order of addition. Immutable: a change makes a new table that shares almost everything with the
 * old one, so that a transaction costs what it changes, however many objects there are.
 *
 * @param <T> the type of the objects
 */
final class ObjectTable<T> {
    private final Digester<T> digester;
    /** The empty table that this one came from: numbers of order are compared within one lineage only. */
    private final Object lineage;

    private final TreePMap<UUID, Entry<T>> byKey;
    private final ChunkedSequence<T> sequence;
    private final long lastOrder;
    private final Digest sum;

    /**
     * Digests the content of an object.
     *
     * @param <T> the type of the objects
     */
    @FunctionalInterface
    interface Digester<T> {
        /**
         * Digests an object.
         *
         * @param stored the object
         * @param owners what belongs to its content and is not in it: the providers that share a callout object
         * @return ZERO for what does not count
         */
        Digest digest(Stored<T> stored, List<UUID> owners);
    }

    /** An object at its place. The same place and the same object: the same instance. */
    static final class Entry<T> {
        final UUID key;
        final Stored<T> stored;
        /** Grows with each object that is added to the table; an object that replaces another one takes over its number. */
        final long order;

        final Digest digest;

        Entry(UUID key, Stored<T> stored, long order, Digest digest) {
            this.key = key;
            this.stored = stored;
            this.order = order;
            this.digest = digest;
        }
    }

    private ObjectTable(
            Digester<T> digester,
            Object lineage,
            TreePMap<UUID, Entry<T>> byKey,
            ChunkedSequence<T> sequence,
            long lastOrder,
            Digest sum) {
        this.digester = digester;
        this.lineage = lineage;
        this.byKey = byKey;
        this.sequence = sequence;
        this.lastOrder = lastOrder;
        this.sum = sum;
    }

    static <T> ObjectTable<T> empty(Digester<T> digester) {
        return new ObjectTable<>(digester, new Object(), TreePMap.empty(), ChunkedSequence.empty(), 0, Digest.ZERO);
    }

    @Nullable Stored<T> find(UUID key) {
        Entry<T> entry = byKey.get(key);
        return entry == null ? null : entry.stored;
    }

    /** A view of all, in order. */
    Collection<Stored<T>> stored() {
        return sequence.view(entry -> entry.stored);
    }

    /** A view of all, in order. */
    Collection<T> objects() {
        return sequence.view(entry -> entry.stored.object());
    }

    int size() {
        return sequence.size();
    }

    /** Names the content without the order. */
    Digest sum() {
        return sum;
    }

    /** Names the content in its order. */
    Digest sequenceDigest() {
        return sequence.digest();
    }

    /** With an object more at the end, or with another one in its place. */
    ObjectTable<T> with(UUID key, Stored<T> stored, List<UUID> owners) {
        Entry<T> old = byKey.get(key);
        Digest digest = digester.digest(stored, owners);
        if (old == null) {
            Entry<T> entry = new Entry<>(key, stored, lastOrder + 1, digest);
            return new ObjectTable<>(
                    digester, lineage, byKey.plus(key, entry), sequence.append(entry), lastOrder + 1, sum.plus(digest));
        }
        Entry<T> entry = new Entry<>(key, stored, old.order, digest);
        return new ObjectTable<>(
                digester,
                lineage,
                byKey.plus(key, entry),
                sequence.replace(old, entry),
                lastOrder,
                sum.minus(old.digest).plus(digest));
    }

    /** Without an object; this table if it is not there. */
    ObjectTable<T> without(UUID key) {
        Entry<T> old = byKey.get(key);
        if (old == null) {
            return this;
        }
        return new ObjectTable<>(
                digester, lineage, byKey.minus(key), sequence.replace(old, null), lastOrder, sum.minus(old.digest));
    }

    /**
     * What has to be done to an older table to get this one: first objects that are gone, then new ones in their order.
     * Costs what differs, if this table came from the other one.
     */
    List<Change<T>> changesSince(ObjectTable<T> before) {
        if (before == this) {
            return List.of();
        }
        Set<Entry<T>> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Entry<T>> old = new ArrayList<>();
        List<Entry<T>> young = new ArrayList<>();
        before.sequence.collectUnshared(sequence, old);
        sequence.collectUnshared(before.sequence, young);
        gone.addAll(old);
        young.removeIf(gone::remove);

        Map<UUID, Change<T>> changes = new LinkedHashMap<>();
        for (Entry<T> entry : old) {
            if (gone.contains(entry)) {
                changes.put(entry.key, new Change<>(entry.key, entry.stored, null, false));
            }
        }
        for (Entry<T> entry : young) {
            Entry<T> was = before.byKey.get(entry.key);
            boolean isInPlace = was != null && was.order == entry.order && lineage == before.lineage;
            // Removed first: what takes a key again comes after what has lost one.
            changes.remove(entry.key);
            changes.put(entry.key, new Change<>(entry.key, was == null ? null : was.stored, entry.stored, isInPlace));
        }
        return List.copyOf(changes.values());
    }

    /** A table that is being changed. */
    static final class Editor<T> {
        private ObjectTable<T> table;

        Editor(ObjectTable<T> base) {
            this.table = base;
        }

        @Nullable Stored<T> find(UUID key) {
            return table.find(key);
        }

        void put(UUID key, Stored<T> stored) {
            put(key, stored, List.of());
        }

        void put(UUID key, Stored<T> stored, List<UUID> owners) {
            table = table.with(key, stored, owners);
        }

        /** Replaces the security information of an object that is there, and has no owners beside its provider. */
        void secure(UUID key, SecurityInfo info) {
            Stored<T> stored = find(key);
            if (stored != null) {
                put(key, stored.secured(info));
            }
        }

        void remove(UUID key) {
            table = table.without(key);
        }

        /** As it is now; what is changed later is not in it. */
        Collection<Stored<T>> stored() {
            return table.stored();
        }

        int size() {
            return table.size();
        }

        /** The contents as they are now. */
        ObjectTable<T> share() {
            return table;
        }
    }
}
