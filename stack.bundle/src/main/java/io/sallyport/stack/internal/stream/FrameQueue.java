package io.sallyport.stack.internal.stream;

import io.sallyport.stack.internal.hold.HeldFrame;
import org.jspecify.annotations.Nullable;

/** Frames of one direction that wait until all their bytes are permitted. Bounded. Part of a {@link StreamSide}. */
public final class FrameQueue {

    private static final int MAX_FRAMES = 64;

    /** A sender of more undecided bytes might stop if nobody acknowledged them. */
    private static final int MAX_BYTES = 4_096;

    private @Nullable HeldFrame head;
    private @Nullable HeldFrame tail;
    private int frames;

    FrameQueue() {}

    void clear() {
        head = null;
        tail = null;
        frames = 0;
    }

    /** Tells whether no frame waits. */
    public boolean isEmpty() {
        return head == null;
    }

    /** Tells whether no more frames can wait. */
    public boolean isFull() {
        return frames == MAX_FRAMES;
    }

    /**
     * Tells whether frames cannot wait any longer as they are.
     *
     * @param bytes how many undecided bytes there are
     */
    public boolean isTooLong(int bytes) {
        return isFull() || bytes > MAX_BYTES;
    }

    /**
     * Adds a frame, or the fragments of one datagram.
     *
     * @param frame its copy
     * @param newBytes how many bytes of the stream it brings
     * @param endPosition behind the last one
     */
    public void add(HeldFrame frame, int newBytes, long endPosition) {
        frame.newBytes = newBytes;
        frame.endPosition = endPosition;
        frame.nextInQueue = null;
        if (tail == null) {
            head = frame;
        } else {
            tail.nextInQueue = frame;
        }
        tail = frame;
        frames++;
    }

    /** The first frame; null if there is none. */
    public @Nullable HeldFrame first() {
        return head;
    }

    /** Takes the first frame off; null if there is none. */
    public @Nullable HeldFrame poll() {
        HeldFrame frame = head;
        if (frame == null) {
            return null;
        }
        head = frame.nextInQueue;
        if (head == null) {
            tail = null;
        }
        frames--;
        frame.nextInQueue = null;
        return frame;
    }
}
