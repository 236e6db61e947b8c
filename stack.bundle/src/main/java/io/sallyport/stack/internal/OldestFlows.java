package io.sallyport.stack.internal;

import io.sallyport.stack.api.FlowRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Collects the flows with the lowest ids, a bounded number of them. Used by one thread. */
final class OldestFlows {

    private final int most;
    private final PriorityQueue<FlowRecord> newestFirst =
            new PriorityQueue<>(Comparator.comparingLong(FlowRecord::id).reversed());

    OldestFlows(int most) {
        this.most = most;
    }

    /** Flows with this id or a later one need not be offered any more. */
    long newestId() {
        FlowRecord newest = newestFirst.size() < most ? null : newestFirst.peek();
        return newest == null ? Long.MAX_VALUE : newest.id();
    }

    void offer(FlowRecord flow) {
        newestFirst.add(flow);
        if (newestFirst.size() > most) {
            newestFirst.poll();
        }
    }

    List<FlowRecord> inOrder() {
        List<FlowRecord> flows = new ArrayList<>(newestFirst);
        flows.sort(Comparator.comparingLong(FlowRecord::id));
        return List.copyOf(flows);
    }
}
