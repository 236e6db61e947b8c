package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.SessionId;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells of explicit transactions that take longer than the engine's option, once each (TXN-16), and ends those that reach the
 * limit (TXN-9). One daemon thread, which ends when it has had nothing to do for a while.
 */
final class Watchdog implements AutoCloseable {
    private static final long IDLE_S = 10;

    private final Audit audit;
    private final long holdLimitMs;
    private final ScheduledThreadPoolExecutor clock;

    /** Explicit transactions may take {@code holdLimitMs}. */
    Watchdog(Audit audit, long holdLimitMs) {
        this.audit = audit;
        this.holdLimitMs = holdLimitMs;
        this.clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "bfe-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(IDLE_S, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins to watch a transaction.
     *
     * @param timeoutMs 0: never mind
     * @return to be cancelled at its end; null if nothing is watched
     */
    @Nullable Future<?> watch(SessionId session, long timeoutMs) {
        if (timeoutMs == 0 || clock.isShutdown()) {
            return null;
        }
        return clock.schedule(
                () -> audit.overdue("a transaction of session " + session.name() + " of " + session.principal()
                        + " takes longer than " + timeoutMs + " ms; it is not aborted"),
                timeoutMs,
                TimeUnit.MILLISECONDS);
    }

    /**
     * Begins to count the time of an explicit transaction, and aborts it when it is over, whoever waits for it or not.
     *
     * @return to be cancelled at its end; null if the BFE stops, which ends it anyway
     */
    @Nullable Future<?> limit(SessionId session, TransactionImpl transaction) {
        if (clock.isShutdown()) {
            return null;
        }
        return clock.schedule(
                () -> {
                    if (transaction.forceAbort()) {
                        audit.overdue("a transaction of session " + session.name() + " of " + session.principal()
                                + " took longer than " + holdLimitMs + " ms and was aborted");
                    }
                },
                holdLimitMs,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
