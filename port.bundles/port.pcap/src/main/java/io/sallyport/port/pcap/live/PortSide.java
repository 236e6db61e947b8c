package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One interface of the live port: its handle, its counts, and how frames leave by it. Owned by the worker, but for the MTU,
 * which may change at any time.
 */
final class PortSide implements FrameTransmitter {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final short TAG_8021Q = (short) 0x8100;
    /** As many memories as a data path has: the batch's, and those of what it holds back. */
    private static final int KNOWN_MEMORIES = 8;

    final Side side;
    final CaptureHandle handle;
    final InterfaceCounters counters = new InterfaceCounters();

    private final TcpSegmenter segmenter = new TcpSegmenter();
    private final long segmentAddress = NativeMemory.address(segmenter.memory());
    private final TcpSegmenter.Output output;
    private volatile int mtu;

    // Addresses of the memories that were sent from; asking for one makes an object.
    private final @Nullable ByteBuffer[] knownMemories = new ByteBuffer[KNOWN_MEMORIES];
    private final long[] knownAddresses = new long[KNOWN_MEMORIES];
    private int nextKnown;

    PortSide(Side side, CaptureHandle handle, int mtu) {
        this.side = side;
        this.handle = handle;
        this.mtu = mtu;
        this.output = lengthBytes -> handle.inject(segmentAddress, lengthBytes);
    }

    void setMtu(int bytes) {
        mtu = bytes;
    }

    int mtu() {
        return mtu;
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
