package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The undecided bytes of one direction, in one piece, so that callouts can be shown all of them at once; edits happen
 * here. Has memory of the pool only while there are any. Part of a {@link ReceiveSpace}.
 */
final class PendingBytes {

    private final BytePool pool;
    private @Nullable ByteBuffer memory;
    private int start;
    private int end;

    PendingBytes(BytePool pool) {
        this.pool = pool;
    }

    int lengthBytes() {
        return end - start;
    }

    @Nullable ByteBuffer memory() {
        return memory;
    }

    int start() {
        return start;
    }

    void clear() {
        ByteBuffer old = memory;
        if (old != null) {
            memory = null;
            pool.give(old);
        }
        start = 0;
        end = 0;
    }

    /** Makes room behind the last byte; false if there is no memory left. */
    boolean reserve(int count) {
        ByteBuffer old = memory;
        if (old != null && end + count <= old.capacity()) {
            return true;
        }
        int length = end - start;
        // Moving costs as much as is moved, so it must make room for as much.
        if (old != null && length + count <= old.capacity() && start >= length) {
            old.put(0, old, start, length);
        } else {
            ByteBuffer larger = pool.take(Math.max(length + count, Math.min(2 * length, BytePool.LARGEST)), true);
            if (larger == null) {
                return false;
            }
            if (old != null) {
                larger.put(0, old, start, length);
                pool.give(old);
            }
            memory = larger;
        }
        start = 0;
        end = length;
        return true;
    }

    /** Adds bytes; {@link #reserve} made room. */
    void append(ByteBuffer from, int offset, int count) {
        ByteBuffer to = memory;
        if (to == null) {
            throw new IllegalStateException("no room was made");
        }
        to.put(end, from, offset, count);
        end += count;
    }

    /** Forgets leading bytes. */
    void drop(int count) {
        start += count;
        if (start == end) {
            clear();
        }
    }

    /**
     * Replaces bytes by others.
     *
     * @param at how many bytes stay before them
     * @param removed how many go
     * @param added how many come
     * @return false if there is no memory left: nothing has changed
     */
    boolean splice(int at, int removed, byte[] with, int added) {
        int growth = added - removed;
        int before = at;
        int behind = lengthBytes() - at - removed;
        if (growth != 0 && before < behind && start >= growth) {
            moveFront(before, growth);
        } else if (growth != 0) {
            if (growth > 0 && !reserve(growth)) {
                return false;
            }
            moveBack(at + removed, behind, growth);
        }
        ByteBuffer bytes = memory;
        if (bytes != null) {
            bytes.put(start + at, with, 0, added);
        }
        if (start == end) {
            clear();
        }
        return true;
    }

    private void moveFront(int before, int growth) {
        ByteBuffer bytes = memory;
        if (bytes != null) {
            bytes.put(start - growth, bytes, start, before);
        }
        start -= growth;
    }

    private void moveBack(int from, int count, int growth) {
        ByteBuffer bytes = memory;
        if (bytes != null && count > 0) {
            bytes.put(start + from + growth, bytes, start + from, count);
        }
        end += growth;
    }
}
