package io.sallyport.stack.internal.stream;

import io.sallyport.stack.internal.packet.FrameWriter;
import java.nio.ByteBuffer;

/**
 * The send sequence space of a direction (RFC 9293, 3.3.1): what is permitted, how much of it has left, and what its receiver
 * says about that. Positions are those of <em>out</em>. Part of a {@link StreamSide}.
 */
public final class SendSpace {

    private final SentBytes bytes;
    private final SendClock clock = new SendClock();

    private long sentTo;
    private boolean isFinSent;
    private boolean isFinAcknowledged;
    /** Where the receiver's window ends, and what is to be sent again next after a loss. */
    private long windowEdge;

    private long resendFrom;
    private boolean hasProgress;

    SendSpace(BytePool pool) {
        this.bytes = new SentBytes(pool);
    }

    void clear() {
        sentTo = 0;
        isFinSent = false;
        isFinAcknowledged = false;
        windowEdge = 0;
        resendFrom = 0;
        hasProgress = false;
        bytes.clear();
        clock.clear();
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

    long windowEdge() {
        return windowEdge;
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

    /** How many permitted bytes may leave now; the receiver's window binds only segments that are made here. */
    int sendableBytes(boolean isBoundByWindow) {
        long waiting = backlogBytes();
        if (isBoundByWindow) {
            waiting = Math.min(waiting, Math.min(windowEdge, bytes.start() + clock.congestionWindow()) - sentTo);
        }
        return (int) Math.max(0, Math.min(waiting, SentBytes.MAX_SIZE));
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
        sentTo = Math.max(sentTo, position);
        clock.sent(sentTo, nowNs);
    }

    /** Notes that bytes left once more: the next acknowledgement tells nothing about time (RFC 6298, 3). */
    public void sentAgain() {
        clock.sentAgain();
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

    /** Goes on somewhere else: the receiver has what lies before. */
    void skip(long position) {
        bytes.skip(position);
        sentTo = position;
        resendFrom = position;
    }

    /** Takes where the receiver's window ends; true if that is nothing new. */
    boolean isSameWindow(long edge) {
        boolean isSame = edge == windowEdge;
        windowEdge = edge;
        return isSame;
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
        clock.acknowledged(bytes.start(), count, segmentBytes, nowNs);
        resendFrom = Math.max(resendFrom, bytes.start());
        hasProgress = true;
        return true;
    }

    /**
     * The receiver answered with nothing new.
     *
     * @param mayBeLoss it may have said so for a segment behind one that it misses
     * @return true if something is to be sent again at once
     */
    boolean isLost(boolean mayBeLoss, int segmentBytes) {
        clock.answered();
        if (!mayBeLoss || !isInFlight() || !clock.isThirdDuplicate(sentTo - bytes.start(), sentTo, segmentBytes)) {
            return false;
        }
        resendFrom = bytes.start();
        return true;
    }

    /** Tells whether what was lost is still being sent again: each acknowledgement asks for the next. */
    boolean isRecovering() {
        return clock.isRecovering();
    }

    /**
     * Chooses what is sent again after a loss.
     *
     * @return position of a segment's first byte, or what was sent last if there is nothing
     */
    public long nextLost() {
        long from = Math.max(resendFrom, bytes.start());
        return Math.min(from, sentTo);
    }

    /** Notes that lost bytes were sent again up to a position. */
    public void resent(long position) {
        resendFrom = position;
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
        resendFrom = bytes.start();
        return clock.timedOut(sentTo - bytes.start(), sentTo, segmentBytes, isProbing);
    }

    /** Tells whether the receiver's window is shut while bytes wait: one is sent to ask (RFC 9293, 3.8.6.1). */
    public boolean isProbeDue() {
        return bytes.start() == sentTo && sentTo < bytes.end() && windowEdge <= sentTo;
    }
}
