package io.sallyport.bench.policy;

import io.sallyport.bench.KernelThread;
import io.sallyport.bench.report.Samples;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.Field;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;

/**
 * A worker that judges without pause, on a thread of its own, a batch at a time as frames come, and notes how long each batch took
 * from the one before: what a packet would have to wait. It notes twice: by the wall's clock, which also runs while the JVM
 * collects or the system has given the core to somebody else, and by the thread's own, which runs only while it judges. What a
 * change of policy does to a reader by itself, by more work or by a lock, is in the second or in {@link #blocks}.
 */
final class Reader implements AutoCloseable {
    private static final long KEPT_NS = 100_000;
    private static final int BATCH = 8;
    /** The priority of a live port's thread. */
    private static final int AS_A_PORT = -10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Classifier classifier;
    private final IncomingMetadata metadata;
    private final Thread thread;
    private volatile boolean isEnding;
    private volatile boolean isFirst;
    private volatile Samples pauses = new Samples();
    private volatile Samples work = new Samples();
    private volatile long verdicts;
    private volatile long longestNs;
    private volatile long longestWorkNs;
    private volatile long blocksBefore;

    Reader(FilterEngine engine, IncomingMetadata metadata) {
        this.classifier = engine.newClassifier();
        this.metadata = metadata;
        this.thread = new Thread(this::run, "bench-reader");
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // This thread is the only one that counts.
    private void run() {
        try {
            isFirst = KernelThread.renice(KernelThread.own(), AS_A_PORT).waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SplittableRandom random = new SplittableRandom(1);
        LayerValues values = classifier.newValues(PolicyCommand.LAYER);
        ClassifyOutcome out = classifier.newOutcome();
        int address = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS);
        int port = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_PORT);
        int protocol = PolicyCommand.LAYER.fieldIndex(Field.IP_PROTOCOL);
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
            long nowWork = THREADS.getCurrentThreadCpuTime();
            long now = System.nanoTime();
            if (now - last > KEPT_NS) {
                pauses.add(now - last);
                longestNs = Math.max(longestNs, now - last);
            }
            if (nowWork - lastWork > KEPT_NS) {
                work.add(nowWork - lastWork);
                longestWorkNs = Math.max(longestWorkNs, nowWork - lastWork);
            }
            verdicts += BATCH;
            last = now;
            lastWork = nowWork;
        }
    }

    /** Whether it has a port's priority. */
    boolean isFirst() {
        return isFirst;
    }

    /** Begins to count anew. */
    void reset() {
        pauses = new Samples();
        work = new Samples();
        verdicts = 0;
        longestNs = 0;
        longestWorkNs = 0;
        blocksBefore = blocksSoFar();
    }

    private long blocksSoFar() {
        ThreadInfo info = THREADS.getThreadInfo(thread.getId());
        return info == null ? 0 : info.getBlockedCount() + info.getWaitedCount();
    }

    /** How often it has waited for a lock or for another thread. */
    long blocks() {
        return blocksSoFar() - blocksBefore;
    }

    long verdicts() {
        return verdicts;
    }

    long longestNs() {
        return longestNs;
    }

    /** The longest time that the thread itself worked on a batch. */
    long longestWorkNs() {
        return longestWorkNs;
    }

    /** How many batches the thread itself worked on for longer than this. */
    long workedLongerThan(long limitNs) {
        return work.countAbove(limitNs);
    }

    /** How many batches took longer than this. */
    long longerThan(long limitNs) {
        return pauses.countAbove(limitNs);
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
