package io.sallyport.engine.internal.match;

import io.sallyport.engine.internal.match.Intervals.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of ordered keys as the keys at which it begins and ends, by turns, in ascending order: the first is in, the second is out
 * again, and so on; with an odd number it goes on to the highest key. Immutable.
 */
final class Edges {
    private final long[] high;
    private final long[] low;
    private final int count;

    private Edges(long[] high, long[] low, int count) {
        this.high = high;
        this.low = low;
        this.count = count;
    }

    /**
     * The edges of some intervals.
     *
     * @param intervals null: every key
     * @param isWide false: keys of up to 64 bits, of which only the low long counts
     */
    static Edges of(@Nullable Intervals intervals, boolean isWide) {
        if (intervals == null) {
            return new Edges(new long[] {isWide ? OrderedKey.MIN : 0}, new long[] {OrderedKey.MIN}, 1);
        }
        List<Interval> list = intervals.list();
        long[] high = new long[2 * list.size()];
        long[] low = new long[2 * list.size()];
        int count = 0;
        for (Interval interval : list) {
            high[count] = isWide ? interval.lowHigh() : 0;
            low[count++] = interval.lowLow();
            if (interval.highLow() != OrderedKey.MAX) {
                high[count] = isWide ? interval.highHigh() : 0;
                low[count++] = interval.highLow() + 1;
            } else if (isWide && interval.highHigh() != OrderedKey.MAX) {
                high[count] = interval.highHigh() + 1;
                low[count++] = OrderedKey.MIN;
            }
        }
        return new Edges(high, low, count);
    }

    /** The keys that are in exactly one of two sets. */
    static Edges between(Edges a, Edges b) {
        long[] high = new long[a.count + b.count];
        long[] low = new long[a.count + b.count];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.count || j < b.count) {
            int order =
                    i == a.count ? 1 : j == b.count ? -1 : Intervals.compare(a.high[i], a.low[i], b.high[j], b.low[j]);
            if (order == 0) {
                i++;
                j++;
            } else {
                Edges from = order < 0 ? a : b;
                int at = order < 0 ? i++ : j++;
                high[count] = from.high[at];
                low[count++] = from.low[at];
            }
        }
        return new Edges(high, low, count);
    }

    int count() {
        return count;
    }

    long high(int i) {
        return high[i];
    }

    long low(int i) {
        return low[i];
    }
}
