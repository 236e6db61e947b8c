package io.sallyport.stack.internal.stream;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Stream states and buffers for pending bytes, made on demand and reused. The states are bounded by the flow table, the
 * buffers here. Owned by one worker.
 */
public final class StreamPool {

    /** From here on a callout has to decide: two of the largest segments that a card puts together, and more. */
    static final int MAX_PENDING = 131_072;

    private static final int SMALL = 4_096;
    /** With room for the segment that brings a stream over the bound. */
    private static final int LARGE = MAX_PENDING + 65_536;

    private static final int MAX_SMALL = 4_096;
    /** 31 MiB. */
    private static final int MAX_LARGE = 170;
    /** For the latest bytes of all streams together; beyond it retransmissions are refused rather than believed. */
    private static final long SENT_BUDGET = 64L << 20;

    private final ArrayDeque<StreamState> states = new ArrayDeque<>();
    private final ArrayDeque<PendingBytes> small = new ArrayDeque<>();
    private final ArrayDeque<PendingBytes> large = new ArrayDeque<>();
    private long budget = SENT_BUDGET;
    private int madeSmall;
    private int madeLarge;

    /** Makes an empty pool. */
    public StreamPool() {}

    /**
     * Takes a state.
     *
     * @return with nothing seen yet
     */
    public StreamState take() {
        StreamState state = states.pollFirst();
        if (state == null) {
            state = new StreamState(new StreamSide(this), new StreamSide(this));
        }
        state.outbound().clear();
        state.inbound().clear();
        return state;
    }

    /**
     * Takes a state back; nothing is held by it.
     *
     * @param state not used afterwards
     */
    public void give(StreamState state) {
        state.outbound().clear();
        state.inbound().clear();
        states.addFirst(state);
    }

    /** A buffer for so many bytes, or null if none is left. */
    @Nullable PendingBytes buffer(int lengthBytes) {
        if (lengthBytes > LARGE) {
            return null;
        }
        boolean isSmall = lengthBytes <= SMALL;
        PendingBytes buffer = isSmall ? small.pollFirst() : large.pollFirst();
        if (buffer == null && isSmall && madeSmall < MAX_SMALL) {
            madeSmall++;
            buffer = new PendingBytes(SMALL);
        } else if (buffer == null && !isSmall && madeLarge < MAX_LARGE) {
            madeLarge++;
            buffer = new PendingBytes(LARGE);
        }
        if (buffer != null) {
            buffer.start = 0;
            buffer.end = 0;
        }
        return buffer;
    }

    boolean takeBudget(int count) {
        if (count > budget) {
            return false;
        }
        budget -= count;
        return true;
    }

    void giveBudget(int count) {
        budget += count;
    }

    void giveBuffer(PendingBytes buffer) {
        (buffer.memory.capacity() == SMALL ? small : large).addFirst(buffer);
    }
}
