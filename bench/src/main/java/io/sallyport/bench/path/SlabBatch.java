package io.sallyport.bench.path;

import io.sallyport.bench.frames.Frame;
import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames side by side in direct memory, handed over as a port would. One time for all: the slab's. */
public final class SlabBatch implements FrameBatch {
    private final ByteBuffer memory;
    private final int slotBytes;
    private final int[] lengths;
    private int count;
    private long nowNs = 1_000_000_000L;

    /**
     * Makes an empty batch.
     *
     * @param frames how many fit
     * @param frameBytes how long one may be
     */
    public SlabBatch(int frames, int frameBytes) {
        slotBytes = (frameBytes + 63) & ~63;
        memory = ByteBuffer.allocateDirect(frames * slotBytes).order(ByteOrder.BIG_ENDIAN);
        lengths = new int[frames];
    }

    /** Empties it. */
    public void clear() {
        count = 0;
    }

    /**
     * Tells whether another frame fits.
     *
     * @return false if it is full
     */
    public boolean hasRoom() {
        return count < lengths.length;
    }

    /**
     * Adds a frame.
     *
     * @param frame is copied
     */
    public void add(Frame frame) {
        memory.put(count * slotBytes, frame.memory(), 0, frame.lengthBytes());
        lengths[count++] = frame.lengthBytes();
    }

    /**
     * Lets time pass.
     *
     * @param ns how much
     */
    public void pass(long ns) {
        nowNs += ns;
    }

    /**
     * The time.
     *
     * @return nanoseconds
     */
    public long nowNs() {
        return nowNs;
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
        return i * slotBytes;
    }

    @Override
    public int lengthBytes(int i) {
        return lengths[i];
    }

    @Override
    public int wireLengthBytes(int i) {
        return lengths[i];
    }

    @Override
    public long timestampNs(int i) {
        return nowNs;
    }

    @Override
    public int flags(int i) {
        return 0;
    }
}
