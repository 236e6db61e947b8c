package io.sallyport.stack.internal.stream;

import io.sallyport.stack.internal.packet.FrameWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The permitted bytes of one direction that the receiver has not acknowledged: the one version of each that ever leaves. A
 * ring that grows on demand, up to a bound; has memory of the pool only while there are any. Part of a {@link
 * SendSpace}.
 */
final class SentBytes {

    /** As much as receivers of Linux let be on its way, and more. */
    static final int MAX_SIZE = 16 << 20;

    private final BytePool pool;
    private @Nullable ByteBuffer ring;
    private long start;
    private long end;

    SentBytes(BytePool pool) {
        this.pool = pool;
    }

    /** Forgets everything; the next byte is at 0. */
    void clear() {
        free();
        start = 0;
        end = 0;
    }

    private void free() {
        ByteBuffer old = ring;
        if (old != null) {
            ring = null;
            pool.give(old);
        }
    }

    /** Position of the first byte that is not acknowledged. */
    long start() {
        return start;
    }

    /** Position behind the last byte. */
    long end() {
        return end;
    }

    /** Makes room; false if a bound is reached: the bytes must not be forwarded. */
    boolean reserve(int count) {
        long wanted = end - start + count;
        ByteBuffer old = ring;
        if (old != null && wanted <= old.capacity()) {
            return true;
        }
        if (wanted > MAX_SIZE) {
            return false;
        }
        ByteBuffer larger = pool.take((int) wanted, false);
        if (larger == null) {
            return false;
        }
        if (old != null) {
            long position = start;
            while (position < end) {
                int count1 = run(old, position, (int) Math.min(end - position, Integer.MAX_VALUE));
                copyIn(larger, position, old, index(old, position), count1);
                position += count1;
            }
            pool.give(old);
        }
        ring = larger;
        return true;
    }

    /** Adds what comes next; {@link #reserve} made room. */
    void append(ByteBuffer from, int offset, int count) {
        ByteBuffer bytes = ring;
        if (bytes == null || count == 0) {
            end += count;
            return;
        }
        copyIn(bytes, end, from, offset, count);
        end += count;
    }

    private static int index(ByteBuffer bytes, long position) {
        return (int) position & (bytes.capacity() - 1);
    }

    /** How many bytes from a position on lie in one piece. */
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

    /** Forgets what the receiver has. */
    void acknowledge(long position) {
        start = Math.max(start, Math.min(position, end));
        if (start == end) {
            free();
        }
    }

    /** Goes on somewhere else; nothing is kept. */
    void skip(long position) {
        free();
        start = position;
        end = position;
    }

    /** Hands all of them over as bytes that came too early; they stay here, too. False: there is no memory. */
    boolean giveBack(ReceiveSpace to) {
        ByteBuffer bytes = ring;
        long position = start;
        while (bytes != null && position < end) {
            int count = run(bytes, position, (int) Math.min(end - position, Integer.MAX_VALUE));
            if (!to.keepAhead(position, bytes, index(bytes, position), count)) {
                return false;
            }
            position += count;
        }
        return true;
    }

    /** Tells whether bytes are the same as those at their place; all of that place must be kept. */
    boolean matches(long position, int count, ByteBuffer memory, int offset) {
        ByteBuffer bytes = ring;
        if (count == 0) {
            return true;
        }
        if (bytes == null || position < start || position + count > end) {
            return false;
        }
        int i = 0;
        int at = index(bytes, position);
        int first = run(bytes, position, count);
        while (i + 8 <= first) {
            if (bytes.getLong(at + i) != memory.getLong(offset + i)) {
                return false;
            }
            i += 8;
        }
        for (; i < count; i++) {
            if (bytes.get(index(bytes, position + i)) != memory.get(offset + i)) {
                return false;
            }
        }
        return true;
    }

    /** Appends bytes to the payload of a frame. */
    void write(long position, int count, FrameWriter to) {
        ByteBuffer bytes = ring;
        if (bytes == null || count == 0) {
            return;
        }
        int first = run(bytes, position, count);
        to.payload(bytes, index(bytes, position), first);
        if (first < count) {
            to.payload(bytes, 0, count - first);
        }
    }
}
