package io.sallyport.engine.api;

import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.policy.SetEntries;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * In what a policy differs from another one that was published: what is gone goes first, then what is new is added. A filter
 * that changed is both. Immutable.
 *
 * @param revision names the new policy in events
 * @param removedFilters run-time ids
 * @param removedCallouts keys of callouts that are not added any more
 * @param removedSublayers keys of sublayers that no filter names any more
 * @param sublayers new ones
 * @param callouts new ones
 * @param filters new ones, in any order
 * @param sets by key: new ones, and what is now in sets that were edited
 * @param removedSets keys of sets that no filter names any more
 */
public record PolicyChange(
        String revision,
        List<Long> removedFilters,
        List<UUID> removedCallouts,
        List<UUID> removedSublayers,
        List<RuntimeSublayer> sublayers,
        List<AddedCallout> callouts,
        List<FilterImage> filters,
        Map<UUID, SetEntries> sets,
        List<UUID> removedSets) {

    /** Copies the lists. */
    public PolicyChange {
        Objects.requireNonNull(revision, "revision");
        removedFilters = List.copyOf(removedFilters);
        removedCallouts = List.copyOf(removedCallouts);
        removedSublayers = List.copyOf(removedSublayers);
        sublayers = List.copyOf(sublayers);
        callouts = List.copyOf(callouts);
        filters = List.copyOf(filters);
        sets = Map.copyOf(sets);
        removedSets = List.copyOf(removedSets);
    }

    /**
     * A change that leaves sets as they are.
     *
     * @param revision see above
     * @param removedFilters see above
     * @param removedCallouts see above
     * @param removedSublayers see above
     * @param sublayers see above
     * @param callouts see above
     * @param filters see above
     */
    public PolicyChange(
            String revision,
            List<Long> removedFilters,
            List<UUID> removedCallouts,
            List<UUID> removedSublayers,
            List<RuntimeSublayer> sublayers,
            List<AddedCallout> callouts,
            List<FilterImage> filters) {
        this(
                revision,
                removedFilters,
                removedCallouts,
                removedSublayers,
                sublayers,
                callouts,
                filters,
                Map.of(),
                List.of());
    }
}
