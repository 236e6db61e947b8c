package io.sallyport.engine.api;

import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A piece of a stream as the stack hands it to the engine. Classify plane; made once for each worker and reused. The
 * engine cuts windows out of it for each callout.
 */
@ConsumerType
public interface StreamIndication {

    /**
     * Where the bytes are: a direct, big-endian buffer; absolute reads only.
     *
     * @return never null
     */
    ByteBuffer memory();

    /**
     * Index of the first byte in {@link #memory()}.
     *
     * @return an index
     */
    int offset();

    /**
     * How many bytes.
     *
     * @return 0 or more
     */
    int lengthBytes();

    /**
     * Position of the first byte in its direction of the connection, as it is after all edits so far.
     *
     * @return 0 = first byte after the SYN
     */
    long position();

    /**
     * Direction and state.
     *
     * @return bits of {@link io.sallyport.callout.StreamFlags}
     */
    int flags();

    /**
     * Tells that nothing more will come, or no more can be held: callouts must decide (STR-7).
     *
     * @return true if NEED_MORE_DATA will not be granted
     */
    boolean isDecisionForced();

    /**
     * Tells that no more can be held (FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED, STR-7).
     *
     * @return only true if the decision is forced
     */
    boolean isBufferLimitReached();

    /**
     * Tells that the stream was not seen from its start (STR-17).
     *
     * @return true: only callouts with ALLOW_MID_STREAM_INSPECTION may see it, and filters of others block
     */
    boolean isMidStream();
}
