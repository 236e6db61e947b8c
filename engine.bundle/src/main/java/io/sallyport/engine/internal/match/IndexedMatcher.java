package io.sallyport.engine.internal.match;

import io.sallyport.layer.DataType;
import io.sallyport.layer.Field;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.LayerSchema;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Bit vectors over filters in weight order. For each field, the value selects a row of bits; the rows are ANDed, and the
 * lowest bit left is the heaviest candidate. What no interval can express is tested for the candidate alone.
 *
 * <p>Filters come in chunks, so that rows stay short: with one chunk, 100,000 filters would need 200,000 rows of 12.5 KB
 * for each field; with chunks of 512 at most memory grows with the number of filters. Chunks are made with room to spare, so
 * that a change of policy compiles the chunks anew that it touches, and shares the others.
 *
 * <p>Over many chunks lies a summary of the same kind, in which each chunk stands for one filter that allows what any of its
 * own allows, so that most chunks are not even looked at. The summary follows chunks that change a little; those that have
 * changed much since it was made are always looked at: the answers are the same, only later. Immutable, but for the summary, which may be replaced by a better one at any
 * time.
 */
public final class IndexedMatcher implements SublayerMatcher {
    static final int CHUNK_WORDS = 8;

    /** How many filters a chunk has at most. */
    public static final int CHUNK_FILTERS = CHUNK_WORDS * Long.SIZE;

    /** How many bits of a position, the lowest, are the place in the chunk; those above are the chunk's number. */
    public static final int POSITION_BITS = 9;

    /** How many filters chunks have at most when they are made: one in four places is free. */
    public static final int FILL = CHUNK_FILTERS * 3 / 4;

    /** With fewer chunks than this a summary costs more than it saves. */
    private static final int SUMMARY_CHUNKS = 3;

    /** With more changed chunks than this the summary should be made anew. */
    private static final int MOST_CHANGED_CHUNKS = 16;

    private final LayerSchema schema;
    private final Chunk[] chunks;
    /** Null: every chunk is looked at. */
    private volatile @Nullable Summary summary;

    private IndexedMatcher(LayerSchema schema, Chunk[] chunks) {
        this.schema = schema;
        this.chunks = chunks;
    }

    /** Part of the sublayer. {@code residuals[i]} is null where the index tells all about filter {@code i}. */
    private static final class Chunk {
        final int count;
        final FieldIndex[] indexes;
        final @Nullable ConditionGroup[][] residuals;
        final Reach reach;
        /** The sets that the residuals name, as they are linked. */
        final Map<UUID, SetEntries> sets;

        Chunk(int count, FieldIndex[] indexes, @Nullable ConditionGroup[][] residuals, Reach reach) {
            this.count = count;
            this.indexes = indexes;
            this.residuals = residuals;
            this.reach = reach;
            this.sets = SetLinks.of(residuals);
        }

        Chunk linked(Map<UUID, SetEntries> wanted) throws PolicyException {
            return SetLinks.areSame(sets, wanted)
                    ? this
                    : new Chunk(count, indexes, SetLinks.linked(residuals, wanted), reach);
        }
    }

    /**
     * A chunk of a new matcher: one of the old matcher's, or filters to be compiled.
     *
     * @param kept number of the old chunk; -1: compile
     * @param filters the conditions of each filter, heaviest filter first; at most {@link #CHUNK_FILTERS}
     */
    public record Part(int kept, List<List<Condition>> filters) {
        /** An old chunk. */
        public static Part kept(int chunk) {
            return new Part(chunk, List.of());
        }

        /** A new chunk. */
        public static Part compiled(List<List<Condition>> filters) {
            return new Part(-1, filters);
        }
    }

    /** Which chunks can match. */
    public static final class Summary {
        /** More edges of one chunk are not followed: a summary from the ground up costs less then. */
        private static final int MOST_EDGES = 64;

        private final PagedIndex[] indexes;
        /** The chunks that the indexes were made of, by bit. */
        private final Chunk[] of;
        /** Bits of chunks that the indexes do not know. */
        private final long[] always;

        private final int changed;

        private Summary(PagedIndex[] indexes, Chunk[] of, Chunk[] now) {
            this.indexes = indexes;
            this.of = of;
            this.always = new long[CHUNK_WORDS];
            int count = 0;
            for (int i = 0; i < now.length; i++) {
                if (i >= of.length || now[i].reach != of[i].reach) {
                    always[i >>> 6] |= 1L << i;
                    count++;
                }
            }
            this.changed = count;
        }

