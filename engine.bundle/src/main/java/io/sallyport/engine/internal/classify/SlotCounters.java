package io.sallyport.engine.internal.classify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Counters of one worker in rows of some columns each. Only the worker counts, with plain writes; anybody may read a
 * recent value. The management plane adds room before it publishes a snapshot that names new rows; as rows are added in
 * blocks that never move, no count is lost.
 */
final class SlotCounters {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int BLOCK_BITS = 8;

    private final int columns;
    private final int blockBits;
    private final int rowMask;
    /** Written by the management plane, under the engine's lock. */
    private volatile long[][] blocks = new long[0][];
    /** The worker's view, refreshed with each new snapshot. */
    private long[][] pinned = blocks;

    SlotCounters(int columns) {
        this(columns, BLOCK_BITS);
    }

    /** With blocks of 2 to the power of {@code blockBits} rows. */
    SlotCounters(int columns, int blockBits) {
        this.columns = columns;
        this.blockBits = blockBits;
        this.rowMask = (1 << blockBits) - 1;
    }

    /** Makes room for rows 0 to {@code rows - 1}. Management plane, under the engine's lock. */
    void reserve(int rows) {
        int wanted = (rows + rowMask) >>> blockBits;
        long[][] old = blocks;
        if (wanted > old.length) {
            long[][] grown = Arrays.copyOf(old, wanted);
            for (int i = old.length; i < wanted; i++) {
                grown[i] = new long[(rowMask + 1) * columns];
            }
            blocks = grown;
        }
    }

    /** Worker: sees all room that was made before the snapshot it has just pinned. */
    void pin() {
        pinned = blocks;
    }

    /** Worker: counts one. */
    void count(int row, int column) {
        pinned[row >>> blockBits][(row & rowMask) * columns + column]++;
    }

    /** Worker: adds something. */
    void add(int row, int column, long more) {
        pinned[row >>> blockBits][(row & rowMask) * columns + column] += more;
    }

    /** Any thread: a recent value. */
    long read(int row, int column) {
        long[][] now = blocks;
        int block = row >>> blockBits;
        return block < now.length ? (long) LONGS.getOpaque(now[block], (row & rowMask) * columns + column) : 0;
    }
}
