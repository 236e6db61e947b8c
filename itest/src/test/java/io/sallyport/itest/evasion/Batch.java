package io.sallyport.itest.evasion;

import io.sallyport.stack.port.FrameBatch;
import java.nio.ByteBuffer;

/** A batch of one frame; each is a millisecond later than the one before. */
final class Batch implements FrameBatch {
    private static final long MS = 1_000_000;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 17);
    private int length;
    private long nowNs = 1_000_000_000L;

    void hold(byte[] frame) {
        memory.put(0, frame);
        length = frame.length;
        nowNs += MS;
    }

    /** Lets time pass, and says what time it is then. */
    long pass(long ms) {
        nowNs += ms * MS;
        return nowNs;
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
        return length;
    }

    @Override
    public int wireLengthBytes(int i) {
        return length;
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
