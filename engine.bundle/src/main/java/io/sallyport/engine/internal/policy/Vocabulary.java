package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyImage.RuntimeSublayer;
import io.sallyport.policy.SetEntries;
import java.util.List;
import java.util.UUID;
import org.pcollections.TreePMap;

/**
 * What the filters of a policy may refer to. Immutable.
 *
 * @param sublayers by key
 * @param callouts added ones, by key
 * @param calloutNames by slot; a name that no added callout has any more keeps its slot until the policy is compiled as a whole
 * @param calloutSlots by name: index into {@code calloutNames}
 * @param sets what is in the sets that conditions name, by key
 */
record Vocabulary(
        TreePMap<UUID, RuntimeSublayer> sublayers,
        TreePMap<UUID, AddedCallout> callouts,
        List<String> calloutNames,
        TreePMap<String, Integer> calloutSlots,
        TreePMap<UUID, SetEntries> sets) {}
