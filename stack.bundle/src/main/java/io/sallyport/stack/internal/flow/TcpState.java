package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;

/**
 * The state of one TCP connection (RFC 9293) as a box between the ends can have it: handshake, sequence windows, resets
 * (RFC 5961), time stamps (RFC 7323), both FINs. Windows are followed as van Rooij's paper does it ("Real stateful TCP
 * packet filtering in IP Filter"): each direction knows how far its sender has come and how far its receiver lets it.
 *
 * <p>What a segment <i>says</i> about the other direction (acknowledgement, window, echoed time stamp) is believed when
 * {@link #examine} finds it possible. What it <i>does</i> (SYN, bytes, FIN) counts when it was forwarded ({@link
 * #onForwarded}): a dropped segment moves nothing. The tracker only judges; who drops is decided elsewhere.
 *
 * <p>Connections that are adopted in the middle begin lenient. A direction becomes certain once its receiver has
 * acknowledged just what was seen; windows whose scale was not seen count as large as they can be. A direction that is
 * never seen, as with asymmetric routes, is never checked.
 *
 * <p>Part of a flow slot; owned by one worker.
 */
public final class TcpState {

    /** What a segment is to the connection. */
    public enum Verdict {
        /** It belongs to the connection; {@link #onForwarded} is to be called if it leaves. */
        FOLLOWED,
        /** As FOLLOWED, and it completes the handshake. */
        ESTABLISHES,
        /**
         * A segment without payload that moves nothing, but may make its receiver ask back (RFC 5961): SYN in a connection,
         * RST inside the window but not at its start, ACK that answers a SYN. It must be able to pass, else two ends of
         * which one has forgotten the connection never find out.
         */
        CHALLENGE,
        /** Sequence number, acknowledgement or time stamp are not possible now. */
        OUTSIDE_WINDOW,
        /** The state does not allow it. */
        INVALID,
        /** SYN-ACK for a SYN that passed as CHALLENGE: both ends are in another connection. This one is over. */
        OTHER_CONNECTION
    }

    final TcpHalf fromInitiator = new TcpHalf();
    final TcpHalf fromResponder = new TcpHalf();

    private boolean isEstablished;
    private boolean isReset;
    private boolean isRewritten;
    private boolean isLost;

    // A SYN that passed as CHALLENGE.
    private boolean hasOtherSyn;
    private boolean isOtherSynFromInitiator;
    private int otherSyn;

