package io.sallyport.stack.internal.stream;

import io.sallyport.stack.internal.packet.FrameWriter;
import java.nio.ByteBuffer;

/**
 * The send sequence space of a direction (RFC 9293, 3.3.1): what is permitted, how much of it has left, and what its receiver
 * says about that. Positions are those of <em>out</em>. Part of a {@link StreamSide}.
 */
public final class SendSpace {

    /** As long as the receiver was not heard its window binds nothing: of a connection that was adopted. */
    private static final long UNKNOWN = Long.MAX_VALUE >> 1;

    private final SentBytes bytes;
    private final SendClock clock = new SendClock();
    private final LossRecovery recovery;

    private long sentTo;
    private boolean isFinSent;
    private boolean isFinAcknowledged;
    /** Where the receiver's window ends. */
    private long windowEdge;

    private boolean hasProgress;

    SendSpace(BytePool pool) {
        this.bytes = new SentBytes(pool);
        this.recovery = new LossRecovery(pool);
    }

    void clear() {
        sentTo = 0;
        isFinSent = false;
        isFinAcknowledged = false;
        windowEdge = UNKNOWN;
        hasProgress = false;
        bytes.clear();
        clock.clear();
        recovery.clear();
    }

    /** The first byte that the receiver has not acknowledged. */
    long acknowledgedTo() {
        return bytes.start();
    }

    /** The first byte that was not sent. */
    long sentTo() {
        return sentTo;
    }

    /** The first byte that is not permitted. */
    long decidedTo() {
        return bytes.end();
    }

    /** Where the receiver's window ends; beyond all that may be sent as long as it is not known. */
    long windowEdge() {
        return windowEdge;
    }

    boolean isWindowKnown() {
        return windowEdge != UNKNOWN;
    }

    /** How many permitted bytes have not left. */
    long backlogBytes() {
        return bytes.end() - sentTo;
    }

    /** Tells whether bytes are on their way. */
    boolean isInFlight() {
        return bytes.start() < sentTo;
    }

    // Bytes are permitted, and leave.

    /** Makes room for bytes to be forwarded; false: they must not be, since they could not be kept. */
    public boolean reserve(int count) {
        return bytes.reserve(count);
    }

    /** Takes bytes that are permitted; {@link #reserve} made room. */
    void append(ByteBuffer memory, int offset, int count) {
        bytes.append(memory, offset, count);
    }

    /** How many permitted bytes may leave now; windows bind only segments that are made here, and lost bytes go first. */
    int sendableBytes(boolean isBoundByWindow, int segmentBytes) {
        long waiting = backlogBytes();
        if (isBoundByWindow && hasLost()) {
            return 0;
        }
        if (isBoundByWindow) {
            waiting = Math.min(waiting, Math.min(windowEdge - sentTo, roomBytes(segmentBytes)));
        }
        return (int) Math.max(0, Math.min(waiting, SentBytes.MAX_SIZE));
    }

    /** How many bytes more may be on their way without making congestion worse. */
    public long roomBytes(int segmentBytes) {
        return recovery.room(bytes.start(), sentTo, segmentBytes);
    }

    /** Appends permitted bytes to a frame; they are not acknowledged. */
    public void write(long position, int count, FrameWriter to) {
        bytes.write(position, count, to);
    }

    /** Tells whether bytes are those that are kept for their place, all of which is. */
    public boolean matches(long position, int count, ByteBuffer memory, int offset) {
        return bytes.matches(position, count, memory, offset);
    }

    /** Notes that bytes up to a position have left. */
    public void sent(long position, long nowNs) {
        clock.sent(sentTo, position, nowNs);
        sentTo = Math.max(sentTo, position);
    }

    /** Notes that bytes left once more, as their sender sent them. */
    public void sentAgain(long from, long to) {
        clock.sentAgain(from, to);
    }

    /** Tells whether the receiver was sent the FIN. */
    public boolean isFinSent() {
        return isFinSent;
    }

    /** Notes that the FIN has left. */
    public void finSent() {
        isFinSent = true;
    }

