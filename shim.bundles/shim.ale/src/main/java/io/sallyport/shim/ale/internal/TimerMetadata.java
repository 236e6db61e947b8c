package io.sallyport.shim.ale.internal;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.stack.api.Flow;
import org.jspecify.annotations.Nullable;

/**
 * What is known when time ends an endpoint and there is no packet: the flow, and in place of a packet's direction the
 * flow's. Classify plane; reused, and holds on to the last flow's place in the flow table, which lives as long as the
 * shim.
 */
final class TimerMetadata implements IncomingMetadata {

    private @Nullable Flow flow;

    void bind(Flow endingFlow) {
        flow = endingFlow;
    }

    @Override
    public @Nullable FlowHandle flow() {
        Flow bound = flow;
        return bound == null ? null : bound.contexts();
    }

    @Override
    public Direction packetDirection() {
        Flow bound = flow;
        return bound == null ? Direction.OUTBOUND : bound.direction();
    }

    @Override
    public long timestampNs() {
        return UNKNOWN;
    }

    @Override
    public int ipHeaderSizeBytes() {
        return UNKNOWN;
    }

    @Override
    public int transportHeaderSizeBytes() {
        return UNKNOWN;
    }

    @Override
    public int etherFrameLengthBytes() {
        return UNKNOWN;
    }

    @Override
    public int sourceInterfaceIndex() {
        return UNKNOWN;
    }

    @Override
    public int destinationInterfaceIndex() {
        return UNKNOWN;
    }

    @Override
    public int timeToLive() {
        return UNKNOWN;
    }

    @Override
    public int fragmentOffsetBytes() {
        return UNKNOWN;
    }

    @Override
    public @Nullable DiscardModule discardModule() {
        return null;
    }

    @Override
    public int discardReason() {
        return UNKNOWN;
    }
}
