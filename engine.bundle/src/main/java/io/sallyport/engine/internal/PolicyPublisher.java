package io.sallyport.engine.internal;

import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine.PolicyInForce;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.match.Summary;
import io.sallyport.engine.internal.policy.ChangeCompiler;
import io.sallyport.engine.internal.policy.CompiledPolicy;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.PolicyCompiler;
import io.sallyport.engine.internal.policy.Publication;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.policy.PolicyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of a policy in one engine. Prepared aside, published by one write of {@link CurrentSnapshot}, then drained in the
 * background: when every worker has been seen outside of a packet, the deletion of filters is announced and their counters
 * are used again.
 *
 * <p>Takes the engine's lock, which guards everything here; nobody waits for a worker while holding it.
 */
final class PolicyPublisher {
    private final Object lock;
    private final CurrentSnapshot current;
    private final CalloutRegistry callouts;
    private final Totals totals;
    private final Workers workers;
    private final Background background;
    /** Prepared, and neither published nor abandoned; weakly, as their owner may forget them. */
    private final Set<CompiledPolicy> pending = Collections.newSetFromMap(new WeakHashMap<>());

    PolicyPublisher(
            Object lock,
            CurrentSnapshot current,
            CalloutRegistry callouts,
            Totals totals,
            Workers workers,
            Background background) {
        this.lock = lock;
        this.current = current;
        this.callouts = callouts;
        this.totals = totals;
        this.workers = workers;
        this.background = background;
    }

    /** As the engine's contract says. */
    PreparedPolicy prepare(PolicyImage image) throws PolicyException {
        synchronized (lock) {
            return prepare(image.callouts(), rows -> PolicyCompiler.compile(image, current.publication(), rows));
        }
    }

    /** As the engine's contract says. */
    @Nullable PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) throws PolicyException {
        synchronized (lock) {
            current.requireOpen();
            Publication before = current.publication();
            if (before == null || before.kind != PolicyInForce.RUN_TIME || before.main != inForce) {
                return null;
            }
            return prepare(change.callouts(), rows -> ChangeCompiler.compile(before, change, rows));
        }
    }

    /** Compiles with rows for counters, and gives them back if it fails. */
    @FunctionalInterface
    private interface Compilation {
        CompiledPolicy with(IntSupplier newCounterRow) throws PolicyException;
    }

    private CompiledPolicy prepare(List<AddedCallout> newCallouts, Compilation compilation) throws PolicyException {
        synchronized (lock) {
            current.requireOpen();
            List<Integer> rows = new ArrayList<>();
            try {
                CompiledPolicy policy = compilation.with(() -> {
                    int row = totals.takeFilterRow();
                    rows.add(row);
                    return row;
                });
                newCallouts.forEach(callout -> totals.calloutRow(callout.name()));
                Announcer.add(policy.added(), callouts.registered());
                pending.add(policy);
                return policy;
            } catch (PolicyException | RuntimeException e) {
                rows.forEach(totals::giveFilterRow);
                throw e;
            }
        }
    }

    /** As the engine's contract says. */
    PolicyTrial tryOut(PreparedPolicy prepared) {
        synchronized (lock) {
            current.requireOpen();
            Trial trial = new Trial(own(prepared), current.get(), callouts.registered(), totals.calloutRows());
            totals.reserve(trial::reserve);
            return trial;
        }
    }

    /** As the engine's contract says. */
    void publish(PreparedPolicy prepared, ExistingFlows existing) {
        put(Publication.runTime(own(prepared), existing));
    }

    /** As the engine's contract says. */
    void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        put(Publication.bootTime(own(bootTime), retained == null ? null : own(retained)));
    }

    private void put(Publication next) {
        synchronized (lock) {
            current.requireOpen();
            Publication before = current.publication();
            next.use(before);
            totals.reserve();
            List<EngineFilter> added = new ArrayList<>();
            List<EngineFilter> removed = before == null ? List.of() : next.removedSince(before);
            next.forEachPolicy(policy -> {
                pending.remove(policy);
                added.addAll(policy.added());
            });
            current.enforce(next);
            summarizeSoon(next);
            boolean isAwaited = added.stream().anyMatch(this::wantsCommitNotice);
            if (isAwaited || !removed.isEmpty()) {
                background.execute(() -> settle(added, removed));
            }
        }
    }

    private boolean wantsCommitNotice(EngineFilter filter) {
        RegisteredCallout callout = callouts.registered().get(filter.calloutName());
        return callout != null && callout.wantsCommitNotice;
    }

    /** Summaries that many changes have made coarse are made anew, aside; the answers are the same before and after. */
    private void summarizeSoon(Publication publication) {
        if (publication.main.coarse().isEmpty()) {
            return;
        }
        background.execute(() -> {
            Publication now;
            synchronized (lock) {
                now = current.publication();
            }
            if (now == null) {
                return;
            }
            for (CompiledPolicy.Coarse coarse : now.main.coarse()) {
                Summary summary = coarse.matcher().summarized();
                synchronized (lock) {
                    Publication latest = current.publication();
                    if (latest != null) {
                        latest.main.adopt(coarse, summary);
                    }
                }
            }
        });
    }

    /** Background, after a publish. */
    private void settle(List<EngineFilter> added, List<EngineFilter> removed) {
        Map<String, RegisteredCallout> now;
        synchronized (lock) {
            now = new HashMap<>(callouts.registered());
        }
        Announcer.committed(added, now);
        boolean isDrained = workers.awaitOutside(Workers.DRAIN_NS);
        synchronized (lock) {
            Announcer.delete(removed, callouts.registered());
            if (isDrained) {
                removed.forEach(filter -> {
                    totals.giveFilterRow(filter.counterSlot());
                    filter.forgetAll();
                });
            }
            callouts.logFaults();
        }
    }

    /** As the engine's contract says. */
    void abandon(PreparedPolicy prepared) {
        synchronized (lock) {
            CompiledPolicy policy = own(prepared);
            policy.use();
            pending.remove(policy);
            Announcer.delete(policy.added(), callouts.registered());
            policy.added().forEach(filter -> totals.giveFilterRow(filter.counterSlot()));
        }
    }

    /** Visits the filters in force, and of those to come the ones that are new. Under the lock. */
    void forEachFilter(Consumer<EngineFilter> visitor) {
        Publication now = current.publication();
        if (now != null) {
            now.forEachFilter(visitor);
        }
        pending.forEach(policy -> policy.added().forEach(visitor));
    }

    private static CompiledPolicy own(PreparedPolicy prepared) {
        if (prepared instanceof CompiledPolicy policy) {
            return policy;
        }
        throw new IllegalArgumentException("not a policy that this engine prepared");
    }
}
