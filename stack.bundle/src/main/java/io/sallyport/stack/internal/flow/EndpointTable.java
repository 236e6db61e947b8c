package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import java.util.Arrays;
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
    private Endpoint[] slots = new Endpoint[0];
    private int slotCount;
    private @Nullable Endpoint firstFree;
    private int freeCount;

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
        int wanted = Math.min(capacity, slotCount + Math.max(0, count - freeCount));
        if (wanted > slots.length) {
            slots = Arrays.copyOf(slots, Math.min(capacity, Math.max(wanted, slots.length * 2)));
        }
        while (slotCount < wanted) {
            Endpoint endpoint = new Endpoint(slotCount);
            slots[slotCount++] = endpoint;
            free(endpoint);
        }
    }

    private void free(Endpoint endpoint) {
        endpoint.nextFree = firstFree;
        firstFree = endpoint;
        freeCount++;
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
            Endpoint e = slots[index.slot(cell)];
            if (e.low == flow.localLow() && e.high == flow.localHigh() && e.rest == rest && e.vlanKey == vlanKey) {
                return e;
            }
        }
        Endpoint made = firstFree;
        if (made == null) {
            return null;
        }
        firstFree = made.nextFree;
        made.nextFree = null;
        freeCount--;
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
            remove(endpoint);
            return true;
        }
        return false;
    }

    /** Takes an endpoint out; no flow uses it. */
    private void remove(Endpoint endpoint) {
        index.remove(endpoint.hash, endpoint.slot);
        free(endpoint);
    }
}
