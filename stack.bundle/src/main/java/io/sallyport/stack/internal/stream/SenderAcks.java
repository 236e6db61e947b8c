package io.sallyport.stack.internal.stream;

/**
 * What the sender of a {@link StreamSide} is told in its receiver's name: what has come, and how much more may; and whether it
 * keeps to that. Part of that side.
 */
public final class SenderAcks {

    /** Windows are rounded, and may be out of date by an acknowledgement that was overtaken. */
    private static final int EDGE_SLACK = 65_536;

    private final StreamSide side;
    private final ReceiveSpace in;
    private final SendSpace out;

    SenderAcks(StreamSide side, ReceiveSpace in, SendSpace out) {
        this.side = side;
        this.in = in;
        this.out = out;
    }

    /** The acknowledgement that the sender gets; once it was told, the gateway answers for these bytes. */
    public int acknowledgement() {
        if (side.heard().isBeginOpen()) {
            return side.receiver().acknowledgement();
        }
        long position = in.tell(side.isActing() ? in.next() : out.acknowledgedTo());
        boolean isEndThere = side.isEnded && out.isFinAcknowledged() && position == in.next();
        return side.sequence(position) + (isEndThere ? 1 : 0);
    }

    /**
     * Tells whether the sender is to hear now of what has come: not if the receiver will acknowledge something soon, which can
     * bring the news along.
     */
    public boolean hasNews() {
        long news = in.next() - in.toldTo();
        if (!side.isActing() || news <= 0) {
            return false;
        }
        boolean isAnswerOnItsWay = out.isInFlight() && in.pendingBytes() == 0 && !side.isDeferred;
        return !isAnswerOnItsWay || news >= 2L * side.segmentBytes();
    }

    /** Tells whether the sender is to hear now that it may send again: it would have to ask for that (RFC 9293, 3.8.6.2.2). */
    public boolean isWindowOpening() {
        return side.isActing() && !side.isDeferred && in.isOpening(out.backlogBytes(), side.segmentBytes());
    }

    /** Tells whether numbers that the receiver says to the sender must be changed on their way. */
    public boolean isTranslating() {
        return side.isActing() || in.toldTo() > out.acknowledgedTo();
    }

    /** The window that the sender gets, as on the wire: it never shrinks by the gateway's doing, it only is not moved on. */
    public int window() {
        StreamPeer receiver = side.receiver();
        int scale = receiver.windowScale(side.sender());
        long window = side.isActing() ? in.windowBytes(out.backlogBytes(), side.isDeferred) : receiver.windowBytes();
        return (int) Math.min(0xFFFF, window >> scale);
    }

    /**
     * Whether a segment lies where the receiver looks at what it says (RFC 9293, 3.10.7.4). Of an adopted connection nobody knows
     * how large windows are: as far as bytes are kept.
     *
     * @param sequence of its first byte
     * @param lengthBytes with its FIN
     */
    public boolean accepts(int sequence, int lengthBytes) {
        if (!side.isSynced()) {
            return true;
        }
        long start = side.position(sequence);
        long oldest = Math.min(in.next(), side.isEdited() ? in.toldTo() : out.acknowledgedTo());
        long edge = side.isMidStream
                ? in.next() + AheadBytes.MAX_DISTANCE
                : Math.max(in.next(), side.isActing() ? in.toldEdge() : out.windowEdge()) + EDGE_SLACK;
        return start + lengthBytes >= oldest && start <= edge;
    }

    /** Whether a segment begins no later than with the first byte that has not come, or behind the end. */
    public boolean isInTurn(int sequence) {
        return !side.isSynced() || side.position(sequence) <= in.next() + (side.isEnded ? 1 : 0);
    }
}
