package io.sallyport.stack.internal.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receive sequence space of a direction (RFC 9293, 3.3.1): what has come of its sender's bytes and waits for a decision,
 * what came too early, and what the sender was told of that. Positions are those of <em>in</em>. Part of a {@link
 * StreamSide}.
 */
public final class ReceiveSpace {

    /** Undecided bytes of one direction (STR-7). */
    public static final int MAX_PENDING = 8 << 20;

    /** What a sender may be ahead of the gateway while that acts. */
    private static final int ROOM = 256 << 10;

    /** What may wait for the receiver's window before the sender's is shut. */
    private static final int MAX_BACKLOG = 512 << 10;

    private final PendingBytes pending;
    private final AheadBytes ahead;

    private long next;
    /** What the sender was told that the receiver has; and up to where it may send. */
    private long toldTo;

    private long toldEdge;
    /** Up to where the sender may have forgotten what it sent: told, or selectively acknowledged. */
    private long promisedTo;

    ReceiveSpace(BytePool pool) {
        this.pending = new PendingBytes(pool);
        this.ahead = new AheadBytes(pool);
    }

    void clear() {
        next = 0;
        toldTo = 0;
        toldEdge = 0;
        promisedTo = 0;
        pending.clear();
        ahead.clear();
    }

    /** The first byte that has not come. */
    long next() {
        return next;
    }

    /** Tells whether no byte waits, neither for a decision nor for its turn. */
    boolean isEmpty() {
        return pending.lengthBytes() == 0 && ahead.pieces() == 0;
    }

    /** Goes on behind bytes that need not wait. */
    void advance(int count) {
        next += count;
    }

    /** Goes on somewhere else: the sender knows that the receiver has what lies before. What came too early may have its turn. */
    void skip(long position) {
        next = position;
        toldTo = Math.max(toldTo, position);
        takeTurn();
    }

    /**
     * Goes back to bytes that were never seen. What is undecided counts as come too early.
     *
     * @param to before the first byte that was seen
     * @param kept what was forwarded, and counts as come too early, too
     * @return false: there is no memory, nothing has changed
     */
    boolean goBack(long to, SendSpace kept) {
        long from = next;
        int waiting = pending.lengthBytes();
        ByteBuffer memory = pending.memory();
        next = to;
        boolean isKept = from - to <= AheadBytes.MAX_DISTANCE && kept.giveBack(this);
        if (!isKept || (memory != null && !keepAhead(from - waiting, memory, pending.start(), waiting))) {
            next = from;
            ahead.ready(next); // forgets what was kept of it
            return false;
        }
        pending.clear();
        toldTo = to;
        return true;
    }

    // Bytes come.

    /** Takes bytes that are to be decided; false: there is no memory for them. */
    public boolean await(ByteBuffer memory, int offset, int count) {
        if (!pending.reserve(count)) {
            return false;
        }
        pending.append(memory, offset, count);
        next += count;
        return true;
    }

    /** Takes bytes that came too early; false: they cannot be kept. */
    public boolean keepAhead(long position, ByteBuffer memory, int offset, int count) {
        return ahead.put(next, position, memory, offset, count);
    }

    /**
     * Takes new bytes between and behind those that came too early, of which the first version stays.
     *
     * @param count how many, from the first byte on that has not come
     * @return false: there is no memory for any; true also if there is for a part only
     */
    public boolean join(ByteBuffer memory, int offset, int count) {
        long start = next;
        takeTurn();
        while (next - start < count) {
            int done = (int) (next - start);
            long gap = ahead.pieces() == 0 ? Long.MAX_VALUE : ahead.pieceStart(0) - next;
            int part = (int) Math.min(count - done, gap);
            // No gap: there was no memory for those whose turn it is.
            if (part <= 0 || !await(memory, offset + done, part)) {
                return done > 0;
            }
            takeTurn();
        }
        return true;
    }

