package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.PolicyException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one commit that may wait for a confirmation, and the clock that takes it back. What it leads back to is held here, so
 * that nothing has to be read for it; after a restart the store knows it.
 *
 * <p>Concurrency: {@code waiting} is replaced by the holder of the writer lock only. The clock is one daemon thread, which ends when it
 * has nothing to do.
 */
final class Confirmation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Confirmation.class);
    private static final long IDLE_S = 10;

    /** When a way back fails, for instance because the disk is full, it is tried again until it works. */
    private static final long AGAIN_S = 5;

    private final WayBack wayBack;
    private final WriterLock writer;
    private final ScheduledThreadPoolExecutor clock;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Waiting waiting;

    /**
     * What waits.
     *
     * @param number of the revision that is in force
     * @param before number of the one that comes back
     * @param base its objects, as they were in force
     * @param who has made the commit
     * @param deadlineNs when it comes back, by the monotonic clock
     * @param timer does it
     */
    record Waiting(long number, long before, PolicyState base, String who, long deadlineNs, Future<?> timer) {
        Duration left() {
            return Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
        }
    }

    Confirmation(WayBack wayBack, WriterLock writer) {
        this.wayBack = wayBack;
        this.writer = writer;
        this.clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "bfe-confirmation");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(IDLE_S, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
    }

    @Nullable Waiting waiting() {
        return waiting;
    }

    /** Refuses whatever would be mixed with what may have to be undone. */
    void checkNothingWaits() throws PolicyException {
        Waiting now = waiting;
        if (now != null) {
            throw new ConfirmationPendingException("revision " + now.number() + " of " + now.who()
                    + " waits for its confirmation, " + now.left().toSeconds()
                    + " s are left; 'policy confirm' makes it stay, 'policy rollback' takes it back");
        }
    }

    /** Begins to wait. By the holder of the writer lock. */
    Waiting begin(long number, PolicyState base, String who, Duration within) {
        long deadlineNs = System.nanoTime() + within.toNanos();
        Future<?> timer = clock.schedule(() -> expire(number, within), within.toNanos(), TimeUnit.NANOSECONDS);
        Waiting begun = new Waiting(number, number - 1, base, who, deadlineNs, timer);
        waiting = begun;
        announce("revision " + number + " of " + who + " is in force for " + seconds(within) + " s; then revision "
                + (number - 1) + " comes back, unless somebody says 'policy confirm'");
        return begun;
    }

    /** Nothing waits any more. By the holder of the writer lock. */
    void end(String line) {
        Waiting ended = waiting;
        waiting = null;
        if (ended != null) {
            ended.timer().cancel(false);
            announce(line);
        }
    }

    private void expire(long number, Duration within) {
        writer.acquireByForce();
        try {
            Waiting now = waiting;
            if (now == null || now.number() != number) {
                return; // somebody was faster
            }
            wayBack.takeBack(now, "nobody confirmed revision " + number + " within " + seconds(within) + " s");
        } catch (PolicyException | RuntimeException e) {
            announce("revision " + number + " could not be taken back, it is tried again every " + AGAIN_S + " s: "
                    + e.getMessage());
            LOG.error("revision {} could not be taken back", number, e);
            tryAgain(number, within);
        } finally {
            writer.release();
        }
    }

    private void tryAgain(long number, Duration within) {
        try {
            Future<?> next = clock.schedule(() -> expire(number, within), AGAIN_S, TimeUnit.SECONDS);
            LOG.debug("the next try is {}", next);
        } catch (RejectedExecutionException e) {
            LOG.debug("the next start takes it back, because this one is over", e);
        }
    }

    /** Ends when closed; idempotent. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    Listening listen(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void announce(String line) {
        for (Consumer<String> listener : listeners) {
            try {
                listener.accept(line);
            } catch (RuntimeException e) {
                LOG.warn("a session could not be told: {}", line, e);
            }
        }
    }

    private static String seconds(Duration duration) {
        double seconds = duration.toMillis() / 1_000.0;
        return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
    }

    /** The store remembers what waits. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
