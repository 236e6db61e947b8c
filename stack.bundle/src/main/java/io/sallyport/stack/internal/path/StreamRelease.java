package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.hold.WholeDatagram;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import io.sallyport.stack.internal.stream.StreamSide;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes segments out of the queue of a stream: lets them go on behind the STREAM point, or drops them. */
final class StreamRelease {

    /** What is left of the path, and how a flow is buried; set once, since they need the streams themselves. */
    interface Rest {
        /** Does what comes behind the STREAM point. */
        void afterPayload(Unit u, long nowNs);

        /** Ends a flow whose frames are dropped from now on. */
        void bury(FlowImpl flow, PacketRecord p, long nowNs);
    }

    private final Settlement settlement;
    private final HeaderParser parser;
    private final FrameSlab slab;
    private final Books books;

    /** What is being released. */
    final Unit released = new Unit();

    /** For a datagram that came in fragments; made when the first one does. */
    private @Nullable ByteBuffer whole;

    private @Nullable Rest rest;

    /** At the end of the data path held frames stay where they are, and in the books. */
    boolean isClosing;

    StreamRelease(Settlement settlement, HeaderParser parser, FrameSlab slab, Books books) {
        this.settlement = settlement;
        this.parser = parser;
        this.slab = slab;
        this.books = books;
    }

    /** Once, when the parts of a worker are put together. */
    void setRest(Rest newRest) {
        rest = newRest;
    }

    void bury(FlowImpl flow, PacketRecord p, long nowNs) {
        Rest r = rest;
        if (r != null) {
            r.bury(flow, p, nowNs);
        }
    }

    /** Releases, in order, the frames whose last byte is permitted. */
    void permitted(FlowImpl flow, StreamSide side, long nowNs) {
        for (HeldFrame f = side.nextReleased(); f != null; f = side.nextReleased()) {
            release(f, flow, nowNs);
        }
    }

    /** Releases everything. */
    void all(FlowImpl flow, StreamSide side, long nowNs) {
        for (HeldFrame f = side.nextQueued(); f != null; f = side.nextQueued()) {
            release(f, flow, nowNs);
        }
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
        for (HeldFrame f = side.nextQueued(); f != null; f = side.nextQueued()) {
            PacketRecord p = decidedBy;
            if (p == null) {
                p = released.packet;
                parse(p, f);
            }
            settlement.dropFragments(p, f, flow.id());
        }
    }

    private void release(HeldFrame frame, FlowImpl flow, long nowNs) {
        Rest r = rest;
        boolean isWhole = frame.nextFragment == null;
        if (isWhole) {
            books.pended--;
        }
        released.begin(isWhole ? null : frame);
        released.flow = flow;
        try {
            parse(released.packet, frame);
            if (r != null) {
                r.afterPayload(released, nowNs);
            }
        } catch (RuntimeException | Error e) {
            books.faults++;
        } finally {
            // One that fails does not keep the others from leaving.
            settlement.drop(released, DropReason.INTERNAL_FAULT, null);
            if (isWhole) {
                slab.release(frame);
            }
        }
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