    /** Moves bytes that came too early and have their turn now to those that are to be decided, as far as there is memory. */
    private void takeTurn() {
        int count = ahead.ready(next);
        while (count > 0 && pending.reserve(count)) {
            ahead.moveTo(pending, next, count);
            next += count;
            count = ahead.ready(next);
        }
    }

    /** Bytes that came too early: how many pieces. */
    public int aheadPieces() {
        return ahead.pieces();
    }

    /** Where such a piece begins. */
    public long aheadStart(int piece) {
        return ahead.pieceStart(piece);
    }

    /** Where such a piece ends. */
    public long aheadEnd(int piece) {
        return ahead.pieceEnd(piece);
    }

    /** Which of these pieces grew last. */
    public int latestAhead() {
        return ahead.latest();
    }

    /** Forgets what came too early: the stream has ended before it. */
    public void forgetAhead() {
        ahead.clear();
    }

    // Bytes wait for a decision.

    /** How many bytes wait for a decision. */
    public int pendingBytes() {
        return pending.lengthBytes();
    }

    /** Where they are; null if there are none. */
    public @Nullable ByteBuffer pendingMemory() {
        return pending.memory();
    }

    /** Index of the first one. */
    public int pendingOffset() {
        return pending.start();
    }

    /** Tells whether so many bytes more may be pending. */
    public boolean hasRoomFor(int count) {
        return pending.lengthBytes() + count <= MAX_PENDING && pending.reserve(count);
    }

    /** Tells whether no more can be held: a decision is due. */
    public boolean isFull() {
        return pending.lengthBytes() >= MAX_PENDING;
    }

    /** Replaces undecided bytes; false: there is no memory left, nothing has changed. */
    boolean splice(int at, int removed, byte[] with, int added) {
        return pending.lengthBytes() - removed + added <= MAX_PENDING && pending.splice(at, removed, with, added);
    }

    /** Forgets leading bytes, which are decided. */
    void drop(int count) {
        pending.drop(count);
    }

    // What the sender is told.

    long toldTo() {
        return toldTo;
    }

    long promisedTo() {
        return promisedTo;
    }

    /** Notes that the sender has heard from the receiver itself. */
    void heard(long position) {
        toldTo = Math.max(toldTo, position);
    }

    /** Notes what the sender is told now, which never goes back; once it was told, the gateway answers for these bytes. */
    long tell(long position) {
        toldTo = Math.max(toldTo, position);
        promisedTo = Math.max(promisedTo, toldTo);
        return toldTo;
    }

    /** Notes that bytes ahead were selectively acknowledged. */
    public void promise(long position) {
        promisedTo = Math.max(promisedTo, position);
    }

    /** Tells whether the sender was not given room for a segment, and there is for two now. */
    boolean isOpening(long backlogBytes, int segmentBytes) {
        return toldEdge - next < segmentBytes && room(backlogBytes) >= 2L * segmentBytes;
    }

    /** Up to where the sender may send, as far as the gateway says so. */
    long toldEdge() {
        return toldEdge;
    }

    /** From here on the gateway says how far the sender may go: not less far than the receiver has said. */
    void beginWindow(long receiversEdge) {
        toldEdge = Math.max(receiversEdge, next);
    }

    /**
     * The window in the gateway's name: it never shrinks by its doing, it only is not moved on.
     *
     * @param backlogBytes what is permitted and has not left
     * @param isHeld it is not to be moved on
     * @return in bytes
     */
    long windowBytes(long backlogBytes, boolean isHeld) {
        long room = room(backlogBytes);
        if (!isHeld && room > 0) {
            toldEdge = Math.max(toldEdge, next + room);
        }
        return Math.max(0, toldEdge - Math.max(toldTo, next));
    }

    private long room(long backlogBytes) {
        return Math.min(ROOM, Math.min(MAX_PENDING - pending.lengthBytes(), MAX_BACKLOG - backlogBytes));
    }
}
