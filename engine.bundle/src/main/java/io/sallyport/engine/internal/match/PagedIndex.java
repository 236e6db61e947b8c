package io.sallyport.engine.internal.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks a value of one field allows, as {@link FieldIndex} says it of filters: the keys are cut into pieces, each with a
 * row of one bit per chunk. The pieces lie in pages, and an index that follows a change of one chunk shares all pages but those in
 * which that chunk allows something else than before. Immutable.
 */
final class PagedIndex {
    /** How many pieces a page has when it is made. */
    private static final int FILL = 128;

    private static final int MOST_PIECES = 2 * FILL;

    private final int field;
    private final boolean isOnFlags;
    private final boolean isWide;
    private final int words;
    private final Page[] pages;
    /** Where each page begins; the first one at the lowest key. */
    private final Keys firsts;
    /** Chunks that allow the empty value. */
    private final long[] ifEmpty;

    private PagedIndex(int field, boolean isOnFlags, boolean isWide, int words, List<Page> pages, long[] ifEmpty) {
        this.field = field;
        this.isOnFlags = isOnFlags;
        this.isWide = isWide;
        this.words = words;
        this.pages = pages.toArray(new Page[0]);
        this.firsts = new Keys(new long[pages.size()], new long[pages.size()]);
        for (int i = 0; i < pages.size(); i++) {
            firsts.high[i] = pages.get(i).starts.high[0];
            firsts.low[i] = pages.get(i).starts.low[0];
        }
        this.ifEmpty = ifEmpty;
    }

    /** Ascending keys; of narrow ones only the low long counts. */
    private static final class Keys {
        final long[] high;
        final long[] low;

        Keys(long[] high, long[] low) {
            this.high = high;
            this.low = low;
        }

        /** The last one at or below a key; the first one is. */
        int lastUpTo(boolean isWide, long keyHigh, long keyLow) {
            int from = 0;
            int to = low.length - 1;
            while (from < to) {
                int middle = (from + to + 1) >>> 1;
                boolean isUpTo = isWide
                        ? Intervals.compare(high[middle], low[middle], keyHigh, keyLow) <= 0
                        : low[middle] <= keyLow;
                if (isUpTo) {
                    from = middle;
                } else {
                    to = middle - 1;
                }
            }
            return from;
        }
    }

    /** Some pieces in a row. Not changed once it is in an index. */
    private static final class Page {
        final Keys starts;
        final long[] rows;

        Page(Keys starts, long[] rows) {
            this.starts = starts;
            this.rows = rows;
        }

        int pieces() {
            return starts.low.length;
        }

        Page copy(int from, int to, int words) {
            Keys some = new Keys(Arrays.copyOfRange(starts.high, from, to), Arrays.copyOfRange(starts.low, from, to));
            return new Page(some, Arrays.copyOfRange(rows, from * words, to * words));
        }
    }

    /**
     * The same index in pages.
     *
     * @param index of chunks
     * @param words of a row
     */
    static PagedIndex of(FieldIndex index, int words) {
        List<Page> pages = new ArrayList<>();
        int pieces = index.pieces();
        for (int from = 0; from < pieces; from += FILL) {
            int count = Math.min(FILL, pieces - from);
            Page page = new Page(new Keys(new long[count], new long[count]), new long[count * words]);
            for (int i = 0; i < count; i++) {
                page.starts.high[i] = index.startHigh(from + i);
                page.starts.low[i] = index.startLow(from + i);
                System.arraycopy(index.rows(), index.rowOf(from + i), page.rows, i * words, words);
            }
            pages.add(page);
        }
        long[] ifEmpty = new long[words];
        System.arraycopy(index.rows(), index.rowOf(pieces), ifEmpty, 0, words);
        return new PagedIndex(index.field(), index.isOnFlags(), index.isWide(), words, pages, ifEmpty);
    }

    /**
     * What changes in a chunk.
     *
     * @param before what it allowed; null: everything
     * @param after what it allows; null: everything
     */
    Edges change(@Nullable Intervals before, @Nullable Intervals after) {
        return Edges.between(Edges.of(before, isWide), Edges.of(after, isWide));
    }

    int field() {
        return field;
    }

    boolean isOnFlags() {
        return isOnFlags;
    }

    int pieces() {
        int pieces = 0;
        for (Page page : pages) {
            pieces += page.pieces();
        }
        return pieces;
    }

    /**
     * Takes away chunks that the values do not allow.
     *
     * @param values of a packet
     * @param candidates a bit for each chunk
     * @return false if none is left
     */
    boolean select(ValueRecord values, long[] candidates) {
        long[] rows = ifEmpty;
        int row = 0;
        if (values.isPresent(field)) {
            long high = isWide ? values.highKey(field) : 0;
            long low = values.lowKey(field);
            Page page = pages[firsts.lastUpTo(isWide, high, low)];
            rows = page.rows;
            row = page.starts.lastUpTo(isWide, high, low) * words;
        }
        long any = 0;
        for (int w = 0; w < words; w++) {
            candidates[w] &= rows[row + w];
            any |= candidates[w];
        }
        return any != 0;
    }

