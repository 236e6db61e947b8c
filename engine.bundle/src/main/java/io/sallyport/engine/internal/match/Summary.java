package io.sallyport.engine.internal.match;

import io.sallyport.layer.LayerSchema;
import java.util.Arrays;

/**
 * Which chunks of a matcher can match: an index in which each chunk stands for one filter that allows what any of its own allows.
 * Immutable.
 */
public final class Summary {
    /** More edges of one chunk are not followed: a summary from the ground up costs less then. */
    private static final int MOST_EDGES = 64;

    /** If there are more or fewer chunks than before, and more of them differ than this, they are others in the same places. */
    private static final int MOST_MOVED_CHUNKS = 4;

    private final PagedIndex[] indexes;
    /** The chunks that the indexes were made of, by bit. */
    private final Chunk[] of;
    /** Bits of chunks that the indexes do not know. */
    private final long[] always;

    private final int changed;

    private Summary(PagedIndex[] indexes, Chunk[] of, Chunk[] now) {
        this.indexes = indexes;
        this.of = of;
        this.always = new long[IndexedMatcher.CHUNK_WORDS];
        int count = 0;
        for (int i = 0; i < now.length; i++) {
            if (i >= of.length || now[i].reach != of[i].reach) {
                always[i >>> 6] |= 1L << i;
                count++;
            }
        }
        this.changed = count;
    }

    /**
     * Follows chunks that have changed a little; those that have changed much, and those that came behind the last one, are always
     * looked at. A chunk that came or went in between moves all behind it: nothing is followed then.
     */
    Summary followed(Chunk[] now) {
        int common = Math.min(now.length, of.length);
        int moved = 0;
        for (int i = 0; i < common; i++) {
            moved += now[i].reach == of[i].reach ? 0 : 1;
        }
        if (now.length != of.length && moved > MOST_MOVED_CHUNKS) {
            return new Summary(indexes, of, now);
        }
        PagedIndex[] next = indexes.clone();
        Chunk[] known = of.clone();
        for (int i = 0; i < common; i++) {
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
            changes[i] = indexes[i].change(before.allowed(field), after.allowed(field));
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

    /** From the ground up. Takes long. */
    static Summary of(LayerSchema schema, Chunk[] chunks) {
        IndexBuilders builders = new IndexBuilders(schema, chunks.length);
        for (int i = 0; i < chunks.length; i++) {
            chunks[i].reach.restrict(builders, i);
        }
        int words = (chunks.length + 63) >>> 6;
        PagedIndex[] indexes = Arrays.stream(builders.build())
                .map(index -> PagedIndex.of(index, words))
                .toArray(PagedIndex[]::new);
        return new Summary(indexes, chunks, chunks);
    }

    /** The same indexes over chunks that differ in the content of sets only. */
    Summary over(Chunk[] linked) {
        return new Summary(indexes, of, linked);
    }

    /** How many chunks are looked at only because they have changed. */
    int changed() {
        return changed;
    }

    /** Selects the chunks that the values may match, out of {@code count}, into {@link MatchCursor#chunks}. */
    void select(ValueRecord values, MatchCursor cursor, int count) {
        boolean isAny = isAnyKnown(values, cursor);
        int knownWords = isAny ? (of.length + 63) >>> 6 : 0;
        int words = (count + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            cursor.chunks[w] = (w < knownWords ? cursor.chunks[w] : 0) | always[w];
        }
    }

    private boolean isAnyKnown(ValueRecord values, MatchCursor cursor) {
        MatchCursor.selectAll(of.length, cursor.chunks);
        for (PagedIndex index : indexes) {
            if (!(index.isOnFlags() && cursor.areFlagsFulfilled()) && !index.select(values, cursor.chunks)) {
                return false;
            }
        }
        return true;
    }
}
