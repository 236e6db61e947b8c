package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A data path: one worker behind a gate. The worker's thread passes the gate once for each batch; whoever empties a slot
 * waits at it until the batch that may still use the shim is over.
 */
public final class DataPathImpl implements DataPath, FrameHandler {

    private final Worker worker;
    private final Gate gate = new Gate();
    private final Consumer<DataPathImpl> onClose;

    /** Written by who closes, which may be another thread than the worker's if that one does not come back. */
    private volatile boolean isClosed;

    /**
     * Makes a data path.
     *
     * @param config how it is to work
     * @param state the flows and books to go on with; this path's alone until it is closed or suspended
     * @param engine who judges
     * @param observer learns of drops and authorisations
     * @param toLan takes frames that leave by the inside port
     * @param toWan takes frames that leave by the outside port
     * @param shims for the slots, one for each point at most; more may come and go with {@link #setShim}
     * @param onClose told once when it closes
     */
    public DataPathImpl(
            DataPathConfig config,
            PathState state,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan,
            Collection<ShimFactory> shims,
            Consumer<DataPathImpl> onClose) {
        this.worker = new Worker(config, state, engine, observer, toLan, toWan);
        this.onClose = onClose;
        for (ShimFactory factory : shims) {
            worker.slots().want(factory.point(), factory);
        }
        worker.slots().refresh();
    }

    /**
     * Fills or empties a slot, from the next batch on. Any thread but may wait: returns when the worker cannot be inside
     * the shim that was there, or after a bounded time.
     *
     * @param point the slot
     * @param factory who makes the shim; null empties the slot
     */
    public void setShim(ShimPoint point, @Nullable ShimFactory factory) {
        worker.slots().want(point, factory);
        gate.awaitOutside();
    }

    /**
     * Waits until the batch that is running now is over, for a bounded time. Any thread; the worker's own does not wait
     * for itself.
     *
     * @return false if the worker did not come back
     */
    public boolean awaitOutside() {
        return gate.awaitOutside();
    }

    /**
     * Says how to have the worker call {@link #onWake} soon when the inbox got something and no frames come. Management
     * plane.
     *
     * @param waker any thread may run it; null: the worker's ticks must do
     */
    public void setWaker(@Nullable Runnable waker) {
        worker.inbox().setWaker(waker);
    }

    /**
     * Says how to have another thread call {@link #takeOver} when the worker's thread is given up in a callout. Management
     * plane.
     *
     * @param succession any thread may run it, without a lock; null: there is none, and nobody is given up
     */
    public void setSuccession(@Nullable Runnable succession) {
        worker.setSuccession(succession);
    }

    /**
     * Goes on in place of the worker's thread, which was given up inside. By the thread that is the worker's from now on. If the
     * path was abandoned meanwhile, what the worker had stays where it is.
     */
    public void takeOver() {
        gate.takeOver();
        try {
            if (!isClosed) {
                worker.takeOver();
            }
        } finally {
            gate.leave();
        }
    }

    /** Does what waits in the inbox. By the worker's thread, between batches. */
    public void onWake() {
        advanceTo(Long.MIN_VALUE);
    }

    @Override
    public FrameHandler handler() {
        return this;
    }

    @Override
    public void onBatch(Side side, FrameBatch batch) {
        if (isClosed) {
            return;
        }
        gate.enter();
        try {
            worker.onBatch(side, batch);
        } finally {
            gate.leave();
        }
    }

    @Override
    public void advanceTo(long nowNs) {
        if (isClosed) {
            return;
        }
        gate.enter();
        try {
            worker.advanceTo(nowNs);
        } finally {
            gate.leave();
        }
    }

    @Override
    public Ledger ledger() {
        return worker.state().ledger();
    }

    @Override
    public Map<PathCounter, Long> counters() {
        return worker.state().counters();
    }

    @Override
    public FlowStatistics flowStatistics() {
        return worker.state().flowStatistics();
    }

    @Override
    public int flowCount() {
        return worker.state().flowCount();
    }

    /**
     * Leaves engine and shims for good and hands the flows on. By the worker's thread, or when no frame can come any more.
     * If the worker is inside a batch and does not come back in a bounded time, it keeps its flows.
     *
     * @return false if the worker did not come back: its state must not be used
     */
    public boolean suspend() {
        isClosed = true;
        try {
            if (!gate.awaitOutside()) {
                return false;
            }
            worker.suspend();
            return true;
        } finally {
            onClose.accept(this);
        }
    }

    /** Closes without the worker, which did not come back: what it has is lost. */
    public void abandon() {
        isClosed = true;
        worker.inbox().close();
        onClose.accept(this);
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            worker.close();
        } finally {
            onClose.accept(this);
        }
    }
}