    /**
     * Follows a change of one chunk.
     *
     * @param chunk its number
     * @param change the values of which it allows those now that it did not, and the other way round
     * @param allowsEmpty whether it allows the empty value now
     */
    PagedIndex with(int chunk, Edges change, boolean allowsEmpty) {
        long[] empty = ifEmpty.clone();
        if (allowsEmpty) {
            empty[chunk >>> 6] |= 1L << chunk;
        } else {
            empty[chunk >>> 6] &= ~(1L << chunk);
        }
        Edit edit = new Edit();
        for (int i = 0; i < change.count(); i++) {
            edit.cut(change.high(i), change.low(i));
        }
        for (int i = 0; i < change.count(); i += 2) {
            edit.turnOver(chunk, change, i);
        }
        for (int i = 0; i < change.count(); i++) {
            edit.join(change.high(i), change.low(i));
        }
        return new PagedIndex(field, isOnFlags, isWide, words, edit.pages, empty);
    }

    /** An index in the making. A page is copied before it is changed. */
    private final class Edit {
        final List<Page> pages = new ArrayList<>(List.of(PagedIndex.this.pages));

        private int pageOf(long high, long low) {
            int from = 0;
            int to = pages.size() - 1;
            while (from < to) {
                int middle = (from + to + 1) >>> 1;
                if (compareStart(pages.get(middle), 0, high, low) <= 0) {
                    from = middle;
                } else {
                    to = middle - 1;
                }
            }
            return from;
        }

        private int compareStart(Page page, int piece, long high, long low) {
            return isWide
                    ? Intervals.compare(page.starts.high[piece], page.starts.low[piece], high, low)
                    : Long.compare(page.starts.low[piece], low);
        }

        /** Has a piece begin at a key. */
        void cut(long high, long low) {
            int at = pageOf(high, low);
            Page page = pages.get(at);
            int piece = page.starts.lastUpTo(isWide, high, low);
            if (compareStart(page, piece, high, low) == 0) {
                return;
            }
            int count = page.pieces();
            Page cut = new Page(new Keys(new long[count + 1], new long[count + 1]), new long[(count + 1) * words]);
            copy(page, 0, cut, 0, piece + 1);
            copy(page, piece, cut, piece + 1, count - piece);
            cut.starts.high[piece + 1] = high;
            cut.starts.low[piece + 1] = low;
            if (count + 1 <= MOST_PIECES) {
                pages.set(at, cut);
            } else {
                pages.set(at, cut.copy(0, FILL, words));
                pages.add(at + 1, cut.copy(FILL, count + 1, words));
            }
        }

        private void copy(Page from, int piece, Page to, int at, int count) {
            System.arraycopy(from.starts.high, piece, to.starts.high, at, count);
            System.arraycopy(from.starts.low, piece, to.starts.low, at, count);
            System.arraycopy(from.rows, piece * words, to.rows, at * words, count * words);
        }

        /** Turns a chunk's bit over from one edge to the next. Both are cut. */
        void turnOver(int chunk, Edges edges, int edge) {
            boolean isEnding = edge + 1 < edges.count();
            int at = pageOf(edges.high(edge), edges.low(edge));
            int piece = pages.get(at).starts.lastUpTo(isWide, edges.high(edge), edges.low(edge));
            while (at < pages.size()) {
                Page page = pages.get(at);
                int count = page.pieces();
                int end = isEnding ? piecesBefore(page, edges.high(edge + 1), edges.low(edge + 1)) : count;
                if (end > piece) {
                    Page turned = page.copy(0, count, words);
                    for (int i = piece; i < end; i++) {
                        turned.rows[i * words + (chunk >>> 6)] ^= 1L << chunk;
                    }
                    pages.set(at, turned);
                }
                if (end < count) {
                    return;
                }
                at++;
                piece = 0;
            }
        }

        private int piecesBefore(Page page, long high, long low) {
            if (compareStart(page, 0, high, low) >= 0) {
                return 0;
            }
            int last = page.starts.lastUpTo(isWide, high, low);
            return compareStart(page, last, high, low) == 0 ? last : last + 1;
        }

        /** Puts the piece that begins at a key together with the one before, if both allow the same. */
        void join(long high, long low) {
            int at = pageOf(high, low);
            Page page = pages.get(at);
            int piece = page.starts.lastUpTo(isWide, high, low);
            boolean isFirst = at == 0 && piece == 0;
            if (isFirst || compareStart(page, piece, high, low) != 0) {
                return;
            }
            Page before = piece > 0 ? page : pages.get(at - 1);
            int last = piece > 0 ? piece - 1 : before.pieces() - 1;
            for (int w = 0; w < words; w++) {
                if (page.rows[piece * words + w] != before.rows[last * words + w]) {
                    return;
                }
            }
            int count = page.pieces();
            if (count == 1) {
                pages.remove(at);
                return;
            }
            Page joined = new Page(new Keys(new long[count - 1], new long[count - 1]), new long[(count - 1) * words]);
            copy(page, 0, joined, 0, piece);
            copy(page, piece + 1, joined, piece, count - 1 - piece);
            pages.set(at, joined);
        }
    }
}
