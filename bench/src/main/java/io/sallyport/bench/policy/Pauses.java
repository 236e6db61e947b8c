package io.sallyport.bench.policy;

import io.sallyport.bench.report.Samples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What kept a thread that never rests from going on, and how long, in nanoseconds, by cause. Written by that thread alone, by way of
 * a {@link PauseWatch}, or by whoever reads what a {@link BareLoop} says; read by any.
 */
final class Pauses {
    /** What is longer is too long. */
    static final long MOST_NS = 1_000_000;

    static final double MS = 1_000_000;

    private static final long KEPT_NS = 100_000;
    private static final double SECOND_NS = 1_000_000_000;

    /** By the wall's clock. */
    final Samples wall = new Samples();

    /** By the thread's own. */
    final Samples work = new Samples();

    /** Others had the processor. */
    final Samples queued = new Samples();

    /** The rest. */
    final Samples stopped = new Samples();

    private volatile long watchedNs;

    /** One that took long enough to ask for its causes. */
    void add(long wallNs, long workNs, long queuedNs) {
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

    /** How long the thread was watched, pauses included. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    void addWatched(long ns) {
        watchedNs += ns;
    }

    /** By figure, for the report. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("watchedMs", watchedNs / MS);
        figures.put("longestMs", longest(wall) / MS);
        figures.put("longerThan1Ms", wall.countAbove(MOST_NS));
        figures.put("longerThan1MsPerSecond", tooLongPerSecond());
        figures.put("longestWorkMs", longest(work) / MS);
        figures.put("workLongerThan1Ms", work.countAbove(MOST_NS));
        figures.put("longestQueuedMs", longest(queued) / MS);
        figures.put("queuedLongerThan1Ms", queued.countAbove(MOST_NS));
        figures.put("longestStoppedMs", longest(stopped) / MS);
        figures.put("stoppedLongerThan1Ms", stopped.countAbove(MOST_NS));
        return figures;
    }

    /** In words. */
    String tooLong() {
        return "longest " + longest(wall) / MS + " ms, " + wall.countAbove(MOST_NS) + " times longer than 1 ms";
    }

    double tooLongPerSecond() {
        return watchedNs == 0 ? 0 : wall.countAbove(MOST_NS) * SECOND_NS / watchedNs;
    }

    static long longest(Samples samples) {
        return samples.percentile(100);
    }
}
