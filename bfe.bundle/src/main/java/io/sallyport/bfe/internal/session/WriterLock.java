package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of a base filtering engine (TXN-5): a fair semaphore, because a transaction may be begun and ended by different
 * threads. The {@link Watchdog} ends explicit transactions that take too long (TXN-9), whether or not anybody waits.
 */
final class WriterLock {
    /** How often what cannot wait for a person looks who holds the lock. */
    private static final long RECHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** From here on a session waits for as long as it takes (TXN-5). */
    private static final long NO_LIMIT_MS = 0xFFFF_FFFFL;

    /** 146 years: still far from an overflow when the clock is added. */
    private static final long NO_LIMIT_NS = Long.MAX_VALUE / 2;

    private final Semaphore writer = new Semaphore(1, true);
    private volatile @Nullable TransactionImpl held;

    void acquire(SessionId session, long timeoutMs) throws PolicyException {
        long limitNs = timeoutMs >= NO_LIMIT_MS ? NO_LIMIT_NS : TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            if (!writer.tryAcquire(limitNs, TimeUnit.NANOSECONDS)) {
                throw new PolicyException(
                        WfpError.TIMEOUT,
                        "session " + session.name() + " waited " + timeoutMs + " ms for another transaction to end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException(
                    WfpError.TIMEOUT, "session " + session.name() + " was interrupted while waiting for the lock", e);
        }
    }

    /** For what the engine does by itself. */
    void acquire() {
        writer.acquireUninterruptibly();
    }

    /** For what cannot wait for a person: an explicit transaction that is in the way is aborted, what is short is awaited. */
    void acquireByForce() {
        boolean isInterrupted = false;
        while (true) {
            try {
                if (writer.tryAcquire(RECHECK_NS, TimeUnit.NANOSECONDS)) {
                    break;
                }
                TransactionImpl holder = held;
                if (holder != null && !holder.isImplicit()) {
                    holder.forceAbort();
                }
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    boolean tryAcquire(long timeoutMs) throws InterruptedException {
        return writer.tryAcquire(timeoutMs, TimeUnit.MILLISECONDS);
    }

    void release() {
        writer.release();
    }

    /** Tells who holds it. */
    void heldBy(TransactionImpl transaction) {
        held = transaction;
        if (!transaction.isActive()) {
            held = null;
        }
    }

    void release(TransactionImpl transaction) {
        if (held == transaction) {
            held = null;
        }
        writer.release();
    }
}
