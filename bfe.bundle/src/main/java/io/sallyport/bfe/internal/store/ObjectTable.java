package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.security.SecurityInfo;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one type, in order of addition. Copied at the first write after {@link Editor#share}, so that a transaction
 * pays only for the types that it changes.
 *
 * @param <T> the type of the objects
 */
final class ObjectTable<T> {
    private final Map<UUID, Stored<T>> byKey;
    private final List<T> objects;

    private ObjectTable(Map<UUID, Stored<T>> byKey) {
        this.byKey = byKey;
        this.objects = byKey.values().stream().map(Stored::object).toList();
    }

    static <T> ObjectTable<T> empty() {
        return new ObjectTable<>(Map.of());
    }

    @Nullable Stored<T> find(UUID key) {
        return byKey.get(key);
    }

    Collection<Stored<T>> stored() {
        return byKey.values();
    }

    Collection<T> objects() {
        return objects;
    }

    /** A table that is being changed. */
    static final class Editor<T> {
        private ObjectTable<T> base;
        private @Nullable Map<UUID, Stored<T>> changed;

        Editor(ObjectTable<T> base) {
            this.base = base;
        }

        @Nullable Stored<T> find(UUID key) {
            return current().get(key);
        }

        void put(UUID key, Stored<T> stored) {
            writable().put(key, stored);
        }

        /** Replaces the security information of an object that is there. */
        void secure(UUID key, SecurityInfo info) {
            writable().computeIfPresent(key, (same, stored) -> stored.secured(info));
        }

        void remove(UUID key) {
            writable().remove(key);
        }

        Collection<Stored<T>> stored() {
            return current().values();
        }

        int size() {
            return current().size();
        }

        /** Hands out the contents as they are now; the next write makes a copy. */
        ObjectTable<T> share() {
            if (changed != null) {
                base = new ObjectTable<>(changed);
                changed = null;
            }
            return base;
        }

        private Map<UUID, Stored<T>> current() {
            return changed == null ? base.byKey : changed;
        }

        private Map<UUID, Stored<T>> writable() {
            if (changed == null) {
                changed = new LinkedHashMap<>(base.byKey);
            }
            return changed;
        }
    }
}
