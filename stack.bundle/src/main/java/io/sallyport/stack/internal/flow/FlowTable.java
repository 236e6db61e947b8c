package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All flows of a worker. They outlive engines: only their contexts belong to one ({@link #connect}). Bounded; slots are made between packets, as many as the next batch can need, and reused. Each
 * time-out class has a list in order of last use, so what is due is always at its old end.
 */
public final class FlowTable {

    private final int capacity;
    private final SlotIndex index;
    /** By run-time id. */
    private final SlotIndex ids;

    private final EndpointTable endpoints;
    private final List<FlowImpl> slots = new ArrayList<>();
    private final ArrayDeque<FlowImpl> free = new ArrayDeque<>();
    private final Map<TimeoutClass, IdleList> idleLists = new EnumMap<>(TimeoutClass.class);
    private final IdleList[] lists;
    /** Makes the contexts of flows; null while there is no engine. */
    private @Nullable Classifier classifier;

    private long lastId;
    private int size;

    /**
     * Makes an empty table.
     *
     * @param capacity how many flows at most
     * @param keyedHash where hashes come from
     */
    public FlowTable(int capacity, KeyedHash keyedHash) {
        this.capacity = capacity;
        this.index = new SlotIndex(capacity);
        this.ids = new SlotIndex(capacity);
        this.endpoints = new EndpointTable(capacity, keyedHash);
        for (TimeoutClass c : TimeoutClass.values()) {
            idleLists.put(c, new IdleList(c.idleNs()));
        }
        this.lists = idleLists.values().toArray(new IdleList[0]);
    }

    /**
     * Gives all flows, now and later, contexts of an engine; not on the packet path.
     *
     * @param engine the worker's door to it
     */
    public void connect(Classifier engine) {
        classifier = engine;
        for (FlowImpl flow : slots) {
            flow.connect(engine.newFlowContexts());
        }
    }

    /** Takes the contexts away, which have ended; every flow is to be judged anew. No flow can begin until the next engine. */
    public void disconnect() {
        classifier = null;
        for (FlowImpl flow : slots) {
            flow.disconnect();
        }
    }

    /**
     * Shows every flow that has not ended; not on the packet path.
     *
     * @param action may not add or remove flows
     */
    public void forEachLive(Consumer<FlowImpl> action) {
        for (FlowImpl flow : slots) {
            if (flow.isInUse() && !flow.isConcluded) {
                action.accept(flow);
            }
        }
    }

    /**
     * How many slots were made: {@link #describe} counts in them.
     *
     * @return not less than there are flows
     */
    public int slotCount() {
        return slots.size();
    }

    /**
     * Describes the flows in some slots; allocates, so not on the packet path.
     *
     * @param from first slot
     * @param to behind the last slot; may be more than there are
     * @param belowId flows with this id or a later one are left out
     * @param nowNs the time
     * @return descriptions in no particular order
     */
    public List<FlowRecord> describe(int from, int to, long belowId, long nowNs) {
        List<FlowRecord> found = new ArrayList<>();
        for (int i = from; i < Math.min(to, slots.size()); i++) {
            FlowImpl flow = slots.get(i);
            if (flow.isInUse() && flow.id() < belowId) {
                found.add(flow.describe(nowNs));
            }
        }
        return found;
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
     * Makes slots ahead, between packets.
     *
     * @param count how many flows may begin soon
     */
    public void reserve(int count) {
        Classifier engine = classifier;
        if (engine == null) {
            return;
        }
        while (free.size() < count && slots.size() < capacity) {
            FlowImpl flow = new FlowImpl(slots.size(), engine.newFlowContexts());
            slots.add(flow);
            free.addLast(flow);
        }
        endpoints.reserve(count);
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
            FlowImpl flow = slots.get(index.slot(cell));
            if (flow.hasKey(key) && (direction == null || flow.directionFrom(key.isSourceA) == direction)) {
                return flow;
            }
        }
        return null;
    }

    /**
     * Finds a flow by its run-time id.
     *
     * @param id see {@link FlowImpl#id()}
     * @return null if it is no more
     */
    public @Nullable FlowImpl find(long id) {
        int hash = idHash(id);
        for (int cell = ids.next(hash, ids.start(hash)); cell >= 0; cell = ids.next(hash, cell + 1)) {
            FlowImpl flow = slots.get(ids.slot(cell));
            if (flow.id() == id) {
                return flow;
            }
        }
        return null;
    }

    /** Ids are given one after the other: nobody outside can choose them. */
    private static int idHash(long id) {
        return (int) id;
    }

    /**
     * Begins a flow.
     *
     * @param p its first packet
     * @param key the packet's key
     * @param timeout its first class
     * @param nowNs the time
     * @return null if the table is full
     */
    public @Nullable FlowImpl begin(PacketRecord p, FlowKey key, TimeoutClass timeout, long nowNs) {
        FlowImpl flow = free.pollFirst();
        if (flow == null) {
            return null;
        }
        lastId++;
        flow.begin(lastId, p, key);
        flow.startNs = nowNs;
        index.insert(flow.hash, flow.slot);
        ids.insert(idHash(lastId), flow.slot);
        size++;
        touch(flow, timeout, nowNs);
        return flow;
    }

    /**
     * Notes that a flow is in use.
     *
     * @param flow the flow
     * @param timeout how long it may be idle from now on
     * @param nowNs the time
     */
    public void touch(FlowImpl flow, TimeoutClass timeout, long nowNs) {
        TimeoutClass old = flow.timeoutClass;
        if (old != null) {
            lists[old.ordinal()].remove(flow);
        }
        flow.timeoutClass = timeout;
        flow.lastSeenNs = nowNs;
        lists[timeout.ordinal()].append(flow);
    }

    /**
     * Notes that a flow is in use, in the class that it is in.
     *
     * @param flow the flow
     * @param nowNs the time
     */
    public void touch(FlowImpl flow, long nowNs) {
        TimeoutClass old = flow.timeoutClass;
        if (old != null) {
            touch(flow, old, nowNs);
        }
    }

    /**
     * Tells whether a flow has been idle for too long.
     *
     * @param flow the flow
     * @param nowNs the time
     * @return true: it is to end
     */
    public boolean isDue(FlowImpl flow, long nowNs) {
        TimeoutClass c = flow.timeoutClass;
        return c != null && nowNs - flow.lastSeenNs >= c.idleNs();
    }

    /**
     * Finds a flow that has been idle for too long.
     *
     * @param nowNs the time
     * @return the one that is due first of the first class that has one, or null
     */
    public @Nullable FlowImpl nextDue(long nowNs) {
        for (IdleList list : lists) {
            FlowImpl flow = list.oldest;
            if (flow != null && nowNs - flow.lastSeenNs >= list.idleNs) {
                return flow;
            }
        }
        return null;
    }

    /**
     * Finds the flow that was refused the longest ago: the first to go when room is needed.
     *
     * @return null if there are none
     */
    public @Nullable FlowImpl oldestRefused() {
        return lists[TimeoutClass.REFUSED.ordinal()].oldest;
    }

    /**
     * Finds any flow.
     *
     * @return null if there are none
     */
    public @Nullable FlowImpl any() {
        for (IdleList list : lists) {
            if (list.oldest != null) {
                return list.oldest;
            }
        }
        return null;
    }

    /**
     * Uses an endpoint for a flow that was authorised.
     *
     * @param flow the flow
     * @param endpoint its endpoint
     */
    public void attach(FlowImpl flow, Endpoint endpoint) {
        flow.endpoint = endpoint;
        endpoint.flows++;
    }

    /**
     * Stops using the endpoint of a flow.
     *
     * @param flow the flow; has no endpoint afterwards
     * @return true if no other flow uses it: it is gone
     */
    public boolean detach(FlowImpl flow) {
        Endpoint endpoint = flow.endpoint;
        if (endpoint == null) {
            return false;
        }
        flow.endpoint = null;
        endpoint.flows--;
        if (endpoint.flows == 0) {
            endpoints.remove(endpoint);
            return true;
        }
        return false;
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
        lists[old.ordinal()].remove(flow);
        flow.timeoutClass = null;
        index.remove(flow.hash, flow.slot);
        ids.remove(idHash(flow.id()), flow.slot);
        free.addFirst(flow);
        size--;
    }

    /**
     * How many flows there are, without those that are only remembered as refused.
     *
     * @return 0 or more
     */
    public int size() {
        return size - lists[TimeoutClass.REFUSED.ordinal()].length;
    }

    /** Flows of one class, in order of last use. */
    private static final class IdleList {

        final long idleNs;

        @Nullable FlowImpl oldest;

        int length;

        private @Nullable FlowImpl newest;

        IdleList(long idleNs) {
            this.idleNs = idleNs;
        }

        void append(FlowImpl flow) {
            flow.older = newest;
            flow.newer = null;
            if (newest == null) {
                oldest = flow;
            } else {
                newest.newer = flow;
            }
            newest = flow;
            length++;
        }

        void remove(FlowImpl flow) {
            if (flow.older == null) {
                oldest = flow.newer;
            } else {
                flow.older.newer = flow.newer;
            }
            if (flow.newer == null) {
                newest = flow.older;
            } else {
                flow.newer.older = flow.older;
            }
            flow.older = null;
            flow.newer = null;
            length--;
        }
    }
}
