package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.stream.StreamPool;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.internal.stream.StreamState;
import io.sallyport.stack.shim.StreamShim;
import org.jspecify.annotations.Nullable;

/**
 * The STREAM point. Connections that no stream filter can match pass with a look at one number. The others are tracked
 * strictly: bytes are shown once and in order, a frame leaves when its last byte is permitted, and what repeats permitted
 * bytes must repeat them exactly, so that what was inspected is what arrives.
 */
final class StreamPath {

    private final ShimSlots slots;
    private final Judge judge;
    private final Settlement settlement;
    private final StreamPool pool;
    private final FrameSlab slab;
    private final Books books;
    private final StreamRelease release;
    private final StreamQuestion question;
    private final Shedding shedding;

    StreamPath(
            ShimSlots slots,
            Judge judge,
            Settlement settlement,
            StreamPool pool,
            FrameSlab slab,
            Books books,
            StreamRelease release,
            Shedding shedding) {
        this.slots = slots;
        this.judge = judge;
        this.settlement = settlement;
        this.pool = pool;
        this.slab = slab;
        this.books = books;
        this.release = release;
        this.question = new StreamQuestion(judge);
        this.shedding = shedding;
    }

    /** Takes a segment; false if it is settled: held, dropped, or sent together with what it released. */
    boolean take(Unit u, FlowImpl flow, long nowNs) {
        StreamShim shim = slots.stream;
        if (shim == null) {
            return judge.isMissing(u, LayerPair.STREAM.of(u.packet));
        }
        int generation = shim.generation(flow);
        if (!flow.isStreamAsked || generation != flow.streamGeneration) {
            // ALLOW_CONNECTION was said under the policy before: what is new may want to look, from here on.
            flow.isStreamAllowed = false;
            if (!decideTracking(u, flow, shim, nowNs)) {
                return refuse(u, DropReason.LIMIT_HEAP_INSPECTION);
            }
            flow.isStreamAsked = true;
            flow.streamGeneration = generation;
        }
        StreamState state = flow.stream;
        if (state == null) {
            return true;
        }
        return track(u, flow, state, shim, nowNs);
    }

    /** False if the flow must be tracked and there is no memory for it: then it is asked again at its next segment. */
    private boolean decideTracking(Unit u, FlowImpl flow, StreamShim shim, long nowNs) {
        boolean couldMatch = shim.couldMatch(flow);
        StreamState state = flow.stream;
        if (couldMatch && state == null) {
            if (shedding.refusesInspection()) {
                return false;
            }
            flow.stream = pool.take();
        } else if (!couldMatch && state != null) {
            // Nobody is left who could decide over what is held.
            release.all(flow, state.side(u.packet.direction()), nowNs);
            release.all(flow, state.side(Orientation.opposite(u.packet.direction())), nowNs);
            forget(flow);
        }
        return true;
    }

    private void forget(FlowImpl flow) {
        StreamState state = flow.stream;
        if (state != null) {
            flow.stream = null;
            pool.give(state);
        }
    }

    private boolean track(Unit u, FlowImpl flow, StreamState state, StreamShim shim, long nowNs) {
        PacketRecord p = u.packet;
        int flags = p.tcpFlags();
        StreamSide side = state.side(p.direction());
        if ((flags & Packet.TCP_ACK) != 0) {
            state.side(Orientation.opposite(p.direction())).acknowledge(p.tcpAcknowledgement());
        }
        if ((flags & Packet.TCP_SYN) != 0) {
            return syn(u, flow, side);
        }
        if ((flags & Packet.TCP_RST) != 0) {
            return reset(u, flow, side, shim, nowNs);
        }
        if ((flags & Packet.TCP_URG) != 0) {
            return refuse(u, DropReason.TCP_URGENT);
        }
        boolean hasFin = (flags & Packet.TCP_FIN) != 0;
        if (p.payloadLengthBytes() == 0 && !hasFin) {
            return true;
        }
        if (!side.isSynced()) {
            side.sync(p.tcpSequence(), true);
        }
        return segment(u, flow, side, shim, nowNs);
    }

    private boolean refuse(Unit u, DropReason reason) {
        settlement.drop(u, reason, LayerPair.STREAM.of(u.packet));
        return false;
    }

