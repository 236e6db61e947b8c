package io.sallyport.engine.internal.policy;

import io.sallyport.layer.Layer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled policy together with the callouts that are registered: what judges a packet. Part of a {@link Snapshot}. Immutable. */
public final class BoundPolicy {
    /** Names the policy in events. */
    public final String revision;

    /** By {@link CompiledFilter#calloutSlot}; null: added, not registered. */
    public final @Nullable RegisteredCallout[] callouts;

    /** By slot: where workers count calls under that name, registered or not. */
    public final int[] calloutCounterSlots;

    /**
     * The numbers of all callouts that are registered, whether this policy has filters for them or not; sorted. A callout that has
     * taken another one's place goes by that one's; else none is ever given again.
     */
    public final long[] registeredSerials;

    private final CompiledPolicy policy;
    private final int[] generations;
    /** By layer: the oldest generation whose authorisations count; those from there to {@link #generations} do. */
    private final int[] keptSince;

    /**
     * Binds a policy.
     *
     * @param policy compiled
     * @param registered by name
     * @param counterSlots by callout name
     * @param before what flows were judged by that this policy goes on with; null: nothing, every flow is rechecked
     * @param isKept flows of before stay authorised, also at layers that are not the same
     * @param highest by layer: the highest generation that was ever given; raised for layers that are not the same as before
     */
    BoundPolicy(
            CompiledPolicy policy,
            Map<String, RegisteredCallout> registered,
            Map<String, Integer> counterSlots,
            @Nullable BoundPolicy before,
            boolean isKept,
            int[] highest) {
        int count = policy.calloutNames.size();
        this.policy = policy;
        this.revision = policy.revision;
        this.callouts = new RegisteredCallout[count];
        this.calloutCounterSlots = new int[count];
        for (int i = 0; i < count; i++) {
            String name = policy.calloutNames.get(i);
            Integer slot = counterSlots.get(name);
            callouts[i] = registered.get(name);
            calloutCounterSlots[i] = slot == null ? 0 : slot;
        }
        this.registeredSerials =
                registered.values().stream().mapToLong(it -> it.serial).sorted().toArray();
        this.generations = new int[Layer.COUNT];
        this.keptSince = new int[Layer.COUNT];
        for (int i = 0; i < Layer.COUNT; i++) {
            if (before != null && judgesLike(before, i)) {
                generations[i] = before.generations[i];
                keptSince[i] = before.keptSince[i];
            } else {
                generations[i] = ++highest[i];
                keptSince[i] = before != null && isKept ? before.keptSince[i] : generations[i];
            }
        }
    }

    /** Tells whether a layer has the same filters, and the same callouts are registered for them (REAUTH-3, REAUTH-6). */
    private boolean judgesLike(BoundPolicy before, int layerId) {
        CompiledLayer layer = policy.layers[layerId];
        if (!layer.hasFiltersOf(before.policy.layers[layerId])) {
            return false;
        }
        for (String name : layer.calloutNames.keySet()) {
            int slotBefore = before.policy.calloutNames.indexOf(name);
            RegisteredCallout then = slotBefore < 0 ? null : before.callouts[slotBefore];
            if (callouts[policy.calloutNames.indexOf(name)] != then) {
                return false;
            }
        }
        return true;
    }

    /** The layer as compiled; never null. */
    public CompiledLayer layer(Layer layer) {
        return policy.layers[layer.id()];
    }

    /**
     * Tells whether no filter of a layer can match: it has none, or a flow was found to be none's.
     *
     * @param unmatchedUnder the generation under which that was found out; 0: it was not
     */
    public boolean isUnmatched(Layer layer, int unmatchedUnder) {
        int id = layer.id();
        return policy.layers[id].sublayers.length == 0 || generations[id] == unmatchedUnder;
    }

    /** See {@link io.sallyport.engine.api.Classifier#generation}. */
    public int generation(Layer layer) {
        return generations[layer.id()];
    }

    /** See {@link io.sallyport.engine.api.Classifier#holdsSince}. Generations wrap round, so ages are compared. */
    public boolean holdsSince(Layer layer, int generation) {
        int id = layer.id();
        int now = generations[id];
        return now - generation >= 0 && now - generation <= now - keptSince[id];
    }
}
