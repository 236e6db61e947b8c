package io.sallyport.callout.testkit.engine;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** A batch of one frame, in memory that is used again. */
final class OneFrame implements FrameBatch {
    private static final int MOST_BYTES = 1 << 18;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(MOST_BYTES);
    private int lengthBytes;
    private int wireLengthBytes;
    private int flags;
    private long timestampNs;

    OneFrame holding(byte[] frame, int newWireLengthBytes, int newFlags, long newTimestampNs) {
        if (frame.length > MOST_BYTES) {
            throw new IllegalArgumentException("a frame has " + MOST_BYTES + " bytes at most, not " + frame.length);
        }
        memory.put(0, frame);
        lengthBytes = frame.length;
        wireLengthBytes = newWireLengthBytes;
        flags = newFlags;
        timestampNs = newTimestampNs;
        return this;
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int offset(int i) {
        return 0;
    }

    @Override
    public int lengthBytes(int i) {
        return lengthBytes;
    }

    @Override
    public int wireLengthBytes(int i) {
        return wireLengthBytes;
    }

    @Override
    public long timestampNs(int i) {
        return timestampNs;
    }

    @Override
    public int flags(int i) {
        return flags;
    }
}
