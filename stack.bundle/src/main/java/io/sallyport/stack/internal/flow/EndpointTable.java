package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of inside hosts: address, port, protocol, VLAN. As large as the flow table, since each flow uses one. An
 * endpoint lives as long as a flow uses it; one that an inbound SYN opened goes with that flow's handshake time-out
 * unless the host answers.
 */
public final class EndpointTable {

    private final int capacity;
    private final KeyedHash keyedHash;
    private final SlotIndex index;
    private final List<Endpoint> slots = new ArrayList<>();
    private final ArrayDeque<Endpoint> free = new ArrayDeque<>();

    /**
     * Makes an empty table.
     *
     * @param capacity how many endpoints at most
     * @param keyedHash where hashes come from
     */
    public EndpointTable(int capacity, KeyedHash keyedHash) {
        this.capacity = capacity;
        this.keyedHash = keyedHash;
        this.index = new SlotIndex(capacity);
    }

    /**
     * Makes slots ahead, between packets.
     *
     * @param count how many may be needed soon
     */
    void reserve(int count) {
        while (free.size() < count && slots.size() < capacity) {
            Endpoint endpoint = new Endpoint(slots.size());
            slots.add(endpoint);
            free.addLast(endpoint);
        }
    }

    /**
     * Finds or makes the endpoint of a flow.
     *
     * @param flow with its addresses and ports
     * @return with {@link Endpoint#flows()} 0 if it is new; null if the table is full
     */
    public @Nullable Endpoint obtain(FlowImpl flow) {
        // An ICMP "port" is no property of the host's socket.
        int port = flow.isIcmp() ? Packet.NONE : flow.localPort();
        long rest = (port & 0x1FFFFL) | (long) flow.protocol() << 34 | (long) flow.ipVersion() << 42;
        long vlanKey = flow.vlanKey;
        int hash = (int) keyedHash.hash(flow.localHigh(), flow.localLow(), 0, 0, rest, vlanKey);
        for (int cell = index.next(hash, index.start(hash)); cell >= 0; cell = index.next(hash, cell + 1)) {
            Endpoint e = slots.get(index.slot(cell));
            if (e.low == flow.localLow() && e.high == flow.localHigh() && e.rest == rest && e.vlanKey == vlanKey) {
                return e;
            }
        }
        Endpoint made = free.pollFirst();
        if (made == null) {
            return null;
        }
        made.high = flow.localHigh();
        made.low = flow.localLow();
        made.rest = rest;
        made.vlanKey = vlanKey;
        made.hash = hash;
        made.flows = 0;
        made.isAssigned = false;
        made.isListening = false;
        index.insert(hash, made.slot);
        return made;
    }

    /** Takes an endpoint out; no flow uses it. */
    void remove(Endpoint endpoint) {
        index.remove(endpoint.hash, endpoint.slot);
        free.addFirst(endpoint);
    }
}
