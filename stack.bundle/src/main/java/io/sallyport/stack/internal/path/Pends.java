package io.sallyport.stack.internal.path;

import io.sallyport.callout.PendedItem;
import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.HeldFrame;
import io.sallyport.stack.internal.hold.WholeDatagram;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Flows whose authorisation a callout has pended (PEND-1 to PEND-7), each with its first packet, in the order of time. Bounded
 * in number and time; whatever is not completed in time, or whose callout leaves, is dropped. Owned by one worker.
 */
final class Pends {

    /** What goes on with a flow once its item is completed; set once, since it needs the pends themselves. */
    interface Rest {
        /** Lets the first packet go on, at the step that was pended. */
        void resume(Unit u, PendedFlow item, long nowNs);

        /** Something failed: ends the flow if it is not authorised. Never throws. */
        void endUnasked(FlowImpl flow);

        /** Ends the flow; its packet is dropped already. */
        void refuse(FlowImpl flow, PacketRecord p);
    }

    /** So many flows are pended at most. */
    static final int MOST = 1_024;

    private static final long TIMEOUT_NS = PendedItem.MOST_SECONDS * 1_000_000_000L;

    private final Settlement settlement;
    private final HeaderParser parser;
    private final FrameSlab slab;
    private final Books books;
    private final Inbox inbox;

    /** The packet that goes on. */
    final Unit resumed = new Unit();

    private final PacketRecord dropped = PacketRecord.create();
    /** For a datagram that came in fragments; made when the first one does. */
    private @Nullable ByteBuffer whole;

    private @Nullable Rest rest;

    private final Runnable endResume = this::endResume;
    private @Nullable PendedFlow resuming;
    /** The one frame of what goes on; null if it is a datagram in fragments. */
    private @Nullable HeldFrame single;

    // What is being asked now, and may be pended.
    private @Nullable FlowImpl offered;
    private AleStep offeredStep = AleStep.AUTHORIZATION;
    private Layer offeredLayer = Layer.ALE_AUTH_CONNECT_V4;
    private @Nullable PendedFlow taken;

    private @Nullable PendedFlow oldest;
    private @Nullable PendedFlow newest;
    private int count;

    /** Set by the management plane: somebody who may have pended something has left. */
    private volatile boolean hasLeavers;

    /** At the end of the data path held packets stay where they are, and in the books. */
    boolean isClosing;

    Pends(Settlement settlement, HeaderParser parser, FrameSlab slab, Books books, Inbox inbox) {
        this.settlement = settlement;
        this.parser = parser;
        this.slab = slab;
        this.books = books;
        this.inbox = inbox;
    }

    /** Once, when the parts of a worker are put together. */
    void setRest(Rest newRest) {
        rest = newRest;
    }

    /** A question begins that may be pended. */
    void offer(FlowImpl flow, AleStep step, Layer layer) {
        offered = flow;
        offeredStep = step;
        offeredLayer = layer;
        taken = null;
    }

    /** The question is over: what was asked for, but not held, was not pended. */
    void retract() {
        PendedFlow item = taken;
        if (item != null && item.frames == null) {
            item.who.account().give(Kind.PENDS);
            item.end();
        }
        offered = null;
        taken = null;
    }

    /** A callout that is inside the question wants to pend it; null if it cannot. */
    @Nullable PendedFlow take(CalloutIdentity who) {
        FlowImpl flow = offered;
        if (flow == null || taken != null || count >= MOST || !who.account().take(Kind.PENDS)) {
            return null;
        }
        PendedFlow item = new PendedFlow(this, inbox, who, offeredStep, offeredLayer, flow);
        taken = item;
        return item;
    }

    /**
     * Holds what a callout absorbed, if it has pended it.
     *
     * @return true: it is settled
     */
    boolean hold(Unit u, ClassifyOutcome out) {
        PendedFlow item = taken;
        if (item == null) {
            return false;
        }
        HeldFrame frames = u.frames;
        if (frames == null) {
            frames = slab.hold(u.packet);
            if (frames == null) {
                settlement.drop(u, DropReason.LIMIT_HELD_FRAMES, item.layer);
                return true;
            }
            books.pended++;
        }
        u.isSettled = true;
        item.frames = frames;
        item.filter = out.filter();
        item.revision = out.revision();
        item.flow.pended = item;
        append(item);
        return true;
    }

    /** When an item began to wait; not before it is held. */
    void begin(FlowImpl flow, long nowNs) {
        if (flow.pended instanceof PendedFlow item) {
            item.sinceNs = nowNs;
        }
    }

