package io.sallyport.stack.internal.stream;

import io.sallyport.callout.Direction;
import io.sallyport.stack.internal.packet.FrameWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an inspected connection. Two spaces of positions, both counted from the byte behind the SYN: what the
 * sender sends (<em>in</em>) and what the receiver gets (<em>out</em>); they are the same until something is edited.
 *
 * <pre>
 *   in:   ....................................... next ---- gap ---- ahead
 *   out:  acknowledged ..... sent ..... decided ....... (pending)
 *         receiver has it    on its way  permitted,     undecided
 *                                        to be sent
 * </pre>
 *
 * From acknowledged to decided every byte is kept: the one version that ever leaves. A side is <em>straight</em> as long as
 * nothing is edited and nothing waits: frames leave as they came. It is <em>acting</em> once the gateway acknowledges in the
 * receiver's name: then segments are made anew, and sent again when they are lost.
 */
public final class StreamSide {

    /** Undecided bytes of one direction (STR-7). */
    public static final int MAX_PENDING = 8 << 20;

    /** What a sender may be ahead of the gateway while that acts. */
    private static final int ROOM = 256 << 10;

    /** What may wait for the receiver's window before the sender's is shut. */
    private static final int MAX_BACKLOG = 512 << 10;

    private final PendingBytes pending;
    private final AheadBytes ahead;
    private final SentBytes sent;
    private final SendClock clock = new SendClock();
    private final StreamPeer sender;
    private final FrameQueue queue = new FrameQueue();

    // Fixed when the two sides of a state are joined.
    private @Nullable StreamState state;
    private @Nullable StreamSide opposite;
    private Direction direction = Direction.OUTBOUND;

    // The timer's own.
    @Nullable StreamSide nextArmed;

    @Nullable StreamSide previousArmed;

    boolean isArmed;
    int timerSlot;
    long dueNs;

    private boolean isSynced;
    private int firstSequence;
    private long next;
    private long sentTo;
    private boolean isFinSent;
    private boolean isFinAcknowledged;
    private boolean isEdited;
    private boolean isTakenOver;
    private long askAt;
    /** In <em>in</em>: what the sender was told that the receiver has; and up to where it may send. */
    private long toldTo;

    private long toldEdge;
    /** Up to where the sender may have forgotten what it sent: told, or selectively acknowledged. */
    private long promisedTo;
    /** In <em>out</em>: where the receiver's window ends, and what is to be sent again next after a loss. */
    private long windowEdge;

    private long resendFrom;
    private boolean hasProgress;

    /** The stream was not seen from its start, or not by whoever looks now: callouts may not like that (STR-17). */
    public boolean isMidStream;

    /** The FIN has come in order and was shown: no more bytes may come. */
    public boolean isEnded;

    /** Where a FIN was seen that has not its turn yet, in <em>in</em>; -1 if there is none. */
    public long finAhead;

    /** The FIN has come in order and was blocked: it waits for whoever blocked it (STR-15). */
    public boolean isFinWithheld;

    /** A callout has put the stream off (STR-11). */
    public boolean isDeferred;

    StreamSide(BytePool pool, ByteBuffer templates, int templateOffset) {
        this.pending = new PendingBytes(pool);
        this.ahead = new AheadBytes(pool);
        this.sent = new SentBytes(pool);
        this.sender = new StreamPeer(templates, templateOffset);
        clear();
    }

    void join(StreamState newState, StreamSide newOpposite, Direction newDirection) {
        state = newState;
        opposite = newOpposite;
        direction = newDirection;
    }

    /** Forgets everything; no frame is queued. */
    void clear() {
        isSynced = false;
        firstSequence = 0;
        next = 0;
        sentTo = 0;
        isFinSent = false;
        isFinAcknowledged = false;
        isEdited = false;
        isTakenOver = false;
        askAt = 0;
        toldTo = 0;
        toldEdge = 0;
        promisedTo = 0;
        windowEdge = 0;
        resendFrom = 0;
        hasProgress = false;
        isMidStream = false;
        isEnded = false;
        finAhead = -1;
        isFinWithheld = false;
        isDeferred = false;
        pending.clear();
        ahead.clear();
        sent.clear();
        clock.clear();
        sender.clear();
        queue.clear();
    }

    /** The two directions. */
    public StreamState state() {
        if (state == null) {
            throw new IllegalStateException("not joined");
        }
        return state;
    }

