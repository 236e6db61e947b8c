package io.sallyport.bench.exhaustion;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this JVM holds on to. */
final class Memory {
    private static final int MEBIBYTE = 1 << 20;

    private Memory() {}

    /** Heap that is reachable, after a full collection, and direct buffers. */
    static long heldBytes() {
        return heapBytes() + directBytes();
    }

    /** Heap that is reachable. */
    static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long directBytes() {
        long sum = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            sum += pool.getMemoryUsed();
        }
        return sum;
    }

    static double mebibytes(long bytes) {
        return (double) bytes / MEBIBYTE;
    }
}
