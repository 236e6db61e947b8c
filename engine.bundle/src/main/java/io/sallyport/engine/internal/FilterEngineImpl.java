package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyImage.AddedCallout;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.classify.WorkerCounters;
import io.sallyport.engine.internal.match.Summary;
import io.sallyport.engine.internal.policy.CalloutDoor;
import io.sallyport.engine.internal.policy.ChangeCompiler;
import io.sallyport.engine.internal.policy.CompiledPolicy;
import io.sallyport.engine.internal.policy.EngineFilter;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.PolicyCompiler;
import io.sallyport.engine.internal.policy.Publication;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
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
    private static final Duration MOST_TO_OPEN = Duration.ofSeconds(1);

    private final String name;
    private final Consumer<FilterEngineImpl> onClose;
    private final Object lock = new Object();
    private final ThreadPoolExecutor background;
    private final Workers workers = new Workers();
    private final PathDoors doors = new PathDoors();
    private final Totals totals = new Totals();
    private final CalloutRegistry callouts;
    private final Warden warden;
    /** Prepared, and neither published nor abandoned; weakly, as their owner may forget them. */
    private final Set<CompiledPolicy> pending = Collections.newSetFromMap(new WeakHashMap<>());

    private boolean isClosed;

    private @Nullable Watch watch;

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
        this(name, onClose, new OperatorLines());
    }

    /**
     * Makes an engine without policy.
     *
     * @param name for threads and messages
     * @param onClose told when it is closed and no callout is in use any more
     * @param operator told about callouts that are kept out
     */
    FilterEngineImpl(String name, Consumer<FilterEngineImpl> onClose, OperatorLines operator) {
        this.name = name;
        this.onClose = onClose;
        this.callouts = new CalloutRegistry(name, totals);
        this.warden = new Warden(lock, callouts, totals, workers, operator);
        this.background = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            // Whoever commits first makes this thread: nothing of a vendor's thread may be inherited.
            Thread thread = new Thread(null, task, "engine-" + name, 0, false);
            thread.setContextClassLoader(FilterEngineImpl.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        });
        background.allowCoreThreadTimeOut(true);
    }

    /**
     * Has callouts watched from now on until the engine closes: those that fail again and again are kept out, threads that do
     * not come back from one are given up. Not for a replay: what becomes of a frame must not depend on the clock.
     */
    public void watchCallouts() {
        synchronized (lock) {
            if (!isClosed && watch == null) {
                watch = new Watch(warden, name);
                watch.start();
            }
        }
    }

    /** Who watches the callouts: by {@link Watch}, or by nobody. */
    Warden warden() {
        return warden;
    }

    /**
     * How callouts conduct themselves.
     *
     * @return of each that is registered; without what only their bundles know
     */
    public List<CalloutControl.Status> callouts() {
        return warden.registered().stream()
                .map(callout -> warden.status(callout, "", ""))
                .toList();
    }

    /**
     * Has a callout called again that is kept out.
     *
     * @param key its name
     * @return false if it was called anyway
     * @throws PolicyException CALLOUT_NOT_FOUND; IN_USE if only a restart mends it
     */
    public boolean release(String key) throws PolicyException {
        RegisteredCallout callout = warden.registered(key);
        if (callout == null) {
            throw new PolicyException(WfpError.CALLOUT_NOT_FOUND, "callout " + key + " is not registered");
        }
        return warden.release(callout);
    }

    @Override
    public Classifier newClassifier() {
        synchronized (lock) {
            WorkerClassifier worker = new WorkerClassifier(() -> current, doors, this::forget);
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
            return prepare(image.callouts(), rows -> PolicyCompiler.compile(image, inForce(), rows));
        }
    }

    @Override
    public @Nullable PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) throws PolicyException {
        synchronized (lock) {
            requireOpen();
            Publication before = inForce();
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
            requireOpen();
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

    @Override
    public void publish(PreparedPolicy prepared, ExistingFlows existing) {
        put(Publication.runTime(own(prepared), existing));
    }

    @Override
    public PolicyTrial tryOut(PreparedPolicy prepared) {
        synchronized (lock) {
            requireOpen();
            Trial trial = new Trial(own(prepared), current, callouts.registered(), totals.calloutRows());
            totals.reserve(trial::reserve);
            return trial;
        }
    }

    @Override
    public void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        put(Publication.bootTime(own(bootTime), retained == null ? null : own(retained)));
    }

    private void put(Publication next) {
        synchronized (lock) {
            requireOpen();
            Publication before = inForce();
            next.use(before);
            totals.reserve();
            List<EngineFilter> added = new ArrayList<>();
            List<EngineFilter> removed = before == null ? List.of() : next.removedSince(before);
            next.forEachPolicy(policy -> {
                pending.remove(policy);
                added.addAll(policy.added());
            });
            enforce(next);
            summarizeSoon(next);
            boolean isAwaited = added.stream().anyMatch(this::wantsCommitNotice);
            if (isAwaited || !removed.isEmpty()) {
                inBackground(() -> settle(added, removed));
            }
        }
    }

    /** Summaries that many changes have made coarse are made anew, aside; the answers are the same before and after. */
    private void summarizeSoon(Publication publication) {
        if (publication.main.coarse().isEmpty()) {
            return;
        }
        inBackground(() -> {
            Publication now;
            synchronized (lock) {
                now = inForce();
            }
            if (now == null) {
                return;
            }
            for (CompiledPolicy.Coarse coarse : now.main.coarse()) {
                Summary summary = coarse.matcher().summarized();
                synchronized (lock) {
                    Publication latest = inForce();
                    if (latest != null) {
                        latest.main.adopt(coarse, summary);
                    }
                }
            }
        });
    }

    private boolean wantsCommitNotice(EngineFilter filter) {
        RegisteredCallout callout = callouts.registered().get(filter.calloutName());
        return callout != null && callout.wantsCommitNotice;
    }

    private @Nullable Publication inForce() {
        Snapshot now = current;
        return now == null ? null : now.publication();
    }

    /** Puts a snapshot in force, of new policies or of the same ones with other callouts. Under the lock. */
    private void enforce(Publication publication) {
        current = Snapshot.of(
                publication,
                callouts.registered(),
                totals.calloutRows(),
                callouts.leaving(),
                callouts.purgeNumber(),
                current);
    }

    /** Background, after a publish. */
    private void settle(List<EngineFilter> added, List<EngineFilter> removed) {
        Map<String, RegisteredCallout> now;
        synchronized (lock) {
            now = new HashMap<>(callouts.registered());
        }
        Announcer.committed(added, now);
        boolean isDrained = workers.awaitOutside(DRAIN_NS);
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

    @Override
    public PolicyInForce policyInForce() {
        Snapshot now = current;
        return now == null ? PolicyInForce.NONE : now.kind();
    }

    @Override
    public String revision() {
        Snapshot now = current;
        return now == null ? "" : now.main.revision;
    }

    @Override
    public void abandon(PreparedPolicy prepared) {
        synchronized (lock) {
            CompiledPolicy policy = own(prepared);
            policy.use();
            pending.remove(policy);
            Announcer.delete(policy.added(), callouts.registered());
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
        register(key, flags, open(callout));
    }

    /**
     * Hands an instance its door; without any lock and for a limited time, since a vendor's code runs.
     *
     * @throws IllegalStateException if the instance does not take it; it says what was thrown, without being that
     */
    OpenedCallout open(Callout callout) {
        CalloutDoor door = new CalloutDoor(doors);
        VendorCall.within(
                MOST_TO_OPEN,
                "callout-open",
                () -> {
                    callout.open(door);
                    return Boolean.TRUE;
                },
                late -> {});
        return new OpenedCallout(callout, door);
    }

    /** The same for an instance that has its door. */
    void register(String key, int flags, OpenedCallout callout) throws PolicyException {
        synchronized (lock) {
            requireOpen();
            callouts.requireFree(key);
            callouts.enlist(key, flags, callout, null);
            republish();
        }
    }

    private void republish() {
        Publication now = inForce();
        if (now != null) {
            enforce(now);
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
        return replaceBy(key, flags, successor == null ? null : open(successor));
    }

    /** The same for a successor that has its door. */
    boolean replaceBy(String key, int flags, @Nullable OpenedCallout successor) throws PolicyException {
        return succeed(key, flags, successor, false).isClean();
    }

    /**
     * Has a new version take the place of a callout, by one snapshot: workers switch between two packets. It goes on with
     * the old one's answers on streams and gets its contexts as bytes, each before it is first called for that flow; what
     * cannot be handed over is deleted. Waits as {@link #unregister} does.
     *
     * @param key its name
     * @param flags of the new version
     * @param newVersion has its door
     * @return what came of it
     * @throws PolicyException CALLOUT_NOT_FOUND
     */
    Takeover update(String key, int flags, OpenedCallout newVersion) throws PolicyException {
        return succeed(key, flags, newVersion, true);
    }

    /** The same for an instance that has no door yet. */
    public Takeover update(String key, int flags, Callout newVersion) throws PolicyException {
        return update(key, flags, open(newVersion));
    }

    private Takeover succeed(String key, int flags, @Nullable OpenedCallout successor, boolean isUpdate)
            throws PolicyException {
        RegisteredCallout callout;
        RegisteredCallout next = null;
        Snapshot published;
        synchronized (lock) {
            callout = callouts.beginLeaving(key);
            if (successor != null) {
                next = callouts.enlist(key, flags, successor, isUpdate ? callout : null);
            }
            republish();
            published = current;
        }
        boolean isClean = published == null || workers.awaitDeparture(published, DRAIN_NS);
        callout.door.left();
        synchronized (lock) {
            callouts.left(callout, isClean);
            forgetAttachments(key, callout);
            republish();
        }
        return new Takeover(isClean, next == null ? 0 : next.inherited(), next == null ? 0 : next.notInherited());
    }

    /**
     * What a callout left on filters would keep its bundle in memory. Of filters in force and of filters to come; under the
     * lock.
     */
    private void forgetAttachments(String key, RegisteredCallout callout) {
        Consumer<EngineFilter> forget = filter -> {
            if (key.equals(filter.calloutName())) {
                filter.forget(callout);
            }
        };
        Publication now = inForce();
        if (now != null) {
            now.forEachFilter(forget);
        }
        pending.forEach(policy -> policy.added().forEach(forget));
    }

    @Override
    public boolean awaitQuiescence(long timeoutMs) throws InterruptedException {
        return workers.awaitOutsideInterruptibly(TimeUnit.MILLISECONDS.toNanos(timeoutMs));
    }

    @Override
    public Set<String> registeredCallouts() {
        synchronized (lock) {
            return Set.copyOf(callouts.registered().keySet());
        }
    }

    @Override
    public EngineStatistics statistics() {
        synchronized (lock) {
            Map<Long, Long> matches = new HashMap<>();
            Map<Long, Long> decisions = new HashMap<>();
            Publication now = inForce();
            if (now != null) {
                now.forEachFilter(filter -> {
                    int row = filter.counterSlot();
                    matches.merge(filter.id(), totals.filter(row, WorkerCounters.MATCHES), Long::sum);
                    decisions.merge(filter.id(), totals.filter(row, WorkerCounters.DECISIONS), Long::sum);
                });
            }
            callouts.logFaults();
            return new EngineStatistics(
                    totals.layers(),
                    matches,
                    decisions,
                    totals.callouts(callouts.firstFaults()),
                    totals.internalFaults());
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
            if (watch != null) {
                watch.stop();
                watch = null;
            }
        }
        workers.awaitOutside(DRAIN_NS);
        workers.purgeEverything(DRAIN_NS);
        synchronized (lock) {
            callouts.clear();
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
