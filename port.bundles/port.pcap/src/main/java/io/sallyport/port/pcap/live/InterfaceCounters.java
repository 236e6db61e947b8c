package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of one interface; read by any thread. Each is written by one thread at a time, without a fence: by the interface's
 * own, by whoever holds the data path's turn, or by whoever has the right to send.
 */
final class InterfaceCounters {
    private static final int RECEIVED = 0;
    private static final int SENT = 1;
    private static final int SEGMENTED = 2;
    private static final int SEND_FAILURES = 3;
    private static final int NO_HANDLER = 4;
    private static final int KERNEL_DROPPED = 5;
    private static final int LINK_FAILED = 6;
    private static final int REFUSED = 7;

    private final AtomicLongArray counts = new AtomicLongArray(8);

    private void add(int index, long more) {
        counts.setOpaque(index, counts.getPlain(index) + more);
    }

    /** By the interface's thread. */
    void received(int frames) {
        add(RECEIVED, frames);
    }

    /** By whoever sends. */
    void sent(int frames) {
        add(SENT, frames);
    }

    /** By whoever holds the turn. */
    void segmented() {
        add(SEGMENTED, 1);
    }

    /** By whoever sends: the interface did not take a frame. */
    void sendFailed() {
        add(SEND_FAILURES, 1);
    }

    /** By whoever holds the turn: a frame was not taken for sending. */
    void refused() {
        add(REFUSED, 1);
    }

    /** By whoever holds the turn. */
    void noHandler(int frames) {
        add(NO_HANDLER, frames);
    }

    /** By the interface's thread. */
    void linkFailed(int frames) {
        add(LINK_FAILED, frames);
    }

    /** By the interface's thread. */
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
                counts.getOpaque(SEND_FAILURES) + counts.getOpaque(REFUSED),
                counts.getOpaque(NO_HANDLER),
                counts.getOpaque(KERNEL_DROPPED),
                counts.getOpaque(LINK_FAILED),
                state);
    }
}
