package io.sallyport.engine.internal.match;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.LayerSchema;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bit vectors over filters in weight order. For each field, the value selects a row of bits; the rows are ANDed, and the
 * lowest bit left is the heaviest candidate. What no interval can express is tested for the candidate alone.
 *
 * <p>Filters come in chunks, so that rows stay short: with one chunk, 100,000 filters would need 200,000 rows of 12.5 KB
 * for each field; with chunks of 512 memory grows with the number of filters. Over many chunks lies a summary of the same kind, in
 * which each chunk stands for one filter that allows what any of its own allows, so that most chunks are not even looked
 * at. Immutable.
 */
public final class IndexedMatcher implements SublayerMatcher {
    static final int CHUNK_WORDS = 8;
    private static final int CHUNK_FILTERS = CHUNK_WORDS * Long.SIZE;

    /** With fewer chunks than this a summary costs more than it saves. */
    private static final int SUMMARY_CHUNKS = 3;

    private final Chunk[] chunks;
    /** Null: every chunk is looked at. */
    private final FieldIndex @Nullable [] summary;

    private IndexedMatcher(Chunk[] chunks, FieldIndex @Nullable [] summary) {
        this.chunks = chunks;
        this.summary = summary;
    }

    /** Part of the sublayer. {@code residuals[i]} is null where the index tells all about filter {@code i}. */
    private static final class Chunk {
        final int count;
        final FieldIndex[] indexes;
        final @Nullable ConditionGroup[][] residuals;

        Chunk(int count, FieldIndex[] indexes, @Nullable ConditionGroup[][] residuals) {
            this.count = count;
            this.indexes = indexes;
            this.residuals = residuals;
        }
    }

    /**
     * Compiles a sublayer.
     *
     * @param schema of the layer
     * @param filters the conditions of each filter, heaviest filter first
     * @throws PolicyException naming the first condition that does not fit
     */
    public static SublayerMatcher compile(LayerSchema schema, List<List<Condition>> filters) throws PolicyException {
        int count = (filters.size() + CHUNK_FILTERS - 1) / CHUNK_FILTERS;
        boolean isSummarised = count >= SUMMARY_CHUNKS && count <= CHUNK_FILTERS;
        Builders summary = new Builders(schema, count);
        Chunk[] chunks = new Chunk[count];
        for (int i = 0; i < count; i++) {
            int from = i * CHUNK_FILTERS;
            List<List<Condition>> part = filters.subList(from, Math.min(from + CHUNK_FILTERS, filters.size()));
            Reach reach = new Reach(schema.size());
            chunks[i] = compileChunk(schema, part, reach);
            if (isSummarised) {
                reach.restrict(summary, i, part.size());
            }
        }
        return new IndexedMatcher(chunks, isSummarised ? summary.build() : null);
    }

    private static Chunk compileChunk(LayerSchema schema, List<List<Condition>> filters, Reach reach)
            throws PolicyException {
        int count = filters.size();
        Builders builders = new Builders(schema, count);
        @Nullable ConditionGroup[][] residuals = new ConditionGroup[count][];
        for (int i = 0; i < count; i++) {
            List<ConditionGroup> rest = new ArrayList<>();
            for (ConditionGroup group : groups(schema, filters.get(i))) {
                Intervals intervals = group.indexable();
                if (intervals == null) {
                    rest.add(group);
                } else {
                    builders.of(group.field()).restrict(i, intervals, group.matchesEmpty());
                    reach.add(group.field(), intervals, group.matchesEmpty());
                }
            }
            residuals[i] = rest.isEmpty() ? null : rest.toArray(new ConditionGroup[0]);
        }
        return new Chunk(count, builders.build(), residuals);
    }

    /** One builder for each field that is tested at all. */
    private static final class Builders {
        private final LayerSchema schema;
        private final int count;
        private final @Nullable FieldIndexBuilder[] byField;

        Builders(LayerSchema schema, int count) {
            this.schema = schema;
            this.count = count;
            this.byField = new FieldIndexBuilder[schema.size()];
        }

        FieldIndexBuilder of(int field) {
            FieldIndexBuilder builder = byField[field];
            if (builder == null) {
                FieldSpec spec = schema.get(field);
                boolean isWide = spec.type() == DataType.BYTE_ARRAY16;
                builder = new FieldIndexBuilder(field, spec.kind() == FieldKind.FLAGS, isWide, count);
                byField[field] = builder;
            }
            return builder;
        }

        /** The field that most filters test comes first. */
        FieldIndex[] build() {
            List<FieldIndexBuilder> used = new ArrayList<>();
            for (FieldIndexBuilder builder : byField) {
                if (builder != null) {
                    used.add(builder);
                }
            }
            used.sort((a, b) -> Integer.compare(b.filters(), a.filters()));
            return used.stream().map(FieldIndexBuilder::build).toArray(FieldIndex[]::new);
        }
    }

