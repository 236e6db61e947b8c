package io.sallyport.engine.internal.policy;

import io.sallyport.layer.Layer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that judges a packet, behind one reference: compiled layers, the callouts that are registered, and who is
 * leaving. A commit makes a new one; so does a callout that comes or goes, which shares the compiled layers. Immutable.
 */
public final class Snapshot {
    /** Different for each snapshot of an engine; workers remember this, and not the snapshot, which holds callouts. */
    public final long number;

    /** Names the policy in events. */
    public final String revision;

    /** By {@link CompiledFilter#calloutSlot}; null: added, not registered. */
    public final @Nullable RegisteredCallout[] callouts;

    /** By slot: where workers count calls under that name, registered or not. */
    public final int[] calloutCounterSlots;

    /** Callouts whose contexts every worker has to delete. */
    public final RegisteredCallout[] leaving;

    /** Grows with each change of {@link #leaving}; workers answer with it when they hold no contexts of those any more. */
    public final long purgeNumber;

    private final CompiledPolicy policy;
    private final int[] generations;

    private Snapshot(
            CompiledPolicy policy,
            @Nullable RegisteredCallout[] callouts,
            int[] calloutCounterSlots,
            RegisteredCallout[] leaving,
            long purgeNumber,
            int[] generations,
            long number) {
        this.number = number;
        this.revision = policy.revision;
        this.policy = policy;
        this.callouts = callouts;
        this.calloutCounterSlots = calloutCounterSlots;
        this.leaving = leaving;
        this.purgeNumber = purgeNumber;
        this.generations = generations;
    }

    /**
     * Makes the snapshot that follows another one.
     *
     * @param policy the policy, the predecessor's or a new one
     * @param registered by name
     * @param counterSlots by callout name
     * @param leaving who is leaving
     * @param purgeNumber see there
     * @param before the predecessor; null for an engine's first
     */
    public static Snapshot of(
            CompiledPolicy policy,
            Map<String, RegisteredCallout> registered,
            Map<String, Integer> counterSlots,
            List<RegisteredCallout> leaving,
            long purgeNumber,
            @Nullable Snapshot before) {
        int count = policy.calloutNames.size();
        @Nullable RegisteredCallout[] callouts = new RegisteredCallout[count];
        int[] slots = new int[count];
        for (int i = 0; i < count; i++) {
            String name = policy.calloutNames.get(i);
            callouts[i] = registered.get(name);
            Integer slot = counterSlots.get(name);
            slots[i] = slot == null ? 0 : slot;
        }
        return new Snapshot(
                policy,
                callouts,
                slots,
                leaving.toArray(new RegisteredCallout[0]),
                purgeNumber,
                nextGenerations(policy, callouts, before),
                before == null ? 1 : before.number + 1);
    }

    /** A layer's number grows if its filters changed, or who is registered for them (REAUTH-3, REAUTH-6). */
    private static int[] nextGenerations(
            CompiledPolicy policy, @Nullable RegisteredCallout[] callouts, @Nullable Snapshot before) {
        int[] generations = new int[Layer.COUNT];
        for (int i = 0; i < Layer.COUNT; i++) {
            boolean isSame = before != null
                    && policy.layers[i].hasFiltersOf(before.policy.layers[i])
                    && hasSameCallouts(policy, callouts, policy.layers[i], before);
            int last = before == null ? 0 : before.generations[i];
            generations[i] = isSame ? last : last + 1;
        }
        return generations;
    }

    private static boolean hasSameCallouts(
            CompiledPolicy policy, @Nullable RegisteredCallout[] callouts, CompiledLayer layer, Snapshot before) {
        for (String name : layer.calloutNames) {
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

    /** See {@link io.sallyport.engine.api.Classifier#generation}. */
    public int generation(Layer layer) {
        return generations[layer.id()];
    }

    /** The policy, for the management plane. */
    public CompiledPolicy policy() {
        return policy;
    }
}
