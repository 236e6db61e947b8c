package io.sallyport.bfe.internal.notify;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one receiver has still to be told: bounded, in order, taken out by a daemon thread of its own, so that one that is
 * slow, hangs or throws makes nobody else wait. What does not fit is skipped, and the receiver is told so in its place.
 *
 * <p>The monitor guards the queue; the receiver is called outside of it.
 *
 * @param <T> what it is told
 */
public final class Mailbox<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    /** How long {@link #close} waits for a call that is under way. */
    private static final long CLOSE_WAIT_MS = 1_000;

    private final Queue<T> waiting = new ArrayDeque<>();
    private final int capacity;
    private final Consumer<T> receiver;
    private final Skipped<T> skippedNotice;
    private final Runnable onEnd;
    private final Thread thread;
    private long skipped;
    private long lost;
    private @Nullable T lastSkipped;
    private boolean isOver;

    /** Says that some did not fit. */
    @FunctionalInterface
    public interface Skipped<T> {
        /**
         * Makes the notice.
         *
         * @param count how many did not fit
         * @param last the latest of them
         * @return what the receiver is told instead
         */
        T notice(long count, T last);
    }

    /**
     * Makes a mailbox without a thread yet.
     *
     * @param name of the thread, and in the log
     * @param capacity how many may wait
     * @param receiver called by the thread; an exception out of it ends the mailbox
     * @param skippedNotice makes what it is told instead of what did not fit
     * @param onEnd called when it is over, perhaps more than once, by any thread
     */
    public Mailbox(String name, int capacity, Consumer<T> receiver, Skipped<T> skippedNotice, Runnable onEnd) {
        this.capacity = capacity;
        this.receiver = receiver;
        this.skippedNotice = skippedNotice;
        this.onEnd = onEnd;
        this.thread = new Thread(this::deliver, name);
        thread.setDaemon(true);
    }

    /** Begins to deliver. Once. */
    public void start() {
        thread.start();
    }

    /**
     * Puts something in, or counts that it did not fit. Never waits for the receiver.
     *
     * @param item what to tell
     */
    public synchronized void offer(T item) {
        if (isOver) {
            return;
        }
        // Once something was skipped, all is until the receiver has been told: it is told in the right place.
        if (lastSkipped != null || waiting.size() >= capacity) {
            skipped++;
            lost++;
            lastSkipped = item;
        } else {
            waiting.add(item);
            notifyAll();
        }
    }

    /**
     * Tells how many wait; one that is being told does not.
     *
     * @return 0 when it is over
     */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Tells how many did not fit, all in all.
     *
     * @return grows only
     */
    public synchronized long lost() {
        return lost;
    }

    private void deliver() {
        try {
            for (T item = take(); item != null; item = take()) {
                receiver.accept(item);
            }
        } catch (InterruptedException e) {
            // By end(), or by whoever ends this thread: it is over either way.
        } catch (Throwable e) { // whatever a receiver throws is its own affair
            LOG.warn("{} failed and gets no more", thread.getName(), e);
        } finally {
            end();
        }
    }

    /** Null when it is over. */
    private synchronized @Nullable T take() throws InterruptedException {
        while (!isOver) {
            T next = waiting.poll();
            T last = lastSkipped;
            if (next != null) {
                return next;
            }
            if (last != null) {
                T notice = skippedNotice.notice(skipped, last);
                skipped = 0;
                lastSkipped = null;
                return notice;
            }
            wait();
        }
        return null;
    }

    /** Ends it, and interrupts a call that is under way, without waiting for it. Idempotent. */
    public void end() {
        synchronized (this) {
            isOver = true;
            waiting.clear();
            lastSkipped = null;
            notifyAll();
        }
        if (Thread.currentThread() != thread) {
            thread.interrupt();
        }
        onEnd.run();
    }

    /** After this the receiver is not called any more; a call under way is waited for, but not for long. */
    @Override
    public void close() {
        end();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            TimeUnit.MILLISECONDS.timedJoin(thread, CLOSE_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
