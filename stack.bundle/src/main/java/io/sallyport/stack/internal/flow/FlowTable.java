package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All flows of a worker. They outlive engines: only their contexts belong to one ({@link #connect}). Bounded; slots are made
 * between packets, as many as the next batch can need, and reused. A packet of a flow that is there costs one look at the
 * index and one at the flow, however many there are: timers and lists are touched only when its state changes.
 */
public final class FlowTable {

    private final int capacity;
    private final SlotIndex index;
    private final FlowIds ids;
    private final GroupFlows groups;
    private final EndpointTable endpoints;
    private final TranslationTable translations;
    private final FlowLimits limits;
    private final FlowTimers timers;
    private final FlowCensus census = new FlowCensus();

    private FlowImpl[] slots = new FlowImpl[0];
    private int slotCount;
    private @Nullable FlowImpl firstFree;
    private int freeCount;

    /** Makes the contexts of flows; null while there is no engine. */
    private @Nullable Classifier classifier;

    private long lastId;

    /**
     * Makes an empty table.
     *
     * @param capacity how many flows at most
     * @param timeoutDivisor how many times shorter time-outs are
     * @param keyedHash where hashes come from
     */
    public FlowTable(int capacity, int timeoutDivisor, KeyedHash keyedHash) {
        this.capacity = capacity;
        this.index = new SlotIndex(capacity);
        this.ids = new FlowIds(capacity);
        this.groups = new GroupFlows(keyedHash);
        this.endpoints = new EndpointTable(capacity, keyedHash);
        this.translations = new TranslationTable(capacity);
        this.limits = new FlowLimits(capacity, keyedHash);
        this.timers = new FlowTimers(timeoutDivisor);
    }

    /**
     * Gives all flows, now and later, contexts of an engine; not on the packet path.
     *
     * @param engine the worker's door to it
     */
    public void connect(Classifier engine) {
        classifier = engine;
        for (int i = 0; i < slotCount; i++) {
            slots[i].connect(engine.newFlowContexts());
        }
    }

    /** Takes the contexts away, which have ended; every flow is to be judged anew. No flow can begin until the next engine. */
    public void disconnect() {
        classifier = null;
        for (int i = 0; i < slotCount; i++) {
            slots[i].disconnect();
        }
    }

    /**
     * Shows every flow that has not ended; not on the packet path.
     *
     * @param action may not add or remove flows
     */
    public void forEachLive(Consumer<FlowImpl> action) {
        for (int i = 0; i < slotCount; i++) {
            FlowImpl flow = live(i);
            if (flow != null) {
                action.accept(flow);
            }
        }
    }

    /**
     * The flow in a slot.
     *
     * @param slot below {@link #slotCount}
     * @return null if there is none, or if it has ended and its slot only meets what still comes
     */
    public @Nullable FlowImpl live(int slot) {
        FlowImpl flow = slots[slot];
        return flow.isInUse() && !flow.isConcluded ? flow : null;
    }

    /**
     * How many slots were made.
     *
     * @return not less than there are flows
     */
    public int slotCount() {
        return slotCount;
    }

    /** The slot itself, whether it is in use or not. */
    FlowImpl slot(int slot) {
        return slots[slot];
    }

    /**
     * The endpoints of inside hosts.
     *
     * @return the same always
     */
    public EndpointTable endpoints() {
        return endpoints;
    }

    /**
     * The flows that were redirected.
     *
     * @return the same always
     */
    public TranslationTable translations() {
        return translations;
    }

    /**
     * Makes slots ahead, between packets.
     *
     * @param count how many flows may begin soon
     */
    public void reserve(int count) {
        Classifier engine = classifier;
        if (engine == null) {
            return;
        }
        if (freeCount < count && slotCount < capacity) {
            makeSlots(Math.min(count - freeCount, capacity - slotCount), engine);
        }
        endpoints.reserve(count);
    }

    private void makeSlots(int count, Classifier engine) {
        int wanted = slotCount + count;
        if (wanted > slots.length) {
            slots = Arrays.copyOf(slots, Math.min(capacity, Math.max(wanted, slots.length * 2)));
        }
        limits.reserve(wanted);
        timers.reserve(wanted);
        while (slotCount < wanted) {
            FlowImpl flow = new FlowImpl(slotCount, engine.newFlowContexts());
            slots[slotCount++] = flow;
            free(flow);
        }
    }

    private void free(FlowImpl flow) {
        flow.nextFree = firstFree;
        firstFree = flow;
        freeCount++;
    }

    /**
     * Finds a flow.
     *
     * @param key of a packet
     * @param direction which way that packet goes, or null if the flow is to tell
     * @return a flow whose inside host is the same, or null
     */
    public @Nullable FlowImpl find(FlowKey key, @Nullable Direction direction) {
        int hash = key.hash;
        for (int cell = index.next(hash, index.start(hash)); cell >= 0; cell = index.next(hash, cell + 1)) {
            FlowImpl flow = slots[index.slot(cell)];
            if (flow.hasKey(key) && (direction == null || flow.directionFrom(key.isSourceA) == direction)) {
                return flow;
            }
        }
        return null;
    }

    /**
     * Finds a flow to a group that a packet answers, whoever sends it (ALE-6).
     *
     * @param p an inbound packet that has no flow of its own, to one host
     * @return null if that host has not asked a group
     */
    public @Nullable FlowImpl findGroup(PacketRecord p) {
        return groups.find(p, slots);
    }

    /**
     * Finds a flow by its run-time id.
     *
     * @param id see {@link FlowImpl#id()}
     * @return null if it is no more
     */
    public @Nullable FlowImpl find(long id) {
        return ids.find(id, slots);
    }

    /**
     * Finds the flow that is to end so that another one may begin; to be asked again when it has ended. {@link FlowLimits}
     * says who.
     *
     * @param p first packet of the flow that is to begin
     * @param timeout its first class
     * @return null if none needs to end, or none can
     */
    public @Nullable FlowImpl victim(PacketRecord p, TimeoutClass timeout) {
        int slot = limits.victim(source(p), timeout.standing());
        return slot < 0 ? null : slots[slot];
    }

    /**
     * Tells whether the last {@link #victim} was chosen because its source has too many flows.
     *
     * @return false: it was the oldest of all
     */
    public boolean wasOverShare() {
        return limits.wasOverShare();
    }

    /**
     * Says why a flow cannot begin although nobody can make room any more.
     *
     * @param p its first packet
     * @return null if it can
     */
    public @Nullable DropReason refusal(PacketRecord p) {
        DropReason limit = limits.refusal(source(p));
        return limit == null && firstFree == null ? DropReason.LIMIT_FLOWS : limit;
    }

    private int source(PacketRecord p) {
        return limits.source(p.sourceHigh(), p.sourceLow(), p.ipVersion(), p.direction() == Direction.INBOUND);
    }

    /**
     * Begins a flow.
     *
     * @param p its first packet
     * @param key the packet's key
     * @param timeout its first class
     * @param nowNs the time
     * @return null if there is no slot: {@link #refusal} says why
     */
    public @Nullable FlowImpl begin(PacketRecord p, FlowKey key, TimeoutClass timeout, long nowNs) {
        FlowImpl flow = firstFree;
        if (flow == null) {
            return null;
        }
        firstFree = flow.nextFree;
        flow.nextFree = null;
        freeCount--;
        lastId++;
        flow.begin(lastId, p, key);
        flow.source = source(p);
        flow.timeoutClass = timeout;
        flow.startNs = nowNs;
        flow.lastSeenNs = nowNs;
        index.insert(flow.hash, flow.slot);
        ids.enter(flow);
        if (timeout == TimeoutClass.GROUP) {
            groups.enter(flow, p);
        }
        limits.begin(flow.slot, flow.source, timeout.standing());
        timers.begin(flow, timeout, nowNs);
        return flow;
    }

    /**
     * Notes that a flow was authorised: from now on it is active.
     *
     * @param flow the flow
     */
    public void authorize(FlowImpl flow) {
        if (!flow.isAuthorized) {
            flow.isAuthorized = true;
            census.enter(flow);
        }
    }

    /**
     * Notes that a flow has ended, also if its slot stays to meet what still comes.
     *
     * @param flow the flow
     */
    public void conclude(FlowImpl flow) {
        if (flow.isAuthorized && !flow.isConcluded) {
            census.leave(flow);
        }
        flow.isConcluded = true;
    }

    /**
     * Counts the flows that are authorised and have not ended; not on the packet path.
     *
     * @return one for each direction and IP version
     */
    public List<FlowStatistics.Active> active() {
        return census.snapshot();
    }

    /**
     * Notes that a flow is in use.
     *
     * @param flow the flow
     * @param timeout how long it may be idle from now on
     * @param nowNs the time
     */
    public void touch(FlowImpl flow, TimeoutClass timeout, long nowNs) {
        flow.lastSeenNs = nowNs;
        TimeoutClass old = flow.timeoutClass;
        if (old == timeout || old == null) {
            return;
        }
        flow.timeoutClass = timeout;
        if (old.standing() != timeout.standing()) {
            limits.change(flow.slot, flow.source, old.standing(), timeout.standing());
        }
        timers.change(flow, timeout, nowNs);
    }

    /**
     * Notes that a flow is in use, in the class that it is in.
     *
     * @param flow the flow
     * @param nowNs the time
     */
    public void touch(FlowImpl flow, long nowNs) {
        flow.lastSeenNs = nowNs;
    }

    /**
     * The class of datagram flows that were answered.
     *
     * @return a shorter one while the table is nearly full
     */
    public TimeoutClass answeredDatagram() {
        return limits.kept() > capacity - capacity / 8 ? TimeoutClass.PRESSED : TimeoutClass.ANSWERED;
    }

    /**
     * Looks at timers that fire: those of flows that were in use meanwhile are set again, the others are handed on.
     *
     * @param nowNs the time
     * @param most how many timers at most
     * @param expired ends and removes a flow that has been idle for too long
     */
    public void reap(long nowNs, int most, Consumer<FlowImpl> expired) {
        timers.reap(slots, nowNs, most, expired);
    }

    /**
     * Finds the flow that was refused first, if more are remembered than may be.
     *
     * @return null if there is room
     */
    public @Nullable FlowImpl surplusRefused() {
        int slot = limits.surplus(Standing.REFUSED);
        return slot < 0 ? null : slots[slot];
    }

    /**
     * Takes a flow out of the table.
     *
     * @param flow its slot is free afterwards
     */
    public void remove(FlowImpl flow) {
        TimeoutClass old = flow.timeoutClass;
        if (old == null) {
            return;
        }
        conclude(flow);
        flow.timeoutClass = null;
        translations.remove(flow);
        timers.end(flow);
        groups.leave(flow);
        limits.end(flow.slot, flow.source, old.standing());
        index.remove(flow.hash, flow.slot);
        ids.leave(flow);
        free(flow);
    }

    /**
     * How many flows there are, without those that are only remembered as refused.
     *
     * @return 0 or more
     */
    public int size() {
        return limits.size() - limits.count(Standing.REFUSED);
    }
}
