package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.TcpState;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.packet.TcpOptions;
import io.sallyport.stack.internal.stream.StreamPool;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.internal.stream.StreamState;
import io.sallyport.stack.internal.stream.StreamTimers;
import io.sallyport.stack.shim.StreamShim;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The STREAM point. Connections that no stream filter can match pass with a look at one number. The others are put in order:
 * bytes are shown once and in order, one version of each byte leaves, and only when it is permitted. A frame that is in
 * order, wholly permitted and not edited leaves as it came.
 */
final class StreamPath {

    private final ShimSlots slots;
    private final Judge judge;
    private final Retention retention;
    private final StreamPool pool;
    private final StreamTimers timers;
    private final StreamRelease release;
    private final StreamSender sender;
    private final StreamQuestion question;
    private final StreamVerdicts verdicts;
    private final StreamIntake intake;
    private final Shedding shedding;

    /** For what happens to a stream outside of any packet: has the headers of its segments, and nothing to settle. */
    private final Unit nothing = new Unit();

    private final Consumer<StreamSide> onTimeout = this::timedOut;
    private long nowNs;

    StreamPath(
            ShimSlots slots,
            Judge judge,
            Settlement settlement,
            Retention retention,
            StreamPool pool,
            StreamRelease release,
            StreamSender sender,
            Shedding shedding) {
        this.slots = slots;
        this.judge = judge;
        this.retention = retention;
        this.pool = pool;
        this.timers = pool.timers();
        this.release = release;
        this.sender = sender;
        this.question = new StreamQuestion(judge);
        this.verdicts = new StreamVerdicts(judge, settlement, pool, release);
        this.intake = new StreamIntake(settlement, release, sender, question, verdicts);
        this.shedding = shedding;
    }

    /** Takes a segment; false if it is settled: held, taken, dropped, or sent otherwise. */
    boolean take(Unit u, FlowImpl flow, long now) {
        nowNs = now;
        StreamShim shim = slots.stream;
        if (shim == null) {
            return judge.isMissing(u, LayerPair.STREAM.of(u.packet));
        }
        int generation = shim.generation(flow);
        if (!flow.isStreamAsked || generation != flow.streamGeneration) {
            // ALLOW_CONNECTION was said under the policy before: what is new may want to look, from here on.
            flow.isStreamAllowed = false;
            if (!decideTracking(u, flow, shim)) {
                return false;
            }
            flow.isStreamAsked = true;
            flow.streamGeneration = generation;
        }
        StreamState state = flow.stream;
        if (state == null || verdicts.isLetGo(flow, state)) {
            return true;
        }
        return track(u, flow, state, shim);
    }

    /**
     * False if there is no memory: to track the flow, then it is asked again at its next segment, or to let it go, then it is dropped.
     */
    private boolean decideTracking(Unit u, FlowImpl flow, StreamShim shim) {
        boolean couldMatch = shim.couldMatch(flow);
        StreamState state = flow.stream;
        if (couldMatch && state == null) {
            if (shedding.refusesInspection()) {
                return intake.refuse(u, DropReason.LIMIT_HEAP_INSPECTION);
            }
            flow.stream = pool.take(flow);
        } else if (couldMatch && state != null && state.isUnwatched) {
            // Bytes went by that nobody saw.
            state.isUnwatched = false;
            state.outbound().isMidStream = true;
            state.inbound().isMidStream = true;
        } else if (!couldMatch && state != null) {
            // Nobody is left who could decide over what is held.
            return verdicts.unwatch(flow, state, nowNs)
                    || verdicts.settle(u, flow, state.outbound(), StreamQuestion.Answer.LIMIT, nowNs);
        }
        return true;
    }

