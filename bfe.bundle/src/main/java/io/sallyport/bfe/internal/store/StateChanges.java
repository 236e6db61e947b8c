package io.sallyport.bfe.internal.store;

import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.List;

/**
 * In what a state differs from another one. If it came from that one, an answer costs what differs, however many objects there
 * are; else as much as there are. Each call works it out anew. Immutable, for any thread.
 */
public final class StateChanges {
    private final PolicyState before;
    private final PolicyState after;

    StateChanges(PolicyState before, PolicyState after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Tells without a look at the objects whether nothing can have changed for boot-time filters: neither they nor what they
     * can refer to, which sets are not.
     *
     * @return false also if it is not known
     */
    public boolean isBootTimePartSame() {
        return after.bootTimeFilters == before.bootTimeFilters
                && after.providers == before.providers
                && after.sublayers == before.sublayers
                && after.callouts == before.callouts
                && after.contexts == before.contexts;
    }

    /**
     * In which providers.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<Provider>> providers() {
        return after.providers.changesSince(before.providers);
    }

    /**
     * In which sublayers.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<Sublayer>> sublayers() {
        return after.sublayers.changesSince(before.sublayers);
    }

    /**
     * In which callout objects; one that has got or lost an owner is among them.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<CalloutObject>> callouts() {
        return after.callouts.changesSince(before.callouts);
    }

    /**
     * In which provider contexts.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<ProviderContext>> contexts() {
        return after.contexts.changesSince(before.contexts);
    }

    /**
     * In which sets; an edited one is there before and after.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<PolicySet>> sets() {
        return after.sets.changesSince(before.sets);
    }

    /**
     * In which filters.
     *
     * @return what is gone, then what is new, in order of addition
     */
    public List<Change<Filter>> filters() {
        return after.filters.changesSince(before.filters);
    }
}
