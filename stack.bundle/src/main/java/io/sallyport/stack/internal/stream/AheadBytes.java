package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one direction that came before others which are missing. The first version of each byte wins. Bounded in
 * distance, in memory, and in the number of pieces, of which the farthest goes when there are too many: so what one
 * segment costs is bounded as well. Part of a {@link ReceiveSpace}.
 */
final class AheadBytes {

    /** How far behind the next byte a byte may lie. */
    static final int MAX_DISTANCE = 4 << 20;

    static final int MAX_PIECES = 64;

    private final BytePool pool;
    private final long[] starts = new long[MAX_PIECES + 1];
    private final long[] ends = new long[MAX_PIECES + 1];
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
        }
    }

    /** Which piece grew last. */
    int latest() {
        return Math.min(latest, pieces - 1);
    }

    int pieces() {
        return pieces;
    }

    long pieceStart(int i) {
        return starts[i];
    }

    long pieceEnd(int i) {
        return ends[i];
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
        while (first < pieces && ends[first] < position) {
            first++;
        }
        if (first == MAX_PIECES) {
            return false; // the farthest, and one too many
        }
        // Copies only what lies between the pieces that are there.
        long at = position;
        int last = first;
        while (last < pieces && starts[last] <= behind) {
            if (starts[last] > at) {
                copyIn(to, at, from, offset + (int) (at - position), (int) (starts[last] - at));
            }
            at = Math.max(at, ends[last]);
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
            System.arraycopy(starts, first, starts, first + 1, pieces - first);
            System.arraycopy(ends, first, ends, first + 1, pieces - first);
            starts[first] = position;
            ends[first] = behind;
            pieces = Math.min(pieces + 1, MAX_PIECES);
            return;
        }
        starts[first] = Math.min(starts[first], position);
        ends[first] = Math.max(ends[last - 1], behind);
        int gone = last - first - 1;
        System.arraycopy(starts, last, starts, first + 1, pieces - last);
        System.arraycopy(ends, last, ends, first + 1, pieces - last);
        pieces -= gone;
    }

    private boolean reserve(long next, long behind) {
        ByteBuffer old = ring;
        long distance = Math.max(behind, pieces == 0 ? 0 : ends[pieces - 1]) - next;
        if (old != null && distance <= old.capacity()) {
            return true;
        }
        ByteBuffer larger = pool.take((int) distance, true);
        if (larger == null) {
            return false;
        }
        if (old != null) {
            for (int i = 0; i < pieces; i++) {
                long position = starts[i];
                while (position < ends[i]) {
                    int count = run(old, position, (int) (ends[i] - position));
                    copyIn(larger, position, old, index(old, position), count);
                    position += count;
                }
            }
            pool.give(old);
        }
        ring = larger;
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
        while (gone < pieces && ends[gone] <= next) {
            gone++;
        }
        if (gone > 0) {
            pieces -= gone;
            latest = Math.max(0, latest - gone);
            System.arraycopy(starts, gone, starts, 0, pieces);
            System.arraycopy(ends, gone, ends, 0, pieces);
            if (pieces == 0) {
                clear();
            }
        }
        return pieces > 0 && starts[0] <= next ? (int) (ends[0] - next) : 0;
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
