package io.sallyport.bfe.internal.event;

import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;

/**
 * The flow that was asked for again last, and why (NEV-3): what becomes of the packet that asked is told afterwards, possibly by
 * several events. Owned by the worker.
 */
final class Reasked {
    private long flow;
    private long frame;
    private long timestampNs;
    private @Nullable Layer layer;
    private ReauthorizeReason reason = ReauthorizeReason.POLICY_CHANGE;

    void note(Packet packet, Flow asked, Layer askedAt) {
        flow = asked.id();
        frame = packet.frameNumber();
        timestampNs = packet.timestampNs();
        layer = askedAt;
        reason = asked.reauthorizeReason();
    }

    /** Why the flow of a packet was asked for again where the packet was judged; null if it was not. */
    @Nullable ReauthorizeReason reason(Packet packet, @Nullable Layer judgedAt, long flowId) {
        // Packets that are made here have no frame number, so they are told apart by their time.
        boolean isSame = flowId != 0
                && flowId == flow
                && packet.frameNumber() == frame
                && packet.timestampNs() == timestampNs
                && judgedAt == layer;
        return isSame ? reason : null;
    }
}
