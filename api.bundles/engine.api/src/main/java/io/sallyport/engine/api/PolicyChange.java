package io.sallyport.engine.api;

import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import java.util.List;
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
 */
public record PolicyChange(
        String revision,
        List<Long> removedFilters,
        List<UUID> removedCallouts,
        List<UUID> removedSublayers,
        List<RuntimeSublayer> sublayers,
        List<AddedCallout> callouts,
        List<FilterImage> filters) {

    /** Copies the lists. */
    public PolicyChange {
        Objects.requireNonNull(revision, "revision");
        removedFilters = List.copyOf(removedFilters);
        removedCallouts = List.copyOf(removedCallouts);
        removedSublayers = List.copyOf(removedSublayers);
        sublayers = List.copyOf(sublayers);
        callouts = List.copyOf(callouts);
        filters = List.copyOf(filters);
    }
}
