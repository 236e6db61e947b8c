package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.LivePort.LiveHandler;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way from both interfaces into the data path. The data path is one room for one thread: each interface's thread goes in
 * with what it has read, and comes out before what the data path let go is sent. Judging is in turn, the kernel's work of
 * receiving and sending is not.
 *
 * <p><b>Synchronization.</b> {@link #turn} is held while somebody is inside the handler, so each call sees all that the calls
 * before did, whichever thread made them. {@link #epoch} is odd meanwhile; it is raised before the slot is read, so whoever
 * changed the slot and sees it even, or raised since, knows that the old handler is left for good.
 */
final class HandlerSlot {
    private static final int INBOX = 1024;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final long LOOK_AGAIN_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final PortSide lan;
    private final PortSide wan;
    private final Object turn = new Object();
    private final ArrayBlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    /** The latest exception out of a handler or a task, until somebody who may log takes it. */
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile @Nullable LiveHandler handler;
    private volatile boolean isInboxClosed;
    private volatile boolean hasTasks;

    // Of the holder of the turn: what it let go.
    private long toLan;
    private long toWan;

    /** The timekeeper's: one of the two threads. */
    private long lastTickNs = System.nanoTime();

    HandlerSlot(PortSide lan, PortSide wan) {
        this.lan = lan;
        this.wan = wan;
    }

    /**
     * Fills or empties the slot and waits until nobody is inside the handler of before. Any thread that is not inside.
     *
     * @return false if somebody was still inside after the time
     */
    boolean setHandler(@Nullable LiveHandler next, long timeoutMs) {
        if (Thread.holdsLock(turn)) {
            throw new IllegalStateException("the port's handler is not changed by the port's own thread");
        }
        handler = next;
        long seen = epoch.get();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while ((seen & 1) != 0 && epoch.get() == seen) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
        return true;
    }

    /** Hands over what was read from a side, and sends what that released. By the side's thread. */
    void deliver(PortSide side, LiveBatch batch) {
        long upToLan;
        long upToWan;
        synchronized (turn) {
            enter();
            try {
                LiveHandler taker = handler;
                if (taker == null) {
                    side.counters.noHandler(batch.count());
                } else {
                    taker.onBatch(side.side, batch);
                }
            } catch (Throwable e) {
                caught(e);
            } finally {
                exit();
            }
            upToLan = toLan;
            upToWan = toWan;
        }
        send(upToLan, upToWan);
    }

    /**
     * Lets time pass inside, if it is due. By the timekeeper.
     *
     * @return how long until it is due again
     */
    long tick(long nowNs) {
        if (nowNs - lastTickNs < TICK_NS) {
            return lastTickNs + TICK_NS - nowNs;
        }
        lastTickNs = nowNs;
        long upToLan;
        long upToWan;
        synchronized (turn) {
            enter();
            try {
                LiveHandler taker = handler;
                if (taker != null) {
                    taker.onTick(nowNs);
                }
            } catch (Throwable e) {
                caught(e);
            } finally {
                exit();
            }
            upToLan = toLan;
            upToWan = toWan;
        }
        send(upToLan, upToWan);
        return TICK_NS;
    }

    /** Takes a task for {@link #runTasks}; false if there are too many or the slot is closed. Any thread. */
    boolean offer(Runnable task) {
        if (isInboxClosed || !inbox.offer(task)) {
            return false;
        }
        hasTasks = true;
        // Whoever closes the inbox does so before it is emptied for the last time; a task that was missed is taken
        // back.
        return !isInboxClosed || !inbox.remove(task);
    }

    /** Does what others asked for. By either thread. */
    void runTasks() {
        if (!hasTasks) {
            return;
        }
        hasTasks = false;
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            long upToLan;
            long upToWan;
            synchronized (turn) {
                try {
                    task.run();
                } catch (Throwable e) {
                    caught(e);
                } finally {
                    publish();
                }
                upToLan = toLan;
                upToWan = toWan;
            }
            send(upToLan, upToWan);
        }
    }

    /** Nobody will come in any more. By the last thread: does what is still asked for, and refuses the rest. */
    void close() {
        isInboxClosed = true;
        hasTasks = true;
        runTasks();
    }

    /** Takes the latest exception that came out of a handler or a task. */
    @Nullable Throwable takeFailure() {
        return failure.getAndSet(null);
    }

    /** How many exceptions came out of handlers and tasks. */
    long failures() {
        return failures.get();
    }

    private void enter() {
        epoch.set(epoch.getPlain() + 1);
    }

    private void exit() {
        publish();
        epoch.set(epoch.getPlain() + 1);
    }

    private void publish() {
        toLan = lan.outgoing.publish();
        toWan = wan.outgoing.publish();
    }

    /** Outside of the turn: what was let go inside. */
    private void send(long upToLan, long upToWan) {
        lan.outgoing.send(upToLan);
        wan.outgoing.send(upToWan);
    }

    /** Whatever the handler throws costs the frames of its batch only. */
    private void caught(Throwable e) {
        failures.incrementAndGet();
        failure.set(e);
    }
}
