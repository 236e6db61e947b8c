package io.sallyport.engine.internal.match;

import java.util.Arrays;

/**
 * Rows of bits, one behind the other in one array, equal ones only once: a hash table that holds where each row is, and compares
 * in place. Large policies are compiled a chunk at a time at each commit, and what that leaves to the collector is most of what a
 * commit does. One thread.
 */
final class DistinctRows {
    private static final int FIRST_ROWS = 16;

    private final int words;
    private long[] rows;
    private int used;
    /** Where a row begins, and one more; 0: free. Twice as many as rows fit, a power of two. */
    private int[] slots;

    /**
     * None yet.
     *
     * @param words of each row
     */
    DistinctRows(int words) {
        this.words = words;
        this.rows = new long[FIRST_ROWS * words];
        this.slots = new int[2 * FIRST_ROWS];
    }

    /**
     * Keeps a row unless it is there.
     *
     * @param row copied
     * @return where it begins in {@link #done}
     */
    int add(long[] row) {
        int slot = slotOf(row, 0);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (used == rows.length) {
            grow();
            slot = slotOf(row, 0);
        }
        int start = used;
        System.arraycopy(row, 0, rows, start, words);
        used += words;
        slots[slot] = start + 1;
        return start;
    }

    /** The slot of a row that begins somewhere in an array, or the free one where it belongs. */
    private int slotOf(long[] bits, int from) {
        int mask = slots.length - 1;
        int slot = hash(bits, from) & mask;
        while (slots[slot] != 0) {
            int start = slots[slot] - 1;
            if (Arrays.equals(bits, from, from + words, rows, start, start + words)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Rows differ from their neighbours in a bit or two, anywhere: each bit counts in the lower half of the product. */
    private int hash(long[] bits, int from) {
        long hash = 0;
        for (int i = 0; i < words; i++) {
            hash = (hash ^ bits[from + i]) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    private void grow() {
        rows = Arrays.copyOf(rows, 2 * rows.length);
        slots = new int[2 * slots.length];
        for (int start = 0; start < used; start += words) {
            slots[slotOf(rows, start)] = start + 1;
        }
    }

    /**
     * All rows in the order in which they came.
     *
     * @return owned by the caller; this one is not used any more
     */
    long[] done() {
        return used == rows.length ? rows : Arrays.copyOf(rows, used);
    }
}