        /** Follows chunks that have changed a little; those that have changed much are always looked at. */
        private Summary followed(Chunk[] now) {
            if (now.length != of.length) {
                return new Summary(indexes, of, now);
            }
            PagedIndex[] next = indexes.clone();
            Chunk[] known = of.clone();
            for (int i = 0; i < now.length; i++) {
                if (now[i].reach != known[i].reach && follow(next, i, known[i].reach, now[i].reach)) {
                    known[i] = now[i];
                }
            }
            return new Summary(next, known, now);
        }

        private static boolean follow(PagedIndex[] indexes, int chunk, Reach before, Reach after) {
            Edges[] changes = new Edges[indexes.length];
            int edges = 0;
            for (int i = 0; i < indexes.length; i++) {
                int field = indexes[i].field();
                changes[i] = indexes[i].change(before.allowed[field], after.allowed[field]);
                edges += changes[i].count();
            }
            if (edges > MOST_EDGES) {
                return false;
            }
            for (int i = 0; i < indexes.length; i++) {
                indexes[i] = indexes[i].with(chunk, changes[i], after.allowsEmpty(indexes[i].field()));
            }
            return true;
        }
    }

    /**
     * Cuts a list of filters into chunks with room to spare.
     *
     * @param <X> whatever stands for a filter
     * @param filters in order
     * @return views of the list; none if it is empty
     */
    public static <X> List<List<X>> split(List<X> filters) {
        int size = filters.size();
        int count = size <= CHUNK_FILTERS ? Math.min(size, 1) : (size + FILL - 1) / FILL;
        List<List<X>> pieces = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            pieces.add(filters.subList((int) ((long) i * size / count), (int) ((i + 1L) * size / count)));
        }
        return pieces;
    }

    /**
     * Compiles a sublayer.
     *
     * @param schema of the layer
     * @param before the matcher that chunks are kept of; null if none are
     * @param parts the chunks, heaviest filters first
     * @throws PolicyException naming the first condition that does not fit
     */
    public static IndexedMatcher compile(LayerSchema schema, @Nullable IndexedMatcher before, List<Part> parts)
            throws PolicyException {
        Chunk[] chunks = new Chunk[parts.size()];
        int compiled = 0;
        for (int i = 0; i < chunks.length; i++) {
            Part part = parts.get(i);
            if (before != null && part.kept() >= 0) {
                chunks[i] = before.chunks[part.kept()];
            } else {
                chunks[i] = compileChunk(schema, part.filters());
                compiled++;
            }
        }
        IndexedMatcher matcher = new IndexedMatcher(schema, chunks);
        Summary old = before == null ? null : before.summary;
        if (chunks.length >= SUMMARY_CHUNKS && chunks.length <= CHUNK_FILTERS) {
            boolean isKept = old != null && 2 * compiled < chunks.length;
            matcher.summary = old != null && isKept ? old.followed(chunks) : matcher.summarized();
        }
        return matcher;
    }

    /**
     * Links the sets that conditions name with what is in them. Costs the chunks that name a set whose content is another one
     * than before; their indexes stay, and so does the summary.
     *
     * @param sets by key
     * @return this one if nothing changes
     * @throws PolicyException NOT_FOUND if a set is not there
     */
    public IndexedMatcher linked(Map<UUID, SetEntries> sets) throws PolicyException {
        Chunk[] linked = null;
        for (int i = 0; i < chunks.length; i++) {
            Chunk chunk = chunks[i].linked(sets);
            if (chunk != chunks[i]) {
                linked = linked == null ? chunks.clone() : linked;
                linked[i] = chunk;
            }
        }
        if (linked == null) {
            return this;
        }
        IndexedMatcher matcher = new IndexedMatcher(schema, linked);
        Summary now = summary;
        matcher.summary = now == null ? null : new Summary(now.indexes, now.of, linked);
        return matcher;
    }

    /**
     * Tells whether the sets that are named here have the same content as in another matcher of the same filters.
     *
     * @param other any
     * @return whether both judge alike
     */
    public boolean hasSetsOf(IndexedMatcher other) {
        return this == other || sets().equals(other.sets());
    }

    private Map<UUID, SetEntries> sets() {
        Map<UUID, SetEntries> sets = new HashMap<>();
        for (Chunk chunk : chunks) {
            sets.putAll(chunk.sets);
        }
        return sets;
    }

    /**
     * Tells whether many chunks are looked at only because they have changed.
     *
     * @return true if {@link #summarized} would make a better summary
     */
    public boolean isCoarse() {
        Summary now = summary;
        return now != null && now.changed > MOST_CHANGED_CHUNKS;
    }

    /**
     * Makes a new summary. Takes long; any thread.
     *
     * @return to be given to {@link #adopt} of this matcher or of one that has most chunks in common with it
     */
    public Summary summarized() {
        Builders builders = new Builders(schema, chunks.length);
        for (int i = 0; i < chunks.length; i++) {
            chunks[i].reach.restrict(builders, i);
        }
        int words = (chunks.length + 63) >>> 6;
        PagedIndex[] indexes = Arrays.stream(builders.build())
                .map(index -> PagedIndex.of(index, words))
                .toArray(PagedIndex[]::new);
        return new Summary(indexes, chunks, chunks);
    }

    /**
     * Takes over a summary, at once for all searches that begin from now on. Any thread.
     *
     * @param fresh made for this matcher or another one; what differs is always looked at
     */
    public void adopt(Summary fresh) {
        if (summary != null) {
            summary = fresh.followed(chunks);
        }
    }

    private static Chunk compileChunk(LayerSchema schema, List<List<Condition>> filters) throws PolicyException {
        int count = filters.size();
        Reach.Collector reach = new Reach.Collector(schema.size());
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
        return new Chunk(count, builders.build(), residuals, reach.done(count));
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

    /** What any filter of a chunk allows, in the fields that all of them test. Immutable. */
    private static final class Reach {
        private final @Nullable Intervals[] allowed;
        private final boolean[] matchesEmpty;

        private Reach(@Nullable Intervals[] allowed, boolean[] matchesEmpty) {
            this.allowed = allowed;
            this.matchesEmpty = matchesEmpty;
        }

        boolean allowsEmpty(int field) {
            return allowed[field] == null || matchesEmpty[field];
        }

        void restrict(Builders summary, int chunk) {
            for (int field = 0; field < allowed.length; field++) {
                Intervals here = allowed[field];
                if (here != null) {
                    summary.of(field).restrict(chunk, here, matchesEmpty[field]);
                }
            }
        }

        /** A field that some filter does not test allows everything. */
        private static final class Collector {
            private final int[] filters;
            private final boolean[] matchesEmpty;
            private final @Nullable List<Intervals.Interval>[] intervals;

            @SuppressWarnings({"unchecked", "rawtypes"})
            Collector(int fields) {
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

            Reach done(int count) {
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
        Summary now = summary;
        cursor.isSummarized = now != null;
        if (now != null) {
            selectChunks(now, values, cursor);
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
                    return (cursor.chunk << POSITION_BITS) + index;
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
        if (!cursor.isSummarized || next >= chunks.length) {
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

    private void selectChunks(Summary from, ValueRecord values, MatchCursor cursor) {
        int known = from.of.length;
        boolean isAny = selectAmong(from.indexes, known, values, cursor, cursor.chunks);
        int knownWords = isAny ? (known + 63) >>> 6 : 0;
        int words = (chunks.length + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            cursor.chunks[w] = (w < knownWords ? cursor.chunks[w] : 0) | from.always[w];
        }
    }

    /** The same over a summary. */
    private static boolean selectAmong(
            PagedIndex[] indexes, int count, ValueRecord values, MatchCursor cursor, long[] candidates) {
        selectAll(count, candidates);
        for (PagedIndex index : indexes) {
            if (!(index.isOnFlags() && cursor.areFlagsFulfilled()) && !index.select(values, candidates)) {
                return false;
            }
        }
        return true;
    }

    private static int selectAll(int count, long[] candidates) {
        int words = (count + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            candidates[w] = -1;
        }
        int spare = (words << 6) - count;
        candidates[words - 1] = -1L >>> spare;
        return words;
    }

    /** ANDs the rows that the values select; false as soon as nothing is left. */
    private static boolean select(
            FieldIndex[] indexes, int count, ValueRecord values, MatchCursor cursor, long[] candidates) {
        int words = selectAll(count, candidates);
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
