package io.sallyport.stack.internal.count;

import io.sallyport.stack.api.PathCounter;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The values of all {@link PathCounter}s of one worker. Written by that worker; whoever else reads sees to it that no frame
 * is being handled.
 */
public final class PathCounters {

    private static final PathCounter[] COUNTERS = PathCounter.values();

    private final long[] values = new long[COUNTERS.length];

    /** Begins at 0. */
    public PathCounters() {}

    /**
     * Counts one. Classify plane.
     *
     * @param counter which
     */
    public void count(PathCounter counter) {
        values[counter.ordinal()]++;
    }

    /**
     * Counts several. Classify plane.
     *
     * @param counter which
     * @param amount 0 or more
     */
    public void add(PathCounter counter, long amount) {
        values[counter.ordinal()] += amount;
    }

    /**
     * Reads one. Classify plane.
     *
     * @param counter which
     * @return 0 or more
     */
    public long value(PathCounter counter) {
        return values[counter.ordinal()];
    }

    /**
     * Copies what another worker, which is gone, had counted.
     *
     * @return a copy
     */
    public PathCounters copy() {
        PathCounters copy = new PathCounters();
        System.arraycopy(values, 0, copy.values, 0, values.length);
        return copy;
    }

    /**
     * A snapshot that names only what happened. Management plane.
     *
     * @return unmodifiable, in the order of the enum
     */
    public Map<PathCounter, Long> snapshot() {
        Map<PathCounter, Long> counted = new EnumMap<>(PathCounter.class);
        for (PathCounter counter : COUNTERS) {
            if (values[counter.ordinal()] != 0) {
                counted.put(counter, values[counter.ordinal()]);
            }
        }
        return Collections.unmodifiableMap(counted);
    }
}
