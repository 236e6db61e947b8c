package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.ProviderContext;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Which objects a working copy has added and deleted, against what it started from: what was added and deleted again is in
 * neither, what was deleted and added anew under the same key is in both. For one thread at a time.
 */
public final class ChangeLog {
    private final Map<Ref, Change> added = new LinkedHashMap<>();
    private final Map<Ref, Change> deleted = new LinkedHashMap<>();

    /**
     * One object.
     *
     * @param type what kind
     * @param key its GUID
     * @param object a record of {@code io.sallyport.policy}
     */
    public record Change(ObjectType type, UUID key, Object object) {

        /**
         * The run-time id (NOTE-6).
         *
         * @return of a filter, callout or provider context; 0 for others
         */
        public long id() {
            if (object instanceof Filter it) {
                return it.id();
            }
            if (object instanceof CalloutObject it) {
                return it.id();
            }
            return object instanceof ProviderContext it ? it.id() : 0;
        }
    }

    ChangeLog() {}

    void add(ObjectType type, UUID key, Object object) {
        added.put(new Ref(type, key), new Change(type, key, object));
    }

    void delete(ObjectType type, UUID key, Object object) {
        Ref ref = new Ref(type, key);
        if (added.remove(ref) == null) {
            deleted.put(ref, new Change(type, key, object));
        }
    }

    /**
     * What is there that was not.
     *
     * @return in order of addition
     */
    public Collection<Change> added() {
        return added.values();
    }

    /**
     * What was there and is not any more.
     *
     * @return in order of deletion
     */
    public Collection<Change> deleted() {
        return deleted.values();
    }
}
