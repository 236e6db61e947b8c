package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.ProviderContext;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Notes in what two states differ, for a working copy that becomes the other one as a whole. */
    void addDifferences(PolicyState before, PolicyState after) {
        StateChanges changes = after.since(before);
        addDifferences(ObjectType.FILTER, changes.filters());
        addDifferences(ObjectType.SET, changes.sets());
        addDifferences(ObjectType.PROVIDER_CONTEXT, changes.contexts());
        addDifferences(ObjectType.CALLOUT, changes.callouts());
        addDifferences(ObjectType.SUBLAYER, changes.sublayers());
        addDifferences(ObjectType.PROVIDER, changes.providers());
    }

    private <T> void addDifferences(ObjectType type, List<io.sallyport.bfe.internal.store.Change<T>> all) {
        for (io.sallyport.bfe.internal.store.Change<T> it : all) {
            T was = it.before() == null ? null : it.before().object();
            T is = it.after() == null ? null : it.after().object();
            if (was != null && !was.equals(is)) {
                delete(type, it.key(), was);
            }
            if (is != null && !is.equals(was)) {
                add(type, it.key(), is);
            }
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
