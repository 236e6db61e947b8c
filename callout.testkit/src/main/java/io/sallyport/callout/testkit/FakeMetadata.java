package io.sallyport.callout.testkit;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.FlowHandle;
import io.sallyport.callout.IncomingMetadata;
import org.jspecify.annotations.Nullable;

/** Metadata of an outbound packet without flow; every number is unknown, and the time is 0, until a test sets them. */
public final class FakeMetadata implements IncomingMetadata {

    private @Nullable FlowHandle flow;
    private Direction packetDirection = Direction.OUTBOUND;
    private long timestampNs;
    private int ipHeaderSizeBytes = UNKNOWN;
    private int transportHeaderSizeBytes = UNKNOWN;
    private int timeToLive = UNKNOWN;
    private @Nullable DiscardModule discardModule;
    private int discardReason = UNKNOWN;

    /** Metadata of which nothing is known. */
    public FakeMetadata() {}

    /**
     * Sets the flow.
     *
     * @param newFlow usually a {@link FakeFlow}; null if there is none
     * @return this
     */
    public FakeMetadata setFlow(@Nullable FlowHandle newFlow) {
        flow = newFlow;
        return this;
    }

    /**
     * Sets the direction of the packet.
     *
     * @param newDirection of this very packet
     * @return this
     */
    public FakeMetadata setPacketDirection(Direction newDirection) {
        packetDirection = newDirection;
        return this;
    }

    /**
     * Sets when the packet came in.
     *
     * @param newTimestampNs nanoseconds
     * @return this
     */
    public FakeMetadata setTimestampNs(long newTimestampNs) {
        timestampNs = newTimestampNs;
        return this;
    }

    /**
     * Sets the sizes of the headers.
     *
     * @param ipBytes of the IP header, or {@link #UNKNOWN}
     * @param transportBytes of the transport header, or {@link #UNKNOWN}
     * @return this
     */
    public FakeMetadata setHeaderSizes(int ipBytes, int transportBytes) {
        ipHeaderSizeBytes = ipBytes;
        transportHeaderSizeBytes = transportBytes;
        return this;
    }

    /**
     * Sets the time to live.
     *
     * @param newTimeToLive 0..255, or {@link #UNKNOWN}
     * @return this
     */
    public FakeMetadata setTimeToLive(int newTimeToLive) {
        timeToLive = newTimeToLive;
        return this;
    }

    /**
     * Sets why the item was dropped, for discard layers.
     *
     * @param module whose reason it is
     * @param reason the number of the reason
     * @return this
     */
    public FakeMetadata setDiscard(DiscardModule module, int reason) {
        discardModule = module;
        discardReason = reason;
        return this;
    }

    @Override
    public @Nullable FlowHandle flow() {
        return flow;
    }

    @Override
    public Direction packetDirection() {
        return packetDirection;
    }

    @Override
    public long timestampNs() {
        return timestampNs;
    }

    @Override
    public int ipHeaderSizeBytes() {
        return ipHeaderSizeBytes;
    }

    @Override
    public int transportHeaderSizeBytes() {
        return transportHeaderSizeBytes;
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
        return timeToLive;
    }

    @Override
    public int fragmentOffsetBytes() {
        return UNKNOWN;
    }

    @Override
    public @Nullable DiscardModule discardModule() {
        return discardModule;
    }

    @Override
    public int discardReason() {
        return discardReason;
    }
}