    void clear() {
        fromInitiator.clear();
        fromResponder.clear();
        isEstablished = false;
        isReset = false;
        isRewritten = false;
        isLost = false;
        hasOtherSyn = false;
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

    /**
     * Begins in the middle: no handshake is waited for.
     *
     * @param p the first segment that was seen
     * @param nowNs the time
     */
    public void adopt(Packet p, long nowNs) {
        isEstablished = true;
        if ((p.tcpFlags() & Packet.TCP_RST) != 0) {
            // The end of a connection that is not known: nothing to compare it with, and nothing to keep.
            isReset = true;
        } else if ((p.tcpFlags() & Packet.TCP_ACK) != 0) {
            TcpWindows.listen(p, fromInitiator, fromResponder, nowNs);
        }
    }

    /**
     * Tells whether the handshake is complete.
     *
     * @return true also when the connection is closing
     */
    public boolean isEstablished() {
        return isEstablished;
    }

    /**
     * Leaves sequence numbers to whoever changes the length of a stream: numbers differ on both sides of the box from here
     * on. Handshake, FINs and time-outs go on to be followed; windows and resets are not judged here any more.
     */
    public void leaveSequences() {
        isRewritten = true;
    }

    /** Notes that a segment passed which the state does not follow: what is known may be out of date. */
    public void lose() {
        isLost = true;
    }

    /** Before a connection is to be followed strictly: one that was lost is learnt anew, as if adopted. */
    public void recover() {
        if (isLost) {
            isLost = false;
            fromInitiator.forgetPlaces();
            fromResponder.forgetPlaces();
        }
    }

    /**
     * Judges a segment before any layer does, and takes what it says about the other direction if that is possible.
     *
     * @param p the segment; its flags are possible
     * @param isFromInitiator it comes from who sent the flow's first packet
     * @param nowNs the time
     * @return what it is to the connection
     */
    public Verdict examine(Packet p, boolean isFromInitiator, long nowNs) {
        TcpHalf own = isFromInitiator ? fromInitiator : fromResponder;
        TcpHalf peer = isFromInitiator ? fromResponder : fromInitiator;
        int flags = p.tcpFlags();
        if ((flags & Packet.TCP_RST) != 0) {
            return reset(p, own, peer);
        }
        if ((flags & Packet.TCP_SYN) != 0) {
            return (flags & Packet.TCP_ACK) == 0
                    ? syn(p, own, peer, isFromInitiator)
                    : synAck(p, own, peer, isFromInitiator, nowNs);
        }
        boolean isBare = p.payloadLengthBytes() == 0 && (flags & Packet.TCP_FIN) == 0;
        if (!isEstablished) {
            if (isFromInitiator) {
                choosePeerSyn(p, peer);
            }
            if (!answersSyn(p, peer)) {
                return isBare ? Verdict.CHALLENGE : Verdict.INVALID;
            }
            if (isBare && !isFromInitiator && !own.hasSyn) {
                return Verdict.CHALLENGE;
            }
        }
        if (!isRewritten) {
            int end = TcpWindows.endOf(p);
            if (!own.isBeforeFin(end)) {
                return Verdict.INVALID;
            }
            if (!TcpWindows.isInWindow(p, end, own, peer, nowNs)) {
                return Verdict.OUTSIDE_WINDOW;
            }
        }
        TcpWindows.listen(p, own, peer, nowNs);
        return establishes(own, peer, isFromInitiator) ? establish() : Verdict.FOLLOWED;
    }

    private Verdict establish() {
        isEstablished = true;
        return Verdict.ESTABLISHES;
    }

    /** Both SYNs are acknowledged, or those of one end were not seen: the other half takes another way. */
    private boolean establishes(TcpHalf own, TcpHalf peer, boolean isFromInitiator) {
        if (isEstablished) {
            return false;
        }
        boolean isPeerDone = !peer.hasSyn || peer.isSynAcked;
        // The initiator's first ACK completes a handshake; the responder is established when its own SYN is
        // acknowledged.
        return isPeerDone && (isFromInitiator || !own.hasSyn || own.isSynAcked);
    }

    /** The initiator acknowledges a SYN-ACK that came before the last one (SYN cookies differ): that one counts. */
    private static void choosePeerSyn(Packet p, TcpHalf peer) {
        if (peer.hasEarlierFirst && p.tcpAcknowledgement() == peer.earlierFirst + 1) {
            peer.returnToEarlierFirst();
        }
    }

    private static boolean answersSyn(Packet p, TcpHalf peer) {
        int ack = p.tcpAcknowledgement();
        return !peer.hasSyn || (ack - peer.first > 0 && ack - peer.end <= 0);
    }

    private Verdict syn(Packet p, TcpHalf own, TcpHalf peer, boolean isFromInitiator) {
        int sequence = p.tcpSequence();
        boolean isAgain = own.hasSyn && own.first == sequence;
        // Until the other end has answered, the initiator may try anew; a SYN from there is a simultaneous open.
        boolean mayBegin = !isEstablished && (isAgain || !own.hasSyn || (isFromInitiator && !peer.hasSyn));
        if (mayBegin) {
            return Verdict.FOLLOWED;
        }
        if (p.payloadLengthBytes() > 0) {
            return Verdict.INVALID;
        }
        if (!isAgain) {
            hasOtherSyn = true;
            isOtherSynFromInitiator = isFromInitiator;
            otherSyn = sequence;
        }
        return Verdict.CHALLENGE;
    }

    private Verdict synAck(Packet p, TcpHalf own, TcpHalf peer, boolean isFromInitiator, long nowNs) {
        int ack = p.tcpAcknowledgement();
        boolean answersOther = hasOtherSyn && isOtherSynFromInitiator != isFromInitiator && ack == otherSyn + 1;
        boolean isAgain = own.hasSyn && own.first == p.tcpSequence();
        if (answersOther && !isAgain) {
            return Verdict.OTHER_CONNECTION;
        }
        if (isEstablished && isAgain) {
            boolean isBare = p.payloadLengthBytes() == 0;
            return isBare && peer.isAcknowledgeable(ack) ? Verdict.CHALLENGE : Verdict.INVALID;
        }
        boolean isLate = isEstablished && own.hasSyn;
        if (isLate || !peer.hasSyn || !answersSyn(p, peer)) {
            return Verdict.INVALID;
        }
        TcpWindows.listen(p, own, peer, nowNs);
        if (isEstablished) {
            return Verdict.FOLLOWED;
        }
        return own.isSynAcked && peer.isSynAcked ? establish() : Verdict.FOLLOWED;
    }

    private Verdict reset(Packet p, TcpHalf own, TcpHalf peer) {
        if (isRewritten || isReset) {
            return Verdict.FOLLOWED;
        }
        int sequence = p.tcpSequence();
        boolean answersSyn = (p.tcpFlags() & Packet.TCP_ACK) != 0 && peer.hasSyn && answersSyn(p, peer);
        if (!isEstablished && answersSyn) {
            return Verdict.FOLLOWED;
        }
        if (own.isExact(sequence)) {
            return Verdict.FOLLOWED;
        }
        if (!isEstablished && !own.hasSyn) {
            return Verdict.INVALID;
        }
        if (!own.isInWindow(sequence)) {
            return Verdict.OUTSIDE_WINDOW;
        }
        return p.payloadLengthBytes() == 0 ? Verdict.CHALLENGE : Verdict.INVALID;
    }

    /**
     * Takes note of a segment that was forwarded.
     *
     * @param p the segment, as it left; {@link #examine} had it followed
     * @param isFromInitiator it comes from who sent the flow's first packet
     */
    public void onForwarded(Packet p, boolean isFromInitiator) {
        TcpHalf own = isFromInitiator ? fromInitiator : fromResponder;
        int flags = p.tcpFlags();
        int sequence = p.tcpSequence();
        int end = sequence + p.payloadLengthBytes();
        if ((flags & Packet.TCP_RST) != 0) {
            isReset = true;
            return;
        }
        if ((flags & Packet.TCP_SYN) != 0) {
            own.readOffers(p);
            own.begin(sequence, end + 1);
        } else if ((flags & Packet.TCP_FIN) != 0) {
            own.finish(end + 1);
        } else {
            own.extend(end);
        }
        int at = TcpWindows.timestampsAt(p);
        if (at >= 0) {
            int value = p.memory().getInt(at);
            if (!own.hasTsSent || value - own.tsSent > 0) {
                own.tsSent = value;
                own.hasTsSent = true;
            }
        }
    }

    /**
     * Tells whether a sequence number lies in what is on its way: sent, and not yet acknowledged (RFC 5927, 4.1). What was
     * acknowledged just now counts, too: the error may have been made before.
     *
     * @param sequence quoted by an ICMP error
     * @param isFromInitiator the quoted segment comes from who sent the flow's first packet
     * @return true also if nothing is known about that direction
     */
    public boolean isInFlight(int sequence, boolean isFromInitiator) {
        TcpHalf half = isFromInitiator ? fromInitiator : fromResponder;
        if (isRewritten || !half.hasSent) {
            return !half.hasSent || isRewritten;
        }
        return sequence - half.oldestInFlight() >= 0 && sequence - half.end <= 0;
    }

    /**
     * Tells whether anything of a direction was forwarded.
     *
     * @param isFromInitiator the direction
     * @return false: {@link #nextSequence} knows nothing
     */
    public boolean hasSent(boolean isFromInitiator) {
        return half(isFromInitiator).hasSent;
    }

    /**
     * What the receiver of a direction expects next, if it got all that was forwarded.
     *
     * @param isFromInitiator the direction
     * @return a sequence number
     */
    public int nextSequence(boolean isFromInitiator) {
        return half(isFromInitiator).end;
    }

    /**
     * How long the flow may be idle now.
     *
     * @return a class
     */
    public TimeoutClass timeoutClass() {
        if (isOver() || isReset) {
            return TimeoutClass.CLOSED;
        }
        if (fromInitiator.hasFin && fromResponder.hasFin) {
            return TimeoutClass.CLOSING;
        }
        if (!isEstablished) {
            return TimeoutClass.HANDSHAKE;
        }
        // One FIN is no end: the other direction may go on, and be idle, for as long as it likes (RFC 9293, 3.6).
        return fromInitiator.hasSent && fromResponder.hasSent ? TimeoutClass.ESTABLISHED : TimeoutClass.ONE_SIDED;
    }

    /**
     * A name for the state.
     *
     * @return {@code handshake}, {@code established}, {@code closing} or {@code closed}
     */
    String label() {
        if (isOver()) {
            return "closed";
        }
        if (fromInitiator.hasFin || fromResponder.hasFin) {
            return "closing";
        }
        return isEstablished ? "established" : "handshake";
    }

    /**
     * Tells whether both sides have ended the connection, so that its ports may be used anew.
     *
     * @return true once both FINs are acknowledged
     */
    public boolean isOver() {
        return fromInitiator.isFinAcked && fromResponder.isFinAcked;
    }

    /**
     * The largest segment that an end said it takes.
     *
     * @param ofInitiator which end
     * @return bytes; 0 if its SYN was not seen or did not say
     */
    public int mss(boolean ofInitiator) {
        return half(ofInitiator).mss;
    }

    /**
     * Tells whether an end takes selective acknowledgements.
     *
     * @param ofInitiator which end
     * @return false also if its SYN was not seen
     */
    public boolean isSackPermitted(boolean ofInitiator) {
        return half(ofInitiator).isSackPermitted;
    }

    /**
     * How far an end shifts the windows that it announces.
     *
     * @param ofInitiator which end
     * @return 0..14; 14, the most that is possible, if its SYN was not seen
     */
    public int windowShift(boolean ofInitiator) {
        return half(ofInitiator).windowShift(half(!ofInitiator));
    }

    /**
     * Tells whether both ends offered time stamps.
     *
     * @return false also if a SYN was not seen
     */
    public boolean hasTimestamps() {
        return fromInitiator.offersTimestamps && fromResponder.offersTimestamps;
    }

    /**
     * Tells whether an end's SYN went by, so that {@link #firstSequence} is known.
     *
     * @param ofInitiator which end
     * @return false: adopted in the middle, or it has not answered yet
     */
    public boolean hasFirstSequence(boolean ofInitiator) {
        return half(ofInitiator).hasSyn;
    }

    /**
     * Sequence number of an end's first byte, once the handshake is complete: several SYNs may have been tried before.
     *
     * @param ofInitiator which end
     * @return behind the SYN; meaningless if that was not seen
     */
    public int firstSequence(boolean ofInitiator) {
        return half(ofInitiator).first + 1;
    }

    private TcpHalf half(boolean ofInitiator) {
        return ofInitiator ? fromInitiator : fromResponder;
    }
}
