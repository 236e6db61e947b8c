package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.hold.WholeDatagram;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.stream.FrameQueue;
import io.sallyport.stack.internal.stream.StreamSide;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes frames out of the queue of a stream: lets them go on behind the STREAM point, takes their bytes only, or drops them. */
final class StreamRelease {

    /** What is left of the path, and how a flow is buried; set once, since they need the streams themselves. */
    interface Rest {
        /** Does what comes behind the STREAM point. */
        void afterPayload(Unit u, long nowNs);

        /** Ends a flow whose frames are dropped from now on. */
        void bury(FlowImpl flow, @Nullable PacketRecord p, long nowNs);
    }

    private final Settlement settlement;
    private final HeaderParser parser;
    private final FrameSlab slab;
    private final Books books;
    private final StreamSender sender;

    /** What is being released. */
    final Unit released = new Unit();

    /** The one frame of {@link #released}; null if it is a datagram in fragments. */
    private @Nullable HeldFrame releasing;

    private final Runnable endRelease = this::endRelease;

    /** For a datagram that came in fragments; made when the first one does. */
    private @Nullable ByteBuffer whole;

    private @Nullable Rest rest;

    /** At the end of the data path held frames stay where they are, and in the books. */
    boolean isClosing;

    StreamRelease(Settlement settlement, HeaderParser parser, FrameSlab slab, Books books, StreamSender sender) {
        this.settlement = settlement;
        this.parser = parser;
        this.slab = slab;
        this.books = books;
        this.sender = sender;
    }

    /** Once, when the parts of a worker are put together. */
    void setRest(Rest newRest) {
        rest = newRest;
        sender.setRest(newRest);
    }

    void bury(FlowImpl flow, @Nullable PacketRecord p, long nowNs) {
        Rest r = rest;
        if (r != null) {
            r.bury(flow, p, nowNs);
        }
    }

    /** Has a unit wait in the queue of its side; false if there is no room. */
    boolean hold(Unit u, StreamSide side, int newBytes) {
        HeldFrame copy = u.frames;
        if (copy == null) {
            copy = slab.hold(u.packet);
            if (copy == null) {
                return false;
            }
            books.pended++;
        }
        u.isSettled = true;
        side.queue().add(copy, newBytes, side.next());
        return true;
    }

    /** Takes the bytes of all frames of a queue over: they will leave in segments that are made of them. */
    void takeOver(FlowImpl flow, StreamSide side) {
        // What the ends say of each other's numbers does not fit any more; this side checks its own.
        flow.tcp.leaveSequences();
        if (!side.isActing()) {
            side.takeOver();
        }
        FrameQueue queue = side.queue();
        for (HeldFrame f = queue.poll(); f != null; f = queue.poll()) {
            settlement.absorbFragments(f);
        }
    }

    /** Sends everything that is permitted: frames whose last byte is, and what else may leave. */
    void permitted(FlowImpl flow, StreamSide side, long nowNs) {
        if (side.isActing()) {
            takeOver(flow, side);
        }
        FrameQueue queue = side.queue();
        for (HeldFrame f = queue.first(); f != null && f.endPosition <= side.decidedTo(); f = queue.first()) {
            queue.poll();
            release(f, flow, side, nowNs);
        }
        sender.flush(flow, side, nowNs);
    }

    /**
     * Drops everything for the reason that was given last.
     *
     * @param decidedBy the packet whose verdict they share, or null for their own
     */
    void drop(@Nullable PacketRecord decidedBy, FlowImpl flow, StreamSide side) {
        if (isClosing) {
            return;
        }
        FrameQueue queue = side.queue();
        for (HeldFrame f = queue.poll(); f != null; f = queue.poll()) {
            PacketRecord p = decidedBy;
            if (p == null) {
                p = released.packet;
                parse(p, f);
            }
            settlement.dropFragments(p, f, flow.id());
        }
    }

    private void release(HeldFrame frame, FlowImpl flow, StreamSide side, long nowNs) {
        Rest r = rest;
        boolean isSingle = frame.nextFragment == null;
        if (isSingle) {
            books.pended--;
        }
        released.begin(isSingle ? null : frame);
        released.flow = flow;
        releasing = isSingle ? frame : null;
        settlement.unfinished().begin(endRelease);
        try {
            PacketRecord p = released.packet;
            parse(p, frame);
            boolean goesOn = asKept(released, flow, side, frame.endPosition, frame.newBytes, nowNs);
            if (goesOn && r != null) {
                r.afterPayload(released, nowNs);
            }
        } catch (RuntimeException | Error e) {
            books.faults++;
        } finally {
            settlement.unfinished().end();
        }
    }

    /** One that fails does not keep the others from leaving. */
    private void endRelease() {
        settlement.fail(released);
        HeldFrame frame = releasing;
        releasing = null;
        if (frame != null) {
            slab.release(frame);
        }
    }

    /**
     * Makes a frame that brings new bytes leave with the version of them, and of what it repeats, that is kept.
     *
     * @param end position behind its last byte
     * @param newBytes how many bytes it brings; a head of these may have left before
     * @return true if it goes on; false if it was sent as another frame
     */
    boolean asKept(Unit u, FlowImpl flow, StreamSide side, long end, int newBytes, long nowNs) {
        PacketRecord p = u.packet;
        int length = p.payloadLengthBytes();
        long start = end - length;
        long sentTo = side.sentTo();
        boolean isCut = sentTo > end - newBytes;
        side.out().sent(end, nowNs);
        if ((p.tcpFlags() & Packet.TCP_FIN) != 0) {
            side.out().finSent();
        }
        if (!isCut && side.out().matches(start, length, p.memory(), p.payloadOffset())) {
            return sender.pass(u, flow, side, nowNs);
        }
        long from = isCut ? sentTo : Math.max(start, side.acknowledgedTo());
        Normalization why = isCut ? Normalization.TCP_CUT : Normalization.TCP_OVERLAP;
        return sender.rewrite(u, flow, side, from, end, why, nowNs);
    }

    private void parse(PacketRecord p, HeldFrame frame) {
        if (frame.nextFragment == null) {
            frame.begin(parser, p);
        } else {
            ByteBuffer memory = whole;
            if (memory == null) {
                memory = WholeDatagram.newMemory();
                whole = memory;
            }
            int length = WholeDatagram.assemble(frame, memory);
            frame.begin(parser, p, memory, 0, length);
        }
        parser.parseAgain(p, frame.nextFragment != null);
    }
}
