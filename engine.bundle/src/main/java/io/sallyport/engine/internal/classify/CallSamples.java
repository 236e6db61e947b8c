package io.sallyport.engine.internal.classify;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What calls of callouts cost: time and heap of 1 call in {@value #EVERY}, processor time of 1 in {@value #CPU_EVERY}, since
 * reading that clock costs as much as a packet. Times are kept in buckets of four to each power of two. Counting: the worker,
 * one call at a time; reading: anybody.
 */
public final class CallSamples {
    static final int EVERY = 64;
    static final int CPU_EVERY = 1_024;

    /** Below it times are not told apart. */
    private static final int LEAST_BITS = 4;

    private static final int SUB_BITS = 2;
    /** Up to 17 s. */
    private static final int BUCKETS = ((34 - LEAST_BITS) << SUB_BITS) + 2;

    private static final int HEAP_SAMPLES = BUCKETS;
    private static final int HEAP_BYTES = BUCKETS + 1;
    private static final int CPU_SAMPLES = BUCKETS + 2;
    private static final int CPU_NS = BUCKETS + 3;
    private static final int COLUMNS = BUCKETS + 4;
    private static final int BLOCK_BITS = 3;

    private static final @Nullable ThreadMXBean THREADS = threads();

    private final SlotCounters rows = new SlotCounters(COLUMNS, BLOCK_BITS);
    private int turn;
    private boolean isCpuDue;
    private long startNs;
    private long startBytes;
    private long startCpuNs;

    private static @Nullable ThreadMXBean threads() {
        try {
            boolean isThere = ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                    && bean.isThreadAllocatedMemorySupported()
                    && bean.isCurrentThreadCpuTimeSupported();
            return isThere ? (ThreadMXBean) ManagementFactory.getThreadMXBean() : null;
        } catch (LinkageError e) {
            return null; // a JVM without that extension: times are enough
        }
    }

    void reserve(int calloutRows) {
        rows.reserve(calloutRows);
    }

    void pin() {
        rows.pin();
    }

    /** Tells whether the next call is a sample. */
    boolean isDue() {
        return (++turn & (EVERY - 1)) == 0;
    }

    /** A sample begins. */
    void begin() {
        ThreadMXBean threads = THREADS;
        isCpuDue = (turn & (CPU_EVERY - 1)) == 0;
        if (threads != null) {
            startBytes = threads.getCurrentThreadAllocatedBytes();
            if (isCpuDue) {
                startCpuNs = threads.getCurrentThreadCpuTime();
            }
        }
        startNs = System.nanoTime();
    }

    /** It ends: whatever became of the call. */
    void end(int row) {
        long tookNs = System.nanoTime() - startNs;
        ThreadMXBean threads = THREADS;
        if (threads != null) {
            if (isCpuDue) {
                rows.add(row, CPU_NS, threads.getCurrentThreadCpuTime() - startCpuNs);
                rows.count(row, CPU_SAMPLES);
            }
            rows.add(row, HEAP_BYTES, threads.getCurrentThreadAllocatedBytes() - startBytes);
            rows.count(row, HEAP_SAMPLES);
        }
        rows.count(row, bucket(tookNs));
    }

    static int bucket(long ns) {
        int bits = 63 - Long.numberOfLeadingZeros(ns | 1);
        if (bits < LEAST_BITS) {
            return 0;
        }
        int sub = (int) (ns >>> (bits - SUB_BITS)) & ((1 << SUB_BITS) - 1);
        return Math.min(BUCKETS - 1, ((bits - LEAST_BITS) << SUB_BITS) + sub + 1);
    }

    /** The longest time in a bucket. */
    static long upTo(int bucket) {
        if (bucket == 0) {
            return (1L << LEAST_BITS) - 1;
        }
        int bits = ((bucket - 1) >>> SUB_BITS) + LEAST_BITS;
        int sub = (bucket - 1) & ((1 << SUB_BITS) - 1);
        return (1L << bits) + ((sub + 1L) << (bits - SUB_BITS)) - 1;
    }

    /** Adds what was sampled of one callout. Any thread. */
    public void addTo(Sum sum, int row) {
        for (int i = 0; i < COLUMNS; i++) {
            sum.values[i] += rows.read(row, i);
        }
    }

    /** Samples of several workers. */
    public static final class Sum {
        private final long[] values = new long[COLUMNS];

        /** Tells below which time a share of the calls stayed; 0 without a sample. */
        public long percentileNs(double share) {
            long samples = 0;
            for (int i = 0; i < BUCKETS; i++) {
                samples += values[i];
            }
            long wanted = (long) Math.ceil(samples * share);
            long seen = 0;
            for (int i = 0; i < BUCKETS && samples > 0; i++) {
                seen += values[i];
                if (seen >= wanted) {
                    return upTo(i);
                }
            }
            return 0;
        }

        /** Processor time of a call; -1 if it is not known. */
        public long cpuNs() {
            return values[CPU_SAMPLES] == 0 ? -1 : values[CPU_NS] / values[CPU_SAMPLES];
        }

        /** Heap that a call used; -1 if it is not known. */
        public long allocatedBytes() {
            return values[HEAP_SAMPLES] == 0 ? -1 : values[HEAP_BYTES] / values[HEAP_SAMPLES];
        }
    }
}