    /** What any filter of a chunk allows, field by field. A field that some filter does not test allows everything. */
    private static final class Reach {
        private final int[] filters;
        private final boolean[] matchesEmpty;
        private final @Nullable List<Intervals.Interval>[] intervals;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Reach(int fields) {
            filters = new int[fields];
            matchesEmpty = new boolean[fields];
            intervals = new List[fields];
        }

        void add(int field, Intervals allowed, boolean allowsEmpty) {
            filters[field]++;
            matchesEmpty[field] |= allowsEmpty;
            List<Intervals.Interval> all = intervals[field];
            if (all == null) {
                all = new ArrayList<>();
                intervals[field] = all;
            }
            all.addAll(allowed.list());
        }

        void restrict(Builders summary, int chunk, int count) {
            for (int field = 0; field < filters.length; field++) {
                List<Intervals.Interval> all = intervals[field];
                if (all != null && filters[field] == count) {
                    summary.of(field).restrict(chunk, Intervals.of(all), matchesEmpty[field]);
                }
            }
        }
    }

    /** Conditions on one field belong together wherever they stand (COND-3). */
    private static List<ConditionGroup> groups(LayerSchema schema, List<Condition> conditions) throws PolicyException {
        Map<Field, List<Condition>> byField = new EnumMap<>(Field.class);
        for (Condition condition : conditions) {
            byField.computeIfAbsent(condition.field(), f -> new ArrayList<>()).add(condition);
        }
        List<ConditionGroup> groups = new ArrayList<>();
        for (Map.Entry<Field, List<Condition>> entry : byField.entrySet()) {
            FieldSpec spec = schema.find(entry.getKey());
            if (spec == null) {
                throw new PolicyException(WfpError.CONDITION_NOT_FOUND, "the layer has no field " + entry.getKey());
            }
            groups.add(GroupCompiler.compile(spec, entry.getValue()));
        }
        return groups;
    }

    @Override
    public int first(ValueRecord values, MatchCursor cursor) {
        cursor.values = values;
        cursor.chunk = -1;
        cursor.word = 0;
        cursor.words = 0;
        if (summary != null && !select(summary, chunks.length, values, cursor, cursor.chunks)) {
            cursor.chunk = chunks.length;
        }
        return next(cursor);
    }

    @Override
    public int next(MatchCursor cursor) {
        ValueRecord values = cursor.values;
        if (values == null) {
            return NONE;
        }
        while (true) {
            while (cursor.word < cursor.words) {
                long bits = cursor.candidates[cursor.word];
                if (bits == 0) {
                    cursor.word++;
                    continue;
                }
                int index = (cursor.word << 6) + Long.numberOfTrailingZeros(bits);
                cursor.candidates[cursor.word] = bits & (bits - 1);
                ConditionGroup[] rest = chunks[cursor.chunk].residuals[index];
                if (rest == null || isFulfilled(rest, values, cursor.areFlagsFulfilled())) {
                    return cursor.chunk * CHUNK_FILTERS + index;
                }
            }
            cursor.chunk = chunkAfter(cursor);
            if (cursor.chunk >= chunks.length) {
                cursor.values = null;
                return NONE;
            }
            Chunk chunk = chunks[cursor.chunk];
            boolean isAny = select(chunk.indexes, chunk.count, values, cursor, cursor.candidates);
            cursor.word = 0;
            cursor.words = isAny ? (chunk.count + 63) >>> 6 : 0;
        }
    }

    /** The next chunk that the summary leaves, or any number from {@code chunks.length} on. */
    private int chunkAfter(MatchCursor cursor) {
        int next = cursor.chunk + 1;
        if (summary == null || next >= chunks.length) {
            return next;
        }
        int word = next >>> 6;
        long bits = cursor.chunks[word] & (-1L << next);
        int words = (chunks.length + 63) >>> 6;
        while (bits == 0 && ++word < words) {
            bits = cursor.chunks[word];
        }
        return bits == 0 ? chunks.length : (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** ANDs the rows that the values select; false as soon as nothing is left. */
    private static boolean select(
            FieldIndex[] indexes, int count, ValueRecord values, MatchCursor cursor, long[] candidates) {
        int words = (count + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            candidates[w] = -1;
        }
        int spare = (words << 6) - count;
        candidates[words - 1] = -1L >>> spare;
        for (FieldIndex index : indexes) {
            if (index.isOnFlags() && cursor.areFlagsFulfilled()) {
                continue;
            }
            long[] rows = index.rows();
            int row = index.row(values);
            long any = 0;
            for (int w = 0; w < words; w++) {
                candidates[w] &= rows[row + w];
                any |= candidates[w];
            }
            if (any == 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFulfilled(ConditionGroup[] groups, ValueRecord values, boolean areFlagsFulfilled) {
        for (ConditionGroup group : groups) {
            if (!(areFlagsFulfilled && group.isOnFlags()) && !group.test(values)) {
                return false;
            }
        }
        return true;
    }
}
