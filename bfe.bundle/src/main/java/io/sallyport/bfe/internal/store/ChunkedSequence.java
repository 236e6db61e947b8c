package io.sallyport.bfe.internal.store;

import io.sallyport.bfe.internal.store.ObjectTable.Entry;
import java.security.MessageDigest;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries in order of their numbers, in chunks of some 256. Where a chunk ends is told by the digest of its last entry, so that
 * the chunks, and the digest made of theirs, depend on what is in the sequence and not on how it came about. Immutable; a
 * change copies one or two chunks and the list of chunks.
 *
 * @param <T> the type of the objects
 */
final class ChunkedSequence<T> {
    /** A chunk ends behind an entry whose digest ends in this many zeros: one of 256. */
    private static final long END_MASK = 0xff;

    private final Chunk<T>[] chunks;
    private final int size;
    private volatile @Nullable Digest digest;

    private static final class Chunk<T> {
        final Entry<T>[] entries;
        private volatile @Nullable Digest digest;

        Chunk(Entry<T>[] entries) {
            this.entries = entries;
        }

        long firstOrder() {
            return entries[0].order;
        }

        boolean isClosed() {
            return isEnd(entries[entries.length - 1]);
        }

        Digest digest() {
            Digest known = digest;
            if (known == null) {
                MessageDigest all = Digest.begin();
                for (Entry<T> entry : entries) {
                    entry.digest.addTo(all);
                }
                known = Digest.of(all);
                digest = known;
            }
            return known;
        }
    }

    private ChunkedSequence(Chunk<T>[] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    static <T> ChunkedSequence<T> empty() {
        return new ChunkedSequence<>(array(0), 0);
    }

    int size() {
        return size;
    }

    Digest digest() {
        Digest known = digest;
        if (known == null) {
            MessageDigest all = Digest.begin();
            for (Chunk<T> chunk : chunks) {
                chunk.digest().addTo(all);
            }
            known = Digest.of(all);
            digest = known;
        }
        return known;
    }

    /** With an entry more, whose number is higher than all others. */
    ChunkedSequence<T> append(Entry<T> entry) {
        int count = chunks.length;
        boolean isNewChunk = count == 0 || chunks[count - 1].isClosed();
        Entry<T>[] before = isNewChunk ? entries(0) : chunks[count - 1].entries;
        Entry<T>[] entries = Arrays.copyOf(before, before.length + 1);
        entries[before.length] = entry;
        Chunk<T>[] changed = Arrays.copyOf(chunks, isNewChunk ? count + 1 : count);
        changed[changed.length - 1] = new Chunk<>(entries);
        return new ChunkedSequence<>(changed, size + 1);
    }

    /** With another entry of the same number in the place of one that is there, or without it. */
    ChunkedSequence<T> replace(Entry<T> old, @Nullable Entry<T> entry) {
        int at = chunkOf(old.order);
        List<Entry<T>> content = new ArrayList<>(Arrays.asList(chunks[at].entries));
        int index = content.indexOf(old);
        if (entry == null) {
            content.remove(index);
        } else {
            content.set(index, entry);
        }
        int end = at + 1;
        boolean isOpen = !content.isEmpty() && !isEnd(content.get(content.size() - 1));
        if (isOpen && end < chunks.length) {
            content.addAll(Arrays.asList(chunks[end].entries));
            end++;
        }
        List<Chunk<T>> all = new ArrayList<>(chunks.length + 1);
        all.addAll(Arrays.asList(chunks).subList(0, at));
        split(content, all);
        all.addAll(Arrays.asList(chunks).subList(end, chunks.length));
        return new ChunkedSequence<>(all.toArray(array(0)), entry == null ? size - 1 : size);
    }

    private static <T> void split(List<Entry<T>> content, List<Chunk<T>> to) {
        int from = 0;
        for (int i = 0; i < content.size(); i++) {
            if (isEnd(content.get(i)) || i == content.size() - 1) {
                to.add(new Chunk<>(content.subList(from, i + 1).toArray(entries(0))));
                from = i + 1;
            }
        }
    }

    private static boolean isEnd(Entry<?> entry) {
        return (entry.digest.w3() & END_MASK) == 0;
    }

    private int chunkOf(long order) {
        int low = 0;
        int high = chunks.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (chunks[middle].firstOrder() <= order) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Collects, in order, the entries of the chunks that another sequence does not share. */
    void collectUnshared(ChunkedSequence<T> other, List<Entry<T>> to) {
        Set<Chunk<T>> shared = Collections.newSetFromMap(new IdentityHashMap<>(2 * other.chunks.length));
        shared.addAll(Arrays.asList(other.chunks));
        for (Chunk<T> chunk : chunks) {
            if (!shared.contains(chunk)) {
                to.addAll(Arrays.asList(chunk.entries));
            }
        }
    }

    <R> Collection<R> view(Function<Entry<T>, R> part) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<R> iterator() {
                return new Walk<>(chunks, part);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private static final class Walk<T, R> implements Iterator<R> {
        private final Chunk<T>[] chunks;
        private final Function<Entry<T>, R> part;
        private int chunk;
        private int index;

        Walk(Chunk<T>[] chunks, Function<Entry<T>, R> part) {
            this.chunks = chunks;
            this.part = part;
        }

        @Override
        public boolean hasNext() {
            return chunk < chunks.length;
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Entry<T>[] entries = chunks[chunk].entries;
            R next = part.apply(entries[index++]);
            if (index == entries.length) {
                chunk++;
                index = 0;
            }
            return next;
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> Chunk<T>[] array(int length) {
        return new Chunk[length];
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> Entry<T>[] entries(int length) {
        return new Entry[length];
    }
}
