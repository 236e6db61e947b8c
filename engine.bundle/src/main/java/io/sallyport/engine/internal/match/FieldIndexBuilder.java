package io.sallyport.engine.internal.match;

import io.sallyport.engine.internal.match.Intervals.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the intervals of one field over a chunk and sweeps them into a {@link FieldIndex}. Management plane. */
final class FieldIndexBuilder {
    /** From this key on, the filter's bit is turned over. */
    private record Edge(long high, long low, int filter) {}

    private final int field;
    private final boolean isOnFlags;
    private final boolean isWide;
    private final int words;
    private final long[] everywhere;
    private final long[] ifEmpty;
    private final List<Edge> edges = new ArrayList<>();
    private int filters;

    /** A chunk in which, so far, every filter allows every value. */
    FieldIndexBuilder(int field, boolean isOnFlags, boolean isWide, int filterCount) {
        this.field = field;
        this.isOnFlags = isOnFlags;
        this.isWide = isWide;
        this.words = (filterCount + 63) >>> 6;
        this.everywhere = new long[words];
        for (int i = 0; i < filterCount; i++) {
            everywhere[i >>> 6] |= 1L << i;
        }
        this.ifEmpty = everywhere.clone();
    }

    /** Narrows a filter down to some values. */
    void restrict(int filter, Intervals intervals, boolean matchesEmpty) {
        filters++;
        everywhere[filter >>> 6] &= ~(1L << filter);
        if (!matchesEmpty) {
            ifEmpty[filter >>> 6] &= ~(1L << filter);
        }
        for (Interval interval : intervals.list()) {
            edges.add(new Edge(interval.lowHigh(), interval.lowLow(), filter));
            if (interval.highLow() != OrderedKey.MAX) {
                edges.add(new Edge(interval.highHigh(), interval.highLow() + 1, filter));
            } else if (isWide && interval.highHigh() != OrderedKey.MAX) {
                edges.add(new Edge(interval.highHigh() + 1, OrderedKey.MIN, filter));
            }
        }
    }

    /** How many filters of the chunk test this field: the more, the earlier it should be asked. */
    int filters() {
        return filters;
    }

    FieldIndex build() {
        edges.sort((a, b) -> Intervals.compare(a.high, a.low, b.high, b.low));
        long[] startHigh = new long[isWide ? edges.size() + 1 : 0];
        long[] startLow = new long[edges.size() + 1];
        int[] rowStart = new int[edges.size() + 2];
        startLow[0] = OrderedKey.MIN;
        if (isWide) {
            startHigh[0] = OrderedKey.MIN;
        }
        long[] row = everywhere.clone();
        DistinctRows rows = new DistinctRows(words);
        int pieces = 0;
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            boolean isNewPiece = edge.low != startLow[pieces] || (isWide && edge.high != startHigh[pieces]);
            if (isNewPiece) {
                rowStart[pieces++] = rows.add(row);
                startLow[pieces] = edge.low;
                if (isWide) {
                    startHigh[pieces] = edge.high;
                }
            }
            row[edge.filter >>> 6] ^= 1L << edge.filter;
        }
        rowStart[pieces++] = rows.add(row);
        rowStart[pieces] = rows.add(ifEmpty);
        return new FieldIndex(
                field,
                isOnFlags,
                Arrays.copyOf(startHigh, isWide ? pieces : 0),
                Arrays.copyOf(startLow, pieces),
                Arrays.copyOf(rowStart, pieces + 1),
                rows.done());
    }
}
