package io.sallyport.engine.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a vendor's code of the management plane on a thread of its own and waits for a limited time, so that code that never
 * returns holds up nobody for good. After the limit its thread is interrupted and left alone.
 */
final class VendorCall<T> implements Runnable {
    private final Supplier<T> task;
    private final Consumer<T> late;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable CalloutFault fault;
    private boolean isLate;

    private VendorCall(Supplier<T> task, Consumer<T> late) {
        this.task = task;
        this.late = late;
    }

    /**
     * Runs a task.
     *
     * @param late given what comes after the limit, on the task's thread
     * @throws IllegalStateException if it threw, took too long, or this thread was interrupted; never anything of the vendor's
     */
    static <T> T within(Duration limit, String thread, Supplier<T> task, Consumer<T> late) {
        VendorCall<T> call = new VendorCall<>(task, late);
        Thread runner = new Thread(null, call, thread, 0, false);
        runner.setContextClassLoader(VendorCall.class.getClassLoader());
        runner.setDaemon(true);
        runner.start();
        String reason = "it did not come back within " + limit.toSeconds() + " s";
        try {
            if (call.done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return call.outcome(reason);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "the wait for it was interrupted";
        }
        runner.interrupt();
        return call.outcome(reason);
    }

    /** What came of it; if nothing has yet, whatever comes is late. */
    private synchronized T outcome(String reason) {
        if (fault != null) {
            throw fault;
        }
        T there = result;
        if (there == null) {
            isLate = true;
            throw new IllegalStateException(reason);
        }
        return there;
    }

    @Override
    public void run() {
        T made = null;
        CalloutFault thrown = null;
        try {
            made = task.get();
        } catch (Throwable e) { // a vendor may throw anything
            thrown = CalloutFault.of(e);
        }
        synchronized (this) {
            if (!isLate) {
                result = made;
                fault = thrown;
                made = null;
            }
        }
        done.countDown();
        if (made != null) {
            late.accept(made);
        }
    }
}
