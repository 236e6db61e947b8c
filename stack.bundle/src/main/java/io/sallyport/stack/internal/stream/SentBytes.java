package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The latest permitted bytes of one direction, so that a retransmission, wherever the sender cuts it, can be compared with
 * what was inspected. Grows while more is on its way than fits, up to a bound; shares a budget with all other streams.
 */
final class SentBytes {

    private static final int FIRST_SIZE = 4_096;
    /** About as much as Linux lets a receiver be sent ahead: what is lost behind us must be known when it comes again. */
    private static final int MAX_SIZE = 4 << 20;
    /** What a state that waits for its next flow may keep. */
    private static final int KEPT_SIZE = 16_384;

    private final StreamPool pool;
    private byte @Nullable [] ring;
    private long start;
    private long end;

    SentBytes(StreamPool pool) {
        this.pool = pool;
    }

    void clear() {
        start = 0;
        end = 0;
        byte[] old = ring;
        if (old != null && old.length > KEPT_SIZE) {
            pool.giveBudget(old.length);
            ring = null;
        }
    }

    /**
     * Adds what comes next in the stream.
     *
     * @param acknowledged position up to which the receiver has everything
     */
    void add(ByteBuffer memory, int offset, int lengthBytes, long acknowledged) {
        byte[] bytes = ringFor(end + lengthBytes - Math.max(start, acknowledged));
        if (bytes == null) {
            end += lengthBytes;
            start = end;
            return;
        }
        int kept = Math.min(lengthBytes, bytes.length);
        int from = offset + lengthBytes - kept;
        int at = (int) (end + lengthBytes - kept) & (bytes.length - 1);
        int first = Math.min(kept, bytes.length - at);
        memory.get(from, bytes, at, first);
        memory.get(from + first, bytes, 0, kept - first);
        end += lengthBytes;
        start = Math.max(start, end - bytes.length);
    }

    private byte @Nullable [] ringFor(long wanted) {
        byte[] old = ring;
        int size = old == null ? FIRST_SIZE : old.length;
        while (size < wanted && size < MAX_SIZE) {
            size *= 2;
        }
        int more = old == null ? size : size - old.length;
        if (more == 0 || !pool.takeBudget(more)) {
            return old;
        }
        byte[] larger = new byte[size];
        if (old != null) {
            copy(old, larger);
        }
        ring = larger;
        return larger;
    }

    /** Both are powers of two, and the smaller one is full at most once around. */
    private void copy(byte[] from, byte[] to) {
        long position = start;
        while (position < end) {
            int source = (int) position & (from.length - 1);
            int target = (int) position & (to.length - 1);
            int count = (int) Math.min(end - position, Math.min(from.length - source, to.length - target));
            System.arraycopy(from, source, to, target, count);
            position += count;
        }
    }

    /** Tells whether bytes are the same as those that were permitted at their place; false if that is forgotten. */
    boolean matches(long position, int lengthBytes, ByteBuffer memory, int offset) {
        if (lengthBytes == 0) {
            return true;
        }
        byte[] bytes = ring;
        if (bytes == null || position < start || position + lengthBytes > end) {
            return false;
        }
        for (int i = 0; i < lengthBytes; i++) {
            if (bytes[(int) (position + i) & (bytes.length - 1)] != memory.get(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
