package io.sallyport.port.pcap.live;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames on their way out by one interface, in order, and sent many to a call. Whoever is inside the data path puts in; once
 * outside, it sees to it that all up to its own last frame are sent, one thread at a time. So nobody waits for the kernel while
 * holding the data path, no frame overtakes another, and no thread sends without end what another one puts in.
 *
 * <p><b>Synchronization.</b> {@link #offer} and {@link #publish} are for whoever holds the data path's turn. {@link #sending}
 * is the right to take out. A queue that is full has its producer send: it may hold the turn meanwhile, since nobody who sends
 * wants that.
 */
final class SendQueue {

    /** Who sends. */
    interface Wire {

        /**
         * Sends some frames.
         *
         * @param headers address of an array of {@code struct mmsghdr}
         * @param count how many, at least one
         * @return how many were sent, from the first on; not above 0 if the first one cannot be sent
         */
        int send(long headers, int count);
    }

    /** A power of two. */
    static final int FRAMES = 1024;

    /** What {@link #publish} returns if there is nothing to send. */
    static final long NOTHING = 0;

    private static final int MOST_AT_ONCE = 64;
    /** So long another thread is waited for without giving up the processor. */
    private static final int SPINS = 200;

    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(20);

    private static final int ARENA_BYTES = 2 << 20;

    // struct mmsghdr and struct iovec, on 64 bits.
    private static final int HEADER_BYTES = 64;
    private static final int HEADER_VECTORS = 16;
    private static final int HEADER_VECTOR_COUNT = 24;
    private static final int VECTOR_BYTES = 16;
    private static final int VECTOR_LENGTH = 8;

    private final Wire wire;
    private final InterfaceCounters counters;
    private final ByteBuffer arena = ByteBuffer.allocateDirect(ARENA_BYTES);
    private final long arenaAddress = NativeMemory.address(arena);
    private final ByteBuffer headers = NativeMemory.allocateNative(FRAMES * HEADER_BYTES);
    private final long headersAddress = NativeMemory.address(headers);
    private final ByteBuffer vectors = NativeMemory.allocateNative(FRAMES * VECTOR_BYTES);
    private final int[] starts = new int[FRAMES];

    private final AtomicBoolean sending = new AtomicBoolean();
    /** How many frames were taken out since the start. */
    private final AtomicLong done = new AtomicLong();

    // The producer's: how many were put in since the start, how many of these were let go, and where the last one ends.
    private long queued;
    private long published;
    private int arenaEnd;

    SendQueue(Wire wire, InterfaceCounters counters) {
        this.wire = wire;
        this.counters = counters;
        long vectorsAddress = NativeMemory.address(vectors);
        for (int i = 0; i < FRAMES; i++) {
            headers.putLong(i * HEADER_BYTES + HEADER_VECTORS, vectorsAddress + (long) i * VECTOR_BYTES);
            headers.putLong(i * HEADER_BYTES + HEADER_VECTOR_COUNT, 1L);
        }
    }

    /**
     * Puts a copy of a frame in. By the holder of the data path's turn.
     *
     * @param lengthBytes at most a few hundred kilobytes
     */
    void offer(ByteBuffer memory, int offset, int lengthBytes) {
        int at = place(lengthBytes);
        if (at < 0) {
            send(queued);
            at = place(lengthBytes);
        }
        arena.put(at, memory, offset, lengthBytes);
        int index = index(queued);
        starts[index] = at;
        vectors.putLong(index * VECTOR_BYTES, arenaAddress + at);
        vectors.putLong(index * VECTOR_BYTES + VECTOR_LENGTH, lengthBytes);
        arenaEnd = at + (lengthBytes + 7 & ~7);
        queued++;
    }

    /** Finds room, -1 for none now: behind the last frame, or at the start if the oldest one leaves enough there. */
    private int place(int lengthBytes) {
        long sent = done.get();
        if (sent == queued) {
            return 0; // the memory that is warm
        }
        if (queued - sent == FRAMES) {
            return -1;
        }
        int oldest = starts[index(sent)];
        int end = arenaEnd;
        if (end > oldest) {
            if (ARENA_BYTES - end >= lengthBytes) {
                return end;
            }
            end = 0;
        }
        return oldest - end > lengthBytes + 7 ? end : -1;
    }

    private static int index(long number) {
        return (int) number & (FRAMES - 1);
    }

    /**
     * Lets go what was put in. By the holder of the data path's turn.
     *
     * @return for {@link #send}, after the turn: up to where; {@link #NOTHING} if nothing was put in since the last call
     */
    long publish() {
        if (published == queued) {
            return NOTHING;
        }
        published = queued;
        return queued;
    }

    /**
     * Returns when all frames up to one that was let go have been sent. Any of the port's threads.
     *
     * @param upTo as {@link #publish} said
     */
    void send(long upTo) {
        int spins = 0;
        while (done.get() < upTo) {
            if (sending.compareAndSet(false, true)) {
                try {
                    drain(upTo);
                } finally {
                    sending.set(false);
                }
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void drain(long upTo) {
        long at = done.getPlain();
        while (at < upTo) {
            int index = index(at);
            int count = (int) Math.min(Math.min(upTo - at, MOST_AT_ONCE), FRAMES - index);
            int sent = wire.send(headersAddress + (long) index * HEADER_BYTES, count);
            if (sent > 0) {
                counters.sent(sent);
                at += sent;
            } else {
                counters.sendFailed();
                at++;
            }
            done.set(at);
        }
    }

    /** Does something while nobody sends. Any of the port's threads, outside of the turn. */
    void whileIdle(Runnable task) {
        while (!sending.compareAndSet(false, true)) {
            LockSupport.parkNanos(PAUSE_NS);
        }
        try {
            task.run();
        } finally {
            sending.set(false);
        }
    }
}
