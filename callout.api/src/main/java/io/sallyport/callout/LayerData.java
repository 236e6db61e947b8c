package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Read-only view of the bytes that a layer shows. Classify path: no method blocks or allocates, except that
 * {@link #copyTo} fills the caller's array. The view is reused for the next packet: never keep it.
 *
 * <p>All multi-byte reads are in network byte order and unsigned. An offset outside the view throws
 * {@link IndexOutOfBoundsException}, which costs the callout its verdict like any other exception.
 */
@ProviderType
public interface LayerData {

    /**
     * The number of bytes shown.
     *
     * @return length in bytes; 0 is normal, e.g. a FIN indication (STR-2)
     */
    int lengthBytes();

    /**
     * Reads one byte.
     *
     * @param offset bytes from the start of the view
     * @return 0..255
     */
    int u8(int offset);

    /**
     * Reads two bytes.
     *
     * @param offset bytes from the start of the view
     * @return 0..65535
     */
    int u16(int offset);

    /**
     * Reads four bytes.
     *
     * @param offset bytes from the start of the view
     * @return 0..2^32-1
     */
    long u32(int offset);

    /**
     * Copies bytes out of the view.
     *
     * @param offset first byte, counted from the start of the view
     * @param target where to
     * @param targetOffset first index written in {@code target}
     * @param lengthBytes how many
     */
    void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes);
}
