package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A packet of a callout's own, to be read, written and injected. Offset 0 is where the data of the layer starts at which it was
 * cloned; lower headers are reached with negative offsets down to {@code -headroomBytes()}, the MAC header first. A packet
 * from nothing starts at its MAC header.
 *
 * <p>One thread at a time, the callout's concern. The buffer comes from a bounded pool and goes back by {@link #release} or an
 * accepted injection; from then on every call throws {@link IllegalStateException}. So it does when the callout is not
 * registered any more. Offsets outside throw {@link IndexOutOfBoundsException}.
 */
@ProviderType
public interface NetBuffer extends PacketData {

    /**
     * How far {@link #resize} can go.
     *
     * @return bytes from offset 0 on
     */
    int capacityBytes();

    /**
     * Changes the length; new bytes at the end are zero.
     *
     * @param lengthBytes from offset 0 on, 0..{@link #capacityBytes()}
     */
    void resize(int lengthBytes);

    /**
     * Writes one byte.
     *
     * @param offset bytes from offset 0
     * @param value the low 8 bits count
     */
    void putU8(int offset, int value);

    /**
     * Writes two bytes in network order.
     *
     * @param offset bytes from offset 0
     * @param value the low 16 bits count
     */
    void putU16(int offset, int value);

    /**
     * Writes four bytes in network order.
     *
     * @param offset bytes from offset 0
     * @param value the low 32 bits count
     */
    void putU32(int offset, long value);

    /**
     * Copies bytes into the packet.
     *
     * @param offset first byte written, counted from offset 0
     * @param source where from
     * @param sourceOffset first index read in {@code source}
     * @param lengthBytes how many
     */
    void copyFrom(int offset, byte[] source, int sourceOffset, int lengthBytes);

    /** Gives the buffer back without injecting it. Idempotent. Any thread. */
    void release();
}