    private boolean track(Unit u, FlowImpl flow, StreamState state, StreamShim shim) {
        PacketRecord p = u.packet;
        int flags = p.tcpFlags();
        StreamSide side = state.side(p.direction());
        if ((flags & Packet.TCP_SYN) != 0) {
            return syn(u, flow, side, shim);
        }
        if ((flags & Packet.TCP_RST) != 0) {
            return reset(u, flow, side, shim);
        }
        boolean hasFin = (flags & Packet.TCP_FIN) != 0;
        boolean hasNews = p.payloadLengthBytes() > 0 || hasFin;
        boolean isAnswer = (flags & Packet.TCP_ACK) != 0;
        if (isAnswer && hasNews && !side.opposite().heard().canHaveLeft(p.tcpAcknowledgement())) {
            return intake.refuse(u, DropReason.TCP_OUTSIDE_WINDOW);
        }
        boolean isLatest = side.told().accepts(p.tcpSequence(), p.payloadLengthBytes() + (hasFin ? 1 : 0))
                && side.sender().see(p, side.receiver(), side.told().isInTurn(p.tcpSequence()));
        if (isAnswer && !hear(flow, side, shim, p, isLatest, !hasNews)) {
            return intake.refuse(u, DropReason.TCP_CONNECTION_DROPPED);
        }
        if (!hasNews) {
            return sender.pass(u, flow, side, nowNs);
        }
        if (!side.isSynced()) {
            side.sync(p.tcpSequence(), true);
        }
        if (!side.opposite().isSynced()) {
            // Whether the other end began this connection, or goes on with an older one, is not known: no handshake was
            // seen.
            side.isMidStream = true;
        }
        return intake.segment(u, flow, side, shim, nowNs);
    }

    /**
     * The receiver of the other side tells what it has and what it takes.
     *
     * @param isLatest no later segment has said so before
     * @return false: the connection was dropped
     */
    private boolean hear(
            FlowImpl flow, StreamSide speaker, StreamShim shim, PacketRecord p, boolean isLatest, boolean isBare) {
        StreamSide side = speaker.opposite();
        int number = p.tcpAcknowledgement();
        if (side.heard().isBeyondGap(number) && beginNothing(flow, side)) {
            intake.skipGap(nothing, flow, side, shim, number, nowNs);
            if (flow.stream == null || flow.isDropped) {
                return false;
            }
        }
        boolean isLost = side.heard().hear(number, isLatest ? speaker.sender().windowBytes() : -1, isBare, nowNs);
        if (!side.isBusy()) {
            return true;
        }
        isLost |= hearSelectively(side, p);
        if (isLost) {
            sender.resend(flow, side, nowNs);
        }
        release.permitted(flow, side, nowNs);
        return true;
    }

    private boolean hearSelectively(StreamSide side, PacketRecord p) {
        ByteBuffer memory = p.memory();
        int at = TcpOptions.find(memory, p.transportOffset(), p.transportHeaderSizeBytes(), TcpOptions.SACK);
        if (at < 0) {
            return false;
        }
        boolean isLost = false;
        int end = at + (memory.get(at + 1) & 0xFF);
        for (int block = at + 2; block + 8 <= end; block += 8) {
            isLost |= side.heard().hearSelective(memory.getInt(block), memory.getInt(block + 4), nowNs);
        }
        return isLost;
    }

    /** A SYN says where a stream begins, once. The data that it brings (RFC 7413) comes again when it is acknowledged without. */
    private boolean syn(Unit u, FlowImpl flow, StreamSide side, StreamShim shim) {
        PacketRecord p = u.packet;
        int first = p.tcpSequence() + 1;
        boolean isKnown = side.isSynced() && first == side.sequence(0);
        if (!isKnown) {
            boolean mayBegin = !side.isSynced() || (side.isUntouched() && !flow.tcp.isEstablished());
            if (!mayBegin) {
                return intake.refuse(u, DropReason.TCP_INVALID_STATE);
            }
            boolean isLate = flow.isStreamCut || (flow.tcp.isEstablished() && !TcpState.isOpening(p.tcpFlags()));
            side.sync(first, isLate);
        }
        boolean isLatest = sender.seeSyn(p, side, isKnown);
        if ((p.tcpFlags() & Packet.TCP_ACK) != 0 && !hear(flow, side, shim, p, isLatest, false)) {
            return intake.refuse(u, DropReason.TCP_CONNECTION_DROPPED);
        }
        return p.payloadLengthBytes() > 0
                ? sender.withoutData(u, flow, side, nowNs)
                : sender.pass(u, flow, side, nowNs);
    }

