package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.packet.FrameWriter;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.packet.TcpOptions;
import io.sallyport.stack.internal.stream.StreamPeer;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.internal.stream.StreamTimers;
import io.sallyport.stack.port.Side;
import org.jspecify.annotations.Nullable;

/**
 * Writes the segments of inspected streams: frames that leave otherwise than they came, segments made of permitted bytes,
 * and acknowledgements in the receiver's name. Owned by one worker.
 */
final class StreamSender {

    private final Settlement settlement;
    private final HeaderParser parser;
    private final Books books;
    private final StreamTimers timers;

    /** For the frame that is being handled, which stays in it until it has left. */
    private final FrameWriter own = new FrameWriter();
    /** For frames that are made here, one after the other. */
    private final FrameWriter made = new FrameWriter();

    private final PacketRecord template = PacketRecord.create();
    private final Unit injected = new Unit();

    private final Runnable endInjected = this::endInjected;
    private StreamRelease.@Nullable Rest rest;

    StreamSender(Settlement settlement, HeaderParser parser, Books books, StreamTimers timers) {
        this.settlement = settlement;
        this.parser = parser;
        this.books = books;
        this.timers = timers;
    }

    /** Once, when the parts of a worker are put together. */
    void setRest(StreamRelease.Rest newRest) {
        rest = newRest;
    }

    /** Reads what a SYN says of its sender; as {@link StreamPeer#seeSyn}. */
    boolean seeSyn(PacketRecord p, StreamSide side, boolean isRepeated) {
        return side.sender().seeSyn(p, side.receiver(), isRepeated, made);
    }

    /** Keeps a segment's headers for others that will be made like it. */
    void remember(PacketRecord p, StreamSide side) {
        side.sender().remember(p, made);
    }

    /**
     * Lets a unit leave with its own payload, and changes in its header what must be: all numbers if its side is edited, what
     * it acknowledges if the gateway speaks for its sender, urgency always.
     *
     * @return true if it goes on; false if it was sent as another frame
     */
    boolean pass(Unit u, FlowImpl flow, StreamSide side, long nowNs) {
        PacketRecord p = u.packet;
        boolean isUrgent = isUrgent(p);
        if (!isUrgent && !side.isEdited() && !side.opposite().told().isTranslating()) {
            return true;
        }
        own.copy(p);
        if (side.isEdited() && (p.tcpFlags() & Packet.TCP_SYN) == 0) {
            // Only what brings nothing passes an edited side: it stands where the stream stands.
            long behind = Math.min(0, side.position(p.tcpSequence()) - side.next());
            boolean isBehindFin = side.out().isFinSent() && side.position(p.tcpSequence()) > side.next();
            own.sequence(side.sequence(side.sentTo() + behind) + (isBehindFin ? 1 : 0));
        }
        return goOn(u, flow, side, nowNs);
    }

    /**
     * Lets a unit leave with the bytes that are kept for its place.
     *
     * @param from position of the first, in <em>out</em>
     * @param to behind the last; {@code from} if it leaves without any
     * @return true if it goes on; false if it was sent as another frame
     */
    boolean rewrite(Unit u, FlowImpl flow, StreamSide side, long from, long to, Normalization why, long nowNs) {
        books.countNormalized(why);
        own.headers(u.packet).sequence(side.sequence(from));
        side.out().write(from, (int) (to - from), own);
        return goOn(u, flow, side, nowNs);
    }

    /** Lets a SYN leave without the data that it brings. */
    boolean withoutData(Unit u, FlowImpl flow, StreamSide side, long nowNs) {
        books.countNormalized(Normalization.TCP_SYN_DATA);
        own.headers(u.packet);
        return goOn(u, flow, side, nowNs);
    }

    static boolean isUrgent(PacketRecord p) {
        return (p.tcpFlags() & Packet.TCP_URG) != 0;
    }