    /** Tells whether the receiver has the FIN. */
    boolean isFinAcknowledged() {
        return isFinAcknowledged;
    }

    // The receiver is heard.

    /** Goes on somewhere else: the receiver has what lies before, or it is no business of the gateway. */
    void skip(long position) {
        bytes.skip(position);
        sentTo = position;
        recovery.goOnAt(position);
    }

    /** Hands what is kept to the other space, as if it had come too early; false: there is no memory. */
    boolean giveBack(ReceiveSpace in) {
        return bytes.giveBack(in);
    }

    /** Takes where the receiver's window ends (RFC 9293, 3.10.7.4: the caller has seen that no later segment said otherwise). */
    void takeWindow(long edge) {
        boolean isOpening = windowEdge <= bytes.start() && edge > bytes.start();
        windowEdge = edge;
        if (isOpening && isInFlight()) {
            recovery.opened(bytes.start(), sentTo);
        }
    }

    /**
     * Takes what the receiver has.
     *
     * @param position not before what it had, not behind what was sent to it
     * @return false if that is nothing new
     */
    boolean acknowledge(long position, int segmentBytes, long nowNs) {
        long count = Math.min(position, bytes.end()) - bytes.start();
        boolean isFinNews = isFinSent && !isFinAcknowledged && position == sentTo + 1;
        if (count <= 0 && !isFinNews) {
            return false;
        }
        isFinAcknowledged |= isFinNews;
        bytes.acknowledge(position);
        clock.acknowledged(bytes.start(), nowNs);
        recovery.acknowledged(bytes.start(), Math.max(0, count), segmentBytes);
        hasProgress = true;
        return true;
    }

    /** Takes what the receiver has behind bytes that it misses; true if that is possible. */
    boolean acknowledgeSelectively(long from, long to, long nowNs) {
        boolean isPossible = recovery.selectively(from, to, bytes.start(), sentTo);
        if (isPossible) {
            clock.acknowledgedSelectively(from, to, nowNs);
        }
        return isPossible;
    }

    /** The receiver answered with nothing new; maybe for a segment behind one that it misses. */
    void answered(boolean isDuplicate) {
        clock.answered();
        if (isDuplicate && isInFlight()) {
            recovery.duplicate();
        }
    }

    /** Tells whether the receiver has just said enough for a loss. */
    boolean isLossNew(int segmentBytes) {
        return isInFlight() && recovery.isLossNew(bytes.start(), sentTo, segmentBytes);
    }

    /** Tells whether lost bytes wait to be sent again. */
    public boolean hasLost() {
        return recovery.isRecovering() && nextLost() < recovery.lostEnd(bytes.start(), sentTo);
    }

    /** Position of the first byte that is to be sent again after a loss, if {@link #hasLost}; else nothing that was sent. */
    public long nextLost() {
        return recovery.isRecovering() ? recovery.nextLost(bytes.start(), sentTo) : sentTo;
    }

    /** Behind the last byte that a segment from {@link #nextLost} on may have. */
    public long resendableEnd(long from) {
        return recovery.resendableEnd(from, sentTo);
    }

    /** Notes that lost bytes were sent again. */
    public void resent(long from, long to) {
        recovery.resent(to);
        clock.sentAgain(from, to);
    }

    // Time.

    /** How long to wait for an answer to what is on its way. */
    long timeoutNs() {
        return clock.timeoutNs();
    }

    /** Tells whether something was acknowledged since the last question. */
    boolean takeProgress() {
        boolean had = hasProgress;
        hasProgress = false;
        return had;
    }

    /**
     * Nothing was heard in time: what is not acknowledged is lost.
     *
     * @return false: give up
     */
    boolean timedOut(int segmentBytes) {
        boolean isProbing = windowEdge <= bytes.start();
        recovery.timedOut(bytes.start(), sentTo, segmentBytes, isProbing);
        return clock.timedOut();
    }

    /** Tells whether the receiver's window is shut while bytes wait: one is sent to ask (RFC 9293, 3.8.6.1). */
    public boolean isProbeDue() {
        return bytes.start() == sentTo && sentTo < bytes.end() && windowEdge <= sentTo;
    }
}
