package io.sallyport.stack.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import org.jspecify.annotations.Nullable;

/** The heap of this process, whichever collector it has. Any thread. */
final class LiveHeap implements HeapPressure.Heap {
    /** Only an old generation has a usage threshold. */
    private final @Nullable MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .findFirst()
            .orElse(null);

    @Override
    public double shareInUse() {
        @Nullable MemoryUsage use = old == null ? null : old.getCollectionUsage();
        return use == null || use.getMax() <= 0 ? 0 : (double) use.getUsed() / use.getMax();
    }

    @Override
    public void collect() {
        System.gc();
    }

    /**
     * By how much heap the tables of a data path go: all of it, but with ZGC half. There references take eight bytes, so objects
     * are up to half as large again, and the collector needs room in which it works while others go on.
     *
     * @return bytes
     */
    static long bytesForTables() {
        long most = Runtime.getRuntime().maxMemory();
        return isCollectedBy("ZGC") ? most / 2 : most;
    }

    private static boolean isCollectedBy(String name) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .anyMatch(it -> it.getName().startsWith(name));
    }
}
