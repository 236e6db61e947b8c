package io.sallyport.bench.policy;

import io.sallyport.bench.KernelThread;
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
import java.util.concurrent.locks.LockSupport;

/**
 * A worker that judges without pause, on a thread of its own, a batch at a time as frames come, and notes how long each batch took
 * from the one before: what a packet would have to wait, and for what ({@link PauseWatch}). What a change of policy does to a reader
 * by itself, by more work or by a lock, is in its work or in the blocks.
 */
final class Reader implements AutoCloseable {
    /** The priority of a live port's thread. */
    static final int AS_A_PORT = -10;

    private static final int BATCH = 8;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Classifier classifier;
    private final IncomingMetadata metadata;
    private final Thread thread;
    private volatile boolean isEnding;
    private volatile boolean isResting;
    private volatile boolean isFirst;
    private volatile Pauses pauses = new Pauses();
    private volatile long verdicts;
    /** Waits of its own will. */
    private volatile long rests;

    private volatile long blocksBefore;

    Reader(FilterEngine engine, IncomingMetadata metadata) {
        this.classifier = engine.newClassifier();
        this.metadata = metadata;
        this.thread = new Thread(this::run, "bench-reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (PauseWatch watch = new PauseWatch()) {
            isFirst = KernelThread.renice(KernelThread.own(), AS_A_PORT).waitFor() == 0;
            judge(watch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // This thread is the only one that counts.
    private void judge(PauseWatch watch) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        LayerValues values = classifier.newValues(PolicyCommand.LAYER);
        ClassifyOutcome out = classifier.newOutcome();
        int address = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS);
        int port = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_PORT);
        int protocol = PolicyCommand.LAYER.fieldIndex(Field.IP_PROTOCOL);
        PauseWatch.Sink sink = (wallNs, workNs, queuedNs) -> pauses.add(wallNs, workNs, queuedNs);
        watch.begin();
        while (!isEnding) {
            if (isResting) {
                restAWhile();
                watch.begin();
            }
            for (int i = 0; i < BATCH; i++) {
                values.setNumber(address, PolicyCommand.address(random.nextInt(2 * PolicyCommand.MOST_FILTERS)));
                values.setNumber(port, random.nextInt(1, 65_536));
                values.setNumber(protocol, 6);
                classifier.enterPacket();
                classifier.classify(values, metadata, null, null, out);
                classifier.exitPacket();
            }
            verdicts += BATCH;
            pauses.addWatched(watch.look(sink));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // As above.
    private void restAWhile() {
        while (isResting && !isEnding) {
            rests++;
            LockSupport.park(this);
        }
    }

    /** From when on it judges nothing, or goes on. Any thread. */
    void rest(boolean isOver) {
        isResting = isOver;
        LockSupport.unpark(thread);
    }

    /** Begins to count anew. */
    void reset() {
        pauses = new Pauses();
        verdicts = 0;
        blocksBefore = blocksSoFar();
    }

    private long blocksSoFar() {
        ThreadInfo info = THREADS.getThreadInfo(thread.getId());
        return info == null ? 0 : info.getBlockedCount() + info.getWaitedCount() - rests;
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
