package io.sallyport.sample.flow.monitor;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stack of the numbers 0..n-1 without locks (Treiber): several may share one array of links, since a number is in one of them
 * at a time. A count beside the top tells two states with the same top apart (the ABA problem). Any thread; allocates nothing.
 */
final class IndexStack {

    private static final int NONE = -1;

    private final AtomicIntegerArray links;

    /** Upper half: a count; lower half: the top. */
    private final AtomicLong top = new AtomicLong(0xFFFF_FFFFL);

    IndexStack(AtomicIntegerArray links) {
        this.links = links;
    }

    void push(int index) {
        while (true) {
            long before = top.get();
            links.set(index, (int) before);
            if (top.compareAndSet(before, after(before, index))) {
                return;
            }
        }
    }

    /** Takes the top off; -1 if there is none. */
    int pop() {
        while (true) {
            long before = top.get();
            int index = (int) before;
            if (index == NONE || top.compareAndSet(before, after(before, links.get(index)))) {
                return index;
            }
        }
    }

    /** Takes all off: the first of a chain to be followed by {@link #next}; -1 if there is none. */
    int popAll() {
        while (true) {
            long before = top.get();
            int index = (int) before;
            if (index == NONE || top.compareAndSet(before, after(before, NONE))) {
                return index;
            }
        }
    }

    /** The one below in a chain that {@link #popAll} took, before any of it is pushed anywhere. */
    int next(int index) {
        return links.get(index);
    }

    private static long after(long before, int index) {
        return (((before >>> 32) + 1) << 32) | Integer.toUnsignedLong(index);
    }
}
