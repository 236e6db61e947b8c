package io.sallyport.engine.internal.match;

import io.sallyport.layer.LayerSchema;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.ArrayList;
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
 * changed much since it was made are always looked at: the answers are the same, only later. Immutable, but for the summary,
 * which may be replaced by a better one at any time.
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
                chunks[i] = Chunk.compile(schema, part.filters());
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
        matcher.summary = now == null ? null : now.over(linked);
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
        return now != null && now.changed() > MOST_CHANGED_CHUNKS;
    }

    /**
     * Makes a new summary. Takes long; any thread.
     *
     * @return to be given to {@link #adopt} of this matcher or of one that has most chunks in common with it
     */
    public Summary summarized() {
        return Summary.of(schema, chunks);
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

    @Override
    public int first(ValueRecord values, MatchCursor cursor) {
        cursor.values = values;
        cursor.chunk = -1;
        cursor.word = 0;
        cursor.words = 0;
        Summary now = summary;
        cursor.isSummarized = now != null;
        if (now != null) {
            now.select(values, cursor, chunks.length);
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

    /** ANDs the rows that the values select; false as soon as nothing is left. */
    private static boolean select(
            FieldIndex[] indexes, int count, ValueRecord values, MatchCursor cursor, long[] candidates) {
        int words = MatchCursor.selectAll(count, candidates);
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
