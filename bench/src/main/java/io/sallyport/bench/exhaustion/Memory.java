package io.sallyport.bench.exhaustion;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this JVM holds on to. */
final class Memory {
    private static final int MEBIBYTE = 1 << 20;

    /** Of a heap of 512 MiB (cnf/script/run.sh) two thirds are the old generation; at 95 % of that streams are refused. */
    private static final double LIVE_HEAP_MIB = 512 * 2 / 3.0 * 0.95;
    /** The framework, the product's code and a policy, by jcmd GC.class_histogram of an idle gateway; and room for plug-ins. */
    private static final double OTHERS_MIB = 64;

    private Memory() {}

    /** What a live gateway's tables may take together before its heap is short. */
    static double liveHeapMib() {
        return LIVE_HEAP_MIB - OTHERS_MIB;
    }

    /** Heap that is reachable, after a full collection, and direct buffers. */
    static long heldBytes() {
        return heapBytes() + bufferBytes();
    }

    /** Heap that is reachable. */
    static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Memory of direct buffers, those that no one has any more included until a collection. */
    static long bufferBytes() {
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
