package io.sallyport.stack.internal.path;

import io.sallyport.stack.internal.flow.FlowImpl;

/** The STREAM point. */
final class StreamPath {

    private final ShimSlots slots;
    private final Judge judge;

    StreamPath(ShimSlots slots, Judge judge) {
        this.slots = slots;
        this.judge = judge;
    }

    boolean take(Unit u, FlowImpl flow, long nowNs) {
        if (slots.stream == null) {
            return judge.isMissing(u, LayerPair.STREAM.of(u.packet));
        }
        return true;
    }

    void abandon(FlowImpl flow) {
        flow.stream = null;
    }
}
