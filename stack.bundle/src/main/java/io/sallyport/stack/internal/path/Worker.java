package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.packet.HeaderParser;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a packet path: batches and their frames, messages, sweeps, time that passes, and its end. The parts that do the
 * work are put together by {@link PathParts}. Belongs to whichever thread calls it, one at a time; has no lock and allocates
 * only between packets.
 *
 * <p>Whatever fails inside a frame is caught here, once: the frame is dropped, the engine is left, the next frame finds
 * the worker in order.
 */
final class Worker implements ShimEnvironment {

    /** Idle flows that one packet cleans up after. */
    private static final int REAP_PER_PACKET = 16;
    /** The same when there is time. */
    private static final int REAP_WHEN_IDLE = 4_096;
    /** Messages that are done after one frame; the others wait for the next one. */
    private static final int MESSAGES_PER_FRAME = 64;
    /** The same when there is time. */
    private static final int MESSAGES_WHEN_IDLE = Inbox.CAPACITY;

    /** Existing flows that are asked for after one batch because a commit resets them. */
    private static final int SWEEP_PER_BATCH = 16;
    /** The same when there is time. */
    private static final int SWEEP_WHEN_IDLE = 128;

    private final PathState state;
    private final ShimSlots slots = new ShimSlots(this);
    private final Classifier classifier;
    private final PacketLensImpl lens;
    private final Books books;
    private final HeaderParser parser;
    private final FlowTable flows;
    private final FrameSlab slab;
    private final Settlement settlement;
    private final FlowEnd flowEnd;
    private final FrameIntake intake;
    private final FragmentPath fragments;
    private final Retention retention;
    private final StreamRelease release;
    private final StreamPath streams;
    private final Answers answers;
    private final Pends pends;
    private final FlowSweep sweep;
    private final Injector injector;
    private final Inbox inbox;
    private final Door door;

    private final Unit current = new Unit();

    // The batch that is being worked off, for whoever goes on with it; null between batches.
    private @Nullable FrameBatch batch;
    private Side batchSide = Side.UNKNOWN;
    private int batchIndex;
    /** What has expired is being ended before a frame is judged. */
    private boolean isReaping;

    /** Puts a worker together around a state, whose flows it gives to an engine. */
    Worker(
            DataPathConfig config,
            PathState state,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan) {
        PathParts parts = new PathParts(config, state, engine, observer, toLan, toWan, slots);
        this.state = state;
        this.classifier = parts.classifier;
        this.lens = parts.lens;
        this.books = state.books;
        this.parser = parts.parser;
        this.flows = state.flows;
        this.slab = state.slab;
        this.settlement = parts.settlement;
        this.flowEnd = parts.flowEnd;
        this.intake = parts.intake;
        this.fragments = parts.fragments;
        this.retention = parts.retention;
        this.release = parts.release;
        this.streams = parts.streams;
        this.answers = parts.answers;
        this.pends = parts.pends;
        this.sweep = parts.sweep;
        this.injector = parts.injector;
        this.inbox = parts.inbox;
        this.door = parts.door;
    }

    @Override
    public Classifier classifier() {
        return classifier;
    }

    @Override
    public PacketLens lens() {
        return lens;
    }

    ShimSlots slots() {
        return slots;
    }

    PathState state() {
        return state;
    }

    /**
     * Says how to have another thread call {@link #takeOver} when this worker's does not come back; null: there is none.
     * Management plane.
     */
    void setSuccession(@Nullable Runnable succession) {
        door.setSuccession(succession);
    }

    /** What other threads have to say to this worker. */
    Inbox inbox() {
        return inbox;
    }

    void onBatch(Side side, FrameBatch newBatch) {
        int count = newBatch.count();
        slots.refresh();
        retention.beginBatch();
        flows.reserve(count);
        slab.reserve(count);
        fragments.reserve(count);
        enter();
        batch = newBatch;
        batchSide = side;
        batchIndex = 0;
        try {
            deliver(MESSAGES_PER_FRAME);
            workOff(newBatch);
            sweep(SWEEP_PER_BATCH);
        } finally {
            batch = null;
            leave();
        }
        settlement.flush();
    }

    private void workOff(FrameBatch frames) {
        int count = frames.count();
        while (batchIndex < count) {
            int i = batchIndex++;
            onFrame(batchSide, frames, i);
            deliver(MESSAGES_PER_FRAME);
        }
    }

    private void enter() {
        inbox.enter();
        lens.lendTo(Thread.currentThread());
    }

    private void leave() {
        lens.lendTo(null);
        inbox.leave();
    }

    /**
     * Goes on in place of a thread that was given up in a callout and will never touch this worker again: ends the packet that
     * it was in, which is dropped if it was not settled, then does what is left of its batch. By the thread that is the worker's
     * from now on.
     */
    void takeOver() {
        inbox.takeOver();
        lens.lendTo(Thread.currentThread());
        settlement.blame(classifier.takeOver());
        try {
            books.faults += settlement.unfinished().endAll();
            judgeAfterReaping();
            settleAll();
            answer(state.nowNs);
        } finally {
            settlement.blame(null);
            classifier.exitPacket();
        }
        FrameBatch frames = batch;
        try {
            if (frames != null) {
                workOff(frames);
            }
        } finally {
            batch = null;
            leave();
        }
        settlement.flush();
    }

