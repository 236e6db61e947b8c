package io.sallyport.stack.internal.stream;

import io.sallyport.engine.api.StreamIndication;
import java.nio.ByteBuffer;

/** The one indication of a worker, reused for every piece. */
public final class StreamPiece implements StreamIndication {

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private ByteBuffer memory = NOTHING;
    private int offset;
    private int lengthBytes;
    private long position;
    private int flags;
    private boolean isDecisionForced;
    private boolean isBufferLimitReached;
    private boolean isMidStream;

    /**
     * Shows a piece.
     *
     * @param newMemory where it is
     * @param newOffset of its first byte
     * @param newLength in bytes
     * @param newPosition of its first byte in the stream
     * @param newFlags of {@link io.sallyport.callout.StreamFlags}
     * @param isForced nothing more will come, or can be held
     * @param isAtLimit no more can be held
     * @param midStream the stream was not seen from its start
     */
    public void show(
            ByteBuffer newMemory,
            int newOffset,
            int newLength,
            long newPosition,
            int newFlags,
            boolean isForced,
            boolean isAtLimit,
            boolean midStream) {
        memory = newMemory;
        offset = newOffset;
        lengthBytes = newLength;
        position = newPosition;
        flags = newFlags;
        isDecisionForced = isForced;
        isBufferLimitReached = isAtLimit;
        isMidStream = midStream;
    }

    /**
     * Goes on behind leading bytes that are decided.
     *
     * @param count how many
     */
    public void advance(int count) {
        offset += count;
        lengthBytes -= count;
        position += count;
    }

    @Override
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int lengthBytes() {
        return lengthBytes;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public boolean isDecisionForced() {
        return isDecisionForced;
    }

    @Override
    public boolean isBufferLimitReached() {
        return isBufferLimitReached;
    }

    @Override
    public boolean isMidStream() {
        return isMidStream;
    }
}
