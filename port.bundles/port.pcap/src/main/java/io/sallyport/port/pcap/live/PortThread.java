package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one interface brings: a thread that reads up to 64 frames at a time, hands them over, and sleeps when there are none.
 * While one interface has failed, what the other one brings is taken and dropped: a gateway with one side would answer for a
 * network that it cannot reach.
 *
 * <p><b>Life cycle.</b> Runs from {@link #start} until {@link #stop}; not restarted. Each thread may be sending by the other's
 * interface, so whoever ends last closes both.
 *
 * <p><b>Synchronization.</b> The batch, and the reading half of the side's handle, are this thread's own.
 */
final class PortThread implements Runnable {
    private static final long COUNT_DROPS_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Longer than any collection of garbage: the process was stopped or starved, or a handler was stuck. */
    private static final long STANDSTILL_NS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Waking up costs as much as a frame. So a thread that was woken this short a time ago lets frames gather, as the interrupt
     * moderation of a card does: under load they are handled many at a time, on a quiet link each at once.
     */
    private static final long GATHER_NS = TimeUnit.MICROSECONDS.toNanos(30);

    private static final long ERROR_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Below the default of 0 is more: others on the host must not starve the packets' path. It can still be starved. */
    private static final int NICE = -10;

    /** What a thread gets that is given up. */
    private static final int LEAST = 19;

    private final PortSide side;
    private final PortSide other;
    private final HandlerSlot slot;
    private final Readiness readiness;
    private final Runnable whenEnded;
    private final boolean isTimekeeper;
    private volatile Thread thread;
    /** Of {@link #thread}, once it runs. */
    private volatile int kernelId;

    private final LiveBatch batch = new LiveBatch();
    /** Hands over what the batch has. Made once, as nothing is on the packets' path. */
    private final HandlerSlot.Visit delivery;

    /** A handle to go on with, put in by any thread. */
    private final AtomicReference<@Nullable CaptureHandle> replacement = new AtomicReference<>();
    /** The longest time without a round since somebody asked; 0 for none worth telling. */
    private final AtomicLong standstillNs = new AtomicLong();

    private volatile boolean isStopping;
    private volatile boolean isEnded;

    private long lastRoundNs;
    private long lastWakeNs;
    private long lastDropCountNs;
    private boolean isReadDue = true;

    /** False for a while after reading failed, until {@link #retryNs}. */
    private boolean mayRead = true;

    private long retryNs;

    /**
     * Made, not started.
     *
     * @param side whose frames it reads
     * @param other the other side
     * @param slot where frames go
     * @param readiness of this thread and the side's handle; closed when the thread has ended
     * @param isTimekeeper whether it is the one that ticks and runs tasks
     * @param whenEnded the last thing that it does
     */
    PortThread(
            PortSide side,
            PortSide other,
            HandlerSlot slot,
            Readiness readiness,
            boolean isTimekeeper,
            Runnable whenEnded) {
        this.side = side;
        this.other = other;
        this.slot = slot;
        this.readiness = readiness;
        this.isTimekeeper = isTimekeeper;
        this.whenEnded = whenEnded;
        this.thread = newThread(this);
        this.delivery = handler -> {
            if (handler == null) {
                side.counters.noHandler(batch.count());
            } else {
                handler.onBatch(side.side, batch);
            }
        };
    }

    private Thread newThread(Runnable body) {
        Thread made = new Thread(null, body, "port-" + side.side.name().toLowerCase(Locale.ROOT), 0, false);
        made.setDaemon(true);
        return made;
    }

    void start() {
        thread.start();
    }

    /**
     * Has another thread go on in place of this one, which is inside the slot and will never touch anything again. Should that
     * one be in an endless loop, it gets what processor time nobody else wants.
     */
    void replace(Runnable rest) {
        int stuck = kernelId;
        Thread next = newThread(() -> {
            int ignored = LibC.setpriority(LibC.PRIO_PROCESS, 0, NICE);
            slot.takeOver(rest);
            run();
        });
        if (!slot.bequeath(thread, next)) {
            throw new IllegalStateException(thread.getName() + " has come out of the handler");
        }
        thread.setName("lost-" + thread.getName()); // for whoever looks at the process
        thread = next;
        next.start();
        if (stuck > 0) {
            int ignored = LibC.setpriority(LibC.PRIO_PROCESS, stuck, LEAST);
        }
    }

    /** The kernel's number of the calling thread; 0 if it does not say. */
    private static int ownKernelId() {
        try {
            Path task = Path.of("/proc/thread-self").toRealPath().getFileName();
            return task == null ? 0 : Integer.parseInt(task.toString());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /** For tests. */
    Thread thread() {
        return thread;
    }

    /** Asks it to end, also on an idle link. */
    void stop() {
        isStopping = true;
        readiness.wake();
    }

    /** Has it look around soon. Any thread. */
    void wake() {
        readiness.wake();
    }

    /**
     * Waits for its end.
     *
     * @param deadlineNs until when, by {@link System#nanoTime}
     * @return false if it has not ended by then; whatever it works with stays open
     */
    boolean join(long deadlineNs) throws InterruptedException {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        thread.join(Math.max(1, leftMs));
        return !thread.isAlive();
    }

    /** How long it took no frame, at the longest, since the last call; 0 if never for long. */
    long takeStandstillNs() {
        return standstillNs.getAndSet(0);
    }

    /**
     * Has it go on with another handle, which it owns from then on. Any thread.
     *
     * @return false if it will not: the handle is still the caller's
     */
    boolean replaceHandle(CaptureHandle next) {
        if (isEnded || !replacement.compareAndSet(null, next)) {
            return false;
        }
        readiness.wake();
        return !isEnded || !replacement.compareAndSet(next, null);
    }

    @Override
    public void run() {
        try {
            kernelId = ownKernelId();
            int ignored = LibC.setpriority(LibC.PRIO_PROCESS, 0, NICE); // without the right to it, it goes on as it is
            lastRoundNs = System.nanoTime();
            while (!isStopping) {
                round();
            }
        } finally {
            isEnded = true;
            CaptureHandle unused = replacement.getAndSet(null);
            if (unused != null) {
                unused.close();
            }
            readiness.close();
            whenEnded.run();
        }
    }

    private void round() {
        long now = System.nanoTime();
        if (now - lastRoundNs >= STANDSTILL_NS) {
            standstillNs.accumulateAndGet(now - lastRoundNs, Math::max);
        }
        lastRoundNs = now;
        if (replacement.getPlain() != null) {
            replaceHandle();
        }
        long sleepNs = RETRY_NS;
        if (isTimekeeper) {
            slot.runTasks();
            sleepNs = slot.tick(now);
        }
        if (now - lastDropCountNs >= COUNT_DROPS_NS) {
            lastDropCountNs = now;
            side.countKernelDrops();
        }
        if (!mayRead && now - retryNs >= 0) {
            readAgain();
        }
        // An empty read costs a call of the kernel, and so does the wait: after a batch there is often another one.
        isReadDue = mayRead && isReadDue && drain(now);
        if (!isReadDue) {
            sleep(sleepNs);
        }
    }

    /**
     * Reads one batch and hands it over.
     *
     * @return false if there was none
     */
    private boolean drain(long nowNs) {
        LiveBatch frames = batch;
        frames.clear(nowNs);
        CaptureHandle handle = side.handle();
        int status = 1;
        while (frames.hasRoom() && status > 0) {
            status = handle.read(frames);
        }
        if (status < 0) {
            failed(nowNs);
        } else if (side.isReadFailing()) {
            side.setReadFailing(false);
        }
        int count = frames.count();
        if (count == 0) {
            return false;
        }
        side.counters.received(count);
        if (side.isUsable() && other.isUsable()) {
            slot.enter(delivery);
        } else {
            side.counters.linkFailed(count);
        }
        return true;
    }

    private void sleep(long atMostNs) {
        long now = System.nanoTime();
        long sinceWakeNs = now - lastWakeNs;
        if (sinceWakeNs < GATHER_NS) {
            lastWakeNs = now - GATHER_NS; // not twice without a wait in between
            LockSupport.parkNanos(GATHER_NS - sinceWakeNs);
            isReadDue = mayRead;
            return;
        }
        int ready = readiness.await((int) TimeUnit.NANOSECONDS.toMillis(atMostNs + 999_999));
        isReadDue = readiness.isReady();
        lastWakeNs = System.nanoTime();
        if (isReadDue) {
            side.handle().awoken();
        }
        if (ready < 0) {
            LockSupport.parkNanos(ERROR_PAUSE_NS); // a signal: rare; anything else must not spin
        }
    }

    /** An interface that is gone is left alone for a while: an error would end each wait at once. */
    private void failed(long nowNs) {
        side.setReadFailing(true);
        mayRead = false;
        retryNs = nowNs + RETRY_NS;
        readiness.watch(side.handle().descriptor(), false);
    }

    private void replaceHandle() {
        CaptureHandle next = replacement.getAndSet(null);
        if (next != null) {
            side.replaceHandle(next);
            side.setReadFailing(true);
            readAgain();
        }
    }

    /** It counts as failing until it was read without an error. */
    private void readAgain() {
        mayRead = true;
        isReadDue = true;
        readiness.watch(side.handle().descriptor(), true);
    }
}
