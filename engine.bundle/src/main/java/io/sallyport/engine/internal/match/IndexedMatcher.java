package io.sallyport.engine.internal.match;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
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
 * for each field; with chunks of 512 memory grows with the number of filters, and a chunk that cannot match is left after
 * one or two look-ups, the most telling field first. Immutable.
 */
public final class IndexedMatcher implements SublayerMatcher {
    static final int CHUNK_WORDS = 8;
    private static final int CHUNK_FILTERS = CHUNK_WORDS * Long.SIZE;

    private final Chunk[] chunks;

    private IndexedMatcher(Chunk[] chunks) {
        this.chunks = chunks;
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
        Chunk[] chunks = new Chunk[count];
        for (int i = 0; i < count; i++) {
            int from = i * CHUNK_FILTERS;
            chunks[i] = compileChunk(schema, filters.subList(from, Math.min(from + CHUNK_FILTERS, filters.size())));
        }
        return new IndexedMatcher(chunks);
    }

    private static Chunk compileChunk(LayerSchema schema, List<List<Condition>> filters) throws PolicyException {
        int count = filters.size();
        @Nullable FieldIndexBuilder[] builders = new FieldIndexBuilder[schema.size()];
        @Nullable ConditionGroup[][] residuals = new ConditionGroup[count][];
        for (int i = 0; i < count; i++) {
            List<ConditionGroup> rest = new ArrayList<>();
            for (ConditionGroup group : groups(schema, filters.get(i))) {
                Intervals intervals = group.indexable();
                if (intervals == null) {
                    rest.add(group);
                    continue;
                }
                FieldIndexBuilder builder = builders[group.field()];
                if (builder == null) {
                    boolean isWide = schema.get(group.field()).type() == DataType.BYTE_ARRAY16;
                    builder = new FieldIndexBuilder(group.field(), group.isOnFlags(), isWide, count);
                    builders[group.field()] = builder;
                }
                builder.restrict(i, intervals, group.matchesEmpty());
            }
            residuals[i] = rest.isEmpty() ? null : rest.toArray(new ConditionGroup[0]);
        }
        return new Chunk(count, build(builders), residuals);
    }

    private static FieldIndex[] build(@Nullable FieldIndexBuilder[] builders) {
        List<FieldIndexBuilder> used = new ArrayList<>();
        for (FieldIndexBuilder builder : builders) {
            if (builder != null) {
                used.add(builder);
            }
        }
        used.sort((a, b) -> Integer.compare(b.filters(), a.filters()));
        return used.stream().map(FieldIndexBuilder::build).toArray(FieldIndex[]::new);
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
            if (++cursor.chunk >= chunks.length) {
                cursor.values = null;
                return NONE;
            }
            load(chunks[cursor.chunk], values, cursor);
        }
    }

    /** Fills the candidates of a chunk; leaves {@code words} at 0 if there are none. */
    private static void load(Chunk chunk, ValueRecord values, MatchCursor cursor) {
        long[] candidates = cursor.candidates;
        int words = (chunk.count + 63) >>> 6;
        cursor.word = 0;
        cursor.words = 0;
        for (int w = 0; w < words; w++) {
            candidates[w] = -1;
        }
        int spare = (words << 6) - chunk.count;
        candidates[words - 1] = -1L >>> spare;
        for (FieldIndex index : chunk.indexes) {
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
                return;
            }
        }
        cursor.words = words;
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