    /** The frame before which a flow ended has nothing to do with the callout that would not let go of that flow. */
    private void judgeAfterReaping() {
        FrameBatch frames = batch;
        if (isReaping && frames != null) {
            settlement.blame(null);
            isReaping = false;
            int i = batchIndex - 1;
            try {
                intake.take(current, frames.wireLengthBytes(i), frames.flags(i));
            } catch (RuntimeException | Error e) {
                books.faults++;
            }
        }
    }

    /** Does what waits in the inbox. Between two packets; each message is like a packet of its own. */
    private void deliver(int most) {
        for (int i = 0; i < most && !inbox.isEmpty(); i++) {
            inbox.awake();
            Inbox.Message message = inbox.poll();
            if (message == null) {
                return;
            }
            retention.beginBatch();
            flows.reserve(1);
            slab.reserve(1);
            classifier.enterPacket();
            try {
                message.deliver(state.nowNs);
            } catch (RuntimeException | Error e) {
                books.faults++;
            } finally {
                settleAll();
                answer(state.nowNs);
                classifier.exitPacket();
            }
        }
    }

    /** Asks for existing flows if a commit resets them. Each is like a packet of its own. */
    private void sweep(int most) {
        boolean isMore = sweep.isDue();
        for (int i = 0; i < most && isMore; i++) {
            retention.beginBatch();
            classifier.enterPacket();
            try {
                isMore = sweep.step(state.nowNs);
            } catch (RuntimeException | Error e) {
                books.faults++;
            } finally {
                settleAll();
                answer(state.nowNs);
                classifier.exitPacket();
            }
        }
    }

    private void onFrame(Side side, FrameBatch batch, int i) {
        books.framesIn++;
        state.frameNumber++;
        Unit u = current;
        u.begin(null);
        classifier.enterPacket();
        try {
            long timestampNs = batch.timestampNs(i);
            state.nowNs = Math.max(state.nowNs, timestampNs);
            settlement.releasedAt(timestampNs);
            parser.begin(
                    u.packet,
                    batch.memory(),
                    batch.offset(i),
                    batch.lengthBytes(i),
                    state.frameNumber,
                    timestampNs,
                    side);
            isReaping = true;
            reap(REAP_PER_PACKET);
            isReaping = false;
            intake.take(u, batch.wireLengthBytes(i), batch.flags(i));
        } catch (RuntimeException | Error e) {
            // Counted by its reason like every drop; the path never logs.
            books.faults++;
        } finally {
            isReaping = false;
            settleAll();
            answer(batch.timestampNs(i));
            classifier.exitPacket();
        }
    }

    /** Sends the answers to what was dropped since the packet began. Never throws. */
    private void answer(long timestampNs) {
        try {
            answers.release(books, timestampNs);
        } catch (RuntimeException | Error e) {
            books.faults++;
        } finally {
            answers.forget();
            settle(answers.unit);
        }
    }

    /** Whatever was being judged when something failed, or was forgotten, is dropped. Never throws. */
    private void settleAll() {
        settle(current);
        settle(fragments.whole);
        settle(injector.unit);
        settle(pends.resumed);
        settle(sweep.unit);
    }

    private void settle(Unit u) {
        if (u.isSettled) {
            return;
        }
        FlowImpl flow = u.flow;
        settlement.fail(u);
        u.flow = null;
        books.faults += flowEnd.endUnasked(flow) ? 0 : 1;
    }

    private void endQuietly(FlowImpl flow) {
        try {
            flowEnd.end(flow, null);
        } catch (RuntimeException | Error e) {
            books.faults++;
        }
    }

    private void reap(int most) {
        fragments.reap(state.nowNs);
        streams.tick(state.nowNs);
        pends.reap(state.nowNs);
        flowEnd.reap(state.nowNs, most);
    }

    void advanceTo(long now) {
        state.nowNs = Math.max(state.nowNs, now);
        settlement.releasedAt(state.nowNs);
        slots.refresh();
        enter();
        classifier.enterPacket();
        try {
            reap(REAP_WHEN_IDLE);
        } catch (RuntimeException | Error e) {
            books.faults++;
        } finally {
            settleAll();
            answer(state.nowNs);
            classifier.exitPacket();
        }
        try {
            deliver(MESSAGES_WHEN_IDLE);
            sweep(SWEEP_WHEN_IDLE);
        } finally {
            leave();
        }
        settlement.flush();
    }

    /** Leaves the engine for another one: what is held is dropped and contexts end, but flows live on in the state. */
    void suspend() {
        inbox.close();
        classifier.enterPacket();
        try {
            fragments.discardAll();
            pends.discardAll();
            flows.forEachLive(this::suspendQuietly);
        } finally {
            classifier.exitPacket();
            classifier.close();
            flows.disconnect();
        }
    }

    private void suspendQuietly(FlowImpl flow) {
        try {
            flowEnd.suspend(flow);
        } catch (RuntimeException | Error e) {
            books.faults++;
        }
    }

    /** Ends all flows and gives the classifier back. What is held stays in the books as pended. */
    void close() {
        inbox.close();
        release.isClosing = true;
        pends.isClosing = true;
        classifier.enterPacket();
        try {
            flows.forEachLive(this::endQuietly);
        } finally {
            classifier.exitPacket();
            classifier.close();
        }
    }
}
