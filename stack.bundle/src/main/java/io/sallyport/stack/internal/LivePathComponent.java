package io.sallyport.stack.internal;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.gateway.api.GatewayConfig;
import io.sallyport.gateway.api.Notices;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.FlowImpact;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.internal.path.FlowPreview;
import io.sallyport.stack.internal.path.PathState;
import io.sallyport.stack.internal.path.Shedding;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The data path between the two live ports. It outlives engine and port: flows, connection states and books are in a
 * {@link PathState} that goes from one engine to the next.
 *
 * <p><b>Life cycle.</b> Engine and port come and go in any order. A path is made for an engine when a port is there, and
 * stays through restarts of the port, which only takes frames from it and to it. When the engine goes, the handler leaves
 * the port's slot first; then what the path holds is dropped, contexts end, and the flows wait for the next engine, which
 * judges each anew at its next packet.
 *
 * <p><b>Threads.</b> Management plane; {@link #lock} serialises arrivals and departures and is never taken by a worker. The
 * state belongs to the port's worker while there is a {@link Connection}, else to whoever has the lock. The worker takes
 * the monitor of a connection, between batches, to answer a question.
 */
@Component(service = LiveDataPath.class, immediate = true)
public final class LivePathComponent implements LiveDataPath {

    /** System property of an endurance test (bench soak), which lives through a day in half an hour. */
    private static final String TIMEOUT_DIVISOR = "sallyport.timeoutDivisor";

    private static final DataPathConfig CONFIG =
            DataPathConfig.live(LiveHeap.bytesForTables()).withTimeoutDivisor(Integer.getInteger(TIMEOUT_DIVISOR, 1));

    /** Slots of the flow table that are looked at in one go, between two batches. */
    private static final int SLICE = 1_024;
    /** The same for copies that are asked about, which are larger. */
    private static final int PREVIEW_SLICE = 256;
    /** Slots between two reports of progress, less one. */
    private static final int PROGRESS_MASK = 0x3FFF;

    private final Object lock = new Object();
    private final ShimRack rack = new ShimRack();
    private final ObserverSlot observer = new ObserverSlot();
    private final Shedding shedding = new Shedding();
    private final HeapPressure heap = new HeapPressure(new LiveHeap(), shedding, this::withNotices);

    // Guarded by the lock.
    private PortDoor toLan = new PortDoor();
    private PortDoor toWan = new PortDoor();
    private PathState state = new PathState(CONFIG, shedding);
    private @Nullable FilterEngine engine;
    private @Nullable LivePort port;
    private @Nullable DataPathImpl path;

    /** Written under the lock. */
    private volatile @Nullable Connection connection;

    /** For answers when the worker has no time. */
    private volatile Ledger lastLedger = state.ledger();

    private volatile Map<PathCounter, Long> lastCounters = Map.of();
    private volatile FlowStatistics lastFlowStatistics = FlowStatistics.NONE;
    private volatile int lastFlowCount;
    private volatile long lastFaults;
    private volatile @Nullable Notices notices;

    /**
     * Waits for engine and port.
     *
     * @param gateway its presence says that this is a live gateway
     */
    @Activate
    public LivePathComponent(@Reference GatewayConfig gateway) {}

    /** Watches the memory as long as the component is there. */
    @Activate
    void watchHeap() {
        heap.start();
    }

    /**
     * What is refused while memory is short.
     *
     * @return always the same
     */
    public Shedding shedding() {
        return shedding;
    }

    /**
     * Fills the slots of a point.
     *
     * @param factory serves from the next batch on
     */
    @Reference(
            service = ShimFactory.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addShimFactory(ShimFactory factory) {
        rack.add(factory);
    }

    /**
     * Empties the slots of a point. Returns when no worker can be inside the factory's shims any more.
     *
     * @param factory goes
     */
    public void removeShimFactory(ShimFactory factory) {
        rack.remove(factory);
    }

    /**
     * Judges by an engine from now on.
     *
     * @param newEngine takes the place of the one that is there
     */
    @Reference(
            service = FilterEngine.class,
            target = FilterEngine.LIVE,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setEngine(FilterEngine newEngine) {
        synchronized (lock) {
            leaveEngine();
            engine = newEngine;
            connect();
        }
    }

    /**
     * Drops everything until the next engine. Returns when the worker cannot be inside the engine any more.
     *
     * @param oldEngine goes; nothing happens if another one has taken its place
     */
    public void unsetEngine(FilterEngine oldEngine) {
        synchronized (lock) {
            if (engine == oldEngine) {
                leaveEngine();
                engine = null;
            }
        }
    }

    /**
     * Takes frames from a port from now on.
     *
     * @param newPort takes the place of the one that is there
     */
    @Reference(
            service = LivePort.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setPort(LivePort newPort) {
        synchronized (lock) {
            disconnect();
            port = newPort;
            connect();
        }
    }

    /**
     * Takes no frames until the next port; flows wait for it.
     *
     * @param oldPort goes; nothing happens if another one has taken its place
     */
    public void unsetPort(LivePort oldPort) {
        synchronized (lock) {
            if (port == oldPort) {
                disconnect();
                port = null;
            }
        }
    }

    /**
     * Tells an observer from the next event on.
     *
     * @param newObserver takes the place of the one that is there
     */
    @Reference(
            service = PathObserver.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setObserver(PathObserver newObserver) {
        observer.put(newObserver);
    }

    /**
     * Tells nobody. Returns when the worker cannot be inside the observer any more.
     *
     * @param oldObserver goes; nothing happens if another one has taken its place
     */
    public void unsetObserver(PathObserver oldObserver) {
        observer.remove(oldObserver);
        Connection c = connection;
        if (c != null) {
            c.path.awaitOutside();
        }
    }

    @Reference(
            service = Notices.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setNotices(Notices newNotices) {
        notices = newNotices;
        if (CONFIG.timeoutDivisor() > 1) {
            newNotices.fault("time-outs of flows are " + CONFIG.timeoutDivisor() + " times shorter (-D"
                    + TIMEOUT_DIVISOR + "): for tests, not for a network");
        }
    }

    void unsetNotices(Notices oldNotices) {
        if (notices == oldNotices) {
            notices = null;
        }
    }

    /** Under the lock: fills the port's slot if there is an engine to judge what comes out of it. */
    private void connect() {
        FilterEngine e = engine;
        LivePort p = port;
        if (e == null || p == null) {
            return;
        }
        DataPathImpl live = path;
        if (live == null) {
            PortDoor lan = toLan;
            PortDoor wan = toWan;
            PathState own = state;
            live = rack.equip(shims -> new DataPathImpl(CONFIG, own, e, observer, lan, wan, shims, rack::forget));
            path = live;
        }
        toLan.open(p.toLan());
        toWan.open(p.toWan());
        Connection made = new Connection(p, live, state);
        connection = made;
        p.setHandler(made);
        made.open();
    }

    /** Under the lock: empties the port's slot. The worker is outside afterwards, and whatever it still does stays inside. */
    private void disconnect() {
        Connection c = connection;
        if (c == null) {
            return;
        }
        try {
            c.port.setHandler(null);
        } catch (RuntimeException e) {
            tell("data path: the port failed when it was let go: " + e);
        }
        connection = null;
        c.close();
        toLan.close();
        toWan.close();
        if (!c.path.awaitOutside()) {
            giveUp(c.path);
        }
        remember(state);
    }

    /** Under the lock: ends the path, but not its flows. */
    private void leaveEngine() {
        disconnect();
        DataPathImpl left = path;
        path = null;
        if (left != null && !left.suspend()) {
            giveUp(left);
        }
        remember(state);
    }

    /** Under the lock: the worker is stuck inside; it keeps its flows, and what comes next begins with none. */
    private void giveUp(DataPathImpl stuck) {
        path = null;
        stuck.abandon();
        state = state.withoutFlows(CONFIG);
        // The old doors stay closed for good.
        toLan = new PortDoor();
        toWan = new PortDoor();
        tell("data path: the worker is stuck in a frame and was given up; its flows are lost, new ones may begin");
    }

    private void tell(String fault) {
        withNotices(n -> n.fault(fault));
    }

    private void withNotices(Consumer<Notices> line) {
        Notices n = notices;
        if (n != null) {
            line.accept(n);
        }
    }

    private void remember(PathState now) {
        lastLedger = now.ledger();
        lastCounters = now.counters();
        lastFlowStatistics = now.flowStatistics();
        lastFlowCount = now.flowCount();
        lastFaults = now.faults();
    }

    /** All drop from here on, and flows are mid-stream afterwards. */
    @Deactivate
    void deactivate() {
        heap.stop();
        synchronized (lock) {
            disconnect();
            DataPathImpl left = path;
            path = null;
            engine = null;
            port = null;
            if (left != null) {
                left.close();
            }
        }
    }

    @Override
    public boolean isConnected() {
        return connection != null;
    }

    @Override
    public Ledger ledger() {
        Ledger now = ask(PathState::ledger);
        if (now != null) {
            lastLedger = now;
        }
        return lastLedger;
    }

    @Override
    public Map<PathCounter, Long> counters() {
        Map<PathCounter, Long> now = ask(PathState::counters);
        if (now != null) {
            lastCounters = now;
        }
        return lastCounters;
    }

    @Override
    public FlowStatistics flowStatistics() {
        FlowStatistics now = ask(PathState::flowStatistics);
        if (now != null) {
            lastFlowStatistics = now;
        }
        return lastFlowStatistics;
    }

    @Override
    public int flowCount() {
        Integer now = ask(PathState::flowCount);
        if (now != null) {
            lastFlowCount = now;
        }
        return lastFlowCount;
    }

    @Override
    public long faults() {
        Long now = ask(PathState::faults);
        if (now != null) {
            lastFaults = now;
        }
        return lastFaults;
    }

    @Override
    public List<FlowRecord> flows(int most) {
        OldestFlows oldest = new OldestFlows(most);
        Integer slots = most > 0 ? ask(PathState::flowSlots) : null;
        for (int from = 0; slots != null && from < slots; from += SLICE) {
            int start = from;
            List<FlowRecord> slice = ask(s -> s.flows(start, start + SLICE, oldest.newestId()));
            if (slice == null) {
                break;
            }
            slice.forEach(oldest::offer);
        }
        return oldest.inOrder();
    }

    @Override
    public @Nullable FlowImpact preview(PolicyTrial trial, IntConsumer progress) {
        ShimFactory ale = rack.serving(ShimPoint.ALE);
        Integer slots = ale == null ? null : ask(PathState::flowSlots);
        if (ale == null || slots == null) {
            return null;
        }
        FlowPreview preview = new FlowPreview(trial, ale);
        for (int from = 0; from < slots; from += PREVIEW_SLICE) {
            int start = from;
            List<FlowImpl> slice = ask(s -> s.authorized(start, start + PREVIEW_SLICE, preview.contexts()));
            if (slice == null) {
                return null;
            }
            slice.forEach(preview::ask);
            if ((start & PROGRESS_MASK) == PROGRESS_MASK - PREVIEW_SLICE + 1) {
                progress.accept(start + PREVIEW_SLICE);
            }
        }
        return preview.impact();
    }

    /**
     * Asks about the state: the worker, or under the lock if there is none.
     *
     * @return null if the worker had no time
     */
    private <T> @Nullable T ask(Function<PathState, T> question) {
        Connection c = connection;
        if (c != null) {
            T answer = c.ask(question);
            if (answer != null || connection == c) {
                return answer;
            }
        }
        synchronized (lock) {
            return connection == null ? question.apply(state) : null;
        }
    }
}
