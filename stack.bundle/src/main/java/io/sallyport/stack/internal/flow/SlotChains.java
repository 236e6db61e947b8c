package io.sallyport.stack.internal.flow;

import java.util.Arrays;

/**
 * Chains of slot numbers in the order in which they were put there; a slot is in one chain at most. All operations take the
 * same short time however many there are, and allocate nothing; room for more slots is made between packets. Owned by one
 * worker.
 */
final class SlotChains {

    private static final int FIRST_ROOM = 64;

    // By slot; slots and chains are stored plus one, so that 0 is none.
    private int[] older = new int[0];
    private int[] newer = new int[0];
    private int[] chainOf = new int[0];

    // By chain.
    private final int[] oldest;
    private final int[] newest;
    private final int[] lengths;

    SlotChains(int chains) {
        this.oldest = new int[chains];
        this.newest = new int[chains];
        this.lengths = new int[chains];
    }

    /** Makes room for slots below a number, between packets. */
    void reserve(int slots) {
        if (slots > older.length) {
            int room = Math.max(Math.max(FIRST_ROOM, slots), older.length * 2);
            older = Arrays.copyOf(older, room);
            newer = Arrays.copyOf(newer, room);
            chainOf = Arrays.copyOf(chainOf, room);
        }
    }

    /** Puts a slot, which is in no chain, at the new end of one. */
    void append(int chain, int slot) {
        int last = newest[chain];
        older[slot] = last;
        newer[slot] = 0;
        if (last == 0) {
            oldest[chain] = slot + 1;
        } else {
            newer[last - 1] = slot + 1;
        }
        newest[chain] = slot + 1;
        chainOf[slot] = chain + 1;
        lengths[chain]++;
    }

    /** Takes a slot out of the chain that it is in, if it is in one. */
    void remove(int slot) {
        int chain = chainOf[slot] - 1;
        if (chain < 0) {
            return;
        }
        int before = older[slot];
        int behind = newer[slot];
        if (before == 0) {
            oldest[chain] = behind;
        } else {
            newer[before - 1] = behind;
        }
        if (behind == 0) {
            newest[chain] = before;
        } else {
            older[behind - 1] = before;
        }
        chainOf[slot] = 0;
        lengths[chain]--;
    }

    /** The slot that has been in a chain the longest; -1 if it is empty. */
    int oldest(int chain) {
        return oldest[chain] - 1;
    }

    int length(int chain) {
        return lengths[chain];
    }
}
