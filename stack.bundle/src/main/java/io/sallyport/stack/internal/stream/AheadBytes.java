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

    private final BytePool pool;
    /** With a table of the pool's while there is a ring. */
    private final PositionRanges pieces = new PositionRanges(MAX_PIECES);

    private int latest;
    private @Nullable ByteBuffer ring;

    AheadBytes(BytePool pool) {
        this.pool = pool;
    }

    void clear() {
        ByteBuffer old = ring;
        if (old != null) {
            ring = null;
            pool.give(old);
            pool.give(pieces.takeTable());
        }
    }

    /** Which piece grew last. */
    int latest() {
        return Math.min(latest, pieces.count() - 1);
    }

    int pieces() {
        return pieces.count();
    }

    long pieceStart(int i) {
        return pieces.start(i);
    }

    long pieceEnd(int i) {
        return pieces.end(i);
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
        int i = pieces.firstTouching(position);
        if (!pieces.hasRoomAt(i)) {
            return false; // the farthest, and one too many
        }
        // Copies only what lies between the pieces that are there.
        long at = position;
        while (i < pieces.count() && pieces.start(i) <= behind) {
            if (pieces.start(i) > at) {
                copyIn(to, at, from, offset + (int) (at - position), (int) (pieces.start(i) - at));
            }
            at = Math.max(at, pieces.end(i));
            i++;
        }
        if (at < behind) {
            copyIn(to, at, from, offset + (int) (at - position), (int) (behind - at));
        }
        latest = pieces.add(position, behind);
        return true;
    }

    private boolean reserve(long next, long behind) {
        ByteBuffer old = ring;
        long distance = Math.max(behind, pieces.count() == 0 ? 0 : pieces.end(pieces.count() - 1)) - next;
        if (old != null && distance <= old.capacity()) {
            return true;
        }
        ByteBuffer larger = pool.take((int) distance, true);
        if (larger == null || (old == null && !takeTable(larger))) {
            return false;
        }
        if (old != null) {
            for (int i = 0; i < pieces.count(); i++) {
                long position = pieces.start(i);
                while (position < pieces.end(i)) {
                    int count = run(old, position, (int) (pieces.end(i) - position));
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
        ByteBuffer taken = pool.take(PositionRanges.tableBytes(MAX_PIECES), true);
        if (taken == null) {
            pool.give(newRing);
            return false;
        }
        pieces.setTable(taken);
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
        int gone = pieces.forgetTo(next);
        if (gone > 0) {
            latest = Math.max(0, latest - gone);
            if (pieces.count() == 0) {
                clear();
            }
        }
        return pieces.count() > 0 && pieces.start(0) <= next ? (int) (pieces.end(0) - next) : 0;
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