    /** A SYN says where a stream begins, once. With data (fast open) it is refused; the sender then does without. */
    private boolean syn(Unit u, FlowImpl flow, StreamSide side) {
        PacketRecord p = u.packet;
        int first = p.tcpSequence() + 1;
        if (p.payloadLengthBytes() > 0) {
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (side.isSynced() && first == side.firstSequence()) {
            return true;
        }
        boolean mayBegin = !side.isSynced() || (side.nextPosition() == 0 && !flow.tcp.isEstablished());
        if (!mayBegin) {
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        boolean isLate = flow.isStreamCut || (flow.tcp.isEstablished() && !TcpState.isOpening(p.tcpFlags()));
        side.sync(first, isLate);
        return true;
    }

    /** The receiver believes a RST only at the exact place (RFC 5961); another one must not blind us. */
    private boolean reset(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        PacketRecord p = u.packet;
        if (p.payloadLengthBytes() > 0) {
            // RFC 9293 lets a RST bring a text that says why; receivers throw it away, and nobody would have looked at
            // it.
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (side.isSynced()) {
            int beyond = p.tcpSequence() - side.nextSequence();
            boolean isExact = beyond == 0 || (beyond == 1 && side.isEnded());
            if (!isExact) {
                return refuse(u, beyond > 0 ? DropReason.TCP_OUT_OF_ORDER : DropReason.TCP_INVALID_STATE);
            }
        }
        return end(u, flow, side, shim, StreamQuestion.abortFlag(p.direction()), nowNs);
    }

    /** Has everything decided that is held, then shows the FIN or RST, then lets it all go. */
    private boolean end(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag, long nowNs) {
        if (side.isHolding()
                && !settleAnswer(u, flow, side, question.askPending(u, flow, side, shim, endFlag, true), nowNs)) {
            return false;
        }
        if (flow.isStreamAllowed) {
            return true;
        }
        return settleAnswer(u, flow, side, question.askEnd(u, flow, side, shim, endFlag), nowNs);
    }

    private boolean segment(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        PacketRecord p = u.packet;
        boolean hasFin = (p.tcpFlags() & Packet.TCP_FIN) != 0;
        int length = p.payloadLengthBytes();
        int sequence = p.tcpSequence();
        int old = side.nextSequence() - sequence;
        if (old < 0) {
            return refuse(u, DropReason.TCP_OUT_OF_ORDER);
        }
        if (old == 1 && length == 1 && side.isAcknowledged(sequence + 1)) {
            return true; // a keep-alive probe brings one byte of anything, which the receiver has and throws away
        }
        if (old > 0 && !side.isRepetition(sequence, Math.min(old, length), p.memory(), p.payloadOffset())) {
            return refuse(u, DropReason.TCP_OVERLAP);
        }
        int fresh = length - old;
        if (side.isEnded() && fresh > 0) {
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (hasFin && !side.isEnded() && fresh < 0) {
            return refuse(u, DropReason.TCP_OVERLAP);
        }
        boolean isNewFin = hasFin && !side.isEnded();
        if (fresh <= 0 && !isNewFin) {
            boolean hasLeft = length == 0 || side.isDelivered(sequence + length);
            return hasLeft || refuse(u, DropReason.TCP_DUPLICATE_HELD);
        }
        int endFlag = isNewFin ? StreamQuestion.finFlag(p.direction()) : 0;
        if (fresh > 0 && !inspect(u, flow, side, shim, Math.max(0, old), endFlag, nowNs)) {
            return false;
        }
        if (!isNewFin || flow.isStreamAllowed) {
            return true;
        }
        if (!end(u, flow, side, shim, endFlag, nowNs)) {
            return false;
        }
        side.end();
        return true;
    }

    /**
     * Shows new bytes.
     *
     * @param old how many bytes of the segment are not new
     * @param endFlag says that the stream ends with this segment; 0 if it goes on
     * @return true if the unit goes on by itself
     */
    private boolean inspect(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int old, int endFlag, long nowNs) {
        PacketRecord p = u.packet;
        int offset = p.payloadOffset() + old;
        int fresh = p.payloadLengthBytes() - old;
        boolean hasRoom = u.frames != null || slab.hasRoomFor(p.frameLengthBytes());
        if (!hasRoom || !side.prepareToHold(fresh)) {
            side.holdNothing();
            return refuse(u, DropReason.LIMIT_HELD_FRAMES);
        }
        if (side.isHolding()) {
            hold(u, side, offset, fresh);
            inspectQueued(u, flow, side, shim, endFlag, nowNs);
            return false;
        }
        StreamQuestion.Answer answer = question.askFresh(u, flow, side, shim, offset, fresh, endFlag);
        if (answer == StreamQuestion.Answer.WAIT) {
            long decided = question.decidedPosition();
            hold(u, side, offset, fresh);
            side.decide(decided);
            return false;
        }
        side.holdNothing();
        if (!settleAnswer(u, flow, side, answer, nowNs)) {
            return false;
        }
        if (!flow.isStreamAllowed) {
            side.deliver(p.memory(), offset, fresh);
        }
        return true;
    }

    /**
     * A segment that joined frames that wait: it may release them and itself. With a FIN everything must be decided now,
     * in one piece, so that nothing can hide at the cut between what waited and what came last; and the FIN is shown
     * before anything leaves, since its frame is one of those that wait.
     *
     * <p>A stream that reaches its bound is asked about like any other first: only if what that releases makes no room, a
     * decision is forced. So a callout that withholds a few bytes at the end of large segments is never pressed.
     */
    private void inspectQueued(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag, long nowNs) {
        if (endFlag == 0 && !side.isTimeToAsk()) {
            return;
        }
        StreamQuestion.Answer answer = question.askPending(u, flow, side, shim, endFlag, endFlag != 0);
        if (endFlag != 0 && answer == StreamQuestion.Answer.PERMIT) {
            answer = question.askEnd(u, flow, side, shim, endFlag);
            side.end();
        }
        settleAnswer(u, flow, side, answer, nowNs);
        if (answer == StreamQuestion.Answer.WAIT && side.isFull()) {
            settleAnswer(u, flow, side, question.askPending(u, flow, side, shim, 0, true), nowNs);
        }
    }

    private void hold(Unit u, StreamSide side, int offset, int fresh) {
        PacketRecord p = u.packet;
        HeldFrame copy = u.frames;
        if (copy == null) {
            copy = slab.hold(p);
            if (copy == null) {
                throw new IllegalStateException("the slab had room");
            }
            books.pended++;
        }
        u.isSettled = true;
        side.hold(copy, p.memory(), offset, fresh);
    }

    /**
     * Enforces an answer.
     *
     * @return true if the unit goes on; held frames have left then, or stay
     */
    private boolean settleAnswer(Unit u, FlowImpl flow, StreamSide side, StreamQuestion.Answer answer, long nowNs) {
        switch (answer) {
            case PERMIT, WAIT -> {
                release.permitted(flow, side, nowNs);
                return true;
            }
            case ALLOW -> {
                flow.isStreamAllowed = true;
                StreamState state = flow.stream;
                if (state != null) {
                    release.all(flow, side, nowNs);
                    release.all(flow, side == state.inbound() ? state.outbound() : state.inbound(), nowNs);
                }
                forget(flow);
                return true;
            }
            case DROP -> dropConnection(u, flow, Judge.reason(judge.out()), nowNs);
            case EDIT -> dropConnection(u, flow, DropReason.TCP_STREAM_EDIT, nowNs);
            case FAULT -> dropConnection(u, flow, DropReason.CALLOUT_FAULT, nowNs);
        }
        return false;
    }

    /** Both ways, now and later; what was held shares the verdict. */
    private void dropConnection(Unit u, FlowImpl flow, DropReason reason, long nowNs) {
        ClassifyOutcome out = judge.out();
        flow.isDropped = true;
        flow.droppedBy = out.filter();
        flow.droppedAt = LayerPair.STREAM.of(u.packet);
        flow.droppedRevision = out.revision();
        settlement.drop(u, reason, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
        settlement.because(reason, flow.droppedAt, flow.droppedBy, flow.droppedRevision);
        StreamState state = flow.stream;
        if (state != null) {
            release.drop(u.packet, flow, state.side(u.packet.direction()));
            release.drop(u.packet, flow, state.side(Orientation.opposite(u.packet.direction())));
        }
        release.bury(flow, u.packet, nowNs);
    }

    /**
     * Lets go of a flow that ends. Whatever still waits can no longer be decided.
     *
     * @param p what ended it, or null if time did
     */
    void abandon(FlowImpl flow, @Nullable PacketRecord p) {
        abandon(flow, p, DropReason.TCP_CONNECTION_DROPPED);
    }

    /** Lets go of the streams of a flow that lives on without the engine that looked into them. */
    void suspend(FlowImpl flow) {
        abandon(flow, null, DropReason.NO_POLICY);
    }

    private void abandon(FlowImpl flow, @Nullable PacketRecord p, DropReason reason) {
        StreamState state = flow.stream;
        if (state == null) {
            return;
        }
        boolean isHolding = state.inbound().isHolding() || state.outbound().isHolding();
        if (isHolding) {
            settlement.because(reason, LayerPair.STREAM.of(flow.ipVersion()), null, "");
            release.drop(p, flow, state.side(Direction.OUTBOUND));
            release.drop(p, flow, state.side(Direction.INBOUND));
        }
        forget(flow);
    }
}
