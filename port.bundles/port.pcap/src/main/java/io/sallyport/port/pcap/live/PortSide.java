package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One interface of the live port: its handle, its counts, and how frames leave by it. Owned by the worker, but for what the
 * watch says about the interface, which may change at any time.
 */
final class PortSide implements FrameTransmitter {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final short TAG_8021Q = (short) 0x8100;
    /** As many memories as a data path has: the batch's, and those of what it holds back. */
    private static final int KNOWN_MEMORIES = 8;

    final Side side;
    final InterfaceCounters counters = new InterfaceCounters();

    private final TcpSegmenter segmenter = new TcpSegmenter();
    private final long segmentAddress = NativeMemory.address(segmenter.memory());
    private final TcpSegmenter.Output output;
    private CaptureHandle handle;
    /** The worker's: it is to be read in this round. */
    boolean isReadDue = true;

    /** The worker's: false for a while after reading failed, until {@link #retryNs}. */
    boolean mayRead = true;

    long retryNs;

    /** What handles before this one had dropped. */
    private long droppedBefore;

    private volatile String name;
    private volatile int mtu;
    private volatile InterfaceState state = InterfaceState.UP;
    /** Written by the worker. */
    private volatile boolean isReadFailing;

    // Addresses of the memories that were sent from; asking for one makes an object.
    private final @Nullable ByteBuffer[] knownMemories = new ByteBuffer[KNOWN_MEMORIES];
    private final long[] knownAddresses = new long[KNOWN_MEMORIES];
    private int nextKnown;

    PortSide(Side side, CaptureHandle handle, int mtu) {
        this.side = side;
        this.handle = handle;
        this.name = handle.name();
        this.mtu = mtu;
        this.output = lengthBytes -> this.handle.inject(segmentAddress, lengthBytes);
    }

    /** By the watch: what the interface is called now. */
    void setName(String newName) {
        name = newName;
    }

    String name() {
        return name;
    }

    /** By the watch. */
    void setMtu(int bytes) {
        mtu = bytes;
    }

    int mtu() {
        return mtu;
    }

    /** By the watch: nothing passes by either side from now on, unless it is up. */
    void setState(InterfaceState newState) {
        state = newState;
    }

    InterfaceState state() {
        return state;
    }

    /** By the worker: reading did, or did not, fail. */
    void setReadFailing(boolean isFailing) {
        isReadFailing = isFailing;
    }

    boolean isReadFailing() {
        return isReadFailing;
    }

    /** Tells whether frames can come in and leave by it; any thread. */
    boolean isUsable() {
        return state == InterfaceState.UP && !isReadFailing;
    }

    /** By the worker. */
    CaptureHandle handle() {
        return handle;
    }

    /** By the worker: closes the handle and goes on with another one, of the same interface or of one in its place. */
    void replaceHandle(CaptureHandle next) {
        countKernelDrops();
        droppedBefore = counters.kernelDropped();
        handle.close();
        handle = next;
    }

    /** By the worker, now and then. */
    void countKernelDrops() {
        counters.kernelDropped(Math.max(counters.kernelDropped(), droppedBefore + handle.kernelDropped()));
    }

    @Override
    public int mtuBytes() {
        return mtu;
    }

    @Override
    public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
        if (lengthBytes < ETHERNET_HEADER_BYTES) {
            counters.sendFailed();
            return false;
        }
        // The kernel's own limit: one 802.1Q tag comes on top of the MTU, other tags do not.
        boolean isTagged = memory.getShort(offset + 12) == TAG_8021Q;
        int most = mtu + ETHERNET_HEADER_BYTES + (isTagged ? TAG_BYTES : 0);
        boolean isSent;
        if (lengthBytes <= most) {
            isSent = handle.inject(address(memory) + offset, lengthBytes);
        } else {
            isSent = segmenter.segment(memory, offset, lengthBytes, most, output);
            if (isSent) {
                counters.segmented();
            }
        }
        if (isSent) {
            counters.sent();
        } else {
            counters.sendFailed();
        }
        return isSent;
    }

    /** Nothing waits: each frame is sent at once. */
    @Override
    public void flush() {}

    @SuppressWarnings("ReferenceEquality") // two memories with equal bytes are two memories
    private long address(ByteBuffer memory) {
        for (int i = 0; i < KNOWN_MEMORIES; i++) {
            if (knownMemories[i] == memory) {
                return knownAddresses[i];
            }
        }
        int i = nextKnown;
        nextKnown = (i + 1) % KNOWN_MEMORIES;
        knownMemories[i] = memory;
        knownAddresses[i] = NativeMemory.address(memory);
        return knownAddresses[i];
    }
}
