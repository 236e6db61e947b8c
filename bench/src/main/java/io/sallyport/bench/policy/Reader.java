package io.sallyport.bench.policy;

import io.sallyport.bench.KernelThread;
import io.sallyport.bench.report.Samples;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.Field;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;

/**
 * A worker that judges without pause, on a thread of its own, a batch at a time as frames come, and notes how long each batch took
 * from the one before: what a packet would have to wait, by the wall's clock. Of what took long it notes the causes: the
 * thread's own time, in which it judges, though interrupts that the kernel serves on its processor, and what a hypervisor takes of
 * it, are in there too; the time in which it was ready and others had the processor; and the rest, in which it was stopped: by
 * the JVM, which collects or changes code, or by a lock. What a change of policy does to a reader by itself, by more work or by a
 * lock, is in the first or in the blocks.
 */
final class Reader implements AutoCloseable {
    private static final long KEPT_NS = 100_000;
    /** A batch takes a few microseconds; whatever is longer has a cause that is looked for. */
    private static final long ODD_NS = 20_000;

    private static final int BATCH = 8;
    /** The priority of a live port's thread. */
    private static final int AS_A_PORT = -10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Classifier classifier;
    private final IncomingMetadata metadata;
    private final Thread thread;
    private volatile boolean isEnding;
    private volatile boolean isFirst;
    private volatile Pauses pauses = new Pauses();
    private volatile long verdicts;
    private volatile long blocksBefore;

    /** What took long since the beginning or the last reset, in nanoseconds, by cause. Written by the reader alone. */
    static final class Pauses {
        /** By the wall's clock. */
        final Samples wall = new Samples();

        /** By the thread's own. */
        final Samples work = new Samples();

        /** Others had the processor. */
        final Samples queued = new Samples();

        /** The rest. */
        final Samples stopped = new Samples();

        private void add(long wallNs, long workNs, long queuedNs) {
            keep(wall, wallNs);
            keep(work, workNs);
            keep(queued, queuedNs);
            keep(stopped, wallNs - workNs - queuedNs);
        }

        private static void keep(Samples samples, long ns) {
            if (ns > KEPT_NS) {
                samples.add(ns);
            }
        }
    }

    Reader(FilterEngine engine, IncomingMetadata metadata) {
        this.classifier = engine.newClassifier();
        this.metadata = metadata;
        this.thread = new Thread(this::run, "bench-reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (ProcessorQueue queue = new ProcessorQueue()) {
            isFirst = KernelThread.renice(KernelThread.own(), AS_A_PORT).waitFor() == 0;
            judge(queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // This thread is the only one that counts.
    private void judge(ProcessorQueue queue) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        LayerValues values = classifier.newValues(PolicyCommand.LAYER);
        ClassifyOutcome out = classifier.newOutcome();
        int address = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS);
        int port = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_PORT);
        int protocol = PolicyCommand.LAYER.fieldIndex(Field.IP_PROTOCOL);
        long lastQueued = queue.waitedNs();
        long last = System.nanoTime();
        long lastWork = THREADS.getCurrentThreadCpuTime();
        while (!isEnding) {
            for (int i = 0; i < BATCH; i++) {
                values.setNumber(address, PolicyCommand.address(random.nextInt(2 * PolicyCommand.MOST_FILTERS)));
                values.setNumber(port, random.nextInt(1, 65_536));
                values.setNumber(protocol, 6);
                classifier.enterPacket();
                classifier.classify(values, metadata, null, null, out);
                classifier.exitPacket();
            }
            verdicts += BATCH;
            long nowWork = THREADS.getCurrentThreadCpuTime();
            long now = System.nanoTime();
            if (now - last > ODD_NS) {
                long nowQueued = queue.waitedNs();
                pauses.add(now - last, nowWork - lastWork, nowQueued - lastQueued);
                lastQueued = nowQueued;
                nowWork = THREADS.getCurrentThreadCpuTime();
                now = System.nanoTime();
            }
            last = now;
            lastWork = nowWork;
        }
    }

    /** Begins to count anew. */
    void reset() {
        pauses = new Pauses();
        verdicts = 0;
        blocksBefore = blocksSoFar();
    }

    private long blocksSoFar() {
        ThreadInfo info = THREADS.getThreadInfo(thread.getId());
        return info == null ? 0 : info.getBlockedCount() + info.getWaitedCount();
    }

    /**
     * What it saw since the last reset.
     *
     * @param pauses what took long
     * @param verdicts how many it gave
     * @param blocks how often it waited for a lock or for another thread
     * @param isFirst whether it has a port's priority
     */
    record Observation(Pauses pauses, long verdicts, long blocks, boolean isFirst) {}

    /**
     * Ends a phase; what comes later counts for nothing until the next reset. A reader that died has seen nothing, rather than
     * something good.
     */
    Observation seen() {
        if (!thread.isAlive()) {
            throw new IllegalStateException("the reader has ended; see its exception above");
        }
        long blocks = blocksSoFar() - blocksBefore;
        Observation seen = new Observation(pauses, verdicts, blocks, isFirst);
        // Percentiles lock the samples: the reader shall not be the one who waits.
        pauses = new Pauses();
        return seen;
    }

    @Override
    public void close() {
        isEnding = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        classifier.close();
    }
}
