package io.sallyport.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** SIDs and security descriptors in the form that policy has them in. */
final class SecurityBytes {
    private SecurityBytes() {}

    static byte[] sid(int last) {
        return new byte[] {1, 1, 0, 0, 0, 0, 0, 5, (byte) last, 0, 0, 0};
    }

    /** Entries: kind (0 allow, 1 deny), mask, last part of S-1-5-N. */
    static byte[] descriptor(int control, int[]... entries) {
        ByteBuffer d = ByteBuffer.allocate(28 + 20 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
        d.put((byte) 1)
                .put((byte) 0)
                .putShort((short) control)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putInt(20);
        d.put((byte) 2).put((byte) 0).putShort((short) (8 + 20 * entries.length));
        d.putShort((short) entries.length).putShort((short) 0);
        for (int[] entry : entries) {
            d.put((byte) entry[0])
                    .put((byte) 0)
                    .putShort((short) 20)
                    .putInt(entry[1])
                    .put(sid(entry[2]));
        }
        return d.array();
    }
}
