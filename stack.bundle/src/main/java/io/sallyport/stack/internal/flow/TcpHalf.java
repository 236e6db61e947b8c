package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.packet.TcpOptions;

/**
 * One direction of a TCP connection: what its sender has sent, and what its receiver says about that. Sequence numbers are
 * those that go on to the receiver; they are compared by the sign of their difference. Part of a flow slot; owned by one
 * worker.
 */
final class TcpHalf {

    /** A shift that no sender can exceed (RFC 7323, 2.3); taken where the SYN was not seen. */
    private static final int MAX_SHIFT = 14;
    /** Windows are taken for this large at least where old segments are judged: what is that old does no harm. */
    private static final int LEAST_WINDOW = 65_536;

    /** Its SYN went by: {@link #first} is its sequence number. */
    boolean hasSyn;
    /** {@link #end} is known. */
    boolean hasSent;
    /** {@link #acked} and {@link #edge} are known. */
    boolean hasAck;
    /** Nothing was sent beyond {@link #end}: an acknowledgement of more is a lie. */
    boolean isCertain;

    boolean isSynAcked;
    boolean hasFin;
    boolean isFinAcked;

    int first;
    /** Another SYN went by before, e.g. a SYN cookie for the same SYN; the final ACK says which one counts. */
    int earlierFirst;

    boolean hasEarlierFirst;

    /** Behind the highest sequence number that went on. */
    int end;
    /** Behind the FIN. */
    int finEnd;
    /** Highest acknowledgement by the receiver. */
    int acked;
    /** The right edge of the receiver's window; never moves back. */
    int edge;
    /** The receiver's largest window. */
    int maxWindow;

    // What the sender offered in its SYN.
    int mss;
    private int shift;
    private boolean offersWindowScale;
    boolean isSackPermitted;
    boolean offersTimestamps;

    // Time stamps: the latest that went on, and the one that the receiver echoes, which is its TS.Recent.
    int tsSent;
    int tsRecent;
    boolean hasTsSent;
    boolean hasTsRecent;
    long tsRecentNs;

    void clear() {
        hasSyn = false;
        hasEarlierFirst = false;
        clearOffers();
        forgetPlaces();
        isSynAcked = false;
        hasFin = false;
        isFinAcked = false;
        hasTsSent = false;
        hasTsRecent = false;
    }

    /** Forgets where it is; offers and ends stay. */
    void forgetPlaces() {
        hasSent = false;
        hasAck = false;
        isCertain = false;
        end = 0;
        acked = 0;
        edge = 0;
        maxWindow = 0;
    }

    private void clearOffers() {
        mss = 0;
        shift = 0;
        offersWindowScale = false;
        isSackPermitted = false;
        offersTimestamps = false;
    }

    /** Reads what a SYN that went on offers. */
    void readOffers(Packet p) {
        int at = offer(p, TcpOptions.MSS);
        mss = at < 0 ? 0 : p.memory().getShort(at + 2) & 0xFFFF;
        at = offer(p, TcpOptions.WINDOW_SCALE);
        offersWindowScale = at >= 0;
        shift = at < 0 ? 0 : Math.min(MAX_SHIFT, p.memory().get(at + 2) & 0xFF);
        isSackPermitted = offer(p, TcpOptions.SACK_PERMITTED) >= 0;
        offersTimestamps = offer(p, TcpOptions.TIMESTAMPS) >= 0;
    }

    private static int offer(Packet p, int kind) {
        return TcpOptions.findOffer(p.memory(), p.transportOffset(), p.transportHeaderSizeBytes(), kind);
    }

    /** Begins at a SYN that went on. */
    void begin(int sequence, int newEnd) {
        if (hasSyn && first != sequence) {
            earlierFirst = first;
            hasEarlierFirst = true;
            forgetPlaces();
        }
        hasSyn = true;
        first = sequence;
        isCertain = true;
        extend(newEnd);
    }

