package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What other threads, and callouts that are inside a classify, want a worker to do between two packets. Bounded; any thread
 * puts in without a lock, only the worker takes out, in the order of arrival. A flow's messages go to the inbox of the worker
 * that owns the flow.
 */
final class Inbox {

    /** Done by the worker, inside the engine, as if it were a packet. Each is delivered or refused, exactly once. */
    interface Message {

        /**
         * Does it. By the worker, between packets.
         *
         * @param nowNs the time
         */
        void deliver(long nowNs);

        /**
         * The worker closed before it came to it. Any thread.
         *
         * @param status why
         */
        void refuse(Status status);
    }

    static final int CAPACITY = 2_048;

    private final AtomicReferenceArray<@Nullable Message> ring = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicLong tail = new AtomicLong();
    private final AtomicBoolean isWoken = new AtomicBoolean();

    /** Written by the worker; read by producers, who may see less room than there is. */
    private volatile long head;

    /** Whose packets are being handled; null between batches. Other threads only compare it with themselves. */
    private @Nullable Thread worker;

    /** Those that never came back from a callout: what they still ask for is nobody's. Seldom any, and no more than few. */
    private volatile Thread[] givenUp = {};

    private volatile boolean isClosed;

    /** Has an idle worker run {@link #awake} soon; null: it looks by itself. */
    private volatile @Nullable Runnable waker;

    /** The worker's thread begins to handle packets, and will look into the inbox by itself. */
    void enter() {
        worker = Thread.currentThread();
    }

    /** Begins to handle packets in place of the worker's thread, which was given up. By its successor. */
    void takeOver() {
        Thread stuck = worker;
        if (stuck != null) {
            Thread[] more = Arrays.copyOf(givenUp, givenUp.length + 1);
            more[more.length - 1] = stuck;
            givenUp = more;
        }
        enter();
    }

    private boolean isGivenUp() {
        Thread[] gone = givenUp;
        for (Thread thread : gone) {
            if (thread == Thread.currentThread()) {
                return true;
            }
        }
        return false;
    }

    /** The worker's thread handles packets no more. */
    void leave() {
        worker = null;
    }

    /** Tells whether the caller is the worker's thread, inside a batch. Any thread. */
    boolean isWorker() {
        return worker == Thread.currentThread();
    }

    /**
     * Puts a message in. Any thread.
     *
     * @return SUCCESS, INSUFFICIENT_RESOURCES if it is full, TCPIP_NOT_READY if the worker has closed, ACCESS_DENIED for a
     *     thread that was given up
     */
    Status offer(Message message) {
        if (isGivenUp()) {
            return Status.ACCESS_DENIED;
        }
        if (isClosed) {
            return Status.TCPIP_NOT_READY;
        }
        long at;
        do {
            at = tail.get();
            if (at - head >= CAPACITY) {
                return Status.INSUFFICIENT_RESOURCES;
            }
        } while (!tail.compareAndSet(at, at + 1));
        ring.set(index(at), message);
        if (isClosed) {
            refuseAll();
        } else if (!isWorker()) {
            wake();
        }
        return Status.SUCCESS;
    }

    private static int index(long position) {
        return (int) position & (CAPACITY - 1);
    }

    private void wake() {
        Runnable w = waker;
        if (w != null && isWoken.compareAndSet(false, true)) {
            w.run();
        }
    }

    /** By the worker. */
    boolean isEmpty() {
        return tail.get() == head;
    }

    /**
     * Takes the next message. By the worker.
     *
     * @return null if there is none, or it is just being put in
     */
    @Nullable Message poll() {
        long at = head;
        Message message = ring.get(index(at));
        if (message != null) {
            ring.set(index(at), null);
            head = at + 1;
        }
        return message;
    }

    /** The worker looks now: whoever comes later wakes it again. By the worker. */
    void awake() {
        if (isWoken.get()) {
            isWoken.set(false);
        }
    }

    /** Says how to wake an idle worker; null: its ticks must do. Management plane. */
    void setWaker(@Nullable Runnable newWaker) {
        waker = newWaker;
        isWoken.set(false);
        if (newWaker != null && !isEmpty()) {
            wake();
        }
    }

    /** Refuses what is in it and what comes. The worker takes nothing any more. */
    void close() {
        isClosed = true;
        refuseAll();
    }

    /** In place of the worker, which has gone; one thread at a time. */
    private synchronized void refuseAll() {
        for (Message m = poll(); m != null; m = poll()) {
            m.refuse(Status.TCPIP_NOT_READY);
        }
    }
}
