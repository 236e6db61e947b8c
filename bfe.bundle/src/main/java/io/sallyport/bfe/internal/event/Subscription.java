package io.sallyport.bfe.internal.event;

import io.sallyport.gateway.api.NetEvent;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener, with a bounded queue and a daemon thread of its own, so that a slow one makes nobody else wait. What it
 * does not take in time is skipped, and it is told how many events that were.
 */
final class Subscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** How long {@link #close} waits for a call that is under way. */
    private static final long CLOSE_WAIT_MS = 1_000;

    private final BlockingQueue<LiveEvent> queue;
    private final Consumer<NetEvent> listener;
    private final Consumer<Subscription> onEnd;
    private final Thread thread;
    private volatile boolean isOver;

    /** Owned by the draining thread: how many events did not fit since the listener was last told, and the latest of them. */
    private long skipped;

    private @Nullable LiveEvent lastSkipped;

    Subscription(int capacity, Consumer<NetEvent> listener, Consumer<Subscription> onEnd) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.listener = listener;
        this.onEnd = onEnd;
        this.thread = new Thread(this::deliver, "sallyport-events-listener");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** By the draining thread, now and then: says what was skipped, as soon as there is room for it. */
    void tellSkipped() {
        LiveEvent last = lastSkipped;
        if (last != null) {
            String line = skipped + " events were skipped: this listener was too slow for them";
            if (queue.offer(LiveEvent.of(NetEvent.Kind.FAULT, line, last.number(), last.timeNs()))) {
                skipped = 0;
                lastSkipped = null;
            }
        }
    }

    /** By the draining thread: never waits. */
    void offer(LiveEvent event) {
        if (lastSkipped != null || !queue.offer(event)) {
            skipped++;
            lastSkipped = event;
        }
    }

    private void deliver() {
        try {
            while (!isOver) {
                NetEvent event = queue.take().toNetEvent();
                if (!isOver) {
                    listener.accept(event);
                }
            }
        } catch (InterruptedException e) {
            // By close(), or by whoever ends this thread: the subscription is over either way.
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener of net events failed and gets no more", e);
        } finally {
            isOver = true;
            onEnd.accept(this);
        }
    }

    /** After this the listener is not called any more; a call under way is waited for, but not for long. */
    @Override
    public void close() {
        isOver = true;
        onEnd.accept(this);
        if (Thread.currentThread() == thread) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(CLOSE_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
