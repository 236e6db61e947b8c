package io.sallyport.stack.port;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/** The sending half of a port. Classify plane; called by the worker that owns the data path. */
@ConsumerType
public interface FrameTransmitter {

    /**
     * Sends a frame. The memory may be reused as soon as this returns.
     *
     * @param memory where the frame is; absolute reads only
     * @param offset index of its first byte
     * @param lengthBytes its length
     * @param timestampNs when what released it arrived
     * @return false if the port could not take it: the caller counts it as dropped
     */
    boolean transmit(ByteBuffer memory, int offset, int lengthBytes, long timestampNs);

    /**
     * The largest IP packet that the link takes; behind one 802.1Q tag as well, behind more tags less. A port may take TCP
     * frames above it, if it cuts them into segments itself.
     *
     * @return bytes; {@link Integer#MAX_VALUE} where there is no limit, as in a capture file. May change at any time
     */
    default int mtuBytes() {
        return Integer.MAX_VALUE;
    }

    /** Sends what is still queued; called at the end of each batch. */
    void flush();
}
