package io.sallyport.stack.port;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Frames that arrived together. A batch is a view: the memory belongs to the port, is reused, and is valid only during
 * {@link FrameHandler#onBatch}. No object is made for a frame. Classify plane, owned by the port's thread.
 */
@ConsumerType
public interface FrameBatch {

    /** {@link #flags}: the sender's card had not finished the transport checksum. */
    int CHECKSUM_NOT_READY = 1;

    /** {@link #flags}: no Ethernet frame; the capture has it from an interface of another link type. */
    int OTHER_LINK_TYPE = 2;

    /**
     * The memory that the frames lie in: direct, big-endian and writable, a whole ring or slab; absolute access only. The
     * handler may write inside a frame, to finish its checksum.
     *
     * @return the same object for the life of the port
     */
    ByteBuffer memory();

    /**
     * How many frames.
     *
     * @return 0 or more
     */
    int count();

    /**
     * Where a frame starts.
     *
     * @param i 0..count-1
     * @return index of its first byte (destination MAC) in {@link #memory()}
     */
    int offset(int i);

    /**
     * How much of a frame was captured.
     *
     * @param i 0..count-1
     * @return bytes in memory
     */
    int lengthBytes(int i);

    /**
     * How long a frame was on the wire.
     *
     * @param i 0..count-1
     * @return bytes; more than {@link #lengthBytes} if it was cut
     */
    int wireLengthBytes(int i);

    /**
     * When a frame arrived.
     *
     * @param i 0..count-1
     * @return nanoseconds: the port's monotonic clock, or the capture's time stamps since 1970
     */
    long timestampNs(int i);

    /**
     * What the port knows about a frame.
     *
     * @param i 0..count-1
     * @return bits of the constants above
     */
    int flags(int i);
}
