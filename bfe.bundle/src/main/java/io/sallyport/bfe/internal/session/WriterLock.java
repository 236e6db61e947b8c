package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one lock of a base filtering engine (TXN-5): a fair semaphore, because a transaction may be begun and ended by different
 * threads. Who waits ends an explicit transaction that has held it for too long (TXN-9); an implicit one is never aborted
 * (TXN-3).
 */
final class WriterLock {
    private static final Logger LOG = LoggerFactory.getLogger(WriterLock.class);

    /** How often a waiting session looks who holds the lock. */
    private static final long RECHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** From here on a session waits for as long as it takes (TXN-5). */
    private static final long NO_LIMIT_MS = 0xFFFF_FFFFL;

    /** 146 years: still far from an overflow when the clock is added. */
    private static final long NO_LIMIT_NS = Long.MAX_VALUE / 2;

    private final Semaphore writer = new Semaphore(1, true);
    private final long holdLimitMs;
    private volatile @Nullable Held held;

    /** Who holds it since when. */
    private record Held(TransactionImpl transaction, long sinceNs) {}

    WriterLock(long holdLimitMs) {
        this.holdLimitMs = holdLimitMs;
    }

    void acquire(SessionId session, long timeoutMs) throws PolicyException {
        long limitNs = timeoutMs >= NO_LIMIT_MS ? NO_LIMIT_NS : TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        long deadlineNs = System.nanoTime() + limitNs;
        try {
            long leftNs = deadlineNs - System.nanoTime();
            while (!writer.tryAcquire(Math.max(0, Math.min(leftNs, RECHECK_NS)), TimeUnit.NANOSECONDS)) {
                abortIfOverdue(held);
                leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new PolicyException(
                            WfpError.TIMEOUT,
                            "session " + session.name() + " waited " + timeoutMs
                                    + " ms for another transaction to end");
                }
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
                Held holder = held;
                if (holder != null && !holder.transaction().isImplicit()) {
                    holder.transaction().forceAbort();
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

    private void abortIfOverdue(@Nullable Held holder) {
        if (holder != null
                && !holder.transaction().isImplicit()
                && System.nanoTime() - holder.sinceNs() > TimeUnit.MILLISECONDS.toNanos(holdLimitMs)) {
            LOG.warn("aborting a transaction that held the lock for more than {} ms", holdLimitMs);
            holder.transaction().forceAbort();
        }
    }

    /** Tells who holds it. */
    void heldBy(TransactionImpl transaction) {
        held = new Held(transaction, System.nanoTime());
        if (!transaction.isActive()) {
            held = null;
        }
    }

    void release(TransactionImpl transaction) {
        Held holder = held;
        if (holder != null && holder.transaction() == transaction) {
            held = null;
        }
        writer.release();
    }
}
