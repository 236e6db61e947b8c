package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameTransmitter;
import io.sallyport.stack.port.PortStatistics.InterfaceState;
import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/**
 * One interface of the live port: its handle, its counts, and how frames leave by it. Frames are taken from whoever holds the
 * data path's turn; the handle is the interface's thread's, which changes it while nobody sends. What the watch says about the
 * interface may change at any time.
 */
final class PortSide implements FrameTransmitter {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final short TAG_8021Q = (short) 0x8100;

    final Side side;
    final InterfaceCounters counters = new InterfaceCounters();
    final SendQueue outgoing;

    private final TcpSegmenter segmenter = new TcpSegmenter();
    private final TcpSegmenter.Output output;
    /** Written by the interface's thread; read by whoever has the right to send. */
    private CaptureHandle handle;

    /** What handles before this one had dropped. */
    private long droppedBefore;

    private volatile String name;
    private volatile int mtu;
    private volatile InterfaceState state = InterfaceState.UP;
    /** Written by the interface's thread. */
    private volatile boolean isReadFailing;

    PortSide(Side side, CaptureHandle handle, int mtu) {
        this.side = side;
        this.handle = handle;
        this.name = handle.name();
        this.mtu = mtu;
        this.outgoing = new SendQueue((headers, count) -> this.handle.send(headers, count), counters);
        this.output = lengthBytes -> outgoing.offer(segmenter.memory(), 0, lengthBytes);
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

    /** By the interface's thread: reading did, or did not, fail. */
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

    /** By the interface's thread. */
    CaptureHandle handle() {
        return handle;
    }

    /** By the interface's thread: closes the handle and goes on with another one, of the same interface or of one in its place. */
    void replaceHandle(CaptureHandle next) {
        countKernelDrops();
        droppedBefore = counters.kernelDropped();
        outgoing.whileIdle(() -> {
            handle.close();
            handle = next;
        });
    }

    /** By the interface's thread, now and then. */
    void countKernelDrops() {
        counters.kernelDropped(Math.max(counters.kernelDropped(), droppedBefore + handle.kernelDropped()));
    }

    @Override
    public int mtuBytes() {
        return mtu;
    }

    /** What the interface refuses later, once it is its turn, is counted as not sent by the interface only. */
    @Override
    public boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs) {
        if (lengthBytes < ETHERNET_HEADER_BYTES || !isUsable()) {
            counters.refused();
            return false;
        }
        // The kernel's own limit: one 802.1Q tag comes on top of the MTU, other tags do not.
        boolean isTagged = memory.getShort(offset + 12) == TAG_8021Q;
        int most = mtu + ETHERNET_HEADER_BYTES + (isTagged ? TAG_BYTES : 0);
        if (lengthBytes <= most) {
            outgoing.offer(memory, offset, lengthBytes);
            return true;
        }
        if (segmenter.segment(memory, offset, lengthBytes, most, output)) {
            counters.segmented();
            return true;
        }
        counters.refused();
        return false;
    }

    /** Nothing to do: whoever leaves the data path lets go what was put in, and sends it. */
    @Override
    public void flush() {}
}
