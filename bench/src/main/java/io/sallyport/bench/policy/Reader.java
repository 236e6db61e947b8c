package io.sallyport.bench.policy;

import io.sallyport.bench.report.Samples;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.Field;
import java.util.SplittableRandom;

/**
 * A worker that judges without pause, on a thread of its own, and notes how long each verdict took from the one before: what a
 * packet would have to wait. Verdicts within a microsecond or so are counted, not kept.
 */
final class Reader implements AutoCloseable {
    private static final long KEPT_NS = 20_000;

    private final Classifier classifier;
    private final IncomingMetadata metadata;
    private final Thread thread;
    private volatile boolean isEnding;
    private volatile Samples pauses = new Samples();
    private volatile long verdicts;
    private volatile long longestNs;

    Reader(FilterEngine engine, IncomingMetadata metadata) {
        this.classifier = engine.newClassifier();
        this.metadata = metadata;
        this.thread = new Thread(this::run, "bench-reader");
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // This thread is the only one that counts.
    private void run() {
        SplittableRandom random = new SplittableRandom(1);
        LayerValues values = classifier.newValues(PolicyCommand.LAYER);
        ClassifyOutcome out = classifier.newOutcome();
        int address = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_ADDRESS);
        int port = PolicyCommand.LAYER.fieldIndex(Field.IP_REMOTE_PORT);
        int protocol = PolicyCommand.LAYER.fieldIndex(Field.IP_PROTOCOL);
        long last = System.nanoTime();
        while (!isEnding) {
            values.setNumber(address, PolicyCommand.address(random.nextInt(2 * PolicyCommand.MOST_FILTERS)));
            values.setNumber(port, random.nextInt(1, 65_536));
            values.setNumber(protocol, 6);
            classifier.enterPacket();
            classifier.classify(values, metadata, null, null, out);
            classifier.exitPacket();
            long now = System.nanoTime();
            if (now - last > KEPT_NS) {
                pauses.add(now - last);
                longestNs = Math.max(longestNs, now - last);
            }
            verdicts++;
            last = now;
        }
    }

    /** Begins to count anew. */
    void reset() {
        pauses = new Samples();
        verdicts = 0;
        longestNs = 0;
    }

    long verdicts() {
        return verdicts;
    }

    long longestNs() {
        return longestNs;
    }

    /** How many verdicts took longer than this. */
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
