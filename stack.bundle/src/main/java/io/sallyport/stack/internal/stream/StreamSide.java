package io.sallyport.stack.internal.stream;

import io.sallyport.stack.internal.hold.HeldFrame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an inspected connection. Three positions, counted from the byte behind the SYN, never out of order:
 *
 * <pre>
 *   0 ........ delivered ........ decided ........ next
 *   frames left          permitted,       waits for
 *                        frame waits      a decision
 * </pre>
 *
 * Bytes from delivered to next are kept in one piece, and their frames in a queue.
 */
public final class StreamSide {

    /** A callout that has not decided over so many frames has to. */
    private static final int MAX_QUEUE = 256;

    private final StreamPool pool;
    private final SentBytes sent;

    private boolean isSynced;
    private boolean isMidStream;
    private boolean isEnded;
    private int firstSequence;
    private int nextSequence;
    private int acknowledged;
    private long nextPosition;
    private long decidedPosition;
    private long deliveredPosition;
    private long askAtPosition;
    private @Nullable PendingBytes pending;
    private @Nullable HeldFrame head;
    private @Nullable HeldFrame tail;
    private int queued;

    StreamSide(StreamPool pool) {
        this.pool = pool;
        this.sent = new SentBytes(pool);
    }

    /** Forgets everything; nothing is queued. */
    void clear() {
        isSynced = false;
        isMidStream = false;
        isEnded = false;
        firstSequence = 0;
        nextSequence = 0;
        acknowledged = 0;
        nextPosition = 0;
        decidedPosition = 0;
        deliveredPosition = 0;
        askAtPosition = 0;
        head = null;
        tail = null;
        queued = 0;
        sent.clear();
        freePending();
    }

    private void freePending() {
        PendingBytes buffer = pending;
        if (buffer != null) {
            pending = null;
            pool.giveBuffer(buffer);
        }
    }

    /**
     * Fixes where the stream begins.
     *
     * @param sequence of its first byte
     * @param midStream it is not the connection's first byte
     */
    public void sync(int sequence, boolean midStream) {
        isSynced = true;
        isMidStream = midStream;
        firstSequence = sequence;
        nextSequence = sequence;
        acknowledged = sequence;
    }

    /**
     * Tells whether the beginning is known.
     *
     * @return false: no segment was seen yet
     */
    public boolean isSynced() {
        return isSynced;
    }

    /**
     * Tells whether the stream was not seen from its start.
     *
     * @return true: positions count from the first byte seen
     */
    public boolean isMidStream() {
        return isMidStream;
    }

    /**
     * Tells whether the FIN was shown.
     *
     * @return true: no more bytes may come
     */
    public boolean isEnded() {
        return isEnded;
    }

    /** Notes that the FIN was shown. */
    public void end() {
        isEnded = true;
    }

    /**
     * Sequence number of the stream's first byte.
     *
     * @return as on the wire
     */
    public int firstSequence() {
        return firstSequence;
    }

    /**
     * Sequence number of the next byte that was not seen.
     *
     * @return as on the wire
     */
    public int nextSequence() {
        return nextSequence;
    }

    /**
     * Position of the next byte that was not seen.
     *
     * @return 0 or more
     */
    public long nextPosition() {
        return nextPosition;
    }

    /**
     * Position up to which bytes are permitted.
     *
     * @return not beyond next
     */
    public long decidedPosition() {
        return decidedPosition;
    }

    /**
     * Notes what the receiver has.
     *
     * @param acknowledgement from a segment of the other direction
     */
    public void acknowledge(int acknowledgement) {
        if (acknowledgement - acknowledged > 0 && acknowledgement - nextSequence <= 1) {
            acknowledged = acknowledgement;
        }
    }

    /**
     * Tells whether the receiver has said that it has everything.
     *
     * @param sequence behind the last byte
     * @return true if an acknowledgement of it went by
     */
    public boolean isAcknowledged(int sequence) {
        return acknowledged - sequence >= 0;
    }

    private long acknowledgedPosition() {
        return nextPosition - (nextSequence - acknowledged);
    }

