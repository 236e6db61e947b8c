package io.sallyport.port.pcap.live;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: a lock for two threads, without queue and without objects made, that another thread can inherit from one
 * that never comes back. What was done before {@link #give} is seen after {@link #take}.
 */
final class Turn {
    /** About as long as a small batch takes: parking and waking up cost more. */
    private static final int SPINS = 200;

    private final AtomicReference<@Nullable Thread> holder = new AtomicReference<>();
    /** The one that waits; there are two threads, so no more than one does. */
    private volatile @Nullable Thread waiter;

    /** Waits until it is the caller's turn. */
    void take() {
        Thread me = Thread.currentThread();
        for (int i = 0; i < SPINS; i++) {
            if (holder.getPlain() == null && holder.compareAndSet(null, me)) {
                return;
            }
            Thread.onSpinWait();
        }
        waiter = me;
        while (!holder.compareAndSet(null, me)) {
            LockSupport.park(this);
        }
        waiter = null;
    }

    /** By whoever has it. */
    void give() {
        holder.set(null);
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** Hands it from a thread that will never give it to another one; false if that one does not have it. Any thread. */
    boolean bequeath(Thread from, Thread to) {
        return holder.compareAndSet(from, to);
    }

    @Nullable Thread holder() {
        return holder.get();
    }

    boolean isMine() {
        return holder.getAcquire() == Thread.currentThread();
    }
}
