package io.sallyport.bfe.internal.live;

import io.sallyport.callout.BfeState;
import io.sallyport.callout.BfeStateListener;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells listeners the state of the BFE (BOOT-5): to each one the current state on arrival and every change after it, in order
 * and one at a time. Nobody waits for a listener but its own next call: a listener that blocks keeps a thread of the pool, and
 * others are told all the same.
 *
 * <p>The monitor guards the state and all queues; listeners are called outside of it. So a listener may leave from inside its
 * own call, which deadlocks on the platform that this is modelled on.
 */
final class StateBroadcast implements AutoCloseable {
    private static final int IDLE_THREAD_MS = 1_000;

    private final Operator operator;
    private final IdentityHashMap<BfeStateListener, Line> lines = new IdentityHashMap<>();
    private final ExecutorService threads;
    private BfeState state;

    /** What one listener has still to be told. */
    private static final class Line {
        final Queue<BfeState> waiting = new ArrayDeque<>();
        boolean isBusy;
        boolean isOver;
    }

    StateBroadcast(BfeState state, Operator operator) {
        this.state = state;
        this.operator = operator;
        AtomicInteger count = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD_MS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "bfe-state-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Begins to tell a listener, with the current state. */
    synchronized void add(BfeStateListener listener) {
        Line line = new Line();
        Line old = lines.put(listener, line);
        if (old != null) {
            old.isOver = true;
        }
        tell(listener, line, state);
    }

    /** A listener is told nothing any more; a call that has begun goes on. */
    synchronized void remove(BfeStateListener listener) {
        Line line = lines.remove(listener);
        if (line != null) {
            line.isOver = true;
            line.waiting.clear();
        }
    }

    synchronized BfeState state() {
        return state;
    }

    /** Tells everybody. Returns at once. */
    synchronized void announce(BfeState next) {
        state = next;
        lines.forEach((listener, line) -> tell(listener, line, next));
    }

    /**
     * Waits until everybody has been told.
     *
     * @return false if a listener was still busy after that time
     */
    synchronized boolean awaitTold(long timeoutMs) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            while (lines.values().stream().anyMatch(line -> line.isBusy)) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                if (leftMs <= 0) {
                    return false;
                }
                wait(leftMs);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Interrupts whoever is still busy and tells nothing any more. */
    @Override
    public void close() {
        synchronized (this) {
            for (BfeStateListener listener : List.copyOf(lines.keySet())) {
                remove(listener);
            }
        }
        threads.shutdownNow();
    }

    private void tell(BfeStateListener listener, Line line, BfeState next) {
        line.waiting.add(next);
        if (!line.isBusy && !threads.isShutdown()) {
            line.isBusy = true;
            threads.execute(() -> tellAll(listener, line));
        }
    }

    private void tellAll(BfeStateListener listener, Line line) {
        for (BfeState next = next(line); next != null; next = next(line)) {
            try {
                listener.bfeStateChanged(next);
            } catch (Throwable e) { // whatever a plug-in throws is its own affair
                operator.fault("a listener for the state of the base filtering engine, "
                        + listener.getClass().getName() + ", failed: " + e);
            }
        }
    }

    private synchronized @Nullable BfeState next(Line line) {
        BfeState next = line.isOver ? null : line.waiting.poll();
        if (next == null) {
            line.isBusy = false;
            notifyAll();
        }
        return next;
    }
}
