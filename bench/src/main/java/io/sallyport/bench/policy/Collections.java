package io.sallyport.bench.policy;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * How often and how long this JVM collected garbage.
 *
 * @param count collections of all kinds
 * @param ms their time, as whole milliseconds of each
 */
record Collections(long count, long ms) {

    /** Since the start. */
    static Collections soFar() {
        long count = 0;
        long ms = 0;
        for (GarbageCollectorMXBean it : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += it.getCollectionCount();
            ms += it.getCollectionTime();
        }
        return new Collections(count, ms);
    }

    Collections minus(Collections before) {
        return new Collections(count - before.count, ms - before.ms);
    }
}
