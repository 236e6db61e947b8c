package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;

/**
 * The state of one TCP connection (RFC 9293), as small as a bridge between the ends can have it: handshake, both FINs,
 * RST. It checks no windows; for inspected streams the stream tracker does. Part of a flow slot; owned by one worker.
 */
public final class TcpState {

    /** What a segment means for the connection. */
    public enum Step {
        /** Nothing in particular. */
        NONE,
        /** It completes the handshake. */
        ESTABLISHED
    }

    private enum Phase {
        SYN_SENT,
        SYN_RECEIVED,
        ESTABLISHED
    }

    private Phase phase = Phase.SYN_SENT;
    private int responderSequence;
    private boolean hasResponderSequence;
    private final Fin fromInitiator = new Fin();
    private final Fin fromResponder = new Fin();

    void clear() {
        phase = Phase.SYN_SENT;
        hasResponderSequence = false;
        responderSequence = 0;
        fromInitiator.clear();
        fromResponder.clear();
    }

    /**
     * Tells whether a segment's flags make sense at all: SYN goes alone, and all but SYN and RST acknowledge.
     *
     * @param flags of the segment
     * @return false: no state allows it
     */
    public static boolean areFlagsPossible(int flags) {
        boolean hasSyn = (flags & Packet.TCP_SYN) != 0;
        boolean hasRst = (flags & Packet.TCP_RST) != 0;
        if (hasSyn) {
            return !hasRst && (flags & Packet.TCP_FIN) == 0;
        }
        return hasRst || (flags & Packet.TCP_ACK) != 0;
    }

    /**
     * Tells whether a segment opens a connection.
     *
     * @param flags of the segment
     * @return true for SYN without ACK
     */
    public static boolean isOpening(int flags) {
        return (flags & (Packet.TCP_SYN | Packet.TCP_ACK)) == Packet.TCP_SYN;
    }

    /** Begins in the middle: no handshake is waited for. */
    public void adopt() {
        phase = Phase.ESTABLISHED;
    }

    /**
     * Tells whether the handshake is complete.
     *
     * @return true also when connection is closing
     */
    public boolean isEstablished() {
        return phase == Phase.ESTABLISHED;
    }

    /**
     * Judges a segment before any layer does.
     *
     * @param p the segment
     * @param isFromInitiator it comes from who sent the flow's first packet
     * @return what it means; the state goes on with it
     */
    public Step onSegment(Packet p, boolean isFromInitiator) {
        int flags = p.tcpFlags();
        boolean hasSyn = (flags & Packet.TCP_SYN) != 0;
        if (phase == Phase.ESTABLISHED || (flags & Packet.TCP_RST) != 0) {
            return Step.NONE;
        }
        if (hasSyn) {
            if (!isFromInitiator) {
                phase = Phase.SYN_RECEIVED;
                responderSequence = p.tcpSequence();
                hasResponderSequence = true;
            }
            return Step.NONE;
        }
        return isFromInitiator ? initiatorSegment(p) : responderSegment(p);
    }

    private Step initiatorSegment(Packet p) {
        // Without an answer seen, the other half of the connection takes another way: as good as adopted.
        boolean acknowledgesSyn = !hasResponderSequence || p.tcpAcknowledgement() - responderSequence > 0;
        if (!acknowledgesSyn) {
            return Step.NONE;
        }
        phase = Phase.ESTABLISHED;
        return Step.ESTABLISHED;
    }

    private Step responderSegment(Packet p) {
        // A bare ACK to a SYN is a challenge (RFC 5961), and data may overtake nothing before the SYN-ACK.
        if (phase == Phase.SYN_SENT && p.payloadLengthBytes() > 0) {
            phase = Phase.ESTABLISHED;
            return Step.ESTABLISHED;
        }
        return Step.NONE;
    }

    /**
     * Takes note of a segment that was forwarded.
     *
     * @param p the segment
     * @param isFromInitiator it comes from who sent the flow's first packet
     */
    public void onForwarded(Packet p, boolean isFromInitiator) {
        Fin own = isFromInitiator ? fromInitiator : fromResponder;
        Fin other = isFromInitiator ? fromResponder : fromInitiator;
        own.advance(p);
        if ((p.tcpFlags() & Packet.TCP_FIN) != 0) {
            own.isSeen = true;
            own.behind = p.tcpSequence() + p.payloadLengthBytes() + 1;
        }
        if (other.isSeen && (p.tcpFlags() & Packet.TCP_ACK) != 0 && p.tcpAcknowledgement() - other.behind >= 0) {
            other.isAcknowledged = true;
        }
    }

    /**
     * Tells whether anything of a direction was forwarded.
     *
     * @param isFromInitiator the direction
     * @return false: {@link #nextSequence} knows nothing
     */
    public boolean hasSent(boolean isFromInitiator) {
        return (isFromInitiator ? fromInitiator : fromResponder).hasNext;
    }

    /**
     * What the receiver of a direction expects next, if it got all that was forwarded.
     *
     * @param isFromInitiator the direction
     * @return a sequence number
     */
    public int nextSequence(boolean isFromInitiator) {
        return (isFromInitiator ? fromInitiator : fromResponder).next;
    }

    /**
     * How long the flow may be idle now.
     *
     * @return a class
     */
    public TimeoutClass timeoutClass() {
        if (isOver()) {
            return TimeoutClass.CLOSED;
        }
        if (fromInitiator.isSeen || fromResponder.isSeen) {
            return TimeoutClass.CLOSING;
        }
        return phase == Phase.ESTABLISHED ? TimeoutClass.ESTABLISHED : TimeoutClass.HANDSHAKE;
    }

    /**
     * A name for the state.
     *
     * @return {@code handshake}, {@code established}, {@code closing} or {@code closed}
     */
    String label() {
        return switch (timeoutClass()) {
            case CLOSED -> "closed";
            case CLOSING -> "closing";
            case ESTABLISHED -> "established";
            default -> "handshake";
        };
    }

    /**
     * Tells whether both sides have ended the connection, so that its ports may be used anew.
     *
     * @return true once both FINs are acknowledged
     */
    public boolean isOver() {
        return fromInitiator.isAcknowledged && fromResponder.isAcknowledged;
    }

    /** The end of one direction. */
    private static final class Fin {
        boolean isSeen;
        boolean isAcknowledged;
        int behind;

        boolean hasNext;
        int next;

        void advance(Packet p) {
            int flags = p.tcpFlags();
            int counted = ((flags & Packet.TCP_SYN) == 0 ? 0 : 1) + ((flags & Packet.TCP_FIN) == 0 ? 0 : 1);
            int end = p.tcpSequence() + p.payloadLengthBytes() + counted;
            if (!hasNext || end - next > 0) {
                next = end;
                hasNext = true;
            }
        }

        void clear() {
            hasNext = false;
            isSeen = false;
            isAcknowledged = false;
            behind = 0;
        }
    }
}