    /** What the receiver sends. */
    public StreamSide opposite() {
        if (opposite == null) {
            throw new IllegalStateException("not joined");
        }
        return opposite;
    }

    /** Which way its bytes go. */
    public Direction direction() {
        return direction;
    }

    /** What the sender of this side has said of itself. */
    public StreamPeer sender() {
        return sender;
    }

    /** What the receiver of this side has said of itself. */
    public StreamPeer receiver() {
        return opposite().sender;
    }

    /** Frames that wait as they came. */
    public FrameQueue queue() {
        return queue;
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
    }

    /** Tells whether the beginning is known; if not, no segment was seen yet. */
    public boolean isSynced() {
        return isSynced;
    }

    /** Tells whether nothing but the SYN has come. */
    public boolean isUntouched() {
        return next == 0 && ahead.pieces() == 0 && finAhead < 0;
    }

    /** The sequence number at a position, of either space. */
    public int sequence(long position) {
        return firstSequence + (int) position;
    }

    /** The position of a sequence number of the sender's; negative before the first byte. */
    public long position(int sequence) {
        return next + (sequence - sequence(next));
    }

    /** In <em>in</em>: the first byte that has not come. */
    public long next() {
        return next;
    }

    /** In <em>out</em>: the first byte that the receiver has not acknowledged. */
    public long acknowledgedTo() {
        return sent.start();
    }

    /** In <em>out</em>: the first byte that was not sent. */
    public long sentTo() {
        return sentTo;
    }

    /** In <em>out</em>: the first byte that is not permitted; callouts count positions like this. */
    public long decidedTo() {
        return sent.end();
    }

    /** Tells whether numbers of the two spaces differ, for good. */
    public boolean isEdited() {
        return isEdited;
    }

    /** Tells whether the gateway acknowledges in the receiver's name. */
    public boolean isActing() {
        return isEdited || isTakenOver;
    }

    /** Tells whether a frame that is permitted leaves as it came. */
    public boolean isStraight() {
        return isStraightBehind(0);
    }

    /** Tells whether the gateway must deliver what is on its way: the sender would not send it again. */
    public boolean isOwed() {
        return isEdited || sent.start() < promisedTo;
    }

    /** The same after bytes were permitted that leave now, with the frame that brought them. */
    public boolean isStraightBehind(int permitted) {
        return !isEdited
                && !isTakenOver
                && !isDeferred
                && queue.isEmpty()
                && pending.lengthBytes() == 0
                && ahead.pieces() == 0
                && sentTo + permitted == sent.end();
    }

    /** Tells whether an acknowledgement may let something leave, or a timer runs. */
    public boolean isBusy() {
        return isActing() || isArmed || sentTo < sent.end() || sent.start() < promisedTo;
    }

    boolean isBound() {
        return isActing() || promisedTo > sent.start() || sentTo < sent.end();
    }

    // Bytes come.

    /** Makes room for bytes to be forwarded; false: they must not be, since they could not be kept. */
    public boolean reserve(int count) {
        return sent.reserve(count);
    }

    /** Takes bytes that are permitted and leave at once, by {@link #sent}; {@link #reserve} made room. */
    public void permit(ByteBuffer memory, int offset, int count) {
        sent.append(memory, offset, count);
        next += count;
    }

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

