package io.sallyport.stack.internal.stream;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The retransmission timers of all streams: a wheel of lists. Looking at it costs one comparison while nothing is due.
 * Owned by one worker.
 */
public final class StreamTimers {

    private static final int SLOTS = 512;
    private static final int VISITED = SLOTS;
    /** 2^23 ns, about 8 ms: the wheel goes round in 4 s. */
    private static final int TICK_SHIFT = 23;

    private final @Nullable StreamSide[] slots = new StreamSide[SLOTS + 1];
    private long tick = Long.MIN_VALUE;
    private int armed;

    StreamTimers() {}

    /**
     * Sets the timer of a side, which has one.
     *
     * @param side the side
     * @param dueNs when
     */
    public void arm(StreamSide side, long dueNs) {
        if (side.isArmed) {
            if (dueNs >= side.dueNs) {
                side.dueNs = dueNs; // found in its slot, and too early, it moves on
                return;
            }
            disarm(side);
        }
        side.isArmed = true;
        side.dueNs = dueNs;
        link(side);
        armed++;
    }

    private void link(StreamSide side) {
        long at = Math.max(side.dueNs >> TICK_SHIFT, tick == Long.MIN_VALUE ? Long.MIN_VALUE : tick + 1);
        int slot = (int) at & (SLOTS - 1);
        side.timerSlot = slot;
        side.previousArmed = null;
        StreamSide first = slots[slot];
        side.nextArmed = first;
        if (first != null) {
            first.previousArmed = side;
        }
        slots[slot] = side;
    }

    private void unlink(StreamSide side) {
        StreamSide next = side.nextArmed;
        StreamSide previous = side.previousArmed;
        if (next != null) {
            next.previousArmed = previous;
        }
        if (previous != null) {
            previous.nextArmed = next;
        } else {
            slots[side.timerSlot] = next;
        }
        side.nextArmed = null;
        side.previousArmed = null;
    }

    /**
     * Takes a timer back.
     *
     * @param side without one afterwards
     */
    public void disarm(StreamSide side) {
        if (side.isArmed) {
            side.isArmed = false;
            unlink(side);
            armed--;
        }
    }

    /**
     * Hands over every side that is due; its timer is off then.
     *
     * @param nowNs the time
     * @param due may arm and disarm any timer
     */
    public void advance(long nowNs, Consumer<StreamSide> due) {
        long now = nowNs >> TICK_SHIFT;
        if (armed == 0 || now <= tick) {
            tick = Math.max(tick, now);
            return;
        }
        // The first time all slots are visited: timers may have been set before the wheel knew the time.
        long from = Math.max(tick + 1, now - SLOTS + 1);
        tick = now;
        for (long at = from; at <= now; at++) {
            visit((int) at & (SLOTS - 1), nowNs, due);
        }
    }

    private void visit(int slot, long nowNs, Consumer<StreamSide> due) {
        // In a list of its own meanwhile, since whoever is told may change any list.
        for (StreamSide side = slots[slot]; side != null; side = side.nextArmed) {
            side.timerSlot = VISITED;
        }
        slots[VISITED] = slots[slot];
        slots[slot] = null;
        for (StreamSide side = slots[VISITED]; side != null; side = slots[VISITED]) {
            unlink(side);
            if (side.dueNs <= nowNs) {
                side.isArmed = false;
                armed--;
                due.accept(side);
            } else {
                link(side);
            }
        }
    }
}
