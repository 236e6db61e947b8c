package io.sallyport.port.pcap;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** Frames that were read ahead, and a window over them that is the batch. Made once for each open capture. */
final class FrameSlab implements FrameBatch {
    private final ByteBuffer memory;
    private final int maxBatch;
    private final int[] offsets;
    private final int[] lengths;
    private final int[] wireLengths;
    private final long[] timestamps;
    private final int[] flags;
    private int filled;
    private int usedBytes;
    private int first;
    private int count;

    FrameSlab(int sizeBytes, int maxFrames, int maxBatch) {
        memory = ByteBuffer.allocateDirect(sizeBytes);
        this.maxBatch = maxBatch;
        offsets = new int[maxFrames];
        lengths = new int[maxFrames];
        wireLengths = new int[maxFrames];
        timestamps = new long[maxFrames];
        flags = new int[maxFrames];
    }

    /** Forgets all frames. */
    void clear() {
        filled = 0;
        usedBytes = 0;
        first = 0;
        count = 0;
    }

    /** Takes a copy of a frame; false if it does not fit. */
    boolean add(byte[] frame, int wireLengthBytes, long timestampNs, int flagBits) {
        if (filled == offsets.length || frame.length > memory.capacity() - usedBytes) {
            return false;
        }
        memory.put(usedBytes, frame);
        offsets[filled] = usedBytes;
        lengths[filled] = frame.length;
        wireLengths[filled] = wireLengthBytes;
        timestamps[filled] = timestampNs;
        flags[filled] = flagBits;
        usedBytes += frame.length;
        filled++;
        return true;
    }

    boolean isEmpty() {
        return filled == 0;
    }

    /** Moves the window to the next frames; false if there are none. */
    boolean nextBatch() {
        first += count;
        count = Math.min(maxBatch, filled - first);
        return count > 0;
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
        return offsets[first + i];
    }

    @Override
    public int lengthBytes(int i) {
        return lengths[first + i];
    }

    @Override
    public int wireLengthBytes(int i) {
        return wireLengths[first + i];
    }

    @Override
    public long timestampNs(int i) {
        return timestamps[first + i];
    }

    @Override
    public int flags(int i) {
        return flags[first + i];
    }
}
