package io.sallyport.stack.internal.flow;

import io.sallyport.engine.api.FlowContexts;
import io.sallyport.stack.api.FlowRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies flows out of a table for readers outside of the packet path, some slots at a time so that frames are not kept waiting.
 * By the worker, between two packets; allocates.
 */
public final class FlowSlices {

    private static final long NS_PER_MS = 1_000_000;

    private FlowSlices() {}

    /**
     * Copies the flows in some slots that are authorised and have two ends.
     *
     * @param flows the table
     * @param from first slot
     * @param to behind the last slot; may be more than there are
     * @param contexts of all copies
     * @return copies in no particular order, {@linkplain FlowImpl#copy for asking} only
     */
    public static List<FlowImpl> authorized(FlowTable flows, int from, int to, FlowContexts contexts) {
        List<FlowImpl> found = new ArrayList<>();
        for (int i = from; i < Math.min(to, flows.slotCount()); i++) {
            FlowImpl flow = flows.live(i);
            if (flow != null && flow.isAuthorized && !flow.isShared()) {
                found.add(flow.copy(contexts));
            }
        }
        return found;
    }

    /**
     * Describes the flows in some slots.
     *
     * @param flows the table
     * @param from first slot
     * @param to behind the last slot; may be more than there are
     * @param belowId flows with this id or a later one are left out
     * @param nowNs the time
     * @return descriptions in no particular order
     */
    public static List<FlowRecord> describe(FlowTable flows, int from, int to, long belowId, long nowNs) {
        List<FlowRecord> found = new ArrayList<>();
        for (int i = from; i < Math.min(to, flows.slotCount()); i++) {
            FlowImpl flow = flows.slot(i);
            if (flow.isInUse() && flow.id() < belowId) {
                found.add(describe(flow, nowNs));
            }
        }
        return found;
    }

    private static FlowRecord describe(FlowImpl flow, long nowNs) {
        return new FlowRecord(
                flow.id(),
                flow.direction(),
                flow.ipVersion(),
                flow.protocol(),
                flow.localHigh(),
                flow.localLow(),
                flow.localPort(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort(),
                stateLabel(flow),
                flow.stream != null,
                (nowNs - flow.startNs) / NS_PER_MS,
                (nowNs - flow.lastSeenNs) / NS_PER_MS);
    }

    private static String stateLabel(FlowImpl flow) {
        if (flow.refusedFor != null) {
            return "refused";
        }
        if (flow.isDropped) {
            return "dropped";
        }
        return flow.isTcp() ? flow.tcp.label() : "active";
    }
}
