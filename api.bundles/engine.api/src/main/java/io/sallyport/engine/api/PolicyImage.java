package io.sallyport.engine.api;

import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Condition;
import io.sallyport.policy.SetEntries;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A whole policy as the engine runs it: the run-time form (FWPS) into which the base filtering engine translates its
 * management objects (FWPM). Immutable. The engine trusts its references, and checks what it needs to compile.
 *
 * @param revision names the policy in events, e.g. a content hash
 * @param sublayers all sublayers that filters name
 * @param callouts all added callouts
 * @param filters all filters that are in force, in any order
 * @param sets by key: what is in the sets that conditions name; others may be there, too
 */
public record PolicyImage(
        String revision,
        List<RuntimeSublayer> sublayers,
        List<AddedCallout> callouts,
        List<FilterImage> filters,
        Map<UUID, SetEntries> sets) {

    /** A policy without filters: permits at filtering layers (ARB-18). */
    public static final PolicyImage PERMIT_ALL = new PolicyImage("permit-all", List.of(), List.of(), List.of());

    /** Copies the lists. */
    public PolicyImage {
        Objects.requireNonNull(revision, "revision");
        sublayers = List.copyOf(sublayers);
        callouts = List.copyOf(callouts);
        filters = List.copyOf(filters);
        sets = Map.copyOf(sets);
    }

    /**
     * A policy whose conditions name no sets.
     *
     * @param revision see above
     * @param sublayers see above
     * @param callouts see above
     * @param filters see above
     */
    public PolicyImage(
            String revision, List<RuntimeSublayer> sublayers, List<AddedCallout> callouts, List<FilterImage> filters) {
        this(revision, sublayers, callouts, filters, Map.of());
    }

    /**
     * A sublayer with its effective weight.
     *
     * @param key its GUID
     * @param name for events
     * @param weight 0..65535, unique among the sublayers (ARB-24)
     */
    public record RuntimeSublayer(UUID key, String name, int weight) {}

    /**
     * A callout that is added; whether it is registered is the engine's knowledge.
     *
     * @param key its GUID, one for each name and layer
     * @param id run-time id
     * @param name the name under which its code registers
     * @param layer the layer whose filters may call it
     */
    public record AddedCallout(UUID key, int id, String name, Layer layer) {}

    /**
     * A filter.
     *
     * @param id run-time id; also breaks ties of weight: the smaller one, added first, wins (ARB-26)
     * @param key its GUID
     * @param name for events
     * @param provider name of its provider for events, or null
     * @param layer its layer
     * @param sublayer its sublayer's GUID
     * @param weight effective weight, unsigned
     * @param conditions checked against the layer's schema by the BFE and once more by the engine
     * @param action what to do
     * @param callout the callout's GUID if the action is a callout one
     * @param flags bits of {@link io.sallyport.policy.FilterFlags}
     * @param rawContext 64 bits for the callout
     * @param providerContext the data the callout gets to see (CALL-15); empty if none
     */
    public record FilterImage(
            long id,
            UUID key,
            String name,
            @Nullable String provider,
            Layer layer,
            UUID sublayer,
            long weight,
            List<Condition> conditions,
            ActionType action,
            @Nullable UUID callout,
            int flags,
            long rawContext,
            Map<String, Object> providerContext) {

        /** Copies the collections. */
        public FilterImage {
            conditions = List.copyOf(conditions);
            providerContext = Map.copyOf(providerContext);
        }
    }
}
