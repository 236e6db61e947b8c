package io.sallyport.engine.internal.policy;

import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was published by one write: a run-time policy; or the boot-time one, with or without what the base filtering engine
 * left behind for flows that it had authorised (BOOT-8). Immutable. Policies are prepared against one publication and
 * may only follow that one, whatever callouts come and go meanwhile.
 */
public final class Publication {
    /** BOOT_TIME or RUN_TIME. */
    public final PolicyInForce kind;

    /** Judges every packet, unless the worker asks for the other one. */
    public final CompiledPolicy main;

    /** Only together with BOOT_TIME. */
    public final @Nullable CompiledPolicy retained;

    /** What it means for flows that were authorised before it. */
    final ExistingFlows existing;

    private Publication(
            PolicyInForce kind, CompiledPolicy main, @Nullable CompiledPolicy retained, ExistingFlows existing) {
        this.kind = kind;
        this.main = main;
        this.retained = retained;
        this.existing = existing;
    }

    /** A run-time policy. */
    public static Publication runTime(CompiledPolicy policy, ExistingFlows existing) {
        return new Publication(PolicyInForce.RUN_TIME, policy, null, existing);
    }

    /** A boot-time policy, and what is retained beside it. */
    public static Publication bootTime(CompiledPolicy bootTime, @Nullable CompiledPolicy retained) {
        return new Publication(PolicyInForce.BOOT_TIME, bootTime, retained, ExistingFlows.RECHECK);
    }

    /** Uses both policies up, or neither. */
    public void use(@Nullable Publication inForce) {
        if (main == retained) {
            throw new IllegalStateException("policy " + main.revision + " cannot be boot-time and retained at once");
        }
        forEachPolicy(policy -> policy.requireFollows(inForce));
        forEachPolicy(CompiledPolicy::use);
    }

    /** Both policies, or the only one. */
    public void forEachPolicy(Consumer<CompiledPolicy> action) {
        action.accept(main);
        if (retained != null) {
            action.accept(retained);
        }
    }

    /** Every filter once. */
    public void forEachFilter(Consumer<EngineFilter> action) {
        main.filters().values().forEach(action);
        if (retained != null) {
            for (EngineFilter filter : retained.filters().values()) {
                if (main.filters().get(filter.id()) != filter) {
                    action.accept(filter);
                }
            }
        }
    }

    /** The filters of its predecessor that it does not hold. */
    public List<EngineFilter> removedSince(Publication predecessor) {
        List<EngineFilter> known = main.removed();
        if (known != null && retained == null && predecessor.retained == null) {
            return known;
        }
        List<EngineFilter> removed = new ArrayList<>();
        predecessor.forEachFilter(filter -> {
            if (!holds(filter)) {
                removed.add(filter);
            }
        });
        return removed;
    }

    /** Tells whether this very filter is in one of the policies. */
    private boolean holds(EngineFilter filter) {
        return main.filters().get(filter.id()) == filter
                || (retained != null && retained.filters().get(filter.id()) == filter);
    }
}
