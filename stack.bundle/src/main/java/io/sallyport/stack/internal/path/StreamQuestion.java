package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.stream.StreamPiece;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.shim.StreamShim;
import java.nio.ByteBuffer;

/** Asks the stream shim about bytes until each of them has an answer, applies edits, and says what the answers come to. */
final class StreamQuestion {

    /** What the answers come to. */
    enum Answer {
        /** Every byte is permitted. */
        PERMIT,
        /** The rest waits for more. */
        WAIT,
        /** The rest waits until the stream is continued. */
        DEFER,
        /** The end is kept back, until whoever blocked it lets it go (STR-15). */
        WITHHOLD,
        /** Bytes are to be replaced: of a question about bytes that are not pending, which must be first. */
        EDIT,
        /** The rest of the connection is permitted. */
        ALLOW,
        /** The connection is dropped. */
        DROP,
        /** An answer that makes no sense: the connection is dropped. */
        FAULT,
        /** There is no memory for what was answered: the connection is dropped. */
        LIMIT
    }

    private final Judge judge;
    private final StreamPiece piece = new StreamPiece();

    StreamQuestion(Judge judge) {
        this.judge = judge;
    }

    static int finFlag(Direction direction) {
        return direction == Direction.OUTBOUND ? StreamFlags.SEND_DISCONNECT : StreamFlags.RECEIVE_DISCONNECT;
    }

    static int abortFlag(Direction direction) {
        return direction == Direction.OUTBOUND ? StreamFlags.SEND_ABORT : StreamFlags.RECEIVE_ABORT;
    }

    /** Of a segment that goes a side's way; one that goes back, or none, brought no push or urgency. */
    private static int dataFlags(PacketRecord p, StreamSide side) {
        boolean isOwn = p.direction() == side.direction();
        boolean isUrgent = isOwn && (p.tcpFlags() & Packet.TCP_URG) != 0;
        if (side.direction() == Direction.OUTBOUND) {
            return StreamFlags.SEND | (isUrgent ? StreamFlags.SEND_EXPEDITED : 0);
        }
        boolean isPushed = isOwn && (p.tcpFlags() & Packet.TCP_PSH) != 0;
        return StreamFlags.RECEIVE
                | (isUrgent ? StreamFlags.RECEIVE_EXPEDITED : 0)
                | (isPushed ? StreamFlags.RECEIVE_PUSH : 0);
    }

    /** How many leading bytes {@link #askFresh} had permitted. */
    int permittedBytes(StreamSide side) {
        return (int) (piece.position() - side.shownTo());
    }

    /**
     * Asks about new bytes where they lie: nothing waits before them.
     *
     * @param endFlag says that the stream ends with these bytes, which forces the decision; 0 if it goes on
     */
    Answer askFresh(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int offset, int lengthBytes, int endFlag) {
        PacketRecord p = u.packet;
        int flags = dataFlags(p, side) | endFlag;
        piece.show(p.memory(), offset, lengthBytes, side.shownTo(), flags, endFlag != 0, false, side.isMidStream);
        do {
            Answer answer = ask(u, flow, shim);
            if (answer != Answer.PERMIT) {
                return answer;
            }
        } while (piece.lengthBytes() > 0);
        return Answer.PERMIT;
    }

    /** After {@link #askFresh} had an edit, and what it did not permit is pending: applies it. */
    boolean applyEdit(StreamSide side) {
        ClassifyOutcome out = judge.out();
        return side.edit(out.editOffset(), out.bytesRemoved(), out.injectedBytes(), out.injectedLengthBytes());
    }

    /** After {@link #askFresh} wanted more, and what it did not permit is pending: notes how much. */
    void noteWait(StreamSide side) {
        side.askAfter(judge.out().bytesRequired());
    }

    /**
     * Asks about everything that is undecided.
     *
     * @param endFlag says that the stream ends with these bytes; 0 if it goes on
     * @param isForced the stream ends, or no more can be held
     */
    Answer askPending(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag, boolean isForced) {
        int flags = dataFlags(u.packet, side) | endFlag;
        while (side.in().pendingBytes() > 0) {
            ByteBuffer memory = side.in().pendingMemory();
            if (memory == null) {
                return Answer.LIMIT;
            }
            int length = side.in().pendingBytes();
            boolean isAtLimit = isForced && endFlag == 0;
            piece.show(
                    memory,
                    side.in().pendingOffset(),
                    length,
                    side.shownTo(),
                    flags,
                    isForced,
                    isAtLimit,
                    side.isMidStream);
            Answer answer = ask(u, flow, shim);
            switch (answer) {
                case PERMIT -> {
                    if (!side.decide(length - piece.lengthBytes())) {
                        return Answer.LIMIT;
                    }
                }
                case EDIT -> {
                    if (!applyEdit(side)) {
                        return Answer.LIMIT;
                    }
                }
                case WAIT -> {
                    noteWait(side);
                    return answer;
                }
                default -> {
                    return answer;
                }
            }
        }
        return Answer.PERMIT;
    }

    /** Shows a FIN or RST: a piece without bytes (STR-2). What is injected before it is shown to lighter callouts in turn. */
    Answer askEnd(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag) {
        PacketRecord p = u.packet;
        int flags = dataFlags(p, side) | endFlag;
        piece.show(p.memory(), p.payloadOffset(), 0, side.shownTo(), flags, true, false, side.isMidStream);
        Answer answer = ask(u, flow, shim);
        if (answer != Answer.EDIT) {
            return answer;
        }
        return applyEdit(side) ? askPending(u, flow, side, shim, endFlag, true) : Answer.LIMIT;
    }

    /** One question; PERMIT: the piece begins behind what is permitted. */
    private Answer ask(Unit u, FlowImpl flow, StreamShim shim) {
        ClassifyOutcome out = judge.out();
        shim.indicate(u.packet, flow, piece, out);
        judge.tellFault(u, LayerPair.STREAM.of(u.packet));
        switch (out.streamAction()) {
            case NEED_MORE_DATA -> {
                return piece.isDecisionForced() ? Answer.FAULT : Answer.WAIT;
            }
            case DEFER -> {
                return piece.isDecisionForced() ? Answer.FAULT : Answer.DEFER;
            }
            case DROP_CONNECTION -> {
                return Answer.DROP;
            }
            case ALLOW_CONNECTION -> {
                return Answer.ALLOW;
            }
            case EDIT -> {
                return isPossible(out) ? Answer.EDIT : contradiction(out);
            }
            case NONE -> {
                if (!out.isPermitted()) {
                    boolean isBlockedEnd = piece.lengthBytes() == 0 && out.reason() == ClassifyReason.POLICY;
                    return isBlockedEnd ? Answer.WITHHOLD : Answer.DROP;
                }
            }
        }
        int count = out.bytesEnforced();
        if (count > piece.lengthBytes() || (count <= 0 && piece.lengthBytes() > 0)) {
            return contradiction(out);
        }
        piece.advance(count);
        return Answer.PERMIT;
    }

    private boolean isPossible(ClassifyOutcome out) {
        int at = out.editOffset();
        int removed = out.bytesRemoved();
        int added = out.injectedLengthBytes();
        return at >= 0 && removed >= 0 && added >= 0 && removed + added > 0 && at + removed <= piece.lengthBytes();
    }

    /** The engine promises otherwise; going on would never end. */
    private static Answer contradiction(ClassifyOutcome out) {
        out.failClosed(ClassifyReason.INTERNAL_FAULT);
        return Answer.DROP;
    }
}
