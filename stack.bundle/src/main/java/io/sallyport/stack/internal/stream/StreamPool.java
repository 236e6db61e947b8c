package io.sallyport.stack.internal.stream;

import io.sallyport.stack.api.Flow;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Stream states and memory for the bytes of all streams, made on demand and reused. The states are bounded by the flow
 * table, the memory here. Owned by one worker.
 */
public final class StreamPool {

    /** Of all streams together: bytes that wait for a decision, came too early, or are forwarded and not acknowledged. */
    public static final long LIMIT_BYTES = 128L << 20;

    private static final int TEMPLATES_PER_BLOCK = 64;

    private final ArrayDeque<StreamState> states = new ArrayDeque<>();
    private final BytePool bytes = new BytePool(LIMIT_BYTES);
    private final StreamTimers timers = new StreamTimers();
    private ByteBuffer templates = ByteBuffer.allocateDirect(0);
    private int templatesTaken = TEMPLATES_PER_BLOCK;

    /** Makes an empty pool. */
    public StreamPool() {}

    /**
     * Takes a state.
     *
     * @param flow whose streams they are
     * @return with nothing seen yet
     */
    public StreamState take(Flow flow) {
        StreamState state = states.pollFirst();
        if (state == null) {
            state = new StreamState(newSide(), newSide());
        }
        state.begin(flow);
        return state;
    }

    private StreamSide newSide() {
        if (templatesTaken == TEMPLATES_PER_BLOCK) {
            templates = ByteBuffer.allocateDirect(TEMPLATES_PER_BLOCK * StreamPeer.TEMPLATE_BYTES);
            templatesTaken = 0;
        }
        int offset = templatesTaken * StreamPeer.TEMPLATE_BYTES;
        templatesTaken++;
        return new StreamSide(bytes, templates, offset);
    }

    /**
     * Takes a state back; nothing is held by it.
     *
     * @param state not used afterwards
     */
    public void give(StreamState state) {
        timers.disarm(state.outbound());
        timers.disarm(state.inbound());
        state.end();
        states.addFirst(state);
    }

    /**
     * The timers of all sides.
     *
     * @return the same always
     */
    public StreamTimers timers() {
        return timers;
    }

    /**
     * How much memory streams have now.
     *
     * @return in bytes
     */
    public long usedBytes() {
        return bytes.usedBytes();
    }
}
