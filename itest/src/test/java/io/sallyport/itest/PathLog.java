package io.sallyport.itest;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PathObserver;
import java.util.ArrayList;
import java.util.List;

/** What the packet path says about frames. Owned by the port's worker. */
final class PathLog implements PathObserver {
    private final List<DropReason> drops = new ArrayList<>();
    private final List<Long> authorized = new ArrayList<>();
    private final List<Long> reauthorized = new ArrayList<>();
    private String verdict = "";

    /** Before a frame. */
    void forget() {
        drops.clear();
        authorized.clear();
        reauthorized.clear();
        verdict = "held";
    }

    /** {@code block: REASON}, with {@code by FILTER} if one decided. */
    String verdict() {
        return verdict;
    }

    /** Why frames were dropped since {@link #forget}. */
    List<DropReason> drops() {
        return drops;
    }

    /** Flows that were authorised for the first time since {@link #forget}. */
    List<Long> authorized() {
        return authorized;
    }

    /** Flows that were asked for again since {@link #forget}. */
    List<Long> reauthorized() {
        return reauthorized;
    }

    @Override
    public void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            Layer layer,
            FilterTag filter,
            long flowId,
            String revision) {
        drops.add(reason);
        verdict = "block: " + reason.label() + (filter == null ? "" : " by " + filter.name());
    }

    @Override
    public void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization) {
        (isReauthorization ? reauthorized : authorized).add(flow.id());
    }

    @Override
    public void fault(Packet packet, Layer layer, FilterTag filter, long flowId, String revision) {
        // A fault costs the callout its verdict; what became of the frame is told as well.
    }
}
