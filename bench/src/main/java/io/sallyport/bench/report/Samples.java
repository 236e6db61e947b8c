package io.sallyport.bench.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measured values, for percentiles by nearest rank. Safe for use by several threads. */
public final class Samples {
    private long[] values = new long[1024];
    private int count;

    /**
     * Adds one.
     *
     * @param value in whatever unit the others have
     */
    public synchronized void add(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
    }

    /**
     * How many there are.
     *
     * @return values
     */
    public synchronized int count() {
        return count;
    }

    /**
     * The value that this share of all values does not exceed.
     *
     * @param percent 0..100
     * @return 0 if there is none
     */
    public synchronized long percentile(double percent) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * count);
        return sorted[Math.max(0, Math.min(count, rank) - 1)];
    }

    /**
     * How many are above a limit.
     *
     * @param limit in the values' unit
     * @return values
     */
    public synchronized long countAbove(long limit) {
        return Arrays.stream(values, 0, count).filter(value -> value > limit).count();
    }

    /**
     * The usual ones.
     *
     * @param unit what the names end with, such as {@code Ms}
     * @param divisor what a value is divided by to be in that unit
     * @return p50, p99 and max by name
     */
    public Map<String, Object> summary(String unit, double divisor) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("count", count());
        summary.put("p50" + unit, percentile(50) / divisor);
        summary.put("p99" + unit, percentile(99) / divisor);
        summary.put("max" + unit, percentile(100) / divisor);
        return summary;
    }
}