    private boolean goOn(Unit u, FlowImpl flow, StreamSide side, long nowNs) {
        PacketRecord p = u.packet;
        if (isUrgent(p)) {
            books.countNormalized(Normalization.TCP_URGENT);
            own.notUrgent();
        }
        StreamSide other = side.opposite();
        if ((p.tcpFlags() & Packet.TCP_ACK) != 0 && other.told().isTranslating()) {
            own.acknowledgement(other.told().acknowledgement())
                    .window(other.told().window());
            if (other.isEdited()) {
                own.withoutOption(TcpOptions.SACK);
            }
        }
        own.finish();
        if (u.frames != null) {
            settlement.absorb(u);
            leave(own, flow, side, nowNs);
            return false;
        }
        InjectionMark mark = p.injection();
        parser.begin(p, own.memory(), 0, own.lengthBytes(), p.frameNumber(), p.timestampNs(), p.arrivalSide());
        p.setInjection(mark);
        p.setDirection(side.direction());
        parser.parseAgain(p, false);
        return true;
    }

    /** Sends what is permitted and may leave, in segments that are made of it. */
    void flush(FlowImpl flow, StreamSide side, long nowNs) {
        int room = side.sendableBytes();
        int most = side.frameBytes();
        while (room > 0) {
            int count = Math.min(room, most);
            long from = side.sentTo();
            boolean isLast = from + count == side.decidedTo();
            if (!isLast && count < most && side.acknowledgedTo() < from) {
                break; // a small one now would only be followed by another small one
            }
            boolean hasFin =
                    isLast && side.isActing() && side.isEnded && side.in().pendingBytes() == 0;
            side.out().sent(from + count, nowNs);
            segment(flow, side, from, count, isLast, hasFin, nowNs);
            room -= count;
        }
        if (side.isActing() && side.isFinDue()) {
            segment(flow, side, side.sentTo(), 0, false, true, nowNs);
        }
        arm(side, nowNs);
    }

    /** Sets the timer after what is on its way, or takes it back. It begins anew only when something was acknowledged. */
    void arm(StreamSide side, long nowNs) {
        long timeoutNs = side.timeoutNs();
        if (timeoutNs == 0) {
            timers.disarm(side);
        } else if (side.isTimerDue()) {
            timers.arm(side, nowNs + timeoutNs);
        }
    }

    /** Sends lost bytes again: one segment at least, and as many as congestion allows. */
    void resend(FlowImpl flow, StreamSide side, long nowNs) {
        int most = side.segmentBytes();
        boolean isMore = resendNext(flow, side, most, nowNs);
        while (isMore && side.out().hasLost() && side.out().roomBytes(most) >= most) {
            isMore = resendNext(flow, side, most, nowNs);
        }
    }

    private boolean resendNext(FlowImpl flow, StreamSide side, int most, long nowNs) {
        long from = side.out().nextLost();
        int count = side.out().hasLost() ? (int) Math.min(most, side.out().resendableEnd(from) - from) : 0;
        boolean isEnd = side.isActing() && from + count == side.sentTo() && side.sentTo() == side.decidedTo();
        boolean hasFin = side.out().isFinSent() && isEnd;
        if (count <= 0 && !(hasFin && side.acknowledgedTo() == side.sentTo())) {
            return false;
        }
        side.out().resent(from, from + count);
        segment(flow, side, from, count, true, hasFin, nowNs);
        return count > 0;
    }

    /** Sends one byte into a window that is shut, so that its opening is not missed. */
    void probe(FlowImpl flow, StreamSide side, long nowNs) {
        long from = side.sentTo();
        side.out().sent(from + 1, nowNs);
        segment(flow, side, from, 1, false, false, nowNs);
    }

    private void segment(
            FlowImpl flow, StreamSide side, long from, int count, boolean isPushed, boolean hasFin, long nowNs) {
        if (!beginLike(side, nowNs)) {
            return;
        }
        int flags = Packet.TCP_ACK | (isPushed ? Packet.TCP_PSH : 0) | (hasFin ? Packet.TCP_FIN : 0);
        StreamSide other = side.opposite();
        made.sequence(side.sequence(from)).flags(flags);
        acknowledge(side, other);
        timestamps(side.sender(), other.sender());
        side.out().write(from, count, made);
        made.finish();
        if (hasFin) {
            side.out().finSent();
        }
        leave(made, flow, side, nowNs);
    }

