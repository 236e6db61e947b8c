package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;

/**
 * Ranges of positions, disjoint and in ascending order, of which there are only so many: when one too many comes, the farthest
 * goes. So what one segment costs is bounded. They lie in a table that is given to it, so that who has none of them needs no
 * memory. Owned by one worker; allocates nothing.
 */
final class PositionRanges {

    /** Start and end of a range. */
    private static final int RANGE_BYTES = 2 * Long.BYTES;

    private static final ByteBuffer NO_TABLE = ByteBuffer.allocate(0);

    private final int most;
    private ByteBuffer table = NO_TABLE;
    private int count;

    /** Without a table: nothing can be added yet. */
    PositionRanges(int most) {
        this.most = most;
    }

    /** How large a table for so many ranges is: there is one more for a moment when one is put in between. */
    static int tableBytes(int most) {
        return (most + 1) * RANGE_BYTES;
    }

    /** Gives it an empty table. */
    void setTable(ByteBuffer newTable) {
        table = newTable;
        count = 0;
    }

    /** Takes the table away, and with it all ranges. */
    ByteBuffer takeTable() {
        ByteBuffer old = table;
        setTable(NO_TABLE);
        return old;
    }

    int count() {
        return count;
    }

    long start(int i) {
        return table.getLong(i * RANGE_BYTES);
    }

    long end(int i) {
        return table.getLong(i * RANGE_BYTES + Long.BYTES);
    }

    private void set(int i, long start, long end) {
        table.putLong(i * RANGE_BYTES, start);
        table.putLong(i * RANGE_BYTES + Long.BYTES, end);
    }

    private void move(int from, int to) {
        table.put(to * RANGE_BYTES, table, from * RANGE_BYTES, (count - from) * RANGE_BYTES);
    }

    /** The first range that ends at a position or behind it; {@link #count} if there is none. */
    int firstTouching(long position) {
        int i = 0;
        while (i < count && end(i) < position) {
            i++;
        }
        return i;
    }

    /** Tells whether a range could be added that touches none before {@code first}, see {@link #firstTouching}. */
    boolean hasRoomAt(int first) {
        return first < most;
    }

    /**
     * Adds a range; those that it touches become one with it.
     *
     * @return its index; -1 if it is the one too many
     */
    int add(long start, long end) {
        int first = firstTouching(start);
        if (!hasRoomAt(first)) {
            return -1;
        }
        int last = first;
        while (last < count && start(last) <= end) {
            last++;
        }
        if (first == last) {
            move(first, first + 1);
            set(first, start, end);
            count = Math.min(count + 1, most);
            return first;
        }
        set(first, Math.min(start(first), start), Math.max(end(last - 1), end));
        remove(first + 1, last);
        return first;
    }

    private void remove(int from, int to) {
        move(to, from);
        count -= to - from;
    }

    /** Forgets ranges that end at a position or before it; tells how many. */
    int forgetTo(long position) {
        int gone = 0;
        while (gone < count && end(gone) <= position) {
            gone++;
        }
        remove(0, gone);
        return gone;
    }

    /** How many positions between two of them lie in ranges. */
    long covered(long from, long to) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.max(0, Math.min(end(i), to) - Math.max(start(i), from));
        }
        return sum;
    }
}
