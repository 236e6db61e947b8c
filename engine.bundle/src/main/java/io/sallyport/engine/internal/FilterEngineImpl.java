package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.classify.WorkerCounters;
import io.sallyport.engine.internal.policy.CompiledPolicy;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.PolicyCompiler;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management plane of one filter engine.
 *
 * <p><b>Life of a policy.</b> Prepared aside, published by one write of {@link #current}, then drained by the engine's one
 * background thread: when every worker has been seen outside of a packet, the deletion of filters is announced and their
 * counters are used again.
 *
 * <p><b>Life of a callout.</b> Registering and unregistering publish a snapshot with the same compiled layers and another
 * callout table. Unregistering then waits until no worker is inside a packet that began before, and until all contexts are
 * deleted; after two seconds it fences the callout off and goes on.
 *
 * <p><b>Synchronisation.</b> All state but {@link #current} and the workers is guarded by {@link #lock}. Nobody
 * waits for a worker while holding it.
 */
public final class FilterEngineImpl implements FilterEngine {
    private static final Logger LOG = LoggerFactory.getLogger(FilterEngineImpl.class);
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final Consumer<FilterEngineImpl> onClose;
    private final Object lock = new Object();
    private final ThreadPoolExecutor background;
    private final Workers workers = new Workers();
    private final Totals totals = new Totals();
    private final Map<String, RegisteredCallout> registered = new HashMap<>();
    private final List<RegisteredCallout> leaving = new ArrayList<>();
    private final Deque<Integer> freeIndexes = new ArrayDeque<>();
    private final Set<Long> loggedFaults = new HashSet<>();
    private int indexes;
    private long serials;
    private long purgeNumber;
    private boolean isClosed;

    /** The one thing that the planes share; null: no policy, or closed. Written under the lock. */
    private volatile @Nullable Snapshot current;

    /**
     * Makes an engine without policy.
     *
     * @param name for threads and messages
     */
    public FilterEngineImpl(String name) {
        this(name, engine -> {});
    }

    /**
     * Makes an engine without policy.
     *
     * @param name for threads and messages
     * @param onClose told when it is closed and no callout is in use any more
     */
    FilterEngineImpl(String name, Consumer<FilterEngineImpl> onClose) {
        this.name = name;
        this.onClose = onClose;
        this.background = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "engine-" + name);
            thread.setDaemon(true);
            return thread;
        });
        background.allowCoreThreadTimeOut(true);
    }

    @Override
    public Classifier newClassifier() {
        synchronized (lock) {
            WorkerClassifier worker = new WorkerClassifier(() -> current, this::forget);
            totals.add(worker.counters());
            workers.add(worker);
            return worker;
        }
    }

    private void forget(WorkerClassifier worker) {
        synchronized (lock) {
            workers.remove(worker);
            totals.remove(worker.counters());
        }
    }

    @Override
    public PreparedPolicy prepare(PolicyImage image) throws PolicyException {
        synchronized (lock) {
            requireOpen();
            List<Integer> rows = new ArrayList<>();
            try {
                Snapshot now = current;
                CompiledPolicy policy = PolicyCompiler.compile(image, now == null ? null : now.policy(), () -> {
                    int row = totals.takeFilterRow();
                    rows.add(row);
                    return row;
                });
                image.callouts().forEach(callout -> totals.calloutRow(callout.name()));
                Announcer.add(policy.added(), registered);
                return policy;
            } catch (PolicyException | RuntimeException e) {
                rows.forEach(totals::giveFilterRow);
                throw e;
            }
        }
    }

    @Override
    public void publish(PreparedPolicy prepared) {
        synchronized (lock) {
            requireOpen();
            CompiledPolicy policy = own(prepared);
            Snapshot before = current;
            policy.requireFollows(before == null ? null : before.policy());
            policy.use();
            totals.reserve();
            publish(policy);
            List<EngineFilter> removed = new ArrayList<>();
            if (before != null) {
                for (EngineFilter old : before.policy().filters().values()) {
                    if (policy.filters().get(old.id()) != old) {
                        removed.add(old);
                    }
                }
            }
            List<EngineFilter> added = policy.added();
            boolean isAwaited = added.stream().anyMatch(this::wantsCommitNotice);
            if (isAwaited || !removed.isEmpty()) {
                inBackground(() -> settle(added, removed));
            }
        }
    }

    private boolean wantsCommitNotice(EngineFilter filter) {
        RegisteredCallout callout = registered.get(filter.calloutName());
        return callout != null && callout.wantsCommitNotice;
    }

    /** Puts a snapshot in force. Under the lock. */
    private void publish(CompiledPolicy policy) {
        current = Snapshot.of(policy, registered, totals.calloutRows(), leaving, purgeNumber, current);
    }

    /** Background, after a publish. */
    private void settle(List<EngineFilter> added, List<EngineFilter> removed) {
        Map<String, RegisteredCallout> now;
        synchronized (lock) {
            now = new HashMap<>(registered);
        }
        Announcer.committed(added, now);
        boolean isDrained = workers.awaitOutside(DRAIN_NS);
        synchronized (lock) {
            Announcer.delete(removed, registered);
            if (isDrained) {
                removed.forEach(filter -> totals.giveFilterRow(filter.counterSlot()));
            }
            logFaults();
        }
    }

    @Override
    public void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PolicyInForce policyInForce() {
        return current == null ? PolicyInForce.NONE : PolicyInForce.RUN_TIME;
    }

    @Override
    public String revision() {
        Snapshot now = current;
        return now == null ? "" : now.policy().revision();
    }

    @Override
    public void abandon(PreparedPolicy prepared) {
        synchronized (lock) {
            CompiledPolicy policy = own(prepared);
            policy.use();
            Announcer.delete(policy.added(), registered);
            policy.added().forEach(filter -> totals.giveFilterRow(filter.counterSlot()));
        }
    }

    private static CompiledPolicy own(PreparedPolicy prepared) {
        if (prepared instanceof CompiledPolicy policy) {
            return policy;
        }
        throw new IllegalArgumentException("not a policy that this engine prepared");
    }

    /**
     * Registers a callout (CALL-1).
     *
     * @param key the name under which policy adds it
     * @param flags bits of {@link io.sallyport.callout.CalloutFlags}
     * @param callout this engine's own instance
     * @throws PolicyException ALREADY_EXISTS, or IN_USE while one of the same name is unregistering (CALL-7)
     */
    public void register(String key, int flags, Callout callout) throws PolicyException {
        synchronized (lock) {
            requireOpen();
            if (registered.containsKey(key)) {
                throw new PolicyException(WfpError.ALREADY_EXISTS, "callout " + key + " is registered");
            }
            for (RegisteredCallout other : leaving) {
                if (other.name.equals(key)) {
                    throw new PolicyException(WfpError.IN_USE, "callout " + key + " is still unregistering");
                }
            }
            enlist(key, flags, callout);
            republish();
        }
    }

    private void enlist(String key, int flags, Callout callout) {
        Integer free = freeIndexes.poll();
        int index = free != null ? free : indexes++;
        registered.put(key, new RegisteredCallout(key, flags, callout, ++serials, index, totals.calloutRow(key)));
        totals.reserve();
    }

    private void republish() {
        Snapshot now = current;
        if (now != null) {
            publish(now.policy());
        }
    }

    /**
     * Unregisters a callout and waits, two seconds at most, until nobody is inside it and its contexts are deleted. Its
     * filters fall back to CALL-4 from the next packet on (CALL-8).
     *
     * @param key its name
     * @return false if it did not get out in time and was fenced off
     * @throws PolicyException CALLOUT_NOT_FOUND
     */
    public boolean unregister(String key) throws PolicyException {
        return replace(key, 0, null);
    }

    /**
     * Unregisters a callout and registers its successor by the same snapshot: no packet sees the name unregistered.
     *
     * @param key its name
     * @param flags of the successor
     * @param successor null: there is none
     * @return false if the old one did not get out in time and was fenced off
     * @throws PolicyException CALLOUT_NOT_FOUND
     */
    public boolean replace(String key, int flags, @Nullable Callout successor) throws PolicyException {
        RegisteredCallout callout;
        Snapshot published;
        synchronized (lock) {
            callout = registered.remove(key);
            if (callout == null) {
                throw new PolicyException(WfpError.CALLOUT_NOT_FOUND, "callout " + key + " is not registered");
            }
            if (successor != null) {
                enlist(key, flags, successor);
            }
            leaving.add(callout);
            purgeNumber++;
            republish();
            published = current;
        }
        boolean isClean = published == null || workers.awaitDeparture(published, DRAIN_NS);
        synchronized (lock) {
            leaving.remove(callout);
            logFault(callout);
            if (isClean) {
                freeIndexes.add(callout.index);
            } else {
                callout.fence();
                LOG.warn("engine {}: callout {} is stuck; fenced off after 2 s", name, key);
            }
            clearAttachments(key);
            republish();
        }
        return isClean;
    }

    /** What a callout left on filters would keep its bundle in memory. Under the lock; nobody is inside any more. */
    private void clearAttachments(String key) {
        Snapshot now = current;
        if (now != null && !registered.containsKey(key)) {
            for (EngineFilter filter : now.policy().filters().values()) {
                if (key.equals(filter.calloutName())) {
                    filter.attach(null);
                }
            }
        }
    }

    @Override
    public boolean awaitQuiescence(long timeoutMs) throws InterruptedException {
        return workers.awaitOutsideInterruptibly(TimeUnit.MILLISECONDS.toNanos(timeoutMs));
    }

    @Override
    public Set<String> registeredCallouts() {
        synchronized (lock) {
            return Set.copyOf(new TreeSet<>(registered.keySet()));
        }
    }

    @Override
    public EngineStatistics statistics() {
        synchronized (lock) {
            Map<Long, Long> matches = new HashMap<>();
            Map<Long, Long> decisions = new HashMap<>();
            Snapshot now = current;
            if (now != null) {
                now.policy().filters().forEach((id, filter) -> {
                    matches.put(id, totals.filter(filter.counterSlot(), WorkerCounters.MATCHES));
                    decisions.put(id, totals.filter(filter.counterSlot(), WorkerCounters.DECISIONS));
                });
            }
            logFaults();
            return new EngineStatistics(totals.layers(), matches, decisions, totals.callouts(firstFaults()));
        }
    }

    private Map<String, String> firstFaults() {
        Map<String, String> faults = new HashMap<>();
        registered.forEach((key, callout) -> {
            faults.put(callout.name, callout.describeFault());
        });
        return faults;
    }

    private void logFaults() {
        registered.values().forEach(this::logFault);
    }

    /** Once for each registration: workers only remember. */
    private void logFault(RegisteredCallout callout) {
        Throwable fault = callout.firstFault();
        if (fault != null && loggedFaults.add(callout.serial)) {
            LOG.warn("engine {}: callout {} failed; further faults are only counted", name, callout.name, fault);
        }
    }

    @Override
    public void close() {
        stop();
        onClose.accept(this);
    }

    /** Closes, but leaves it to others to give the callouts back. */
    void stop() {
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            current = null;
        }
        workers.awaitOutside(DRAIN_NS);
        workers.purgeEverything(DRAIN_NS);
        synchronized (lock) {
            logFaults();
            registered.values().forEach(RegisteredCallout::fence);
            registered.clear();
            leaving.clear();
        }
        background.shutdown();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("engine " + name + " is closed");
        }
    }

    private void inBackground(Runnable task) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("engine {} closed before its last policy was drained", name, e);
        }
    }
}
