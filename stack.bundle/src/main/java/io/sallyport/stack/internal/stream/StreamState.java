package io.sallyport.stack.internal.stream;

import io.sallyport.callout.Direction;

/** What is tracked of one connection: its two directions. Pooled; owned by one flow at a time. */
public final class StreamState {

    private final StreamSide outbound;
    private final StreamSide inbound;

    StreamState(StreamSide outbound, StreamSide inbound) {
        this.outbound = outbound;
        this.inbound = inbound;
    }

    /**
     * What the inside host sends.
     *
     * @return the same always
     */
    public StreamSide outbound() {
        return outbound;
    }

    /**
     * What the outside host sends.
     *
     * @return the same always
     */
    public StreamSide inbound() {
        return inbound;
    }

    /**
     * The side of a packet.
     *
     * @param direction which way it goes
     * @return its sender's side
     */
    public StreamSide side(Direction direction) {
        return direction == Direction.OUTBOUND ? outbound : inbound;
    }
}
