package io.sallyport.port.pcap.live;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What an interface's thread sleeps in: poll(2) over the interface and an eventfd that wakes it. {@link #wake} may be called by
 * any thread; all else belongs to the one that sleeps.
 */
final class Readiness {
    private static final int INTERFACE = 0;
    private static final int WAKE = 1;
    private static final int ENTRIES = 2;
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int RETURNED = 6;

    private final ByteBuffer entries = NativeMemory.allocateNative(ENTRIES * ENTRY_BYTES);
    private final long entriesAddress = NativeMemory.address(entries);
    private final ByteBuffer signal = NativeMemory.allocateNative(Long.BYTES).putLong(0, 1L);
    private final long signalAddress = NativeMemory.address(signal);
    private final ByteBuffer sink = NativeMemory.allocateNative(Long.BYTES);
    private final long sinkAddress = NativeMemory.address(sink);
    /** Guards the eventfd against being written to after it was closed; the number may belong to another by then. */
    private final Object lock = new Object();

    private int wakeDescriptor;

    Readiness(int interfaceDescriptor) throws IOException {
        wakeDescriptor = LibC.eventfd(0, LibC.EFD_NONBLOCK_CLOEXEC);
        if (wakeDescriptor < 0) {
            throw new IOException("no descriptor is left to wake the port's threads with; raise the limit: ulimit -n");
        }
        set(INTERFACE, interfaceDescriptor);
        set(WAKE, wakeDescriptor);
    }

    private void set(int entry, int descriptor) {
        entries.putInt(entry * ENTRY_BYTES, descriptor);
        entries.putShort(entry * ENTRY_BYTES + EVENTS, LibC.POLLIN);
    }

    /** Takes the interface, when it fails, out of the wait, or puts it back: an error would end each wait at once. */
    void watch(int descriptor, boolean isOn) {
        entries.putInt(INTERFACE * ENTRY_BYTES, isOn ? descriptor : -1);
    }

    /**
     * Sleeps until a frame, a wake-up or the time.
     *
     * @param timeoutMs how long at most
     * @return how many are ready; below 0 if the wait was interrupted
     */
    int await(int timeoutMs) {
        int ready = LibC.poll(entriesAddress, ENTRIES, timeoutMs);
        if (ready > 0 && entries.getShort(WAKE * ENTRY_BYTES + RETURNED) != 0) {
            long ignored = LibC.read(wakeDescriptor, sinkAddress, Long.BYTES);
        }
        return ready;
    }

    /** Tells whether the last wait ended for the interface: frames, or an error. */
    boolean isReady() {
        return entries.getShort(INTERFACE * ENTRY_BYTES + RETURNED) != 0;
    }

    /** Ends the wait of now or the next one. */
    void wake() {
        synchronized (lock) {
            if (wakeDescriptor >= 0) {
                long ignored = LibC.write(wakeDescriptor, signalAddress, Long.BYTES);
            }
        }
    }

    void close() {
        synchronized (lock) {
            if (wakeDescriptor >= 0) {
                int ignored = LibC.close(wakeDescriptor);
                wakeDescriptor = -1;
            }
        }
    }
}
