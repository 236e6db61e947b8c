package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one direction that came before others which are missing. The first version of each byte wins. Bounded in
 * distance, in memory, and in the number of pieces, of which the farthest goes when there are too many: so what one
 * segment costs is bounded as well. Without such bytes it has no memory; what it has, the table of pieces included, is the
 * pool's, and so within the bound of all streams. Part of a {@link ReceiveSpace}.
 */
final class AheadBytes {

    /** How far behind the next byte a byte may lie. */
    static final int MAX_DISTANCE = 4 << 20;

    static final int MAX_PIECES = 64;

    /** In the table: start and end of a piece. */
    private static final int PIECE_BYTES = 2 * Long.BYTES;
    /** There is one more for a moment when one is put in between. */
    private static final int TABLE_BYTES = (MAX_PIECES + 1) * PIECE_BYTES;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final BytePool pool;
    /** Of the pool if there is a ring. */
    private ByteBuffer table = NOTHING;

    private int pieces;
    private int latest;
    private @Nullable ByteBuffer ring;

    AheadBytes(BytePool pool) {
        this.pool = pool;
    }

    void clear() {
        pieces = 0;
        ByteBuffer old = ring;
        if (old != null) {
            ring = null;
            pool.give(old);
            pool.give(table);
            table = NOTHING;
        }
    }

    private void setPiece(int i, long start, long end) {
        table.putLong(i * PIECE_BYTES, start);
        table.putLong(i * PIECE_BYTES + Long.BYTES, end);
    }

    private void movePieces(int from, int to) {
        table.put(to * PIECE_BYTES, table, from * PIECE_BYTES, (pieces - from) * PIECE_BYTES);
    }

    /** Which piece grew last. */
    int latest() {
        return Math.min(latest, pieces - 1);
    }

    int pieces() {
        return pieces;
    }

    long pieceStart(int i) {
        return table.getLong(i * PIECE_BYTES);
    }

    long pieceEnd(int i) {
        return table.getLong(i * PIECE_BYTES + Long.BYTES);
    }

    /**
     * Keeps what is not known yet of some bytes.
     *
     * @param next where the first missing byte is; bytes lie behind it
     * @return false if they cannot be kept: a bound is reached
     */
    boolean put(long next, long position, ByteBuffer from, int offset, int count) {
        long behind = position + count;
        if (behind - next > MAX_DISTANCE || !reserve(next, behind)) {
            return false;
        }
        ByteBuffer to = ring;
        if (to == null) {
            return false;
        }
        int first = 0;
        while (first < pieces && pieceEnd(first) < position) {
            first++;
        }
        if (first == MAX_PIECES) {
            return false; // the farthest, and one too many
        }
        // Copies only what lies between the pieces that are there.
        long at = position;
        int last = first;
        while (last < pieces && pieceStart(last) <= behind) {
            if (pieceStart(last) > at) {
                copyIn(to, at, from, offset + (int) (at - position), (int) (pieceStart(last) - at));
            }
            at = Math.max(at, pieceEnd(last));
            last++;
        }
        if (at < behind) {
            copyIn(to, at, from, offset + (int) (at - position), (int) (behind - at));
        }
        join(first, last, position, behind);
        return true;
    }

    private void join(int first, int last, long position, long behind) {
        latest = first;
        if (first == last) {
            movePieces(first, first + 1);
            setPiece(first, position, behind);
            pieces = Math.min(pieces + 1, MAX_PIECES);
            return;
        }
        setPiece(first, Math.min(pieceStart(first), position), Math.max(pieceEnd(last - 1), behind));
        movePieces(last, first + 1);
        pieces -= last - first - 1;
    }

    private boolean reserve(long next, long behind) {
        ByteBuffer old = ring;
        long distance = Math.max(behind, pieces == 0 ? 0 : pieceEnd(pieces - 1)) - next;
        if (old != null && distance <= old.capacity()) {
            return true;
        }
        ByteBuffer larger = pool.take((int) distance, true);
        if (larger == null || (old == null && !takeTable(larger))) {
            return false;
        }
        if (old != null) {
            for (int i = 0; i < pieces; i++) {
                long position = pieceStart(i);
                while (position < pieceEnd(i)) {
                    int count = run(old, position, (int) (pieceEnd(i) - position));
                    copyIn(larger, position, old, index(old, position), count);
                    position += count;
                }
            }
            pool.give(old);
        }
        ring = larger;
        return true;
    }

    /** Takes the table, or gives the ring back that cannot be used without it. */
    private boolean takeTable(ByteBuffer newRing) {
        ByteBuffer taken = pool.take(TABLE_BYTES, true);
        if (taken == null) {
            pool.give(newRing);
            return false;
        }
        table = taken;
        return true;
    }

    private static int index(ByteBuffer bytes, long position) {
        return (int) position & (bytes.capacity() - 1);
    }

    private static int run(ByteBuffer bytes, long position, int count) {
        return Math.min(count, bytes.capacity() - index(bytes, position));
    }

    private static void copyIn(ByteBuffer to, long position, ByteBuffer from, int offset, int count) {
        int first = run(to, position, count);
        to.put(index(to, position), from, offset, first);
        if (first < count) {
            to.put(0, from, offset + first, count - first);
        }
    }

    /**
     * Forgets what has come in order meanwhile, and tells how many bytes follow without a gap.
     *
     * @param next where the first missing byte would be without them
     */
    int ready(long next) {
        int gone = 0;
        while (gone < pieces && pieceEnd(gone) <= next) {
            gone++;
        }
        if (gone > 0) {
            movePieces(gone, 0);
            pieces -= gone;
            latest = Math.max(0, latest - gone);
            if (pieces == 0) {
                clear();
            }
        }
        return pieces > 0 && pieceStart(0) <= next ? (int) (pieceEnd(0) - next) : 0;
    }

    /** Adds the bytes that {@link #ready} told of to those that are to be decided; there is room. */
    void moveTo(PendingBytes to, long next, int count) {
        ByteBuffer bytes = ring;
        if (bytes == null) {
            return;
        }
        int first = run(bytes, next, count);
        to.append(bytes, index(bytes, next), first);
        if (first < count) {
            to.append(bytes, 0, count - first);
        }
    }
}
