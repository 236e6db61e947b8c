package io.sallyport.bench.policy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Looks, round by round, how long the thread that made it was kept from the next round, and why. Its own time, in which it works,
 * has the interrupts in it that the kernel serves on its processor, and what a hypervisor takes of it; then there is the time in
 * which it was ready and others had the processor; the rest is what it was stopped for: by the JVM, which collects or changes code,
 * or by a lock. For that thread alone.
 */
final class PauseWatch implements AutoCloseable {
    /** A round takes a few microseconds; whatever is longer has a cause that is looked for. */
    private static final long ODD_NS = 20_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** What takes the pauses over. */
    @FunctionalInterface
    interface Sink {
        /** One of them, in nanoseconds. */
        void pause(long wallNs, long workNs, long queuedNs);
    }

    private final ProcessorQueue queue;
    private long last;
    private long lastWork;
    private long lastQueued;

    PauseWatch() throws IOException {
        queue = new ProcessorQueue();
        begin();
    }

    /** What came before does not count. */
    void begin() throws IOException {
        lastQueued = queue.waitedNs();
        lastWork = THREADS.getCurrentThreadCpuTime();
        last = System.nanoTime();
    }

    /**
     * A round is over.
     *
     * @return how long it took, in nanoseconds
     */
    long look(Sink sink) throws IOException {
        long nowWork = THREADS.getCurrentThreadCpuTime();
        long now = System.nanoTime();
        long wall = now - last;
        if (wall > ODD_NS) {
            long nowQueued = queue.waitedNs();
            sink.pause(wall, nowWork - lastWork, nowQueued - lastQueued);
            begin();
        } else {
            last = now;
            lastWork = nowWork;
        }
        return wall;
    }

    @Override
    public void close() throws IOException {
        queue.close();
    }
}
