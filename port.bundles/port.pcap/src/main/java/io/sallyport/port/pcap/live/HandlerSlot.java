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
 * <p><b>Synchronization.</b> {@link #turn} is no monitor, since a thread that never comes back would keep that. It is held
 * while somebody is inside the handler, so each call sees all that the calls before did, whichever thread made them. {@link #epoch} is odd meanwhile; it is raised before the slot is read, so whoever
 * changed the slot and sees it even, or raised since, knows that the old handler is left for good.
 */
final class HandlerSlot {
    private static final int INBOX = 1024;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final long LOOK_AGAIN_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final PortSide lan;
    private final PortSide wan;
    private final Turn turn = new Turn();
    private final ArrayBlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    /** The latest exception out of a handler or a task, until somebody who may log takes it. */
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile @Nullable LiveHandler handler;
    private volatile boolean isInboxClosed;
    private volatile boolean hasTasks;

    /** The timekeeper's: one of the two threads. */
    private long lastTickNs = System.nanoTime();

    /** Made once, as nothing is on the packets' path. */
    private final Visit tick = taker -> {
        if (taker != null) {
            taker.onTick(lastTickNs);
        }
    };

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
        if (turn.isMine()) {
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

    /** What is done inside. */
    interface Visit {

        /**
         * Does it, holding the turn; whatever it throws is counted.
         *
         * @param handler what is in the slot; null if it is empty
         */
        void inside(@Nullable LiveHandler handler);
    }

    /** Goes in, and sends what that released. By one of the two threads. */
    void enter(Visit visit) {
        turn.take();
        raiseEpoch();
        try {
            visit.inside(handler);
        } catch (Throwable e) {
            caught(e);
        }
        goOut();
    }

    /** Where a thread stays that was replaced, should it come back all the same: nothing is its own, not even what it would close. */
    private static void rest() {
        while (true) {
            LockSupport.park();
        }
    }

    private void goOut() {
        if (!turn.isMine()) {
            rest();
        }
        long upToLan = lan.outgoing.publish();
        long upToWan = wan.outgoing.publish();
        raiseEpoch();
        turn.give();
        lan.outgoing.send(upToLan);
        wan.outgoing.send(upToWan);
    }

    /** Who is inside; null if nobody is. Any thread. */
    @Nullable Thread inside() {
        return turn.holder();
    }

    /** Has a thread, not started yet, be inside in place of one that will never come out; false if that one is not inside. */
    boolean bequeath(Thread stuck, Thread next) {
        return turn.bequeath(stuck, next);
    }

    /** Goes on where the other one was. By the thread that {@link #bequeath} has put in its place. */
    void takeOver(Runnable rest) {
        hasTasks = true; // that one may have been about to do some
        try {
            rest.run();
        } catch (Throwable e) {
            caught(e);
        }
        goOut();
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
        enter(tick);
        return TICK_NS;
    }

    /** Takes a task for {@link #runTasks}; false if there are too many or the slot is closed. Any thread. */
    boolean offer(Runnable task) {
        if (isInboxClosed || !inbox.offer(task)) {
            return false;
        }
        hasTasks = true;
        // The inbox is closed before it is emptied for the last time; a task that was missed is taken back.
        return !isInboxClosed || !inbox.remove(task);
    }

    /** Does what others asked for. By either thread. */
    void runTasks() {
        if (!hasTasks) {
            return;
        }
        hasTasks = false;
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            Runnable it = task;
            enter(handler -> it.run());
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

    private void raiseEpoch() {
        epoch.set(epoch.getPlain() + 1);
    }

    /** Whatever the handler throws costs the frames of its batch only. */
    private void caught(Throwable e) {
        failures.incrementAndGet();
        failure.set(e);
    }
}
