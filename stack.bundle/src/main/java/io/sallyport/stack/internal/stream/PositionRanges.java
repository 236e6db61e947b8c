package io.sallyport.stack.internal.stream;

/**
 * Ranges of positions, disjoint and in ascending order, of which there are only so many: when one too many comes, the farthest
 * goes. So what one segment costs is bounded. Owned by one worker; allocates nothing.
 */
final class PositionRanges {

    private final int most;
    private final long[] starts;
    private final long[] ends;
    private int count;

    PositionRanges(int most) {
        this.most = most;
        this.starts = new long[most + 1];
        this.ends = new long[most + 1];
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    long start(int i) {
        return starts[i];
    }

    long end(int i) {
        return ends[i];
    }

    /** The first range that ends at a position or behind it; {@link #count} if there is none. */
    int firstTouching(long position) {
        int i = 0;
        while (i < count && ends[i] < position) {
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
        while (last < count && starts[last] <= end) {
            last++;
        }
        if (first == last) {
            System.arraycopy(starts, first, starts, first + 1, count - first);
            System.arraycopy(ends, first, ends, first + 1, count - first);
            starts[first] = start;
            ends[first] = end;
            count = Math.min(count + 1, most);
            return first;
        }
        starts[first] = Math.min(starts[first], start);
        ends[first] = Math.max(ends[last - 1], end);
        remove(first + 1, last);
        return first;
    }

    private void remove(int from, int to) {
        System.arraycopy(starts, to, starts, from, count - to);
        System.arraycopy(ends, to, ends, from, count - to);
        count -= to - from;
    }

    /** Forgets ranges that end at a position or before it; tells how many. */
    int forgetTo(long position) {
        int gone = 0;
        while (gone < count && ends[gone] <= position) {
            gone++;
        }
        remove(0, gone);
        return gone;
    }

    /** How many positions between two of them lie in ranges. */
    long covered(long from, long to) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.max(0, Math.min(ends[i], to) - Math.max(starts[i], from));
        }
        return sum;
    }
}
