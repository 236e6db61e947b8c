package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The line between a worker and the vendor code that it calls, which the watchdog may cut.
 *
 * <p>{@link #state} holds the number of the call and where it is: IDLE, IN_CALLOUT, IN_API while the callout has called back
 * into us and something of the worker's is being changed, or FENCED. The thread moves by a release store into the callout, and
 * by compare-and-set everywhere else; the watchdog moves only from IN_CALLOUT to FENCED. So either the thread comes back
 * first, and nothing happened, or it is fenced: then it finds out wherever it meets us again, changes nothing, and stays here
 * for good. Java cannot end a thread, and letting it run on through our frames would have it work on what is another thread's.
 *
 * <p>A fenced gate is thrown away with its thread; whoever goes on in its place gets a new one.
 */
final class CallGate {
    private static final VarHandle STATE;
    private static final int IDLE = 0;
    private static final int IN_CALLOUT = 1;
    private static final int IN_API = 2;
    private static final int FENCED = 3;
    private static final int WHERE = 3;
    private static final int NEXT = 4;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CallGate.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long state;
    /** The thread's own copy of {@link #state} when idle. */
    private long idle;

    /** Who is inside; written before {@link #state} says so. */
    private @Nullable Thread thread;

    private @Nullable RegisteredCallout callout;

    /** The call that the watchdog found the thread in when it looked last. */
    private volatile long seen = -1;

    /** The worker's thread enters a callout. */
    void enter(RegisteredCallout who) {
        callout = who;
        thread = Thread.currentThread();
        STATE.setRelease(this, idle | IN_CALLOUT);
    }

    /** The callout has returned, or thrown. Does not return if its thread was given up meanwhile. */
    void leave() {
        if (!hasLeft()) {
            rest();
        }
    }

    /** The same, but tells the caller: false if the thread was given up, and may touch nothing any more. */
    boolean hasLeft() {
        if (!STATE.compareAndSet(this, idle | IN_CALLOUT, idle + NEXT)) {
            return false;
        }
        idle += NEXT;
        callout = null;
        return true;
    }

    /** Whether the watchdog has seen the thread in the call that it has just left: so by chance, the likelier the longer it took. */
    boolean wasSeen() {
        return seen == idle - NEXT;
    }

    /** Where a thread that nobody waits for stays. It cannot be ended, and must not go on. */
    private static void rest() {
        while (true) {
            LockSupport.park();
        }
    }

    /**
     * The callout wants something of the worker's changed: until {@link #leaveApi} it cannot be fenced.
     *
     * @return false if the caller is not the thread inside, or was given up: it must not change anything
     */
    boolean enterApi() {
        return thread == Thread.currentThread() && STATE.compareAndSet(this, idle | IN_CALLOUT, idle | IN_API);
    }

    void leaveApi() {
        STATE.setRelease(this, idle | IN_CALLOUT);
    }

    /** Tells whether the caller is the thread inside, and was not given up. */
    boolean isMine() {
        return thread == Thread.currentThread() && (state & WHERE) != FENCED;
    }

    // The watchdog from here on.

    /** Which call this is, and where. */
    long position() {
        return state;
    }

    /** Who is inside at a position; null if nobody is who could be fenced. */
    @Nullable RegisteredCallout at(long position) {
        return (position & WHERE) == IN_CALLOUT ? callout : null;
    }

    /** Lets the thread know that it was seen at a position. */
    void see(long position) {
        seen = position & ~WHERE;
    }

    /** Cuts the line; false if the thread came back, or called back, first. */
    boolean fence(long position) {
        return STATE.compareAndSet(this, position, (position & ~WHERE) | FENCED);
    }

    /** Tells whether the worker is outside of vendor code. */
    boolean isIdle() {
        return (state & WHERE) == IDLE;
    }
}
