package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.FilterEngine;
import io.sallyport.stack.api.DataPath;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.PathObserver;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.FrameHandler;
import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import io.sallyport.stack.shim.ShimFactory;
import io.sallyport.stack.shim.ShimPoint;
import java.security.SecureRandom;
import java.util.Collection;
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
    private boolean isClosed;

    /**
     * Makes a data path.
     *
     * @param config how it is to work
     * @param engine who judges
     * @param observer learns of drops and authorisations
     * @param toLan takes frames that leave by the inside port
     * @param toWan takes frames that leave by the outside port
     * @param shims for the slots, one for each point at most; more may come and go with {@link #setShim}
     * @param onClose told once when it closes
     */
    public DataPathImpl(
            DataPathConfig config,
            FilterEngine engine,
            PathObserver observer,
            FrameTransmitter toLan,
            FrameTransmitter toWan,
            Collection<ShimFactory> shims,
            Consumer<DataPathImpl> onClose) {
        long secret = new SecureRandom().nextLong();
        this.worker = new Worker(config, engine.newClassifier(), observer, toLan, toWan, secret);
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
        return worker.ledger();
    }

    @Override
    public int flowCount() {
        return worker.flowCount();
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
