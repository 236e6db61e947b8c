package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for the bytes of all streams together, in pieces whose sizes are powers of two: made on demand, reused,
 * bounded. Owned by one worker.
 */
final class BytePool {

    /** The smallest piece. */
    static final int SMALLEST = 2_048;

    private static final int SMALLEST_SHIFT = 11;
    private static final int LARGEST_SHIFT = 24;

    /** The largest piece: 16 MiB. */
    static final int LARGEST = 1 << LARGEST_SHIFT;

    /** The last part is for what was forwarded: undecided and out-of-order bytes of some cannot stop the streams of all. */
    private static final double SHARE_OF_WAITING = 0.75;

    private final long limitBytes;
    private final long waitingLimitBytes;
    private final ArrayDeque<ByteBuffer>[] free;
    private long madeBytes;
    private long usedBytes;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
    BytePool(long limitBytes) {
        this.limitBytes = limitBytes;
        this.waitingLimitBytes = (long) (limitBytes * SHARE_OF_WAITING);
        this.free = new ArrayDeque[LARGEST_SHIFT - SMALLEST_SHIFT + 1];
        for (int i = 0; i < free.length; i++) {
            free[i] = new ArrayDeque<ByteBuffer>();
        }
    }

    /**
     * Takes a piece.
     *
     * @param leastBytes how large at least
     * @param isForWaiting for bytes that nobody has forwarded yet
     * @return null if the bound is reached
     */
    @Nullable ByteBuffer take(int leastBytes, boolean isForWaiting) {
        int sizeClass = sizeClass(leastBytes);
        long size = 1L << (sizeClass + SMALLEST_SHIFT);
        if (sizeClass >= free.length || usedBytes + size > (isForWaiting ? waitingLimitBytes : limitBytes)) {
            return null;
        }
        usedBytes += size;
        ByteBuffer piece = free[sizeClass].pollFirst();
        return piece != null ? piece : make((int) size);
    }

    private ByteBuffer make(int size) {
        // What is free in other sizes makes room; the collector gives it back.
        for (int i = free.length - 1; i >= 0 && madeBytes + size > limitBytes; i--) {
            for (ByteBuffer unused = free[i].pollFirst(); unused != null; unused = free[i].pollFirst()) {
                madeBytes -= unused.capacity();
            }
        }
        madeBytes += size;
        return ByteBuffer.allocateDirect(size);
    }

    void give(ByteBuffer piece) {
        usedBytes -= piece.capacity();
        free[sizeClass(piece.capacity())].addFirst(piece);
    }

    long usedBytes() {
        return usedBytes;
    }

    private static int sizeClass(int bytes) {
        int rounded = Math.max(SMALLEST, bytes);
        return Integer.SIZE - Integer.numberOfLeadingZeros(rounded - 1) - SMALLEST_SHIFT;
    }
}
