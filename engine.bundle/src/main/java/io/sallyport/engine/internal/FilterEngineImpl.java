package io.sallyport.engine.internal;

import io.sallyport.callout.Callout;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyChange;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.classify.WorkerCounters;
import io.sallyport.engine.internal.policy.PathDoors;
import io.sallyport.engine.internal.policy.Publication;
import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The management plane of one filter engine: its workers, what they counted, and its end. How a policy comes into force is
 * the {@link PolicyPublisher}'s, how callouts come and go the {@link CalloutRegistrar}'s, which of them behave the
 * {@link Warden}'s.
 *
 * <p><b>Synchronisation.</b> All state but the {@link CurrentSnapshot} and the workers is guarded by {@link #lock}, which
 * those parts share. Nobody waits for a worker while holding it.
 */
public final class FilterEngineImpl implements FilterEngine {
    private final String name;
    private final Consumer<FilterEngineImpl> onClose;
    private final Object lock = new Object();
    private final Workers workers = new Workers();
    private final PathDoors doors = new PathDoors();
    private final Totals totals = new Totals();
    private final CalloutRegistry callouts;
    private final CurrentSnapshot current;
    private final Background background;
    private final PolicyPublisher policies;
    private final CalloutRegistrar registrar;
    private final Warden warden;

    private @Nullable Watch watch;

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
        this.current = new CurrentSnapshot(name, callouts, totals);
        this.background = new Background(name);
        this.policies = new PolicyPublisher(lock, current, callouts, totals, workers, background);
        this.registrar = new CalloutRegistrar(lock, current, callouts, policies, workers, doors);
        this.warden = new Warden(lock, callouts, totals, workers, operator);
    }

    /**
     * Has callouts watched from now on until the engine closes: those that fail again and again are kept out, threads that do
     * not come back from one are given up. Not for a replay: what becomes of a frame must not depend on the clock.
     */
    public void watchCallouts() {
        synchronized (lock) {
            if (!current.isClosed() && watch == null) {
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
            WorkerClassifier worker = new WorkerClassifier(current::get, doors, this::forget);
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
        return policies.prepare(image);
    }

    @Override
    public @Nullable PreparedPolicy prepare(PreparedPolicy inForce, PolicyChange change) throws PolicyException {
        return policies.prepare(inForce, change);
    }

    @Override
    public void publish(PreparedPolicy prepared, ExistingFlows existing) {
        policies.publish(prepared, existing);
    }

    @Override
    public PolicyTrial tryOut(PreparedPolicy prepared) {
        return policies.tryOut(prepared);
    }

    @Override
    public void publishBootTime(PreparedPolicy bootTime, @Nullable PreparedPolicy retained) {
        policies.publishBootTime(bootTime, retained);
    }

    @Override
    public void abandon(PreparedPolicy prepared) {
        policies.abandon(prepared);
    }

    @Override
    public PolicyInForce policyInForce() {
        Snapshot now = current.get();
        return now == null ? PolicyInForce.NONE : now.kind();
    }

    @Override
    public String revision() {
        Snapshot now = current.get();
        return now == null ? "" : now.main.revision;
    }

    /** How callouts come and go, for those that have their door. */
    CalloutRegistrar registrar() {
        return registrar;
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
        registrar.register(key, flags, registrar.open(callout));
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
        return registrar.replace(key, flags, successor == null ? null : registrar.open(successor));
    }

    /**
     * Has a new version take the place of a callout, by one snapshot: workers switch between two packets. It goes on with
     * the old one's answers on streams and gets its contexts as bytes, each before it is first called for that flow; what
     * cannot be handed over is deleted. Waits as {@link #unregister} does.
     *
     * @param key its name
     * @param flags of the new version
     * @param newVersion this engine's own instance
     * @return what came of it
     * @throws PolicyException CALLOUT_NOT_FOUND
     */
    public Takeover update(String key, int flags, Callout newVersion) throws PolicyException {
        return registrar.update(key, flags, registrar.open(newVersion));
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
            Map<Layer, Integer> filters = new EnumMap<>(Layer.class);
            Publication now = current.publication();
            if (now != null) {
                now.forEachFilter(filter -> {
                    int row = filter.counterSlot();
                    filters.merge(filter.layer(), 1, Integer::sum);
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
                    totals.internalFaults(),
                    filters);
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
            if (!current.close()) {
                return;
            }
            if (watch != null) {
                watch.stop();
                watch = null;
            }
        }
        workers.awaitOutside(Workers.DRAIN_NS);
        workers.purgeEverything(Workers.DRAIN_NS);
        synchronized (lock) {
            callouts.clear();
        }
        background.close();
    }
}
