package io.sallyport.stack.internal.path;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells other threads whether the worker is inside a batch. The worker writes a volatile field when it enters and leaves;
 * what another thread wrote before it looked is seen by every batch that it did not wait for, and the other way round:
 * that needs the total order of volatile accesses, release and acquire would not do.
 */
final class Gate {

    /** Longer than any batch; a thread that is stuck in a callout must not keep a bundle from stopping. */
    private static final long PATIENCE_NS = 2_000_000_000L;

    private static final long STEP_NS = 50_000;

    /** Even outside, odd inside. Written by the worker's thread only. */
    private volatile long passes;

    /** The worker's own copy. */
    private long count;

    private volatile @Nullable Thread inside;

    /** By the worker's thread. */
    void enter() {
        inside = Thread.currentThread();
        count++;
        passes = count;
    }

    /** By the thread that is the worker's from now on, in place of one that is inside and was given up. */
    void takeOver() {
        inside = Thread.currentThread();
    }

    /** By the worker's thread. */
    void leave() {
        count++;
        passes = count;
        inside = null;
    }

    /** Waits until the batch that is running now is over. Any thread; the worker's own does not wait for itself. */
    boolean awaitOutside() {
        long seen = passes;
        if ((seen & 1) == 0 || inside == Thread.currentThread()) {
            return true;
        }
        long start = System.nanoTime();
        while (passes == seen) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return true;
    }
}
