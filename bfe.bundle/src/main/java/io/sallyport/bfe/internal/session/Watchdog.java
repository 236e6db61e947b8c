package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.store.SessionId;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells of explicit transactions that take longer than the engine's option, once each (TXN-16). One daemon thread, which ends
 * when it has had nothing to do for a while.
 */
final class Watchdog implements AutoCloseable {
    private static final long IDLE_S = 10;

    private final Audit audit;
    private final ScheduledThreadPoolExecutor clock;

    Watchdog(Audit audit) {
        this.audit = audit;
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

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
