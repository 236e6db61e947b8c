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

/** Asks the stream shim about a piece until every byte of it has an answer, and says what they come to. */
final class StreamQuestion {

    /** What the answers come to. */
    enum Answer {
        /** Every byte is permitted. */
        PERMIT,
        /** The rest waits for more. */
        WAIT,
        /** The rest of the connection is permitted. */
        ALLOW,
        /** The connection is dropped. */
        DROP,
        /** Bytes are to be taken out or put off, which cannot be done yet: the connection is dropped. */
        EDIT,
        /** An answer that makes no sense: the connection is dropped. */
        FAULT
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

    private static int dataFlags(PacketRecord p) {
        if (p.direction() == Direction.OUTBOUND) {
            return StreamFlags.SEND;
        }
        boolean isPushed = (p.tcpFlags() & Packet.TCP_PSH) != 0;
        return isPushed ? StreamFlags.RECEIVE | StreamFlags.RECEIVE_PUSH : StreamFlags.RECEIVE;
    }

    /** Up to which position bytes are permitted, after an answer. */
    long decidedPosition() {
        return piece.position();
    }

    /**
     * Asks about new bytes where they lie: nothing waits before them.
     *
     * @param endFlag says that the stream ends with these bytes, which forces the decision; 0 if it goes on
     */
    Answer askFresh(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int offset, int lengthBytes, int endFlag) {
        PacketRecord p = u.packet;
        int flags = dataFlags(p) | endFlag;
        piece.show(p.memory(), offset, lengthBytes, side.nextPosition(), flags, endFlag != 0, side.isMidStream());
        return ask(u, flow, side, shim, side.nextPosition() + lengthBytes);
    }

    /**
     * Asks about everything that is held and undecided.
     *
     * @param endFlag says that the stream ends with these bytes; 0 if it goes on
     * @param isForced the stream ends, or no more can be held
     */
    Answer askPending(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag, boolean isForced) {
        ByteBuffer memory = side.pendingMemory();
        int length = (int) (side.nextPosition() - side.decidedPosition());
        if (memory == null || length == 0) {
            return Answer.PERMIT;
        }
        piece.show(
                memory,
                side.undecidedOffset(),
                length,
                side.decidedPosition(),
                dataFlags(u.packet) | endFlag,
                isForced,
                side.isMidStream());
        Answer answer = ask(u, flow, side, shim, side.nextPosition());
        if (answer == Answer.PERMIT || answer == Answer.WAIT) {
            side.decide(piece.position());
        }
        return answer;
    }

    /** Shows a FIN or RST: a piece without bytes (STR-2). */
    Answer askEnd(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int endFlag) {
        PacketRecord p = u.packet;
        int flags = dataFlags(p) | endFlag;
        piece.show(p.memory(), p.payloadOffset(), 0, side.nextPosition(), flags, true, side.isMidStream());
        return ask(u, flow, side, shim, side.nextPosition());
    }

    private Answer ask(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long end) {
        ClassifyOutcome out = judge.out();
        do {
            shim.indicate(u.packet, flow, piece, out);
            judge.tellFault(u, LayerPair.STREAM.of(u.packet));
            switch (out.streamAction()) {
                case NEED_MORE_DATA -> {
                    if (piece.isDecisionForced()) {
                        return Answer.FAULT;
                    }
                    side.askAt(end + out.bytesRequired());
                    return Answer.WAIT;
                }
                case DEFER -> {
                    return Answer.EDIT;
                }
                case DROP_CONNECTION -> {
                    return Answer.DROP;
                }
                case ALLOW_CONNECTION -> {
                    return Answer.ALLOW;
                }
                case NONE -> {
                    if (!out.isPermitted()) {
                        return out.isAbsorbed() ? Answer.EDIT : Answer.DROP;
                    }
                }
            }
            int count = out.bytesEnforced();
            if (count > piece.lengthBytes() || (count <= 0 && piece.lengthBytes() > 0)) {
                // The engine promises otherwise; going on would never end.
                out.failClosed(ClassifyReason.INTERNAL_FAULT);
                return Answer.DROP;
            }
            piece.advance(count);
        } while (piece.lengthBytes() > 0);
        return Answer.PERMIT;
    }
}
