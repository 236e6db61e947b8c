package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.SessionId;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
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
    private final ScheduledExecutorService clock;

    /** Explicit transactions may take {@code holdLimitMs}. */
    Watchdog(Audit audit, long holdLimitMs) {
        this(audit, holdLimitMs, newClock());
    }

    /** With a clock of the caller's, which {@link #close} stops. */
    Watchdog(Audit audit, long holdLimitMs, ScheduledExecutorService clock) {
        this.audit = audit;
        this.holdLimitMs = holdLimitMs;
        this.clock = clock;
    }

    private static ScheduledExecutorService newClock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "bfe-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(IDLE_S, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
        return clock;
    }

    /**
     * Begins to watch a transaction.
     *
     * @param timeoutMs 0: never mind
     * @return to be cancelled at its end; null if nothing is watched, as when the BFE stops
     */
    @Nullable Future<?> watch(SessionId session, long timeoutMs) {
        if (timeoutMs == 0) {
            return null;
        }
        return after(
                timeoutMs,
                () -> audit.overdue("a transaction of session " + session.name() + " of " + session.principal()
                        + " takes longer than " + timeoutMs + " ms; it is not aborted"));
    }

    /**
     * Begins to count the time of an explicit transaction, and aborts it when it is over, whoever waits for it or not.
     *
     * @return to be cancelled at its end; null if the BFE stops, which ends it anyway
     */
    @Nullable Future<?> limit(SessionId session, TransactionImpl transaction) {
        return after(holdLimitMs, () -> {
            if (transaction.forceAbort()) {
                audit.overdue("a transaction of session " + session.name() + " of " + session.principal()
                        + " took longer than " + holdLimitMs + " ms and was aborted");
            }
        });
    }

    /** Never throws: whoever asks holds the writer lock already. To look first whether the clock runs would not be enough. */
    private @Nullable Future<?> after(long delayMs, Runnable task) {
        try {
            return clock.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