    /** Lets a completed item go on, if it is still there. */
    void resume(PendedFlow item, long nowNs) {
        HeldFrame frames = item.frames;
        Rest r = rest;
        if (frames == null || r == null || item.flow.pended != item) {
            item.end();
            return;
        }
        detach(item);
        boolean isSingle = frames.nextFragment == null;
        Unit u = resumed;
        u.begin(isSingle ? null : frames);
        if (isSingle) {
            books.pended--;
        }
        resuming = item;
        single = isSingle ? frames : null;
        settlement.unfinished().begin(endResume);
        try {
            parse(u.packet, frames);
            u.flow = item.flow;
            if (item.outcome() == PendedItem.Outcome.BLOCK) {
                settlement.drop(u, DropReason.POLICY, item.layer, item.filter, item.revision);
                r.refuse(item.flow, u.packet);
            } else {
                if (item.step == AleStep.AUTHORIZATION && item.layer != connectLayer(item)) {
                    u.packet.setInjection(new InjectionMark(item.who, null, u.packet.injection()));
                }
                r.resume(u, item, nowNs);
            }
        } finally {
            settlement.unfinished().end();
        }
    }

    private void endResume() {
        PendedFlow item = resuming;
        Rest r = rest;
        if (!resumed.isSettled && item != null && r != null) {
            settlement.fail(resumed);
            r.endUnasked(item.flow);
        }
        resuming = null;
        HeldFrame frames = single;
        single = null;
        if (frames != null) {
            slab.release(frames);
        }
    }

    private static Layer connectLayer(PendedFlow item) {
        return LayerPair.CONNECT.of(item.flow.ipVersion());
    }

    private void parse(PacketRecord p, HeldFrame frames) {
        if (frames.nextFragment == null) {
            frames.begin(parser, p);
            parser.parseAgain(p, false);
            return;
        }
        ByteBuffer memory = whole;
        if (memory == null) {
            memory = WholeDatagram.newMemory();
            whole = memory;
        }
        frames.begin(parser, p, memory, 0, WholeDatagram.assemble(frames, memory));
        parser.parseAgain(p, true);
    }

    /** Drops what has waited for too long, or waits for a callout that is no more. */
    void reap(long nowNs) {
        for (PendedFlow item = oldest; item != null && nowNs - item.sinceNs >= TIMEOUT_NS; item = oldest) {
            giveUp(item);
        }
        if (!hasLeavers) {
            return;
        }
        hasLeavers = false;
        PendedFlow item = oldest;
        while (item != null) {
            PendedFlow next = item.newer;
            if (!item.who.isRegistered()) {
                giveUp(item);
            }
            item = next;
        }
    }

    private void giveUp(PendedFlow item) {
        drop(item, DropReason.PEND_TIMEOUT);
        Rest r = rest;
        if (r != null) {
            r.refuse(item.flow, dropped);
        }
    }

    /** Drops everything, since the engine that it waits for goes; the flows end. */
    void discardAll() {
        for (PendedFlow item = oldest; item != null; item = oldest) {
            drop(item, DropReason.NO_POLICY);
            Rest r = rest;
            if (r != null) {
                r.refuse(item.flow, dropped);
            }
        }
    }

    /** Lets go of a flow that ends. */
    void abandon(FlowImpl flow) {
        if (flow.pended instanceof PendedFlow item) {
            if (isClosing) {
                item.who.account().give(Kind.PENDS);
                item.end();
            } else {
                drop(item, DropReason.PEND_TIMEOUT);
            }
        }
    }

    private void drop(PendedFlow item, DropReason reason) {
        HeldFrame frames = item.frames;
        detach(item);
        item.end();
        if (frames != null) {
            frames.begin(parser, dropped);
            parser.parseAgain(dropped, false);
            settlement.because(reason, item.layer, item.filter, item.revision);
            settlement.dropFragments(dropped, frames, item.flowId);
        }
    }

    /** A callout has left. Management plane; done by the worker at its next look at the clock. */
    void calloutLeft() {
        hasLeavers = true;
    }

    private void append(PendedFlow item) {
        item.older = newest;
        if (newest == null) {
            oldest = item;
        } else {
            newest.newer = item;
        }
        newest = item;
        count++;
    }

    private void detach(PendedFlow item) {
        PendedFlow before = item.older;
        PendedFlow after = item.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        item.older = null;
        item.newer = null;
        item.frames = null;
        item.flow.pended = null;
        item.who.account().give(Kind.PENDS);
        count--;
    }
}
