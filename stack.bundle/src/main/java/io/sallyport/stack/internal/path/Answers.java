package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.answer.AnswerLimits;
import io.sallyport.stack.internal.answer.AnswerRules;
import io.sallyport.stack.internal.answer.AnswerWriter;
import io.sallyport.stack.internal.count.PathCounters;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the senders of what was dropped. Policy refuses in silence unless a filter at the discard layer permits an answer;
 * what is too big is answered unless a filter there blocks it (DISC-3, DISC-4). An answer is written while the dropped packet
 * is still there and goes out when its frame is done with, through the layers of its own way: no frame leaves unjudged.
 *
 * <p>It cannot loop: an answer that is dropped is not answered, and what comes in is never answered if it is itself the
 * answer of somebody ({@link AnswerRules}). Owned by one worker.
 */
final class Answers {

    /** A connection that ends takes two; more for one frame are not due. */
    private static final int MOST_PER_FRAME = 4;

    private final AnswerWriter writer = new AnswerWriter();
    private final AnswerLimits limits;
    private final PathCounters counters;
    private final PathState state;
    private final HeaderParser parser;
    private final Orientation orientation;
    private final PacketPath path;

    /** What waits for its frame to be over. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(MOST_PER_FRAME * AnswerWriter.MAX_FRAME_BYTES);

    private final int[] lengths = new int[MOST_PER_FRAME];
    private final Side[] sides = new Side[MOST_PER_FRAME];
    private final Direction[] directions = new Direction[MOST_PER_FRAME];
    private final DropReason[] reasons = new DropReason[MOST_PER_FRAME];
    private final PathCounter[] kinds = new PathCounter[MOST_PER_FRAME];
    private int count;

    /** The answer that goes its way. */
    final Unit unit = new Unit();

    Answers(PathState state, HeaderParser parser, Orientation orientation, PacketPath path) {
        this.state = state;
        this.limits = new AnswerLimits(state.hash);
        this.counters = state.counters;
        this.parser = parser;
        this.orientation = orientation;
        this.path = path;
    }

    /**
     * A packet was dropped and shown at the discard layer of a layer.
     *
     * @param u what was dropped
     * @param layer where
     * @param reason why
     * @param discard what the discard layer's filters said; block if they were not asked
     */
    void dropped(Unit u, @Nullable Layer layer, DropReason reason, ClassifyOutcome discard) {
        if (u.answerTo != null || discard.action() != ClassifyOutcome.Action.PERMIT || !isRefusal(reason)) {
            return;
        }
        PacketRecord p = u.packet;
        FlowImpl flow = u.flow;
        if (flow != null && p.direction() != flow.direction() && !flow.isAuthorized) {
            return; // the other end knows of no connection that could have ended
        }
        if (AnswerRules.mayReset(p)) {
            refuseConnection(u, layer, reason);
        } else if (!u.isPrompt && AnswerRules.mayRefuse(p) && mayTake(p, false)) {
            put(writer.prohibited(p), p, true, reason, PathCounter.ANSWERS_PROHIBITED);
        }
    }

    /**
     * A packet does not fit its link. It was shown at the forward layer's discard layer.
     *
     * @param u what was dropped
     * @param mtuBytes how much would fit
     * @param discard what the discard layer's filters said
     */
    void tooBig(Unit u, int mtuBytes, ClassifyOutcome discard) {
        PacketRecord p = u.packet;
        if (u.answerTo == null && discard.isPermitted() && AnswerRules.mayTellSize(p) && mayTake(p, true)) {
            put(writer.tooBig(p, mtuBytes), p, true, DropReason.PACKET_TOO_BIG, PathCounter.ANSWERS_TOO_BIG);
        }
    }

    private static boolean isRefusal(DropReason reason) {
        return switch (reason) {
            case POLICY, CALLOUT_UNREGISTERED, CALLOUT_FAULT, CALLOUT_QUARANTINED, TCP_CONNECTION_DROPPED -> true;
            default -> false;
        };
    }

    /** Who resets all connections that a policy refuses means all: nobody else can bring them about, so they are not rationed. */
    private void refuseConnection(Unit u, @Nullable Layer layer, DropReason reason) {
        PacketRecord p = u.packet;
        FlowImpl flow = u.flow;
        if (!u.isPrompt && !mayTake(p, false)) {
            return;
        }
        put(writer.reset(p), p, true, reason, PathCounter.ANSWERS_RESET);
        if (flow != null && endsWith(flow, layer, reason)) {
            boolean isFromInitiator = FlowAuthority.isFromInitiator(p, flow);
            if (flow.tcp.hasSent(isFromInitiator)) {
                FrameWriter ahead = writer.resetAhead(p, flow.tcp.nextSequence(isFromInitiator));
                put(ahead, p, false, reason, PathCounter.ANSWERS_RESET);
            }
        }
    }

    /** Tells whether a connection that both ends know of ends with this very packet: both are to hear of it. */
    private static boolean endsWith(FlowImpl flow, @Nullable Layer layer, DropReason reason) {
        boolean isNow = reason != DropReason.TCP_CONNECTION_DROPPED;
        boolean isEnd = flow.isDropped || (layer != null && layer.shim().equals("ALE"));
        return flow.isAuthorized && isNow && isEnd;
    }

    private boolean mayTake(PacketRecord p, boolean isAboutSize) {
        boolean isFromInside = p.direction() == Direction.OUTBOUND;
        if (count < MOST_PER_FRAME && limits.take(p, isFromInside, isAboutSize, state.nowNs)) {
            return true;
        }
        counters.count(PathCounter.ANSWERS_SUPPRESSED);
        return false;
    }

    /** Keeps a finished frame: it goes back to where the packet came from, or on in its place. */
    private void put(FrameWriter frame, PacketRecord p, boolean isBack, DropReason reason, PathCounter kind) {
        if (count == MOST_PER_FRAME) {
            counters.count(PathCounter.ANSWERS_SUPPRESSED);
            return;
        }
        int i = count++;
        memory.put(i * AnswerWriter.MAX_FRAME_BYTES, frame.memory(), 0, frame.lengthBytes());
        lengths[i] = frame.lengthBytes();
        sides[i] = isBack ? opposite(p.arrivalSide()) : p.arrivalSide();
        directions[i] = isBack ? Orientation.opposite(p.direction()) : p.direction();
        reasons[i] = reason;
        kinds[i] = kind;
    }

    private static Side opposite(Side side) {
        return switch (side) {
            case LAN -> Side.WAN;
            case WAN -> Side.LAN;
            case UNKNOWN -> Side.UNKNOWN;
        };
    }

    /** Sends what was written for the frame that is over, still under its policy. */
    void release(Books books, long timestampNs) {
        for (int i = 0; i < count; i++) {
            Unit u = unit;
            books.injected++;
            u.begin(null);
            u.answerTo = reasons[i];
            PacketRecord p = u.packet;
            int at = i * AnswerWriter.MAX_FRAME_BYTES;
            parser.begin(p, memory, at, lengths[i], Settlement.MADE_HERE, timestampNs, sides[i]);
            p.setDirection(directions[i]);
            parser.parseAgain(p, false);
            orientation.orientWhole(u, directions[i]);
            u.flow = FlowImpl.ifLive(u.flow);
            if (path.answer(u)) {
                counters.count(kinds[i]);
            }
        }
        count = 0;
    }

    /** After something failed: nothing of this frame is kept for the next one. */
    void forget() {
        count = 0;
    }
}
