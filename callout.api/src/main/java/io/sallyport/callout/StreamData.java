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

    /** So many bytes may be injected by one call of a callout. */
    int MAX_INJECTED_BYTES = 65_536;

    /**
     * Direction and state of this piece.
     *
     * @return bits of {@link StreamFlags}
     */
    int flags();

    /**
     * Where the piece lies in its direction of the connection, as that is after all edits so far.
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
     * Tells that no more can be held: 8 MiB of this direction wait, or memory is short
     * (FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED, STR-7).
     *
     * @return only true if {@link #isDecisionForced}
     */
    boolean isBufferLimitReached();

    /**
     * Tells that the stream has ended: nothing more will come (FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA, STR-7).
     *
     * @return only true if {@link #isDecisionForced}
     */
    default boolean isNoMoreData() {
        return isDecisionForced() && !isBufferLimitReached();
    }

    /**
     * Puts bytes into the stream, before the first byte that is shown (STR-6). Together with a block of the leading bytes that
     * is a replacement of these: permit up to them; called again, {@code inject} what comes in their place, {@link #enforce}
     * their number and block. Together with permit it is an insertion; at the end of a stream, which is shown without bytes,
     * something to append. What was injected is not shown to this callout nor to heavier ones, but to lighter ones
     * (STR-14). Several calls add up.
     *
     * <p>Not for inspection filters, not together with a stream action, not on an aborted stream, and not on a stream into
     * which this callout injects from outside of classify (STR-13): all of these count as faults.
     *
     * @param source copied
     * @param offset of the first byte
     * @param lengthBytes how many; {@link #MAX_INJECTED_BYTES} in one call of the callout at most
     */
    void inject(byte[] source, int offset, int lengthBytes);

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

    /**
     * Stops the inbound stream until it is {@linkplain StreamInjection#continueStream continued} (STR-11): its sender fills the
     * window that it was given, then waits. Not at the end of a stream, nor when the decision is forced.
     */
    void defer();

    /** Kills the connection, both ways. Honoured for CALLOUT_UNKNOWN and CALLOUT_TERMINATING filters (STR-9). */
    void dropConnection();

    /** Permits the rest of the flow; this callout is not called for it again (STR-10). */
    void allowConnection();
}