    /** The receiver answered the SYN that came before the last one: that one counts. */
    void returnToEarlierFirst() {
        first = earlierFirst;
        hasEarlierFirst = false;
        end = first + 1;
    }

    /** Notes that something went on. */
    void extend(int newEnd) {
        if (!hasSent || newEnd - end > 0) {
            end = newEnd;
            hasSent = true;
        }
    }

    /**
     * How far the sender of this half shifts the windows that it announces (RFC 7323: only if both offered it).
     *
     * @param other the other half
     * @return 0..14; what is not known counts as the most that is possible
     */
    int windowShift(TcpHalf other) {
        if (!hasSyn) {
            return MAX_SHIFT;
        }
        boolean isAgreed = offersWindowScale && (!other.hasSyn || other.offersWindowScale);
        return isAgreed ? shift : 0;
    }

    private int reach() {
        return Math.max(maxWindow, LEAST_WINDOW);
    }

    /** Whether a segment begins inside the receiver's window, or behind the byte that probes a closed one. */
    boolean isBelowEdge(int sequence) {
        return !hasAck || sequence - edge <= 1;
    }

    /** Whether a segment is not older than what a window ago could have been sent. */
    boolean isRecent(int segmentEnd) {
        return !hasSent || !hasAck || segmentEnd - (end - reach()) >= 0;
    }

    /** Whether a FIN leaves room for a segment. */
    boolean isBeforeFin(int segmentEnd) {
        return !hasFin || segmentEnd - finEnd <= 0;
    }

    /** Whether the receiver can say so: not more than was sent (RFC 5961, 5.2), and not what it said a window ago. */
    boolean isAcknowledgeable(int acknowledgement) {
        if (isCertain && acknowledgement - end > 0) {
            return false;
        }
        // The sender may not have seen the latest acknowledgement, and takes one that is a window older than what it
        // has seen.
        return !hasAck || acked - acknowledgement <= Math.min(2L * reach(), Integer.MAX_VALUE);
    }

    /** Notes that a FIN went on; the first one counts. */
    void finish(int endOfFin) {
        if (!hasFin) {
            hasFin = true;
            finEnd = endOfFin;
        }
        extend(endOfFin);
    }

    /** From where on bytes may be on their way, or were until a moment ago. */
    int oldestInFlight() {
        if (hasAck) {
            return acked - Math.min(Math.max(maxWindow, 1), LEAST_WINDOW);
        }
        return hasSyn ? first : end - LEAST_WINDOW;
    }

    /** Takes what the receiver says. */
    void acknowledge(int acknowledgement, int windowBytes) {
        int newEdge = acknowledgement + windowBytes;
        if (!hasAck) {
            hasAck = true;
            acked = acknowledgement;
            edge = newEdge;
        }
        if (acknowledgement - acked > 0) {
            acked = acknowledgement;
        }
        if (newEdge - edge > 0) {
            edge = newEdge;
        }
        maxWindow = Math.max(maxWindow, windowBytes);
        // Begun in the middle: whatever the receiver has, was sent. Once all that was seen is acknowledged, no more is
        // on its
        // way that was not seen.
        if (!isCertain && hasSent) {
            isCertain = acknowledgement == end;
            extend(acknowledgement);
        }
        isSynAcked |= hasSyn && acknowledgement - first > 0;
        isFinAcked |= hasFin && acknowledgement - finEnd >= 0;
    }

    /** Whether a RST is just where the receiver waits for the next byte, as far as the box can know (RFC 5961, 3.2). */
    boolean isExact(int sequence) {
        return (hasSent && sequence == end) || (hasAck && sequence == acked);
    }

    /** Whether the receiver would ask back at a RST (RFC 5961, 3.2), or nothing is known about it. */
    boolean isInWindow(int sequence) {
        return !hasAck || (sequence - acked >= 0 && sequence - edge < 0);
    }
}
