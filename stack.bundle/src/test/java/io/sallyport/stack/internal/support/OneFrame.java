package io.sallyport.stack.internal.support;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** A batch of one frame. */
public final class OneFrame implements FrameBatch {

    private final ByteBuffer memory = ByteBuffer.allocateDirect(70_000);
    private int length;
    private long timestampNs;

    public OneFrame show(byte[] frame, long newTimestampNs) {
        memory.put(64, frame);
        length = frame.length;
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
        return 64;
    }

    @Override
    public int lengthBytes(int i) {
        return length;
    }

    @Override
    public int wireLengthBytes(int i) {
        return length;
    }

    @Override
    public long timestampNs(int i) {
        return timestampNs;
    }

    @Override
    public int flags(int i) {
        return 0;
    }
}
