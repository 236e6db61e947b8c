package io.sallyport.callout.testkit;

import io.sallyport.callout.LayerData;
import java.util.Objects;

/**
 * The bytes of an array, or of a part of it. Reads as the gateway's own views do: an offset outside throws, nothing
 * allocates.
 */
public class FakeLayerData implements LayerData {

    private byte[] bytes;
    private int start;
    private int length;

    /**
     * Shows a whole array.
     *
     * @param bytes not copied
     */
    public FakeLayerData(byte... bytes) {
        this.bytes = bytes;
        length = bytes.length;
    }

    /**
     * Shows other bytes from now on.
     *
     * @param array not copied
     * @param from index of the first byte shown
     * @param lengthBytes how many are shown
     * @throws IndexOutOfBoundsException if the array is not as long as that
     */
    public final void show(byte[] array, int from, int lengthBytes) {
        Objects.checkFromIndexSize(from, lengthBytes, array.length);
        bytes = array;
        start = from;
        length = lengthBytes;
    }

    @Override
    public int lengthBytes() {
        return length;
    }

    @Override
    public int u8(int offset) {
        return bytes[start + Objects.checkIndex(offset, length)] & 0xFF;
    }

    @Override
    public int u16(int offset) {
        return u8(offset) << 8 | u8(offset + 1);
    }

    @Override
    public long u32(int offset) {
        return (long) u16(offset) << 16 | u16(offset + 2);
    }

    @Override
    public void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, length);
        System.arraycopy(bytes, start + offset, target, targetOffset, lengthBytes);
    }
}
