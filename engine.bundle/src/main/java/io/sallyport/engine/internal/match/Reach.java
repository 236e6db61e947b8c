package io.sallyport.engine.internal.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What any filter of a chunk allows, in the fields that all of them test. Immutable. */
final class Reach {
    private final @Nullable Intervals[] allowed;
    private final boolean[] matchesEmpty;

    private Reach(@Nullable Intervals[] allowed, boolean[] matchesEmpty) {
        this.allowed = allowed;
        this.matchesEmpty = matchesEmpty;
    }

    /** What is allowed in a field; null: everything, since not all filters test it. */
    @Nullable Intervals allowed(int field) {
        return allowed[field];
    }

    boolean allowsEmpty(int field) {
        return allowed[field] == null || matchesEmpty[field];
    }

    void restrict(IndexBuilders summary, int chunk) {
        for (int field = 0; field < allowed.length; field++) {
            Intervals here = allowed[field];
            if (here != null) {
                summary.of(field).restrict(chunk, here, matchesEmpty[field]);
            }
        }
    }

    /** A field that some filter does not test allows everything. */
    static final class Collector {
        private final int[] filters;
        private final boolean[] matchesEmpty;
        private final @Nullable List<Intervals.Interval>[] intervals;
        private final int count;

        /** Of a chunk with so many filters. */
        @SuppressWarnings({"unchecked", "rawtypes"})
        Collector(int fields, int count) {
            this.count = count;
            filters = new int[fields];
            matchesEmpty = new boolean[fields];
            intervals = new List[fields];
        }

        void add(int field, Intervals allowed, boolean allowsEmpty) {
            filters[field]++;
            matchesEmpty[field] |= allowsEmpty;
            List<Intervals.Interval> all = intervals[field];
            if (all == null) {
                all = new ArrayList<>(count);
                intervals[field] = all;
            }
            all.addAll(allowed.list());
        }

        Reach done() {
            @Nullable Intervals[] allowed = new Intervals[filters.length];
            for (int field = 0; field < filters.length; field++) {
                List<Intervals.Interval> all = intervals[field];
                if (all != null && filters[field] == count) {
                    allowed[field] = Intervals.of(all);
                }
            }
            return new Reach(allowed, matchesEmpty);
        }
    }
}
