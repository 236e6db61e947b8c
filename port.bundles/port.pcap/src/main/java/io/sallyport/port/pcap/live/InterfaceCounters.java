package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of one interface. Written by the worker alone, without a fence; read by any thread. */
final class InterfaceCounters {
    private static final int RECEIVED = 0;
    private static final int SENT = 1;
    private static final int SEGMENTED = 2;
    private static final int SEND_FAILURES = 3;
    private static final int NO_HANDLER = 4;
    private static final int KERNEL_DROPPED = 5;
    private static final int LINK_FAILED = 6;

    private final AtomicLongArray counts = new AtomicLongArray(7);

    private void add(int index, long more) {
        counts.setOpaque(index, counts.getPlain(index) + more);
    }

    void received(int frames) {
        add(RECEIVED, frames);
    }

    void sent() {
        add(SENT, 1);
    }

    void segmented() {
        add(SEGMENTED, 1);
    }

    void sendFailed() {
        add(SEND_FAILURES, 1);
    }

    void noHandler(int frames) {
        add(NO_HANDLER, frames);
    }

    void linkFailed(int frames) {
        add(LINK_FAILED, frames);
    }

    void kernelDropped(long total) {
        counts.setOpaque(KERNEL_DROPPED, total);
    }

    long kernelDropped() {
        return counts.getOpaque(KERNEL_DROPPED);
    }

    InterfaceCounts snapshot(String name, InterfaceState state) {
        return new InterfaceCounts(
                name,
                counts.getOpaque(RECEIVED),
                counts.getOpaque(SENT),
                counts.getOpaque(SEGMENTED),
                counts.getOpaque(SEND_FAILURES),
                counts.getOpaque(NO_HANDLER),
                counts.getOpaque(KERNEL_DROPPED),
                counts.getOpaque(LINK_FAILED),
                state);
    }
}
