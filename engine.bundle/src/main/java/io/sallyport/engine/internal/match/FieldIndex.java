package io.sallyport.engine.internal.match;

/**
 * Which filters of a chunk a value of one field allows. The keys are cut at every interval's ends; each piece has a row
 * of one bit per filter, and equal rows are stored once. Filters that do not test the field, or test it in a way that no
 * interval can express, have their bit in every row. Immutable.
 */
final class FieldIndex {
    private final int field;
    private final boolean isOnFlags;
    /** Start of each piece, ascending; the first one is the lowest key. Empty: the keys are narrow. */
    private final long[] startHigh;

    private final long[] startLow;
    /** For each piece, and at the end for the empty value: where its row begins in {@link #rows}. */
    private final int[] rowStart;

    private final long[] rows;

    FieldIndex(int field, boolean isOnFlags, long[] startHigh, long[] startLow, int[] rowStart, long[] rows) {
        this.field = field;
        this.isOnFlags = isOnFlags;
        this.startHigh = startHigh;
        this.startLow = startLow;
        this.rowStart = rowStart;
        this.rows = rows;
    }

    boolean isOnFlags() {
        return isOnFlags;
    }

    int field() {
        return field;
    }

    boolean isWide() {
        return startHigh.length != 0;
    }

    long startHigh(int piece) {
        return isWide() ? startHigh[piece] : 0;
    }

    long startLow(int piece) {
        return startLow[piece];
    }

    /** Where the row of a piece begins; behind the last one, that of the empty value. */
    int rowOf(int piece) {
        return rowStart[piece];
    }

    int pieces() {
        return startLow.length;
    }

    long[] rows() {
        return rows;
    }

    /** Where the row for these values begins. */
    int row(ValueRecord values) {
        if (!values.isPresent(field)) {
            return rowStart[startLow.length];
        }
        return rowStart[isWide() ? findWide(values) : findNarrow(values.lowKey(field))];
    }

    /** The last piece that starts at or below the key. */
    private int findNarrow(long key) {
        int low = 0;
        int high = startLow.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (startLow[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int findWide(ValueRecord values) {
        long keyHigh = values.highKey(field);
        long keyLow = values.lowKey(field);
        int low = 0;
        int high = startLow.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Intervals.compare(startHigh[middle], startLow[middle], keyHigh, keyLow) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
