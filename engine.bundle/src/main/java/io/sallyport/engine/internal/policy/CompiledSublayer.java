package io.sallyport.engine.internal.policy;

import io.sallyport.engine.internal.match.IndexedMatcher;
import io.sallyport.engine.internal.match.IndexedMatcher.Part;
import io.sallyport.layer.Layer;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.SetEntries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one sublayer at one layer, heaviest first (unsigned), of equal ones the smaller id first (ARB-26), in the
 * chunks of the matcher. Immutable.
 */
public final class CompiledSublayer {
    /** The order of evaluation. */
    static final Comparator<CompiledFilter> BY_WEIGHT = (a, b) -> {
        int c = Long.compareUnsigned(b.runtime.weight(), a.runtime.weight());
        return c != 0 ? c : Long.compare(a.runtime.id(), b.runtime.id());
    };

    /** A chunk with fewer filters is joined with the next one, if both have room in one. */
    private static final int FEW_FILTERS = 64;

    /** The sublayer's key. */
    public final UUID key;

    /** Effective weight, 0..65535. */
    public final int weight;

    /** Finds positions for {@link #filter}. */
    public final IndexedMatcher matcher;

    private final CompiledFilter[][] chunks;

    private CompiledSublayer(UUID key, int weight, IndexedMatcher matcher, CompiledFilter[][] chunks) {
        this.key = key;
        this.weight = weight;
        this.matcher = matcher;
        this.chunks = chunks;
    }

    /**
     * Compiles a sublayer.
     *
     * @param ordered in the order of evaluation
     * @throws PolicyException naming the filter that does not fit
     */
    static CompiledSublayer compile(Layer layer, UUID key, int weight, List<CompiledFilter> ordered)
            throws PolicyException {
        return new Assembly(layer).add(ordered).done(key, weight, null);
    }

    /** The same filters as these, compiled anew for another policy: the matcher stays. */
    CompiledSublayer remade(int newWeight, List<CompiledFilter> ordered) {
        CompiledFilter[][] remade = new CompiledFilter[chunks.length][];
        int from = 0;
        for (int i = 0; i < chunks.length; i++) {
            int to = from + chunks[i].length;
            remade[i] = ordered.subList(from, to).toArray(new CompiledFilter[0]);
            from = to;
        }
        return new CompiledSublayer(key, newWeight, matcher, remade);
    }

    /**
     * Compiles the chunks anew that filters leave or enter.
     *
     * @param removed filters of this sublayer
     * @param added in any order
     * @return null if nothing is left
     * @throws PolicyException naming the filter that does not fit
     */
    @Nullable CompiledSublayer edited(Layer layer, List<EngineFilter> removed, List<CompiledFilter> added)
            throws PolicyException {
        Map<Integer, List<CompiledFilter>> touched = new HashMap<>();
        Set<EngineFilter> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        for (EngineFilter filter : removed) {
            gone.add(filter);
            touch(touched, chunkOf(filter.weight(), filter.id()));
        }
        for (CompiledFilter filter : added) {
            touch(touched, chunkOf(filter.runtime.weight(), filter.runtime.id()))
                    .add(filter);
        }
        Assembly assembly = new Assembly(layer);
        List<CompiledFilter> few = List.of();
        for (int i = 0; i < chunks.length; i++) {
            List<CompiledFilter> content = touched.get(i);
            if (content == null && few.isEmpty()) {
                assembly.keep(i, chunks[i]);
                continue;
            }
            List<CompiledFilter> all = new ArrayList<>(few);
            all.addAll(content == null ? Arrays.asList(chunks[i]) : content);
            all.removeIf(filter -> gone.contains(filter.runtime));
            all.sort(BY_WEIGHT);
            boolean isJoined = all.size() < FEW_FILTERS
                    && i + 1 < chunks.length
                    && all.size() + chunks[i + 1].length <= IndexedMatcher.FILL;
            few = isJoined ? all : List.of();
            if (!isJoined) {
                assembly.add(all);
            }
        }
        return assembly.isEmpty() ? null : assembly.done(key, weight, matcher);
    }

