package io.sallyport.stack.internal.flow;

/**
 * Open addressing with linear probing from a 32-bit hash to slot numbers; at most half full, so probes stay short.
 * Removing shifts followers back: there are no tombstones that pile up. Fixed size; owned by one worker.
 */
final class SlotIndex {

    /** Hash in the upper half, slot number plus one in the lower; 0 is an empty cell. */
    private final long[] cells;

    private final int mask;

    SlotIndex(int capacity) {
        int size = Integer.highestOneBit(Math.max(8, capacity) * 2 - 1) * 2;
        this.cells = new long[size];
        this.mask = size - 1;
    }

    /**
     * Finds where the search for a hash starts.
     *
     * @return a cell to hand to {@link #next}
     */
    int start(int hash) {
        return hash & mask;
    }

    /**
     * Finds the next cell with a hash.
     *
     * @param from a cell from {@link #start}, or the one after the last answer
     * @return a cell, or -1
     */
    int next(int hash, int from) {
        for (int cell = from & mask; ; cell = (cell + 1) & mask) {
            long content = cells[cell];
            if (content == 0) {
                return -1;
            }
            if ((int) (content >>> 32) == hash) {
                return cell;
            }
        }
    }

    /** The slot number in a cell that {@link #next} answered. */
    int slot(int cell) {
        return (int) cells[cell] - 1;
    }

    void insert(int hash, int slot) {
        int cell = hash & mask;
        while (cells[cell] != 0) {
            cell = (cell + 1) & mask;
        }
        cells[cell] = (long) hash << 32 | (slot + 1);
    }

    void remove(int hash, int slot) {
        int cell = next(hash, start(hash));
        while (cell >= 0 && slot(cell) != slot) {
            cell = next(hash, cell + 1);
        }
        if (cell >= 0) {
            close(cell);
        }
    }

    /** Closes the gap: moves back every follower that may lie nearer to its own start. */
    private void close(int emptied) {
        int gap = emptied;
        int cell = gap;
        while (true) {
            cell = (cell + 1) & mask;
            long content = cells[cell];
            if (content == 0) {
                break;
            }
            int home = (int) (content >>> 32) & mask;
            if (((cell - home) & mask) >= ((cell - gap) & mask)) {
                cells[gap] = content;
                gap = cell;
            }
        }
        cells[gap] = 0;
    }
}