    /** Moves bytes that came too early and have their turn now to those that are to be decided. */
    public void takeTurn() {
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

    // Bytes are decided.

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

    /** Permits leading bytes; false: they cannot be kept until they are acknowledged. */
    public boolean decide(int count) {
        ByteBuffer memory = pending.memory();
        if (memory == null || !sent.reserve(count)) {
            return false;
        }
        sent.append(memory, pending.start(), count);
        pending.drop(count);
        return true;
    }

    /**
     * Replaces undecided bytes by others. From then on the side is translated.
     *
     * @param at how many undecided bytes stay before them
     * @return false: there is no memory left, nothing has changed
     */
    public boolean edit(int at, int removed, byte[] with, int added) {
        if (pending.lengthBytes() - removed + added > MAX_PENDING || !pending.splice(at, removed, with, added)) {
            return false;
        }
        act();
        isEdited = true;
        return true;
    }

    /** Tells whether so many bytes more may be pending. */
    public boolean hasRoomFor(int count) {
        return pending.lengthBytes() + count <= MAX_PENDING && pending.reserve(count);
    }

    /** Begins to acknowledge in the receiver's name. */
    public void takeOver() {
        act();
        isTakenOver = true;
    }

    private void act() {
        if (!isActing()) {
            toldEdge = Math.max(windowEdge, next);
        }
    }

    /** Puts the next question off until so many bytes more have come. */
    public void askAfter(int count) {
        askAt = sent.end() + pending.lengthBytes() + count;
    }

    /** Tells whether enough has come to ask, or no more can be held. */
    public boolean isTimeToAsk() {
        return sent.end() + pending.lengthBytes() >= askAt || isFull();
    }

    /** Tells whether no more can be held: a decision is due. */
    public boolean isFull() {
        return pending.lengthBytes() >= MAX_PENDING;
    }

    // Bytes leave.

    /** How many bytes a segment to the receiver may have. */
    public int segmentBytes() {
        return receiver().segmentSize(sender);
    }

    /** How many bytes a frame may have that is made now: as long as frames wait as they came, they are only cut. */
    public int frameBytes() {
        int segment = segmentBytes();
        return isActing() ? segment : Math.max(segment, sender.largestPayload());
    }

    /** How many permitted bytes may leave now. */
    public int sendableBytes() {
        long waiting = sent.end() - sentTo;
        if (isActing()) {
            waiting = Math.min(waiting, Math.min(windowEdge, sent.start() + clock.congestionWindow()) - sentTo);
        }
        return (int) Math.max(0, Math.min(waiting, SentBytes.MAX_SIZE));
    }

    /** Appends permitted bytes to a frame; they are not acknowledged. */
    public void write(long position, int count, FrameWriter to) {
        sent.write(position, count, to);
    }

    /** Tells whether bytes are those that are kept for their place, all of which is. */
    public boolean matches(long position, int count, ByteBuffer memory, int offset) {
        return sent.matches(position, count, memory, offset);
    }

    /** Notes that bytes up to a position have left. */
    public void sent(long position, long nowNs) {
        sentTo = Math.max(sentTo, position);
        clock.sent(sentTo, nowNs);
    }

    /** Notes that bytes left once more: the next acknowledgement tells nothing about time (RFC 6298, 3). */
    public void sentAgain() {
        clock.sentAgain();
    }

    /** Tells whether the FIN is to leave by itself: everything before it has left. */
    public boolean isFinDue() {
        return isEnded && !isFinSent && pending.lengthBytes() == 0 && sentTo == sent.end();
    }

    /** Tells whether the receiver was sent the FIN. */
    public boolean isFinSent() {
        return isFinSent;
    }

    /** Notes that the FIN has left. */
    public void finSent() {
        isFinSent = true;
    }

    /**
     * Whether the receiver can have so much. A segment that claims more is thrown away by whoever gets it (RFC 5961, 5.2), so what it
     * brings must not count as sent.
     *
     * @param acknowledgement as on the wire, of <em>out</em>
     */
    public boolean canHaveLeft(int acknowledgement) {
        boolean isKnown = isSynced && !isMidStream && !isEdited;
        return !isKnown || acknowledgement - sequence(sentTo) <= (isFinSent ? 1 : 0);
    }

    /**
     * Hears the receiver.
     *
     * @param acknowledgement as on the wire, of <em>out</em>
     * @param windowBytes how much more the receiver takes
     * @param isBare the segment carries nothing else
     * @return true if something is to be sent again at once
     */
    public boolean hear(int acknowledgement, long windowBytes, boolean isBare, long nowNs) {
        if (!isSynced) {
            return false;
        }
        long position = sentTo + (acknowledgement - sequence(sentTo));
        long most = sentTo + (isFinSent ? 1 : 0);
        if (position > most) {
            if (isMidStream && isStraight()) {
                skip(position);
            }
            if (!isEdited) {
                return false;
            }
            position = most; // of a recorded answer to what the stream was before the edit
        }
        if (position < sent.start()) {
            return false;
        }
        long edge = position + windowBytes;
        boolean isSameWindow = edge == windowEdge;
        windowEdge = edge;
        long count = Math.min(position, sent.end()) - sent.start();
        boolean isFinNews = isFinSent && !isFinAcknowledged && position == sentTo + 1;
        if (count > 0 || isFinNews) {
            isFinAcknowledged |= isFinNews;
            sent.acknowledge(position);
            clock.acknowledged(sent.start(), count, segmentBytes(), nowNs);
            resendFrom = Math.max(resendFrom, sent.start());
            hasProgress = true;
            if (!isActing()) {
                toldTo = Math.max(toldTo, sent.start());
            }
            releaseIfDone();
            return clock.isRecovering() && isOwed();
        }
        clock.answered();
        boolean isDuplicate = isBare && isSameWindow && sent.start() < sentTo;
        if (isDuplicate && isOwed() && clock.isThirdDuplicate(sentTo - sent.start(), sentTo, segmentBytes())) {
            resendFrom = sent.start();
            return true;
        }
        return false;
    }

    /** The receiver has what went by before the connection was adopted, or another way. */
    private void skip(long position) {
        sent.skip(position);
        next = position;
        sentTo = position;
        toldTo = position;
        resendFrom = position;
    }

    private void releaseIfDone() {
        boolean isDone = pending.lengthBytes() == 0
                && ahead.pieces() == 0
                && sentTo == sent.end()
                && sent.start() >= promisedTo
                && !isDeferred
                && isEnded == isFinSent;
        if (isTakenOver && isDone) {
            isTakenOver = false;
        }
    }

    /**
     * Chooses what is sent again after a loss.
     *
     * @return position of a segment's first byte, or {@link #sentTo} if there is nothing
     */
    public long nextLost() {
        long from = Math.max(resendFrom, sent.start());
        return Math.min(from, sentTo);
    }

    /** Notes that lost bytes were sent again up to a position. */
    public void resent(long position) {
        resendFrom = position;
    }

    // What the sender is told.

    /** The acknowledgement that the sender gets; once it was told, the gateway answers for these bytes. */
    public int acknowledgementToTell() {
        long position = Math.max(toldTo, isActing() ? next : sent.start());
        toldTo = position;
        promisedTo = Math.max(promisedTo, position);
        return sequence(position) + (isEnded && isFinAcknowledged && position == next ? 1 : 0);
    }

    /** Notes that bytes ahead were selectively acknowledged. */
    public void promise(long position) {
        promisedTo = Math.max(promisedTo, position);
    }

    /**
     * Tells whether the sender is to hear now of what has come: not if the receiver will acknowledge something soon, which can
     * bring the news along.
     */
    public boolean hasNewsToTell() {
        if (!isActing() || next <= toldTo) {
            return false;
        }
        boolean isAnswerOnItsWay = sent.start() < sentTo && pending.lengthBytes() == 0 && !isDeferred;
        return !isAnswerOnItsWay || next - toldTo >= 2L * segmentBytes();
    }

    /** Tells whether numbers that the receiver says to the sender must be changed on their way. */
    public boolean isTranslating() {
        return isActing() || toldTo > sent.start();
    }

    /** The window that the sender gets, as on the wire: it never shrinks by the gateway's doing, it only is not moved on. */
    public int windowToTell() {
        int scale = receiver().windowScale(sender);
        if (!isActing()) {
            return (int) Math.min(0xFFFF, receiver().windowBytes() >> scale);
        }
        long room = Math.min(ROOM, Math.min(MAX_PENDING - pending.lengthBytes(), MAX_BACKLOG - (sent.end() - sentTo)));
        if (!isDeferred && room > 0) {
            toldEdge = Math.max(toldEdge, next + room);
        }
        long window = Math.max(0, toldEdge - Math.max(toldTo, next));
        return (int) Math.min(0xFFFF, window >> scale);
    }

    // Time.

    /** When to look again after what is on its way, counted from now; 0 if nothing is. */
    public long timeoutNs() {
        boolean isOnItsWay = sent.start() < sentTo || (isFinSent && !isFinAcknowledged && isActing());
        boolean isWaiting = isActing() && sentTo < sent.end();
        return isWaiting || (isOnItsWay && isOwed()) ? clock.timeoutNs() : 0;
    }

    /** Tells whether the timer is to begin now: it does not run, or something was acknowledged since the last question. */
    public boolean isTimerDue() {
        boolean isDue = !isArmed || hasProgress;
        hasProgress = false;
        return isDue;
    }

    /**
     * Nothing was heard in time: what is not acknowledged is lost.
     *
     * @return false: give up
     */
    public boolean timedOut() {
        boolean isProbing = windowEdge <= sent.start();
        resendFrom = sent.start();
        return clock.timedOut(sentTo - sent.start(), sentTo, segmentBytes(), isProbing);
    }

    /** Tells whether the receiver's window is shut while bytes wait: one is sent to ask (RFC 9293, 3.8.6.1). */
    public boolean isProbeDue() {
        return sent.start() == sentTo && sentTo < sent.end() && windowEdge <= sentTo;
    }
}
