package io.sallyport.callout.testkit;

import io.sallyport.callout.NetBuffer;
import java.util.Arrays;
import java.util.Objects;

/** A packet of the callout's own. Behaves as the gateway's do: once injected or released, every call throws. */
public final class FakeNetBuffer implements NetBuffer {

    private static final int CAPACITY = 2_048;

    private final byte[] bytes;
    private final int origin;
    private int end;
    private boolean isGone;

    /**
     * A packet.
     *
     * @param frame its bytes from the MAC header on; copied
     * @param origin where offset 0 is in it
     */
    public FakeNetBuffer(byte[] frame, int origin) {
        this.bytes = Arrays.copyOf(frame, Math.max(CAPACITY, frame.length));
        this.origin = Objects.checkIndex(origin, frame.length + 1);
        this.end = frame.length;
    }

    /**
     * What it holds, also after it is gone.
     *
     * @return a copy, from the MAC header on
     */
    public byte[] frame() {
        return Arrays.copyOf(bytes, end);
    }

    /**
     * Tells whether it was given back or injected.
     *
     * @return false: the callout still owns it, and leaks it unless something follows
     */
    public boolean isGone() {
        return isGone;
    }

    /** It belongs to the gateway now. */
    void sent() {
        isGone = true;
    }

    private int at(int offset, int size) {
        if (isGone) {
            throw new IllegalStateException("the packet was injected or released");
        }
        if (offset < -origin || offset > end - origin - size) {
            throw new IndexOutOfBoundsException("offset outside the packet");
        }
        return origin + offset;
    }

    @Override
    public int lengthBytes() {
        return end - origin;
    }

    @Override
    public int headroomBytes() {
        return origin;
    }

    @Override
    public int capacityBytes() {
        return bytes.length - origin;
    }

    @Override
    public void resize(int lengthBytes) {
        at(0, 0);
        int newEnd = origin + Objects.checkIndex(lengthBytes, capacityBytes() + 1);
        if (newEnd > end) {
            Arrays.fill(bytes, end, newEnd, (byte) 0);
        }
        end = newEnd;
    }

    @Override
    public int u8(int offset) {
        return bytes[at(offset, 1)] & 0xFF;
    }

    @Override
    public int u16(int offset) {
        int at = at(offset, 2);
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    @Override
    public long u32(int offset) {
        at(offset, 4);
        return (long) u16(offset) << 16 | u16(offset + 2);
    }

    @Override
    public void copyTo(int offset, byte[] target, int targetOffset, int lengthBytes) {
        System.arraycopy(bytes, at(offset, lengthBytes), target, targetOffset, lengthBytes);
    }

    @Override
    public void putU8(int offset, int value) {
        bytes[at(offset, 1)] = (byte) value;
    }

    @Override
    public void putU16(int offset, int value) {
        int at = at(offset, 2);
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    @Override
    public void putU32(int offset, long value) {
        at(offset, 4);
        putU16(offset, (int) (value >>> 16));
        putU16(offset + 2, (int) value);
    }

    @Override
    public void copyFrom(int offset, byte[] source, int sourceOffset, int lengthBytes) {
        System.arraycopy(source, sourceOffset, bytes, at(offset, lengthBytes), lengthBytes);
    }

    @Override
    public void release() {
        isGone = true;
    }
}
