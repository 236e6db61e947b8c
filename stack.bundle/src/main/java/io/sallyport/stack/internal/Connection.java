package io.sallyport.stack.internal;

import io.sallyport.stack.internal.path.DataPathImpl;
import io.sallyport.stack.internal.path.PathState;
import io.sallyport.stack.port.FrameBatch;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.Side;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A data path in the slot of a port. While it is open the path's state belongs to the port's worker. Frames need no lock:
 * the port promises that its worker is outside when the slot is empty. Questions may wait in the port longer than the
 * connection lasts, so the worker looks first whether it is still open.
 */
final class Connection implements LivePort.LiveHandler {

    private static final long PATIENCE_MS = 1_000;
    private static final long CLOSE_PATIENCE_NS = 2_000_000_000L;
    private static final long STEP_NS = 50_000;

    final LivePort port;
    final DataPathImpl path;
    private final PathState state;

    private static final int OPEN = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    /** BUSY while the worker does a task: who closes waits for that. No lock, which a thread that is given up would keep. */
    private final AtomicInteger phase = new AtomicInteger();

    Connection(LivePort port, DataPathImpl path, PathState state) {
        this.port = port;
        this.path = path;
        this.state = state;
    }

    /** Has the path's inbox wake the worker from now on: once the slot is filled. */
    void open() {
        path.setWaker(this::wake);
        if (port.canReplaceThread()) {
            path.setSuccession(() -> port.replaceThread(this::takeOver));
        }
    }

    /** By the port's new thread, in place of one that was given up inside. */
    private void takeOver() {
        path.takeOver();
        phase.compareAndSet(BUSY, OPEN);
    }

    /** Any thread: has the worker look into the path's inbox. If the port has no room for that its next tick does. */
    private void wake() {
        port.execute(this::look);
    }

    private void look() {
        if (phase.compareAndSet(OPEN, BUSY)) {
            try {
                path.onWake();
            } finally {
                phase.set(OPEN);
            }
        }
    }

    @Override
    public void onBatch(Side side, FrameBatch batch) {
        path.onBatch(side, batch);
    }

    @Override
    public void onTick(long nowNs) {
        path.advanceTo(nowNs);
    }

    /** Has the worker answer no questions any more. Not by the worker's thread. */
    void close() {
        path.setSuccession(null);
        long start = System.nanoTime();
        while (!phase.compareAndSet(OPEN, CLOSED) && System.nanoTime() - start < CLOSE_PATIENCE_NS) {
            LockSupport.parkNanos(STEP_NS);
        }
        path.setWaker(null);
    }

    /**
     * Has the worker look something up. Any thread but the worker's; waits a second at most.
     *
     * @param question short; run by the worker between two batches
     * @return null if the worker had no time, or the connection ended
     */
    <T> @Nullable T ask(Function<PathState, T> question) {
        CompletableFuture<@Nullable T> answer = new CompletableFuture<>();
        if (!port.execute(() -> answer(question, answer))) {
            return null;
        }
        try {
            return answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    private <T> void answer(Function<PathState, T> question, CompletableFuture<@Nullable T> answer) {
        if (!phase.compareAndSet(OPEN, BUSY)) {
            answer.complete(null);
            return;
        }
        try {
            answer.complete(question.apply(state));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            phase.set(OPEN);
        }
    }
}
