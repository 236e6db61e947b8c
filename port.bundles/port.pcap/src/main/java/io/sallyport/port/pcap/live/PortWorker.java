package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.LivePort.LiveHandler;
import io.sallyport.stack.port.Side;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The packet path of the port: one thread that drains both interfaces in turn, up to 64 frames at a time, and sleeps when
 * both are empty. While one interface has failed, what the other one brings is taken and dropped: a gateway with one side
 * would answer for a network that it cannot reach.
 *
 * <p><b>Life cycle.</b> Runs from {@link #start} until {@link #stop}; then it closes what it works with itself, so that
 * nothing is closed under its hands. Not restarted.
 *
 * <p><b>Synchronization.</b> The slot is volatile. {@link #epoch} is odd while the worker is inside a handler; it is raised
 * before the slot is read, so whoever changed the slot and sees it even, or raised since, knows that the old handler is left
 * for good. Everything else of the worker is its own.
 */
final class PortWorker implements Runnable {
    private static final int INBOX = 1024;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final long COUNT_DROPS_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Longer than any collection of garbage: the process was stopped or starved, or a handler was stuck. */
    private static final long STANDSTILL_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long ERROR_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Below the default of 0 is more: others on the host must not starve the packets' path. It can still be starved. */
    private static final int NICE = -10;

    private static final long LOOK_AGAIN_NS = TimeUnit.MICROSECONDS.toNanos(50);

    /** What a read brought; {@link #FULL}: there may be more. */
    private static final int NOTHING = 0;

    private static final int SOME = 1;
    private static final int FULL = 2;

    private final PortSide lan;
    private final PortSide wan;
    private final Readiness readiness;
    private final Thread thread;
    private final LiveBatch batch = new LiveBatch();
    private final ArrayBlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong handlerFailures = new AtomicLong();
    /** The latest exception out of a handler or a task, until somebody who may log takes it. */
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private volatile @Nullable LiveHandler handler;
    private volatile boolean isStopping;
    private volatile boolean isInboxClosed;

    /** The longest time without a round since somebody asked; 0 for none worth telling. */
    private final AtomicLong standstillNs = new AtomicLong();

    private volatile boolean hasTasks;

    private long lastRoundNs;
    private long lastTickNs;
    private long lastDropCountNs;

    PortWorker(PortSide lan, PortSide wan, Readiness readiness) {
        this.lan = lan;
        this.wan = wan;
        this.readiness = readiness;
        this.thread = new Thread(this, "port-worker");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** For tests. */
    Thread thread() {
        return thread;
    }

    /**
     * Ends the worker, also on an idle link.
     *
     * @param timeoutMs how long to wait for it
     * @return false if it did not end; whatever it works with stays open then
     */
    boolean stop(long timeoutMs) throws InterruptedException {
        isStopping = true;
        readiness.wake();
        thread.join(timeoutMs);
        return !thread.isAlive();
    }

    /**
     * Fills or empties the slot and waits until the worker has left the handler of before.
     *
     * @return false if it was still inside after the time
     */
    boolean setHandler(@Nullable LiveHandler next, long timeoutMs) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the port's handler is not changed by the port's own worker");
        }
        handler = next;
        long seen = epoch.get();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while ((seen & 1) != 0 && epoch.get() == seen && thread.isAlive()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
        return true;
    }

    boolean execute(Runnable task) {
        if (isInboxClosed || !inbox.offer(task)) {
            return false;
        }
        hasTasks = true;
        readiness.wake();
        // The worker closes the inbox before it empties it for the last time; a task that it missed is taken back.
        return !isInboxClosed || !inbox.remove(task);
    }

    /** How long the worker took no frame, at the longest, since the last call; 0 if never for long. */
    long takeStandstillNs() {
        return standstillNs.getAndSet(0);
    }

    /**
     * Has the worker go on with another handle of a side, which it owns from then on. Any thread.
     *
     * @return false if it will not: the handle is still the caller's
     */
    boolean replaceHandle(PortSide side, CaptureHandle next) {
        return execute(() -> {
            side.replaceHandle(next);
            side.setReadFailing(true);
            readAgain(side);
        });
    }

    /** Takes the latest exception that came out of a handler or a task. */
    @Nullable Throwable takeFailure() {
        return failure.getAndSet(null);
    }

    /** How many exceptions came out of handlers and tasks. */
    long failures() {
        return handlerFailures.get();
    }

    @Override
    public void run() {
        try {
            int ignored = LibC.setpriority(LibC.PRIO_PROCESS, 0, NICE); // without the right to it, it goes on as it is
            lastTickNs = System.nanoTime();
            lastRoundNs = lastTickNs;
            while (!isStopping) {
                round();
            }
        } finally {
            isInboxClosed = true;
            runTasks();
            lan.handle().close();
            wan.handle().close();
            readiness.close();
        }
    }

    private void round() {
        if (hasTasks) {
            hasTasks = false;
            runTasks();
        }
        long now = System.nanoTime();
        if (now - lastRoundNs >= STANDSTILL_NS) {
            standstillNs.accumulateAndGet(now - lastRoundNs, Math::max);
        }
        lastRoundNs = now;
        if (now - lastTickNs >= TICK_NS) {
            tick(now);
        }
        // An empty read costs a call of the kernel. So a side is read when the wait named it, after a batch that was
        // full,
        // and when the other one brought frames, which may have been answered meanwhile.
        int fromLan = lan.isReadDue ? drain(lan, now) : NOTHING;
        int fromWan = wan.mayRead && (wan.isReadDue || fromLan != NOTHING) ? drain(wan, now) : NOTHING;
        lan.isReadDue = lan.mayRead && (fromLan == FULL || fromWan != NOTHING);
        wan.isReadDue = wan.mayRead && fromWan == FULL;
        if (!lan.isReadDue && !wan.isReadDue) {
            sleep();
        }
    }

    /** Reads one batch of a side and hands it over. */
    private int drain(PortSide side, long nowNs) {
        LiveBatch frames = batch;
        frames.clear(nowNs);
        CaptureHandle handle = side.handle();
        int status = 1;
        while (frames.hasRoom() && status > 0) {
            status = handle.read(frames);
        }
        if (status < 0) {
            failed(side, nowNs);
        } else if (side.isReadFailing()) {
            side.setReadFailing(false);
        }
        int count = frames.count();
        if (count == 0) {
            return NOTHING;
        }
        side.counters.received(count);
        if (lan.isUsable() && wan.isUsable()) {
            deliver(side);
        } else {
            side.counters.linkFailed(count);
        }
        return status > 0 ? FULL : SOME;
    }

    private void deliver(PortSide side) {
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
    }

    private void tick(long nowNs) {
        lastTickNs = nowNs;
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
        if (nowNs - lastDropCountNs >= COUNT_DROPS_NS) {
            lastDropCountNs = nowNs;
            lan.countKernelDrops();
            wan.countKernelDrops();
        }
        retry(lan, nowNs);
        retry(wan, nowNs);
    }

    private void enter() {
        epoch.set(epoch.getPlain() + 1);
    }

    private void exit() {
        epoch.set(epoch.getPlain() + 1);
    }

    /** Whatever the handler throws costs the frames of its batch only. */
    private void caught(Throwable e) {
        handlerFailures.incrementAndGet();
        failure.set(e);
    }

    private void runTasks() {
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            try {
                task.run();
            } catch (Throwable e) {
                caught(e);
            }
        }
    }

    private void sleep() {
        long untilTickNs = lastTickNs + TICK_NS - System.nanoTime();
        int timeoutMs = (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(untilTickNs + 999_999));
        int ready = readiness.await(timeoutMs);
        lan.isReadDue = readiness.isReady(true);
        wan.isReadDue = readiness.isReady(false);
        if (ready > 0) {
            lan.handle().discardStale();
            wan.handle().discardStale();
        } else if (ready < 0) {
            LockSupport.parkNanos(ERROR_PAUSE_NS); // a signal: rare; anything else must not spin
        }
    }

    /** An interface that is gone is left alone for a while: an error would end each wait at once. */
    private void failed(PortSide side, long nowNs) {
        side.setReadFailing(true);
        side.mayRead = false;
        side.isReadDue = false;
        side.retryNs = nowNs + RETRY_NS;
        readiness.watch(side.side == Side.LAN, side.handle().descriptor(), false);
    }

    private void retry(PortSide side, long nowNs) {
        if (!side.mayRead && nowNs - side.retryNs >= 0) {
            readAgain(side);
        }
    }

    /** It counts as failing until it was read without an error. */
    private void readAgain(PortSide side) {
        side.mayRead = true;
        side.isReadDue = true;
        readiness.watch(side.side == Side.LAN, side.handle().descriptor(), true);
    }
}
