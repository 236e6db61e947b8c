package io.sallyport.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/**
 * Runs a plug-in's code on a thread of its own and waits for a limited time, so that a start that never returns does not
 * hold up the others. After the limit the thread is interrupted; if that does not help, it is left alone.
 */
final class BoundedCalls {
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

    private final Duration limit;

    BoundedCalls(Duration limit) {
        this.limit = limit;
    }

    /** Seconds or milliseconds, for people. */
    String limitText() {
        return limit.toSeconds() > 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }

    /**
     * Runs a step.
     *
     * @throws OverdueException if it took too long; it says whether the thread is still inside
     */
    void run(String thread, Step step) throws BundleException, IOException, OverdueException, InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread runner = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (Throwable e) { // a plug-in may throw anything; rethrown below
                        thrown.set(e);
                    } finally {
                        done.countDown();
                    }
                },
                thread);
        runner.setDaemon(true);
        runner.start();
        boolean isOverdue = !done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (isOverdue) {
            runner.interrupt();
            boolean isOver = done.await(AFTER_INTERRUPT.toMillis(), TimeUnit.MILLISECONDS);
            throw new OverdueException(isOver ? null : runner);
        }
        rethrow(thrown.get());
    }

    private static void rethrow(@Nullable Throwable failure) throws BundleException, IOException {
        if (failure instanceof BundleException bundleFailure) {
            throw bundleFailure;
        } else if (failure instanceof IOException ioFailure) {
            throw ioFailure;
        } else if (failure != null) {
            throw new BundleException(failure.toString(), failure);
        }
    }

    /** Something that may take long or fail. */
    @FunctionalInterface
    interface Step {
        void run() throws BundleException, IOException;
    }

    /** A step was not over in time. */
    static final class OverdueException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable Thread inside;

        OverdueException(@Nullable Thread inside) {
            super("overdue");
            this.inside = inside;
        }

        /** The thread that has not come back yet, or null if it has. */
        @Nullable Thread inside() {
            return inside;
        }
    }
}
