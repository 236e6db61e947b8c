package io.sallyport.stack.shim.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;

/** Measures that code on the classify path does not allocate. */
public final class Allocation {

    private static final int RUNS = 20_000;

    private Allocation() {}

    /**
     * Runs code often and checks that the thread allocated less than one object for a hundred runs.
     *
     * @param code to be measured
     */
    public static void assertNone(Runnable code) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < RUNS; i++) {
                code.run();
            }
            best = Math.min(best, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(best).as("bytes allocated in %d runs", RUNS).isLessThan(RUNS / 100 * 16L);
    }
}
