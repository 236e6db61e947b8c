package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A piece of a TCP stream, in order and without headers, and the stream answers that go with it
 * (FWPS_STREAM_CALLOUT_IO_PACKET). Classify path, valid only inside one {@link Callout#classify}.
 *
 * <p>At most one stream action may be set; the last call wins. Any stream action but none makes the engine ignore permit
 * and block (STR-8). The write right means nothing here: a callout that is not an inspection one says permit or block
 * each time (STR-4), and its answer applies to the first {@link #enforce} bytes, or to all (STR-5).
 */
@ProviderType
public interface StreamData extends LayerData {

    /**
     * Direction and state of this piece.
     *
     * @return bits of {@link StreamFlags}
     */
    int flags();

    /**
     * Where the piece lies in its direction of the connection.
     *
     * @return offset in bytes of the first byte shown, 0 = first byte after the SYN
     */
    long position();

    /**
     * Bytes that a heavier filter withheld since this callout was last called (STR-12).
     *
     * @return a number of bytes, usually 0
     */
    long missedBytes();

    /**
     * Tells that asking for more would be in vain: the stream is disconnected, or this callout's buffer is full (STR-7).
     * The callout must decide everything shown.
     *
     * @return true if {@link #needMoreData} is forbidden now
     */
    boolean isDecisionForced();

    /**
     * Applies permit or block to the leading bytes only; the rest is shown again at once (STR-5).
     *
     * @param countBytesEnforced 1..{@link #lengthBytes()}; 0 means all
     */
    void enforce(int countBytesEnforced);

    /**
     * Withholds everything shown until more has arrived (STR-7).
     *
     * @param countBytesRequired how many additional bytes at least, 1 or more
     */
    void needMoreData(int countBytesRequired);

    /** Stops the inbound stream until it is continued (STR-11). */
    void defer();

    /** Kills the connection, both ways. Honoured for CALLOUT_UNKNOWN and CALLOUT_TERMINATING filters (STR-9). */
    void dropConnection();

    /** Permits the rest of the flow; this callout is not called for it again (STR-10). */
    void allowConnection();
}
