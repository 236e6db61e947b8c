package io.sallyport.sample.count;

import io.sallyport.callout.LayerData;

/** Bytes of an array, or of a part of it. */
class FakeData implements LayerData {

    private byte[] bytes;
    private int start;
    private int length;

    FakeData(byte... bytes) {
        this.bytes = bytes;
        length = bytes.length;
    }

    final void show(byte[] newBytes, int newStart, int newLength) {
        bytes = newBytes;
        start = newStart;
        length = newLength;
    }

    @Override
    public int lengthBytes() {
        return length;
    }

    @Override
    public int u8(int offset) {
        if (offset < 0 || offset >= length) {
            throw new IndexOutOfBoundsException(offset);
        }
        return bytes[start + offset] & 0xFF;
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
        System.arraycopy(bytes, start + offset, target, targetOffset, lengthBytes);
    }
}