    /** The receiver believes a RST only at the exact place (RFC 5961); another one must not blind us. */
    private boolean reset(Unit u, FlowImpl flow, StreamSide side, StreamShim shim) {
        PacketRecord p = u.packet;
        if (p.payloadLengthBytes() > 0) {
            // RFC 9293 lets a RST bring a text that says why; receivers throw it away, and nobody would have looked at
            // it.
            return intake.refuse(u, DropReason.TCP_INVALID_STATE);
        }
        if (side.isSynced()) {
            long at = side.position(p.tcpSequence());
            long beyond = at - side.next();
            // Only the place that the receiver has named is exact for certain. What is on its way, or was lost behind
            // us, may never get there: then it answers a RST behind that with a challenge, and the connection goes on.
            boolean isEndForCertain = side.isEdited()
                    ? beyond == 0 && side.acknowledgedTo() == side.sentTo()
                    : at == side.acknowledgedTo();
            if (!isEndForCertain) {
                boolean isPossible =
                        beyond == 0 || (beyond == 1 && side.isEnded) || (!side.isEdited() && at == side.sentTo());
                if (!isPossible) {
                    return intake.refuse(u, beyond > 0 ? DropReason.TCP_OUT_OF_ORDER : DropReason.TCP_INVALID_STATE);
                }
                u.isUnfollowed = true;
                return sender.pass(u, flow, side, nowNs);
            }
        }
        if (!side.state().isUnwatched) {
            int flag = StreamQuestion.abortFlag(p.direction());
            side.isDeferred = false;
            StreamQuestion.Answer answer = question.askPending(u, flow, side, shim, flag, true);
            if (answer == StreamQuestion.Answer.PERMIT) {
                answer = question.askEnd(u, flow, side, shim, flag);
            }
            if (!verdicts.settle(u, flow, side, answer, nowNs)) {
                return false;
            }
        }
        return flow.stream == null || sender.pass(u, flow, side, nowNs);
    }

    /** Bytes were put into a stream from outside of classify, or its withheld end let go: lighter callouts are asked. */
    void injected(FlowImpl flow, StreamSide side, boolean isEnd, long now) {
        nowNs = now;
        StreamShim shim = slots.stream;
        if (shim == null || !beginNothing(flow, side)) {
            return;
        }
        if (isEnd) {
            intake.letEndGo(nothing, flow, side, shim, nowNs);
        } else {
            intake.judge(nothing, flow, side, shim, true, nowNs);
        }
    }

    /** A deferred stream goes on (STR-11). */
    void resume(FlowImpl flow, StreamSide side, long now) {
        nowNs = now;
        StreamShim shim = slots.stream;
        if (shim == null || !side.isDeferred || !beginNothing(flow, side)) {
            return;
        }
        side.isDeferred = false;
        intake.judge(nothing, flow, side, shim, true, nowNs);
        if (flow.stream != null && !flow.isConcluded) {
            sender.acknowledge(flow, side, nowNs);
        }
    }

    private boolean beginNothing(FlowImpl flow, StreamSide side) {
        nothing.begin(null);
        nothing.isSettled = true;
        nothing.flow = flow;
        if (!sender.readTemplate(nothing.packet, side, nowNs)) {
            return false;
        }
        retention.choose(nothing);
        return true;
    }

    /** Sends again what was not acknowledged in time; between packets. */
    void tick(long now) {
        nowNs = now;
        timers.advance(now, onTimeout);
    }

    private void timedOut(StreamSide side) {
        FlowImpl flow = (FlowImpl) side.state().flow();
        if (flow == null) {
            return;
        }
        boolean isProbe = side.out().isProbeDue();
        if (!side.timedOut()) {
            verdicts.dropSilently(flow, DropReason.TCP_UNDELIVERED, nowNs);
            return;
        }
        if (isProbe) {
            sender.probe(flow, side, nowNs);
        } else {
            sender.resend(flow, side, nowNs);
        }
        sender.arm(side, nowNs);
    }

    /** Lets go of a flow that ends. Whatever still waits can no longer be decided. */
    void abandon(FlowImpl flow) {
        verdicts.abandon(flow, DropReason.TCP_CONNECTION_DROPPED);
    }

    /**
     * Lets go of the streams of a flow that lives on without the engine that looked into them; if it cannot live without them,
     * it is dropped.
     */
    void suspend(FlowImpl flow) {
        StreamState state = flow.stream;
        if (state != null && state.isBound()) {
            flow.isDropped = true;
            flow.droppedFor = DropReason.TCP_CONNECTION_DROPPED;
            flow.droppedAt = LayerPair.STREAM.of(flow.ipVersion());
        }
        verdicts.abandon(flow, DropReason.NO_POLICY);
    }
}