    private void acknowledge(StreamSide side, StreamSide acknowledged) {
        int number = acknowledged.isSynced()
                ? acknowledged.told().acknowledgement()
                : side.sender().acknowledgement();
        made.acknowledgement(number).window(acknowledged.told().window());
    }

    private void timestamps(StreamPeer from, StreamPeer to) {
        if (from.hasTimestamps()) {
            made.timestamps(from.timestamp(), to.timestamp());
        }
    }

    /**
     * Tells the sender of a side, in the receiver's name, what has come: cumulatively, and selectively what came too early.
     * For what it is told of the gateway answers.
     */
    void acknowledge(FlowImpl flow, StreamSide side, long nowNs) {
        StreamSide back = side.opposite();
        if (!beginLike(back, nowNs)) {
            return;
        }
        int sequence = back.isSynced()
                ? back.sequence(back.sentTo()) + (back.out().isFinSent() ? 1 : 0)
                : side.sender().acknowledgement();
        made.sequence(sequence).flags(Packet.TCP_ACK);
        acknowledge(back, side);
        timestamps(back.sender(), side.sender());
        if (side.in().aheadPieces() > 0
                && back.sender().isSackPermitted()
                && side.sender().isSackPermitted()) {
            selectively(side);
        }
        made.finish();
        leave(made, flow, back, nowNs);
    }

    /** RFC 2018: the piece that grew last comes first, the others are told of again. */
    private void selectively(StreamSide side) {
        made.sack();
        int latest = side.in().latestAhead();
        block(side, latest);
        for (int i = 0; i < Math.min(side.in().aheadPieces(), 4); i++) {
            if (i != latest) {
                block(side, i);
            }
        }
    }

    private void block(StreamSide side, int piece) {
        made.sackBlock(
                side.sequence(side.in().aheadStart(piece)),
                side.sequence(side.in().aheadEnd(piece)));
        side.in().promise(side.in().aheadEnd(piece));
    }

    /** Begins a segment that goes a side's way; false if none of the connection was ever kept as a template. */
    private boolean beginLike(StreamSide side, long nowNs) {
        if (readTemplate(template, side, nowNs)) {
            made.bare(template);
            return true;
        }
        if (readTemplate(template, side.opposite(), nowNs)) {
            made.reversed(template);
            return true;
        }
        return false;
    }

    /** Fills a record with the headers of a side's segments; false if none was kept. */
    boolean readTemplate(PacketRecord into, StreamSide side, long nowNs) {
        StreamPeer like = side.sender();
        if (like.templateLengthBytes() == 0) {
            return false;
        }
        parser.begin(
                into,
                like.template(),
                like.templateOffset(),
                like.templateLengthBytes(),
                Settlement.MADE_HERE,
                nowNs,
                like.arrivalSide());
        into.setDirection(side.direction());
        return parser.parseAgain(into, false) == null;
    }

    /** A frame that was made here goes through the layers behind the STREAM point like any other. */
    private void leave(FrameWriter frame, FlowImpl flow, StreamSide side, long nowNs) {
        StreamRelease.Rest r = rest;
        if (r == null) {
            return;
        }
        settlement.beginInjected(injected, flow);
        PacketRecord p = injected.packet;
        parser.begin(p, frame.memory(), 0, frame.lengthBytes(), Settlement.MADE_HERE, nowNs, arrivalSide(side));
        p.setDirection(side.direction());
        settlement.unfinished().begin(endInjected);
        try {
            parser.parseAgain(p, false);
            r.afterPayload(injected, nowNs);
        } catch (RuntimeException | Error e) {
            books.faults++;
        } finally {
            settlement.unfinished().end();
        }
    }

    private void endInjected() {
        settlement.fail(injected);
    }

    /** By which port it would have come if its sender had sent it. */
    private static Side arrivalSide(StreamSide side) {
        Side own = side.sender().arrivalSide();
        if (own != Side.UNKNOWN) {
            return own;
        }
        return switch (side.receiver().arrivalSide()) {
            case LAN -> Side.WAN;
            case WAN -> Side.LAN;
            case UNKNOWN -> Side.UNKNOWN;
        };
    }
}
