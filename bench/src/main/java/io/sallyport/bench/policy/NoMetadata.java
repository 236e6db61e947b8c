package io.sallyport.bench.policy;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import org.jspecify.annotations.Nullable;

/** Metadata without any knowledge. */
public final class NoMetadata implements IncomingMetadata {
    @Override
    public @Nullable FlowHandle flow() {
        return null;
    }

    @Override
    public Direction packetDirection() {
        return Direction.OUTBOUND;
    }

    @Override
    public long timestampNs() {
        return 0;
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
