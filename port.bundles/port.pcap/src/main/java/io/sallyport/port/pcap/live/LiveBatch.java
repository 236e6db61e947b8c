package io.sallyport.port.pcap.live;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** The frames of one read, packed into one slab. Owned by the thread that reads. */
final class LiveBatch implements FrameBatch {
    static final int MAX_FRAMES = 64;

    /** The largest IP packet behind an Ethernet header with room for several VLAN tags. */
    static final int MAX_FRAME_BYTES = 65_600;

    /** A batch of small frames stays small in the caches; of the largest there are fifteen in a batch. */
    private static final int SLAB_BYTES = 1 << 20;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(SLAB_BYTES);
    private final long address = NativeMemory.address(memory);
    private final int[] offsets = new int[MAX_FRAMES];
    private final int[] lengths = new int[MAX_FRAMES];
    private final int[] wireLengths = new int[MAX_FRAMES];
    private long timestampNs;
    private int usedBytes;
    private int count;

    /** Starts a new batch; its frames count as arrived now. */
    void clear(long nowNs) {
        timestampNs = nowNs;
        usedBytes = 0;
        count = 0;
    }

    /** Tells whether a frame of any length fits. */
    boolean hasRoom() {
        return count < MAX_FRAMES && SLAB_BYTES - usedBytes >= MAX_FRAME_BYTES;
    }

    /** Where the next frame goes: index in {@link #memory}. */
    int nextOffset() {
        return usedBytes;
    }

    /** Address of an index of {@link #memory}. */
    long address(int offset) {
        return address + offset;
    }

    /** Takes the bytes that were put at {@link #nextOffset}. */
    void add(int lengthBytes, int wireLengthBytes) {
        offsets[count] = usedBytes;
        lengths[count] = lengthBytes;
        wireLengths[count] = wireLengthBytes;
        usedBytes += (lengthBytes + 7) & ~7; // aligned: checksums are read eight bytes at a step
        count++;
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int offset(int i) {
        return offsets[i];
    }

    @Override
    public int lengthBytes(int i) {
        return lengths[i];
    }

    @Override
    public int wireLengthBytes(int i) {
        return wireLengths[i];
    }

    @Override
    public long timestampNs(int i) {
        return timestampNs;
    }

    /** Always 0: libpcap hides whether a checksum is unfinished. */
    @Override
    public int flags(int i) {
        return 0;
    }
}
