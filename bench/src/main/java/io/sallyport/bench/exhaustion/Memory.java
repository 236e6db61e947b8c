package io.sallyport.bench.exhaustion;

import io.sallyport.stack.api.DataPathConfig;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What this JVM holds on to. */
final class Memory {
    private static final int MEBIBYTE = 1 << 20;
    private static final int MOST_COLLECTIONS = 10;
    private static final long SETTLED_BYTES = 100_000;

    /** As cnf/script/run.sh has it. */
    private static final long GATEWAY_HEAP_BYTES = 512L << 20;
    /** The old generation, by NewRatio=4 there; at 95 % of it streams are refused. */
    private static final double OLD = 4 / 5.0 * 0.95;
    /** The framework, the product's code, a policy (jcmd GC.class_histogram of an idle gateway: 25), and plug-ins. */
    private static final double OTHERS_MIB = 64;

    private Memory() {}

    /** What {@code ./sallyport run} uses, in whatever heap this is. */
    static DataPathConfig configOfGateway() {
        return DataPathConfig.live(GATEWAY_HEAP_BYTES);
    }

    /** What a live gateway's tables may take together before its heap is short. */
    static double liveHeapMib() {
        return mebibytes(GATEWAY_HEAP_BYTES) * OLD - OTHERS_MIB;
    }

    /** Heap that is reachable, after a full collection, and direct buffers. */
    static long heldBytes() {
        return heapBytes() + bufferBytes();
    }

    /** Heap that is reachable; collects until that changes no more, since cleaners and ending threads let go of things late. */
    static long heapBytes() {
        long before = Long.MAX_VALUE;
        long now = collect();
        for (int i = 1; i < MOST_COLLECTIONS && Math.abs(before - now) > SETTLED_BYTES; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            before = now;
            now = collect();
        }
        return now;
    }

    private static long collect() {
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
