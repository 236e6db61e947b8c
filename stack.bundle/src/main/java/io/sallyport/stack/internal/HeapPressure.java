package io.sallyport.stack.internal;

import io.sallyport.gateway.api.Notices;
import io.sallyport.stack.internal.path.Shedding;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Refuses what would need more memory while memory is short, so that what has begun can go on. Memory is what the collector
 * could not free: the share of the old generation that was in use after its last collection. What is in use at any other time
 * says nothing, since garbage is in it.
 *
 * <p>A daemon thread, ten times a second. While something is refused it has the collector look again now and then: with less
 * to do the heap might not fill for hours, and nobody would know that there is room.
 */
final class HeapPressure implements Runnable {
    private static final double ENTER_INSPECTION = 0.95;
    private static final double LEAVE_INSPECTION = 0.90;
    private static final double ENTER_FLOWS = 0.99;
    private static final double LEAVE_FLOWS = 0.97;

    private static final long EVERY_MS = 100;
    private static final long COLLECT_NS = TimeUnit.SECONDS.toNanos(15);
    private static final long STOP_TIMEOUT_MS = 2_000;

    /** The old generation, or what stands for it. */
    interface Heap {

        /**
         * How full it was after its last collection.
         *
         * @return from 0 to 1; 0 if it was not collected yet
         */
        double shareInUse();

        /** Has it collected. */
        void collect();
    }

    private final Heap heap;
    private final Shedding shedding;
    private final Consumer<Consumer<Notices>> teller;
    private final Thread thread = new Thread(this, "heap-watch");
    private volatile boolean isStopping;
    private long collectedNs;

    /**
     * Watches nothing yet.
     *
     * @param shedding is raised and lowered
     * @param teller hands on what the operator is to be told, if there is somebody to tell
     */
    HeapPressure(Heap heap, Shedding shedding, Consumer<Consumer<Notices>> teller) {
        this.heap = heap;
        this.shedding = shedding;
        this.teller = teller;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        isStopping = true;
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!isStopping) {
            look(System.nanoTime());
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Looks once. */
    void look(long nowNs) {
        int before = shedding.level();
        double share = heap.shareInUse();
        int now = next(before, share);
        if (now != before) {
            shedding.set(now);
            collectedNs = nowNs;
            tell(now, share);
        } else if (now != Shedding.NOTHING && nowNs - collectedNs >= COLLECT_NS) {
            collectedNs = nowNs;
            heap.collect();
        }
    }

    /** Leaving takes a lower share than entering, so that it does not go to and fro. */
    private static int next(int level, double share) {
        if (share >= ENTER_FLOWS || (level == Shedding.FLOWS && share >= LEAVE_FLOWS)) {
            return Shedding.FLOWS;
        }
        if (share >= ENTER_INSPECTION || (level >= Shedding.INSPECTION && share >= LEAVE_INSPECTION)) {
            return Shedding.INSPECTION;
        }
        return Shedding.NOTHING;
    }

    private void tell(int level, double share) {
        String use = String.format(
                Locale.ROOT, "%.0f %% of the heap's old generation are in use after a collection", share * 100);
        String help = "; see who holds it (jcmd PID GC.class_histogram), or give the gateway more:"
                + " SALLYPORT_JAVA_OPTS='-Xms2g -Xmx2g'";
        teller.accept(notices -> {
            switch (level) {
                case Shedding.FLOWS ->
                    notices.fault("memory is almost used up: " + use
                            + "; no new flow begins (limit-heap-flows), known ones go on" + help);
                case Shedding.INSPECTION ->
                    notices.fault("memory is short: " + use
                            + "; connections that a stream filter could match do not begin (limit-heap-inspection)"
                            + help);
                default -> notices.state("memory is there again: " + use + "; nothing is refused for it");
            }
        });
    }
}