    /**
     * Tells whether a segment's old bytes are those that were seen at their place.
     *
     * @param sequence of the segment
     * @param lengthBytes of its part before {@link #nextSequence}
     * @param memory where it is
     * @param offset of its first byte
     * @return false: other bytes, or it cannot be told any more
     */
    public boolean isRepetition(int sequence, int lengthBytes, ByteBuffer memory, int offset) {
        long position = nextPosition - (nextSequence - sequence);
        int delivered = (int) Math.max(0, Math.min(lengthBytes, deliveredPosition - position));
        if (!sent.matches(position, delivered, memory, offset)) {
            return false;
        }
        PendingBytes bytes = pending;
        int rest = lengthBytes - delivered;
        if (rest == 0) {
            return true;
        }
        if (bytes == null) {
            return false;
        }
        int at = bytes.start + (int) (position + delivered - deliveredPosition);
        for (int i = 0; i < rest; i++) {
            if (bytes.memory.get(at + i) != memory.get(offset + delivered + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether bytes up to a sequence number have all left.
     *
     * @param sequence behind the last byte
     * @return false: some are held
     */
    public boolean isDelivered(int sequence) {
        return nextPosition - (nextSequence - sequence) <= deliveredPosition;
    }

    /**
     * Takes note of new bytes that were permitted and leave at once; nothing is queued.
     *
     * @param memory where they are
     * @param offset of the first
     * @param lengthBytes how many
     */
    public void deliver(ByteBuffer memory, int offset, int lengthBytes) {
        sent.add(memory, offset, lengthBytes, acknowledgedPosition());
        nextSequence += lengthBytes;
        nextPosition += lengthBytes;
        decidedPosition = nextPosition;
        deliveredPosition = nextPosition;
    }

    /**
     * Makes room for bytes whose frame is to be held.
     *
     * @param lengthBytes how many
     * @return false: a limit is reached
     */
    public boolean prepareToHold(int lengthBytes) {
        PendingBytes bytes = pending;
        if (bytes != null && bytes.hasRoomFor(lengthBytes)) {
            return true;
        }
        int wanted = lengthBytes + (bytes == null ? 0 : bytes.lengthBytes());
        PendingBytes larger = pool.buffer(wanted);
        if (larger == null) {
            return false;
        }
        if (bytes != null) {
            larger.append(bytes.memory, bytes.start, bytes.lengthBytes());
            pool.giveBuffer(bytes);
        }
        pending = larger;
        return true;
    }

    /** Gives back the room that turned out not to be needed. */
    public void holdNothing() {
        if (head == null) {
            freePending();
        }
    }

    /**
     * Queues a frame, or the fragments of one datagram, with new bytes; {@link #prepareToHold} made room.
     *
     * @param frame its copy
     * @param memory where the new bytes are
     * @param offset of the first
     * @param lengthBytes how many
     */
    public void hold(HeldFrame frame, ByteBuffer memory, int offset, int lengthBytes) {
        PendingBytes bytes = pending;
        if (bytes == null) {
            throw new IllegalStateException("no room was made");
        }
        bytes.append(memory, offset, lengthBytes);
        frame.newBytes = lengthBytes;
        nextSequence += lengthBytes;
        nextPosition += lengthBytes;
        frame.endPosition = nextPosition;
        frame.nextInQueue = null;
        if (tail == null) {
            head = frame;
        } else {
            tail.nextInQueue = frame;
        }
        tail = frame;
        queued++;
    }

    /**
     * Moves the decided position.
     *
     * @param position not beyond next
     */
    public void decide(long position) {
        decidedPosition = position;
    }

    /**
     * Puts the next question off.
     *
     * @param position up to which bytes must have come first
     */
    public void askAt(long position) {
        askAtPosition = position;
    }

    /**
     * Tells whether enough has come to ask again.
     *
     * @return false: a callout waits for more
     */
    public boolean isTimeToAsk() {
        return nextPosition >= askAtPosition || isFull();
    }

    /**
     * Tells whether no more can be held: a decision is due.
     *
     * @return true at the bounds for bytes and for frames
     */
    public boolean isFull() {
        return nextPosition - deliveredPosition >= StreamPool.MAX_PENDING || queued >= MAX_QUEUE;
    }

    /**
     * Tells whether frames are queued.
     *
     * @return false: nothing waits
     */
    public boolean isHolding() {
        return head != null;
    }

    /**
     * Memory of the bytes that wait.
     *
     * @return null if there are none
     */
    public @Nullable ByteBuffer pendingMemory() {
        PendingBytes bytes = pending;
        return bytes == null ? null : bytes.memory;
    }

    /**
     * Index of the first undecided byte in {@link #pendingMemory}.
     *
     * @return an index
     */
    public int undecidedOffset() {
        PendingBytes bytes = pending;
        return bytes == null ? 0 : bytes.start + (int) (decidedPosition - deliveredPosition);
    }

    /**
     * Takes the first frame off the queue if all its bytes are permitted.
     *
     * @return null if there is none
     */
    public @Nullable HeldFrame nextReleased() {
        HeldFrame frame = head;
        return frame == null || frame.endPosition > decidedPosition ? null : unqueue(frame);
    }

    /**
     * Takes the first frame off the queue.
     *
     * @return null if there is none
     */
    public @Nullable HeldFrame nextQueued() {
        HeldFrame frame = head;
        return frame == null ? null : unqueue(frame);
    }

    private HeldFrame unqueue(HeldFrame frame) {
        head = frame.nextInQueue;
        if (head == null) {
            tail = null;
        }
        queued--;
        frame.nextInQueue = null;
        PendingBytes bytes = pending;
        if (bytes != null) {
            sent.add(bytes.memory, bytes.start, frame.newBytes, acknowledgedPosition());
            bytes.drop(frame.newBytes);
        }
        deliveredPosition = frame.endPosition;
        decidedPosition = Math.max(decidedPosition, deliveredPosition);
        if (head == null) {
            freePending();
        }
        return frame;
    }
}
