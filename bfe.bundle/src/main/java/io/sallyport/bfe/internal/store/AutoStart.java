package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.Stored.Ref;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.Provider;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Which persistent objects are left out of force when the BFE starts: those of a provider that names a service which does not
 * start by itself (LIFE-9). A provider that names none is always in force (LIFE-10). Decided once; an object that is added
 * later is in force (LIFE-11).
 */
public final class AutoStart {
    private static final SessionId NOBODY = new SessionId(0, "start", false);

    private AutoStart() {}

    /**
     * Marks what is left out.
     *
     * @param loaded what was kept
     * @param startsByItself tells of a service by its name
     * @return the same objects
     */
    public static PolicyState applied(PolicyState loaded, Predicate<String> startsByItself) {
        Set<UUID> out = new HashSet<>();
        for (Stored<Provider> stored : loaded.storedProviders()) {
            String service = stored.object().serviceName();
            if (service != null && !startsByItself.test(service)) {
                out.add(stored.object().key());
            }
        }
        if (out.isEmpty()) {
            return loaded;
        }
        Draft draft = new Draft(loaded, NOBODY);
        out.forEach(key -> draft.tables.disabled.add(new Ref(ObjectType.PROVIDER, key)));
        for (Stored<Filter> stored : loaded.storedFilters()) {
            UUID provider = stored.object().provider();
            if (stored.lifetime() == Lifetime.PERSISTENT && provider != null && out.contains(provider)) {
                draft.tables.disabled.add(
                        new Ref(ObjectType.FILTER, stored.object().key()));
            }
        }
        draft.thaw();
        return draft.freeze();
    }
}
