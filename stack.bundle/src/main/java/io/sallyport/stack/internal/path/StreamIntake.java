package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.path.StreamQuestion.Answer;
import io.sallyport.stack.internal.stream.ReceiveSpace;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.shim.StreamShim;

/**
 * Takes segments with data or FIN: puts them in order, keeps one version of each byte, has new bytes judged. Every method
 * says whether the unit goes on by itself; if not, it is settled.
 */
final class StreamIntake {

    /** One segment may bring a side over its bound. */
    private static final int MAX_SEGMENT = 65_536;

    private final Settlement settlement;
    private final StreamRelease release;
    private final StreamSender sender;
    private final StreamQuestion question;
    private final StreamVerdicts verdicts;

    StreamIntake(
            Settlement settlement,
            StreamRelease release,
            StreamSender sender,
            StreamQuestion question,
            StreamVerdicts verdicts) {
        this.settlement = settlement;
        this.release = release;
        this.sender = sender;
        this.question = question;
        this.verdicts = verdicts;
    }

    boolean refuse(Unit u, DropReason reason) {
        settlement.drop(u, reason, LayerPair.STREAM.of(u.packet));
        return false;
    }

    /** Takes a segment. */
    boolean segment(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        PacketRecord p = u.packet;
        boolean hasFin = (p.tcpFlags() & Packet.TCP_FIN) != 0;
        long start = side.position(p.tcpSequence());
        long end = start + p.payloadLengthBytes();
        long next = side.next();
        if (side.isEnded && end > next + (p.payloadLengthBytes() == 0 ? 1 : 0)) {
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (side.isEnded && hasFin && end != next) {
            return refuse(u, DropReason.TCP_INVALID_STATE); // a stream has one end
        }
        if (side.finAhead >= 0 && (end > side.finAhead || (hasFin && end != side.finAhead))) {
            return refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (start > next) {
            return early(u, flow, side, start, end, hasFin, nowNs);
        }
        if (hasFin && !side.isEnded && end < next) {
            return refuse(u, DropReason.TCP_OVERLAP);
        }
        boolean isNewFin = hasFin && !side.isEnded;
        if (side.heard().isOlderMissed(start, end)) {
            return older(u, flow, side, shim, start, nowNs);
        }
        if (end <= next && !(isNewFin && end == next)) {
            return repeated(u, flow, side, start, end, nowNs);
        }
        if (isNewFin) {
            side.finAhead = end;
        }
        return side.isStraight()
                ? straight(u, flow, side, shim, (int) (next - start), nowNs)
                : queued(u, flow, side, shim, (int) (next - start), nowNs);
    }

    /** Bytes behind a gap: kept until it is filled. The sender is told, since the receiver cannot know. */
    private boolean early(Unit u, FlowImpl flow, StreamSide side, long start, long end, boolean hasFin, long nowNs) {
        PacketRecord p = u.packet;
        int length = p.payloadLengthBytes();
        if (side.isEnded || (length > 0 && !side.in().keepAhead(start, p.memory(), p.payloadOffset(), length))) {
            return refuse(u, side.isEnded ? DropReason.TCP_INVALID_STATE : DropReason.TCP_OUT_OF_ORDER);
        }
        if (hasFin) {
            side.finAhead = end;
        }
        sender.remember(p, side);
        settlement.absorb(u);
        sender.acknowledge(flow, side, nowNs);
        sender.arm(side, nowNs);
        return false;
    }

    /** Bytes before the first one that was seen of an adopted connection: the stream begins anew with them, and all is judged. */
    private boolean older(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long start, long nowNs) {
        sender.remember(u.packet, side);
        release.takeOver(flow, side);
        return side.heard().goBack(start)
                ? segment(u, flow, side, shim, nowNs)
                : refuse(u, DropReason.LIMIT_STREAM_MEMORY);
    }

    /** Nothing new: the receiver gets what it got, or would have got, the first time. */
    private boolean repeated(Unit u, FlowImpl flow, StreamSide side, long start, long end, long nowNs) {
        PacketRecord p = u.packet;
        int length = (int) (end - start);
        boolean hasFin = (p.tcpFlags() & Packet.TCP_FIN) != 0;
        if ((side.isEdited() && length > 0) || (side.isActing() && hasFin)) {
            sender.acknowledge(flow, side, nowNs);
            return refuse(u, DropReason.TCP_DUPLICATE_HELD);
        }
        finLeaves(p, side);
        // Bytes before the first one that was seen of an adopted connection nobody has looked at, or could compare.
        if (length == 0 || (side.isMidStream && end <= 0 && side.state().isUnwatched)) {
            return sender.pass(u, flow, side, nowNs);
        }
        long from = Math.max(start, side.acknowledgedTo());
        long to = Math.min(end, side.sentTo());
        if (from >= to && end > side.sentTo()) {
            // Its sender would go on repeating it and send nothing new.
            release.takeOver(flow, side);
            sender.acknowledge(flow, side, nowNs);
            return refuse(u, DropReason.TCP_DUPLICATE_HELD);
        }
        side.out().sentAgain(start, end);
        if (from >= to) {
            return sender.rewrite(u, flow, side, start, start, Normalization.TCP_OLD_DATA, nowNs);
        }
        int skipped = (int) (from - start);
        boolean isSame = side.out().matches(from, (int) (to - from), p.memory(), p.payloadOffset() + skipped);
        if (isSame && from == start && to == end) {
            return sender.pass(u, flow, side, nowNs);
        }
        Normalization why = isSame ? Normalization.TCP_OLD_DATA : Normalization.TCP_OVERLAP;
        return sender.rewrite(u, flow, side, from, to, why, nowNs);
    }

    private static void finLeaves(PacketRecord p, StreamSide side) {
        if (side.isEnded && (p.tcpFlags() & Packet.TCP_FIN) != 0) {
            side.out().finSent();
        }
    }

    /** New bytes while nothing waits: judged where they lie. */
    private boolean straight(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int old, long nowNs) {
        PacketRecord p = u.packet;
        int offset = p.payloadOffset() + old;
        int fresh = p.payloadLengthBytes() - old;
        boolean isLast = side.finAhead >= 0 && side.next() + fresh == side.finAhead;
        int endFlag = isLast ? StreamQuestion.finFlag(side.direction()) : 0;
        Answer answer = Answer.PERMIT;
        if (fresh > 0) {
            if (!side.out().reserve(fresh)) {
                return refuse(u, DropReason.LIMIT_STREAM_MEMORY);
            }
            if (!side.state().isUnwatched) {
                answer = question.askFresh(u, flow, side, shim, offset, fresh, endFlag);
            }
            if (answer == Answer.PERMIT || answer == Answer.ALLOW) {
                side.permit(p.memory(), offset, fresh);
            } else {
                return wait(u, flow, side, shim, offset, fresh, answer, nowNs);
            }
            if (answer == Answer.ALLOW && !verdicts.allow(flow, side.opposite(), nowNs)) {
                return verdicts.settle(u, flow, side, Answer.LIMIT, nowNs);
            }
        }
        if (isLast && !finish(u, flow, side, shim, nowNs)) {
            return false;
        }
        boolean isWhole = side.isStraightBehind(fresh) && old == 0;
        if (isWhole) {
            side.out().sent(side.decidedTo(), nowNs);
            finLeaves(p, side);
            return sender.pass(u, flow, side, nowNs);
        }
        if (side.isActing()) {
            settlement.absorb(u);
            release.permitted(flow, side, nowNs);
            return false;
        }
        return release.asKept(u, flow, side, side.next(), fresh, nowNs);
    }

    /** Not all new bytes of a segment are permitted: its head leaves, the rest waits. */
    private boolean wait(
            Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int offset, int fresh, Answer first, long nowNs) {
        PacketRecord p = u.packet;
        if (first == Answer.DROP || first == Answer.FAULT) {
            return verdicts.settle(u, flow, side, first, nowNs);
        }
        int permitted = question.permittedBytes(side);
        side.permit(p.memory(), offset, permitted);
        if (!side.in().await(p.memory(), offset + permitted, fresh - permitted)) {
            return verdicts.settle(u, flow, side, Answer.LIMIT, nowNs);
        }
        Answer answer = first;
        if (first == Answer.WAIT) {
            question.noteWait(side);
        } else if (first == Answer.EDIT) {
            answer = question.applyEdit(side) ? Answer.PERMIT : Answer.LIMIT;
        }
        keep(u, flow, side, fresh, fresh);
        if (first == Answer.EDIT && answer == Answer.PERMIT) {
            judge(u, flow, side, shim, true, nowNs);
            return false;
        }
        settleQueued(u, flow, side, answer, nowNs);
        return false;
    }

    /** New bytes while others wait: they join them, and all of them are judged. */
    private boolean queued(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int old, long nowNs) {
        PacketRecord p = u.packet;
        long before = side.next();
        int offset = p.payloadOffset() + old;
        int fresh = p.payloadLengthBytes() - old;
        boolean fits = side.in().pendingBytes() + fresh <= ReceiveSpace.MAX_PENDING + MAX_SEGMENT;
        if (!fits || !side.in().join(p.memory(), offset, fresh)) {
            return crowded(u, flow, side, shim, nowNs);
        }
        keep(u, flow, side, fresh, (int) (side.next() - before));
        judge(u, flow, side, shim, false, nowNs);
        return false;
    }

    /** No room: whoever waits for more must decide over what there is; the segment will come again. */
    private boolean crowded(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        Answer answer = side.isDeferred || side.state().isUnwatched
                ? Answer.PERMIT
                : question.askPending(u, flow, side, shim, 0, true);
        if (!verdicts.settle(u, flow, side, answer, nowNs)) {
            return false;
        }
        sender.acknowledge(flow, side, nowNs);
        return refuse(u, DropReason.LIMIT_STREAM_MEMORY);
    }

    /** Has a unit wait as it came, if it can; else its bytes are taken and the gateway answers for them. */
    private void keep(Unit u, FlowImpl flow, StreamSide side, int fresh, int newBytes) {
        sender.remember(u.packet, side);
        boolean mayWait = !side.isActing() && newBytes == fresh && !side.queue().isFull();
        if (!mayWait || !release.hold(u, side, newBytes)) {
            release.takeOver(flow, side);
            settlement.absorb(u);
        }
    }

    /**
     * Asks about what waits, if it is time, and enforces the answer.
     *
     * @param isOverdue nobody may wait for more first
     */
    void judge(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, boolean isOverdue, long nowNs) {
        boolean isLast = side.finAhead >= 0 && side.next() == side.finAhead && !side.isFinWithheld;
        Answer answer = Answer.WAIT;
        if (side.state().isUnwatched) {
            answer = unseen(side);
        } else if (side.isDeferred) {
            answer = Answer.DEFER;
        } else if (isLast || isOverdue || side.isTimeToAsk()) {
            int endFlag = isLast ? StreamQuestion.finFlag(side.direction()) : 0;
            answer = question.askPending(u, flow, side, shim, endFlag, isLast);
            if (answer == Answer.WAIT && side.in().isFull()) {
                verdicts.settle(u, flow, side, answer, nowNs);
                answer = question.askPending(u, flow, side, shim, 0, true);
            }
        }
        if (isLast && answer == Answer.PERMIT && !finish(u, flow, side, shim, nowNs)) {
            return;
        }
        settleQueued(u, flow, side, answer, nowNs);
    }

    /** Nobody looks any more: everything is permitted. */
    private static Answer unseen(StreamSide side) {
        int waiting = side.in().pendingBytes();
        return waiting == 0 || side.decide(waiting) ? Answer.PERMIT : Answer.LIMIT;
    }

    /** The stream has come to its end: shows that. False if the connection is dropped. */
    private boolean finish(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        Answer answer = side.state().isUnwatched
                ? Answer.PERMIT
                : question.askEnd(u, flow, side, shim, StreamQuestion.finFlag(side.direction()));
        if (answer == Answer.WITHHOLD) {
            side.isFinWithheld = true;
            release.takeOver(flow, side);
            settlement.absorb(u);
            release.permitted(flow, side, nowNs);
            return false;
        }
        if (answer != Answer.PERMIT && answer != Answer.ALLOW) {
            return verdicts.settle(u, flow, side, answer == Answer.WAIT ? Answer.FAULT : answer, nowNs);
        }
        end(side);
        if (answer == Answer.ALLOW && !verdicts.allow(flow, side.opposite(), nowNs)) {
            return verdicts.settle(u, flow, side, Answer.LIMIT, nowNs);
        }
        return true;
    }

    private static void end(StreamSide side) {
        side.isEnded = true;
        side.isFinWithheld = false;
        side.finAhead = -1;
        side.in().forgetAhead();
    }

    /** The receiver has what others wait for, and will not get it again: goes on behind it. */
    void skipGap(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, int acknowledgement, long nowNs) {
        if (side.isDeferred || side.isFinWithheld) {
            return; // when it goes on the receiver will say so again
        }
        // Whoever waits for more gets nothing that follows what there is.
        Answer answer = side.state().isUnwatched ? unseen(side) : question.askPending(u, flow, side, shim, 0, true);
        if (!verdicts.settle(u, flow, side, answer, nowNs) || side.in().pendingBytes() > 0) {
            return;
        }
        release.takeOver(flow, side);
        side.heard().skipGap(acknowledgement);
        judge(u, flow, side, shim, true, nowNs);
    }

    /** Whoever withheld the end of a stream lets it go; lighter callouts see it with the last bytes that were put in. */
    void letEndGo(Unit u, FlowImpl flow, StreamSide side, StreamShim shim, long nowNs) {
        int endFlag = StreamQuestion.finFlag(side.direction());
        Answer answer = question.askPending(u, flow, side, shim, endFlag, true);
        if (answer == Answer.PERMIT) {
            end(side);
        }
        settleQueued(u, flow, side, answer, nowNs);
    }

    private void settleQueued(Unit u, FlowImpl flow, StreamSide side, Answer answer, long nowNs) {
        if (!verdicts.settle(u, flow, side, answer, nowNs)) {
            return;
        }
        if (!side.isActing() && side.queue().isTooLong(side.in().pendingBytes())) {
            release.takeOver(flow, side);
        }
        if (side.told().hasNews() || side.told().isWindowOpening()) {
            sender.acknowledge(flow, side, nowNs);
        }
        sender.arm(side, nowNs);
    }
}
