package io.sallyport.stack.internal.flow;

/**
 * Timers of slots on a hashed hierarchical wheel (Varghese and Lauck): three rings of 64 buckets, each 64 times coarser than
 * the one before. Setting, cancelling and finding the next one take the same short time however many there are.
 *
 * <p>A timer is set anew only when it is to fire earlier. One that is to fire later fires as it was set, and whoever polls
 * looks at what it stands for and sets it again: so a packet of a live flow touches no timer at all. In the same way timers
 * of the coarse rings come down into the finer ones.
 *
 * <p>The wheel turns as far as {@link #poll} is called: a clock that jumps costs no more at once than the polls that the
 * caller allows. What is polled may be early, by less than a turn of the ring below its own, and is up to two ticks late at
 * most. Owned by one worker.
 */
final class TimerWheel {

    private static final int RING_BITS = 6;
    private static final int RING_SIZE = 1 << RING_BITS;
    private static final int RING_MASK = RING_SIZE - 1;
    private static final int RINGS = 3;
    private static final long HORIZON = 1L << (RING_BITS * RINGS);

    /** Turns over empty buckets that one poll makes at most. */
    private static final int MOST_TURNS = 256;

    private final int tickShift;
    private final SlotChains chains = new SlotChains(RINGS * RING_SIZE);
    /** Which buckets of a ring hold anything. */
    private final long[] occupied = new long[RINGS];

    private long currentTick;
    private int size;

    /**
     * Makes an empty wheel.
     *
     * @param tickShift a tick is two to the power of it, in nanoseconds
     */
    TimerWheel(int tickShift) {
        this.tickShift = tickShift;
    }

    /** Makes room for slots below a number, between packets. */
    void reserve(int slots) {
        chains.reserve(slots);
    }

    /** Sets the timer of a slot, which has none. */
    void schedule(int slot, long dueNs, long nowNs) {
        if (size == 0) {
            currentTick = nowNs >> tickShift;
        }
        // The tick after the one in which it is due: never early.
        long tick = Math.max(currentTick, (dueNs >> tickShift) + 1);
        long ahead = Math.min(tick - currentTick, HORIZON - 1);
        int ring = ahead < RING_SIZE ? 0 : ahead < RING_SIZE * RING_SIZE ? 1 : 2;
        int bucket = (int) ((currentTick + ahead) >> (RING_BITS * ring)) & RING_MASK;
        chains.append(ring * RING_SIZE + bucket, slot);
        occupied[ring] |= 1L << bucket;
        size++;
    }

    /** Cancels the timer of a slot; it has one. */
    void cancel(int slot) {
        // A bucket that becomes empty so is found out when the wheel comes there.
        chains.remove(slot);
        size--;
    }

    /**
     * Takes a timer that fires, or that is to be set anew.
     *
     * @param nowNs the time
     * @return its slot, which has no timer any more; -1 if there is none, or not yet
     */
    int poll(long nowNs) {
        long target = nowNs >> tickShift;
        for (int turn = 0; turn < MOST_TURNS && currentTick <= target; turn++) {
            if (size == 0) {
                currentTick = target;
                return -1;
            }
            for (int ring = RINGS - 1; ring >= 0; ring--) {
                int slot = take(ring);
                if (slot >= 0) {
                    return slot;
                }
            }
            currentTick = Math.min(nextTick(), target + 1);
        }
        return -1;
    }

    /** The oldest timer of the bucket at which a ring stands just now; -1 if it stands between two, or at an empty one. */
    private int take(int ring) {
        int shift = RING_BITS * ring;
        if ((currentTick & ((1L << shift) - 1)) != 0) {
            return -1;
        }
        int bucket = (int) (currentTick >> shift) & RING_MASK;
        if ((occupied[ring] & 1L << bucket) == 0) {
            return -1;
        }
        int chain = ring * RING_SIZE + bucket;
        int slot = chains.oldest(chain);
        if (slot < 0) {
            occupied[ring] &= ~(1L << bucket);
            return -1;
        }
        chains.remove(slot);
        size--;
        return slot;
    }

    /** The next bucket of the finest ring that holds anything, but not past the place where coarser ones come down. */
    private long nextTick() {
        int at = (int) currentTick & RING_MASK;
        long ahead = at == RING_MASK ? 0 : occupied[0] >>> (at + 1);
        return currentTick + (ahead == 0 ? RING_SIZE - at : Long.numberOfTrailingZeros(ahead) + 1);
    }
}
