package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;

/** Bytes of a stream whose frames are held, in one piece. Pooled; owned by one stream side at a time. */
final class PendingBytes {

    final ByteBuffer memory;
    int start;
    int end;

    PendingBytes(int capacity) {
        memory = ByteBuffer.allocateDirect(capacity);
    }

    int lengthBytes() {
        return end - start;
    }

    boolean hasRoomFor(int count) {
        return lengthBytes() + count <= memory.capacity();
    }

    void append(ByteBuffer source, int offset, int count) {
        if (end + count > memory.capacity()) {
            memory.put(0, memory, start, end - start);
            end -= start;
            start = 0;
        }
        memory.put(end, source, offset, count);
        end += count;
    }

    /** Forgets leading bytes. */
    void drop(int count) {
        start += count;
    }
}