    private List<CompiledFilter> touch(Map<Integer, List<CompiledFilter>> touched, int chunk) {
        return touched.computeIfAbsent(chunk, i -> new ArrayList<>(Arrays.asList(chunks[i])));
    }

    /** The last chunk that begins with this filter or a heavier one, else the first one. */
    private int chunkOf(long filterWeight, long id) {
        int low = 0;
        int high = chunks.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            EngineFilter first = chunks[middle][0].runtime;
            int c = Long.compareUnsigned(filterWeight, first.weight());
            boolean isAtOrBehind = c < 0 || (c == 0 && id >= first.id());
            if (isAtOrBehind) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The same filters, with what is in the sets that they name; this one if that is the same. */
    CompiledSublayer linked(Map<UUID, SetEntries> sets) throws PolicyException {
        IndexedMatcher linked = matcher.linked(sets);
        return linked == matcher ? this : new CompiledSublayer(key, weight, linked, chunks);
    }

    /**
     * A filter.
     *
     * @param position as the matcher gives it
     */
    public CompiledFilter filter(int position) {
        return chunks[position >>> IndexedMatcher.POSITION_BITS][position & (IndexedMatcher.CHUNK_FILTERS - 1)];
    }

    int size() {
        int size = 0;
        for (CompiledFilter[] chunk : chunks) {
            size += chunk.length;
        }
        return size;
    }

    /** Tells whether these filters are the sublayer's, in the same order. */
    boolean holds(List<CompiledFilter> ordered) {
        if (ordered.size() != size()) {
            return false;
        }
        int at = 0;
        for (CompiledFilter[] chunk : chunks) {
            for (CompiledFilter filter : chunk) {
                if (filter.runtime != ordered.get(at++).runtime) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Tells whether both judge alike: same place, same filters in the same order, same sets. Chunks that both share are passed over. */
    boolean hasFiltersOf(CompiledSublayer other) {
        if (this == other) {
            return true;
        }
        if (weight != other.weight || !key.equals(other.key) || !matcher.hasSetsOf(other.matcher)) {
            return false;
        }
        int chunk = 0;
        int index = 0;
        int otherChunk = 0;
        int otherIndex = 0;
        while (chunk < chunks.length && otherChunk < other.chunks.length) {
            CompiledFilter[] mine = chunks[chunk];
            CompiledFilter[] theirs = other.chunks[otherChunk];
            if (mine == theirs && index == otherIndex) {
                index = mine.length;
                otherIndex = index;
            } else if (mine[index++].runtime != theirs[otherIndex++].runtime) {
                return false;
            }
            if (index == mine.length) {
                chunk++;
                index = 0;
            }
            if (otherIndex == theirs.length) {
                otherChunk++;
                otherIndex = 0;
            }
        }
        return chunk == chunks.length && otherChunk == other.chunks.length;
    }

    /** Puts a sublayer together, chunk by chunk. */
    private static final class Assembly {
        private final Layer layer;
        private final List<CompiledFilter[]> chunks = new ArrayList<>();
        private final List<Part> parts = new ArrayList<>();
        private final List<CompiledFilter> compiled = new ArrayList<>();

        Assembly(Layer layer) {
            this.layer = layer;
        }

        void keep(int chunk, CompiledFilter[] filters) {
            chunks.add(filters);
            parts.add(Part.kept(chunk));
        }

        Assembly add(List<CompiledFilter> ordered) {
            for (List<CompiledFilter> piece : IndexedMatcher.split(ordered)) {
                chunks.add(piece.toArray(new CompiledFilter[0]));
                parts.add(Part.compiled(FilterCompiler.conditions(piece)));
                compiled.addAll(piece);
            }
            return this;
        }

        boolean isEmpty() {
            return chunks.isEmpty();
        }

        CompiledSublayer done(UUID key, int weight, @Nullable IndexedMatcher before) throws PolicyException {
            try {
                IndexedMatcher matcher = IndexedMatcher.compile(layer.schema(), before, parts);
                return new CompiledSublayer(key, weight, matcher, chunks.toArray(new CompiledFilter[0][]));
            } catch (PolicyException e) {
                throw FilterCompiler.blame(layer, compiled, e);
            }
        }
    }
}
