package io.sallyport.callout.testkit.gateway;

import io.sallyport.layer.Layer;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one callout under test has cost, thrown and kept. Its methods may be called by any thread: flows are ended by whoever
 * unregisters a callout, too.
 */
final class CalloutBooks {
    private static final int MOST_THROWN = 16;

    /** Rounds of garbage collection, each of which may have to run a reference's owner first. */
    private static final int COLLECTIONS = 3;

    private record Place(Layer layer, long flowId) {}

    private final Map<Place, Deque<Object>> live = new HashMap<>();
    private final List<WeakReference<Object>> deletedOnes = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private long calls;
    private long nanoseconds;
    private long allocatedBytes;
    private long liveCount;
    private long most;
    private long associated;
    private long deleted;

    synchronized void entered() {
        calls++;
    }

    synchronized void measured(long tookNs, long bytes) {
        nanoseconds += tookNs;
        allocatedBytes += bytes;
    }

    synchronized void thrown(Throwable fault) {
        if (thrown.size() < MOST_THROWN) {
            thrown.add(fault);
        }
    }

    synchronized void seen(Layer layer, long flowId, Object context) {
        Deque<Object> there = live.computeIfAbsent(new Place(layer, flowId), place -> new ArrayDeque<>(1));
        if (there.peekLast() != context) {
            there.add(context);
            associated++;
            most = Math.max(most, ++liveCount);
        }
    }

    synchronized void deleted(Layer layer, long flowId, Object context) {
        deleted++;
        deletedOnes.add(new WeakReference<>(context));
        Place place = new Place(layer, flowId);
        Deque<Object> there = live.get(place);
        if (there == null || !there.removeIf(one -> one == context)) {
            associated++; // by the very call that removed it again
            return;
        }
        liveCount--;
        if (there.isEmpty()) {
            live.remove(place);
        }
    }

    synchronized boolean hasContexts() {
        return associated > 0;
    }

    synchronized List<Throwable> thrown() {
        return List.copyOf(thrown);
    }

    synchronized Cost cost() {
        return new Cost(calls, nanoseconds, WatchedCallout.isAllocationCounted() ? allocatedBytes : -1);
    }

    ContextCounts contexts() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc(); // what is asked for is what is left of it
        }
        synchronized (this) {
            Set<Object> reachable = Collections.newSetFromMap(new IdentityHashMap<>());
            for (WeakReference<Object> reference : deletedOnes) {
                Object context = reference.get();
                if (context != null) {
                    reachable.add(context);
                }
            }
            return new ContextCounts(associated, deleted, reachable.size(), most);
        }
    }
}
