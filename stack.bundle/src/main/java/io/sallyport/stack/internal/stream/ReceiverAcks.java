package io.sallyport.stack.internal.stream;

/**
 * Hears the receiver of a {@link StreamSide}: what it has, what it misses, how much more it takes. Numbers are as on the wire,
 * of <em>out</em>. Part of that side.
 */
public final class ReceiverAcks {

    /** A sender repeats the oldest bytes first; whoever goes back step by step has each step copied. */
    private static final int MAX_STEPS_BACK = 4;

    private final StreamSide side;
    private final ReceiveSpace in;
    private final SendSpace out;

    /** Where the stream begins for the gateway: at 0, or before that, see {@link #goBack}. */
    private long begin;

    /** The receiver has said that it misses nothing before. */
    private boolean isBeginHeard;

    private int stepsBack;

    ReceiverAcks(StreamSide side, ReceiveSpace in, SendSpace out) {
        this.side = side;
        this.in = in;
        this.out = out;
    }

    void clear() {
        begin = 0;
        isBeginHeard = false;
        stepsBack = 0;
    }

    private long position(int number) {
        long sentTo = out.sentTo();
        return sentTo + (number - side.sequence(sentTo));
    }

    /**
     * Whether the receiver can have so much. A segment that claims more is thrown away by whoever gets it (RFC 5961, 5.2), so what it
     * brings must not count as sent.
     */
    public boolean canHaveLeft(int acknowledgement) {
        boolean isKnown = side.isSynced() && !side.isMidStream && !side.isEdited();
        return !isKnown || position(acknowledgement) - out.sentTo() <= (out.isFinSent() ? 1 : 0);
    }

    /**
     * Whether the receiver has bytes that never came this way, which others wait for: they went by before the connection was
     * adopted, or another way. Nobody will send them again.
     */
    public boolean isBeyondGap(int acknowledgement) {
        return side.isSynced()
                && side.isMidStream
                && !side.isEdited()
                && !side.isStraight()
                && in.aheadPieces() > 0
                && position(acknowledgement) > in.next();
    }

    /** Goes on behind a gap that the receiver has; nothing is undecided before it, and what came too early may be now. */
    public void skipGap(int acknowledgement) {
        skip(position(acknowledgement));
    }

    private void skip(long position) {
        isBeginHeard = true;
        out.skip(position);
        in.skip(position);
    }

    /**
     * Hears an acknowledgement.
     *
     * @param windowBytes how much more the receiver takes; negative if a later segment has said that already
     * @param isBare the segment carries nothing else
     * @return true if something is to be sent again at once
     */
    public boolean hear(int acknowledgement, long windowBytes, boolean isBare, long nowNs) {
        if (!side.isSynced()) {
            return false;
        }
        long position = position(acknowledgement);
        long most = out.sentTo() + (out.isFinSent() ? 1 : 0);
        if (position > most) {
            if (side.isMidStream && side.isStraight()) {
                skip(position);
            }
            if (!side.isEdited() && !(side.isMidStream && position <= in.next())) {
                return false;
            }
            position = most; // of a recorded answer to what the stream was before the edit, or it had bytes another way
        }
        if (position < out.acknowledgedTo()) {
            return false;
        }
        isBeginHeard = true;
        boolean isSameWindow = windowBytes >= 0 && position + windowBytes == out.windowEdge();
        boolean wasLost = out.hasLost();
        if (windowBytes >= 0) {
            out.takeWindow(position + windowBytes);
        }
        if (out.acknowledge(position, side.segmentBytes(), nowNs)) {
            if (!side.isActing()) {
                in.heard(out.acknowledgedTo());
            }
            side.releaseIfDone();
            return side.isOwed() && out.hasLost();
        }
        boolean isDuplicate = isBare && isSameWindow && side.isOwed();
        out.answered(isDuplicate);
        return side.isOwed() && isToResend(isDuplicate || !wasLost);
    }

    /** What is lost leaves with a segment that says so: one for each that has left the net. */
    private boolean isToResend(boolean hasSomethingLeft) {
        return out.isLossNew(side.segmentBytes()) || (hasSomethingLeft && out.hasLost());
    }

    /**
     * Hears a selective acknowledgement (RFC 2018), after the one that it comes with.
     *
     * @param from first byte
     * @param to behind the last one
     * @return as {@link #hear}
     */
    public boolean hearSelective(int from, int to, long nowNs) {
        return side.isSynced()
                && side.isOwed()
                && out.acknowledgeSelectively(position(from), position(to), nowNs)
                && isToResend(true);
    }

    // Adopted in the middle.

    /**
     * Tells whether the receiver misses bytes before the first one that was seen, as far as it has spoken. Then nothing behind may be
     * acknowledged in its name.
     */
    boolean isBeginOpen() {
        StreamPeer receiver = side.receiver();
        return side.isMidStream
                && !isBeginHeard
                && receiver.hasSpoken()
                && position(receiver.acknowledgement()) < begin;
    }

    /**
     * Tells whether a segment brings bytes from before the first one that was seen, and the receiver may miss them.
     *
     * @param end position behind the segment
     * @param start its position
     */
    public boolean isOlderMissed(long start, long end) {
        return side.isMidStream
                && !isBeginHeard
                && !side.isEdited()
                && !side.isEnded
                && !side.state().isUnwatched
                && stepsBack < MAX_STEPS_BACK
                && start < begin
                && oldestMissed(start) < Math.min(end, begin);
    }

    private long oldestMissed(long start) {
        StreamPeer receiver = side.receiver();
        return receiver.hasSpoken() ? position(receiver.acknowledgement()) : start;
    }

    /**
     * Begins the stream anew where the receiver is. What was forwarded of it, and kept since, counts as come too early, so that
     * everything is judged in order, and one version of each byte.
     *
     * @param start position of a segment for which {@link #isOlderMissed}; no frame is queued
     * @return false: there is no memory
     */
    public boolean goBack(long start) {
        long to = oldestMissed(start);
        stepsBack++;
        long shown = out.decidedTo() + in.pendingBytes();
        if (!in.goBack(to, out)) {
            return false;
        }
        side.showFrom(to, shown);
        out.skip(to);
        begin = to;
        StreamPeer receiver = side.receiver();
        isBeginHeard = receiver.hasSpoken();
        if (isBeginHeard) {
            out.takeWindow(to + receiver.windowBytes());
        }
        return true;
    }
}
