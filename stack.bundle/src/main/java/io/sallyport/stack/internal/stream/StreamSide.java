package io.sallyport.stack.internal.stream;

import io.sallyport.callout.Direction;
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
 * receiver's name: then segments are made anew, and sent again when they are lost. What has come is {@link ReceiveSpace}'s
 * matter, what leaves {@link SendSpace}'s; here is what needs both.
 */
public final class StreamSide {

    private final ReceiveSpace in;
    private final SendSpace out;
    private final StreamPeer sender;
    private final ReceiverAcks heard;
    private final SenderAcks told;
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
    private boolean isEdited;
    private boolean isTakenOver;
    private long askAt;
    /** What the positions that callouts count are ahead of those of <em>out</em>. */
    private long shownShift;

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
        this.in = new ReceiveSpace(pool);
        this.out = new SendSpace(pool);
        this.sender = new StreamPeer(templates, templateOffset);
        this.heard = new ReceiverAcks(this, in, out);
        this.told = new SenderAcks(this, in, out);
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
        isEdited = false;
        isTakenOver = false;
        askAt = 0;
        shownShift = 0;
        isMidStream = false;
        isEnded = false;
        finAhead = -1;
        isFinWithheld = false;
        isDeferred = false;
        in.clear();
        out.clear();
        sender.clear();
        heard.clear();
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

    /** What has come of its bytes, and what their sender was told. */
    public ReceiveSpace in() {
        return in;
    }

    /** What is permitted of its bytes, and on its way. */
    public SendSpace out() {
        return out;
    }

    /** What the receiver says. */
    public ReceiverAcks heard() {
        return heard;
    }

    /** What the sender is told in the receiver's name. */
    public SenderAcks told() {
        return told;
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
        heard.clear();
    }

    /** Tells whether the beginning is known; if not, no segment was seen yet. */
    public boolean isSynced() {
        return isSynced;
    }

    /** Tells whether nothing but the SYN has come. */
    public boolean isUntouched() {
        return in.next() == 0 && in.aheadPieces() == 0 && finAhead < 0;
    }

    /** The sequence number at a position, of either space. */
    public int sequence(long position) {
        return firstSequence + (int) position;
    }

    /** The position of a sequence number of the sender's; negative before the first byte. */
    public long position(int sequence) {
        return in.next() + (sequence - sequence(in.next()));
    }

    /** In <em>in</em>: the first byte that has not come. */
    public long next() {
        return in.next();
    }

    /** In <em>out</em>: the first byte that the receiver has not acknowledged. */
    public long acknowledgedTo() {
        return out.acknowledgedTo();
    }

    /** In <em>out</em>: the first byte that was not sent. */
    public long sentTo() {
        return out.sentTo();
    }

    /** In <em>out</em>: the first byte that is not permitted. */
    public long decidedTo() {
        return out.decidedTo();
    }

    /** The same as callouts count it: never going back. */
    public long shownTo() {
        return out.decidedTo() + shownShift;
    }

    /** Bytes from a position on are shown as if they were behind another one. */
    void showFrom(long position, long as) {
        shownShift += as - position;
        askAt = position;
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
        return isEdited || isPromised();
    }

    /** The same after bytes were permitted that leave now, with the frame that brought them. */
    public boolean isStraightBehind(int permitted) {
        return !isEdited
                && !isTakenOver
                && !isDeferred
                && queue.isEmpty()
                && in.isEmpty()
                && out.backlogBytes() == permitted;
    }

    /** The sender was told of bytes that the receiver does not have. */
    private boolean isPromised() {
        return in.promisedTo() > out.acknowledgedTo();
    }

    /** Tells whether an acknowledgement may let something leave, or a timer runs. */
    public boolean isBusy() {
        return isArmed || isBound();
    }

    boolean isBound() {
        return isActing() || isPromised() || out.backlogBytes() > 0;
    }

    // Bytes are decided.

    /** Takes bytes that are permitted and leave at once, by {@link SendSpace#sent}; {@link SendSpace#reserve} made room. */
    public void permit(ByteBuffer memory, int offset, int count) {
        out.append(memory, offset, count);
        in.advance(count);
    }

    /** Permits leading bytes; false: they cannot be kept until they are acknowledged. */
    public boolean decide(int count) {
        ByteBuffer memory = in.pendingMemory();
        if (memory == null || !out.reserve(count)) {
            return false;
        }
        out.append(memory, in.pendingOffset(), count);
        in.drop(count);
        return true;
    }

    /**
     * Replaces undecided bytes by others. From then on the side is translated.
     *
     * @param at how many undecided bytes stay before them
     * @return false: there is no memory left, nothing has changed
     */
    public boolean edit(int at, int removed, byte[] with, int added) {
        if (!in.splice(at, removed, with, added)) {
            return false;
        }
        act();
        isEdited = true;
        return true;
    }

    /** Begins to acknowledge in the receiver's name. */
    public void takeOver() {
        act();
        isTakenOver = true;
    }

    private void act() {
        if (!isActing()) {
            in.beginWindow(out.isWindowKnown() ? out.windowEdge() : in.next());
        }
    }

    /** Puts the next question off until so many bytes more have come. */
    public void askAfter(int count) {
        askAt = out.decidedTo() + in.pendingBytes() + count;
    }

    /** Tells whether enough has come to ask, or no more can be held. */
    public boolean isTimeToAsk() {
        return out.decidedTo() + in.pendingBytes() >= askAt || in.isFull();
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
        return out.sendableBytes(isActing(), segmentBytes());
    }

    /** Tells whether the FIN is to leave by itself: everything before it has left. */
    public boolean isFinDue() {
        return isEnded && !out.isFinSent() && in.pendingBytes() == 0 && out.backlogBytes() == 0;
    }

    /** The gateway need not answer for anything any more once everything is delivered, unless the stream was edited. */
    void releaseIfDone() {
        boolean isDone = in.isEmpty()
                && out.backlogBytes() == 0
                && !isPromised()
                && !isDeferred
                && !isFinWithheld
                && isEnded == out.isFinSent();
        if (isTakenOver && isDone) {
            isTakenOver = false;
        }
    }

    // Time.

    /** When to look again after what is on its way, counted from now; 0 if nothing is. */
    public long timeoutNs() {
        boolean isWaiting = isActing() && out.backlogBytes() > 0;
        // Its sender's own FIN does not pass while the gateway acts: the one that was made here must arrive.
        boolean isFinOnItsWay = isActing() && out.isFinSent() && !out.isFinAcknowledged();
        return isWaiting || isFinOnItsWay || (out.isInFlight() && isOwed()) ? out.timeoutNs() : 0;
    }

    /** Tells whether the timer is to begin now: it does not run, or something was acknowledged since the last question. */
    public boolean isTimerDue() {
        return out.takeProgress() || !isArmed;
    }

    /**
     * Nothing was heard in time: what is not acknowledged is lost.
     *
     * @return false: give up
     */
    public boolean timedOut() {
        return out.timedOut(segmentBytes());
    }
}
