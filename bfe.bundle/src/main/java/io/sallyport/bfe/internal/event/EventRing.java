package io.sallyport.bfe.internal.event;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Hands events from the worker to the draining thread: bounded, lock-free, and neither side ever waits. A full ring loses
 * the event and counts it. There is one worker at a time, but a restarted port has another thread, so more than one may
 * write: the place at {@code tail} is taken by compare-and-set.
 *
 * <p>A slot's sequence says whose turn it is. At position p, the slot's sequence is p when it is free for a writer, p + 1
 * when it is filled, and p + capacity when the reader has given it back for the next round.
 */
final class EventRing {
    private final EventSlot[] slots;
    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /** Owned by the draining thread. */
    private long head;

    /**
     * Makes all slots.
     *
     * @param capacity a power of two
     */
    EventRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a ring of " + capacity + " slots: this must be a power of two");
        }
        slots = new EventSlot[capacity];
        mask = capacity - 1;
        for (int i = 0; i < capacity; i++) {
            slots[i] = new EventSlot(i);
        }
    }

    /** By a worker. Takes a slot, to be filled and published at once; null if the ring is full, which is counted. */
    @Nullable EventSlot claim() {
        long position = tail.get();
        while (true) {
            EventSlot slot = slots[(int) position & mask];
            long turn = slot.sequence() - position;
            if (turn < 0) {
                lost.getAndIncrement();
                return null;
            }
            if (turn == 0 && tail.compareAndSet(position, position + 1)) {
                slot.lostBefore = lost.get();
                return slot;
            }
            position = tail.get();
        }
    }

    /** By the worker that claimed the slot. Wakes nobody: the draining thread comes by on its own. */
    void publish(EventSlot slot) {
        slot.handOver(slot.sequence() + 1);
    }

    /** By the draining thread. The oldest event, which stays; null if there is none. */
    @Nullable EventSlot peek() {
        EventSlot slot = slots[(int) head & mask];
        return slot.sequence() == head + 1 ? slot : null;
    }

    /** By the draining thread. Gives the slot of {@link #peek} back. */
    void release(EventSlot slot) {
        slot.forget();
        head++;
        slot.handOver(head + mask);
    }

    /** Counts an event that did not fit elsewhere. Any thread. */
    void countLost() {
        lost.getAndIncrement();
    }

    /** How many events did not fit. Any thread. */
    long lost() {
        return lost.get();
    }
}
