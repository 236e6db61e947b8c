package io.sallyport.engine.internal;

import io.sallyport.engine.internal.classify.WorkerClassifier;
import io.sallyport.engine.internal.policy.Snapshot;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The workers of one engine, to be waited for. Any thread but a worker's, never under the engine's lock: waiting is
 * polling, since a worker must not pay for being waited for.
 */
final class Workers {
    /** How long who must leave is waited for. */
    static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(2);

    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final CopyOnWriteArrayList<WorkerClassifier> all = new CopyOnWriteArrayList<>();

    /** A view. */
    List<WorkerClassifier> all() {
        return all;
    }

    void add(WorkerClassifier worker) {
        all.add(worker);
    }

    void remove(WorkerClassifier worker) {
        all.remove(worker);
    }

    /** Waits until each worker that is inside a packet now has left it; an interrupt does not end the wait. */
    boolean awaitOutside(long timeoutNs) {
        boolean wasInterrupted = false;
        long deadline = System.nanoTime() + timeoutNs;
        try {
            while (true) {
                try {
                    return awaitUntil(deadline);
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The same, but an interrupt ends the wait. */
    boolean awaitOutsideInterruptibly(long timeoutNs) throws InterruptedException {
        return awaitUntil(System.nanoTime() + timeoutNs);
    }

    private boolean awaitUntil(long deadline) throws InterruptedException {
        for (WorkerClassifier worker : all) {
            long position = worker.position();
            while (!worker.hasLeft(position)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
        return true;
    }

    /** Waits until nobody uses what a snapshot has replaced, and the contexts of who leaves with it are deleted. */
    boolean awaitDeparture(Snapshot published, long timeoutNs) {
        long deadline = System.nanoTime() + timeoutNs;
        if (!awaitOutside(timeoutNs)) {
            return false;
        }
        for (WorkerClassifier worker : all) {
            while (!worker.helpPurge(published, deadline)) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
        return true;
    }

    /** Deletes all contexts of all callouts, of each worker that can be kept out in time. */
    void purgeEverything(long timeoutNs) {
        long deadline = System.nanoTime() + timeoutNs;
        for (WorkerClassifier worker : all) {
            while (!worker.purgeEverything(deadline) && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }
}
