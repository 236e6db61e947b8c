package io.sallyport.stack.api;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Learns what the packet path decided. Called by the worker, inside the packet path: implementations copy what they need
 * and return; they must not block. What they are handed is reused afterwards, except {@link FilterTag}s and strings.
 */
@ConsumerType
public interface PathObserver {

    /**
     * One frame was dropped. Called once for every dropped frame, also for each fragment and held segment.
     *
     * @param packet the parsed frame, or the whole datagram or latest segment that decided over a held frame
     * @param frameNumber which frame was dropped, 1-based; 0 for one that was made here
     * @param reason why
     * @param layer where it was judged, or null if it was not
     * @param filter the deciding filter, or null
     * @param flowId its flow, or 0
     * @param revision of the policy that judged; empty if none did
     */
    void dropped(
            Packet packet,
            long frameNumber,
            DropReason reason,
            @Nullable Layer layer,
            @Nullable FilterTag filter,
            long flowId,
            String revision);

    /**
     * A layer refused a packet: called before {@link #dropped} for the same packet, whose frame number, layer and filter are
     * the same there. Does nothing by default.
     *
     * @param packet what was judged
     * @param layer where
     * @param outcome a block; also says which filters ended their sublayers
     */
    default void refused(Packet packet, Layer layer, ClassifyOutcome outcome) {}

    /**
     * A flow is about to be asked for again (REAUTH-1): called before {@link #authorized}, or {@link #dropped} for the same
     * packet if the flow is refused. A datagram from outside to a group that is permitted is not told of any further, since its
     * flow was authorised before. Does nothing by default.
     *
     * @param packet the packet that asks
     * @param flow the flow; says why it is asked for
     * @param layer connect or accept
     */
    default void askingAgain(Packet packet, Flow flow, Layer layer) {}

    /**
     * A flow was authorised, or authorised again, at its ALE layer.
     *
     * @param packet the packet that asked
     * @param flow the flow
     * @param layer connect or accept
     * @param outcome permit or none
     * @param isReauthorization true if it was asked for again; then the flow says why
     */
    void authorized(Packet packet, Flow flow, Layer layer, ClassifyOutcome outcome, boolean isReauthorization);

    /**
     * A callout failed and its failure policy was applied.
     *
     * @param packet the packet that was being judged
     * @param layer where
     * @param filter the filter that called it, or null
     * @param flowId its flow, or 0
     * @param revision of the policy that judged
     */
    void fault(Packet packet, Layer layer, @Nullable FilterTag filter, long flowId, String revision);
}
