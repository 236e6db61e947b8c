package io.sallyport.engine.internal.match;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of ordered keys as disjoint, inclusive intervals that do not touch, in ascending order. A key is a pair of longs,
 * each in signed order (see {@link OrderedKey}); values of up to 64 bits have the high key of zero. Immutable.
 */
final class Intervals {
    private static final long ZERO = OrderedKey.ofUnsigned(0);

    /** One inclusive interval. */
    record Interval(long lowHigh, long lowLow, long highHigh, long highLow) {}

    private final List<Interval> sorted;

    private Intervals(List<Interval> sorted) {
        this.sorted = sorted;
    }

    static Intervals of(List<Interval> any) {
        List<Interval> todo = new ArrayList<>(any);
        todo.sort((a, b) -> compare(a.lowHigh, a.lowLow, b.lowHigh, b.lowLow));
        List<Interval> done = new ArrayList<>();
        for (Interval next : todo) {
            Interval last = done.isEmpty() ? null : done.get(done.size() - 1);
            if (last != null && isJoined(last, next)) {
                boolean isInside = compare(next.highHigh, next.highLow, last.highHigh, last.highLow) <= 0;
                Interval end = isInside ? last : next;
                done.set(done.size() - 1, new Interval(last.lowHigh, last.lowLow, end.highHigh, end.highLow));
            } else {
                done.add(next);
            }
        }
        return new Intervals(List.copyOf(done));
    }

    /** Overlapping, or the one begins right after the other's end. */
    private static boolean isJoined(Interval left, Interval right) {
        if (compare(right.lowHigh, right.lowLow, left.highHigh, left.highLow) <= 0) {
            return true;
        }
        boolean carries = left.highLow == OrderedKey.MAX;
        return carries
                ? left.highHigh != OrderedKey.MAX
                        && right.lowHigh == left.highHigh + 1
                        && right.lowLow == OrderedKey.MIN
                : right.lowHigh == left.highHigh && right.lowLow == left.highLow + 1;
    }

    /** Everything from {@code low} to {@code high}, keys of up to 64 bits. */
    static Interval narrow(long low, long high) {
        return new Interval(ZERO, low, ZERO, high);
    }

    List<Interval> list() {
        return sorted;
    }

    boolean contains(long high, long low) {
        for (int i = 0; i < sorted.size(); i++) {
            Interval interval = sorted.get(i);
            if (compare(high, low, interval.lowHigh, interval.lowLow) >= 0
                    && compare(high, low, interval.highHigh, interval.highLow) <= 0) {
                return true;
            }
        }
        return false;
    }

    static int compare(long highA, long lowA, long highB, long lowB) {
        int c = Long.compare(highA, highB);
        return c != 0 ? c : Long.compare(lowA, lowB);
    }
}
