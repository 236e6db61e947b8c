package io.sallyport.stack.internal.stream;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Flow;
import org.jspecify.annotations.Nullable;

/** What is tracked of one connection: its two directions. Pooled; owned by one flow at a time. */
public final class StreamState {

    private final StreamSide outbound;
    private final StreamSide inbound;
    private @Nullable Flow flow;

    /** Nobody looks into it any more; it is only translated, and what the gateway answers for delivered. */
    public boolean isUnwatched;

    StreamState(StreamSide outbound, StreamSide inbound) {
        this.outbound = outbound;
        this.inbound = inbound;
        outbound.join(this, inbound, Direction.OUTBOUND);
        inbound.join(this, outbound, Direction.INBOUND);
    }

    void begin(Flow newFlow) {
        flow = newFlow;
        isUnwatched = false;
    }

    void end() {
        flow = null;
        outbound.clear();
        inbound.clear();
    }

    /**
     * Whose streams they are.
     *
     * @return null while it is in the pool
     */
    public @Nullable Flow flow() {
        return flow;
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

    /**
     * Tells whether the connection would break without the gateway: its numbers are translated, or it has acknowledged what
     * the receiver does not have.
     *
     * @return true: it must not be let go
     */
    public boolean isBound() {
        return outbound.isBound() || inbound.isBound();
    }
}
