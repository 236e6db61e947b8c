package io.sallyport.engine.internal.classify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where one worker is: a packet counter in the upper bits, and in the lower two IDLE, IN_PACKET or PURGING.
 *
 * <p>The worker goes from IDLE to IN_PACKET by compare-and-set, which is also the full fence between "I am inside" and its read
 * of the snapshot reference. So whoever has published a snapshot and then looks here either sees the worker inside, and waits
 * for its number to change, or may rely on the worker to see the new snapshot. It leaves by a release store.
 *
 * <p>The management plane may go from IDLE to PURGING in the place of an idle worker, and back; a worker that wants in meanwhile
 * spins.
 */
final class PacketEpoch {
    private static final VarHandle STATE;
    private static final int IN_PACKET = 1;
    private static final int PURGING = 2;
    private static final int NEXT = 4;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(PacketEpoch.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long state;

    /** The worker's copy of {@link #state} when idle. */
    private long idle;

    /** A packet begins. By the worker. */
    void enter() {
        long before = idle;
        while (!STATE.compareAndSet(this, before, before | IN_PACKET)) {
            Thread.onSpinWait();
        }
    }

    /** The packet is over. By the worker, which is inside. */
    void exit() {
        idle += NEXT;
        STATE.setRelease(this, idle);
    }

    /** Where the worker is now, to be asked about with {@link #hasLeft}. Any thread. */
    long position() {
        return state;
    }

    /** Tells whether the worker has been outside since it was at a position. Any thread. */
    boolean hasLeft(long position) {
        return (position & IN_PACKET) == 0 || state != position;
    }

    /**
     * Takes the place of an idle worker. Any thread but the worker's.
     *
     * @return what {@link #letIn} gets, or -1 if the worker is inside a packet or somebody else in its place
     */
    long keepOut() {
        long now = state;
        boolean isIdle = (now & (IN_PACKET | PURGING)) == 0;
        return isIdle && STATE.compareAndSet(this, now, now | PURGING) ? now : -1;
    }

    /** Gives the place back. */
    void letIn(long before) {
        STATE.setRelease(this, before);
    }
}
