package io.sallyport.stack.internal.hold;

import io.sallyport.stack.internal.packet.InternetChecksum;
import java.nio.ByteBuffer;

/** Puts the fragments of a datagram together: headers of the first one, data of all. */
public final class WholeDatagram {

    private static final int MAX_LENGTH = 65_535;
    private static final int IPV6_HEADER = 40;
    /** Reserved, and "don't fragment". */
    private static final int KEPT_FLAGS = 0xC000;
    /** Ethernet with five tags, and an 802.2 header with SNAP. */
    private static final int LINK_HEADER = 14 + 5 * 4 + 8;

    private WholeDatagram() {}

    /**
     * Makes memory for a whole datagram with its Ethernet header.
     *
     * @return direct memory for {@link #assemble}
     */
    public static ByteBuffer newMemory() {
        return ByteBuffer.allocateDirect(LINK_HEADER + IPV6_HEADER + MAX_LENGTH);
    }

    /**
     * Puts the data of all fragments behind the headers of the first one.
     *
     * @param head all fragments in the order of their place, without a gap
     * @param whole where to, from index 0
     * @return its length, or 0 if it is longer than an IP packet can be
     */
    public static int assemble(HeldFrame head, ByteBuffer whole) {
        boolean isV4 = head.ipVersion == 4;
        // IPv6: the fragment header and what is behind it is left out.
        int headers = isV4 ? head.dataOffset : head.fragmentHeaderOffset;
        int ip = head.ipOffset;
        int counted = isV4 ? ip : ip + IPV6_HEADER;
        whole.put(0, head.memory, head.offset, headers);
        int at = headers;
        for (HeldFrame f = head; f != null; f = f.nextFragment) {
            if (at + f.dataLengthBytes - counted > MAX_LENGTH) {
                return 0;
            }
            whole.put(at, f.memory, f.offset + f.dataOffset, f.dataLengthBytes);
            at += f.dataLengthBytes;
        }
        if (isV4) {
            whole.putShort(ip + 2, (short) (at - ip));
            whole.putShort(ip + 6, (short) (whole.getShort(ip + 6) & KEPT_FLAGS));
            InternetChecksum.makeIpv4(whole, ip);
        } else {
            byte nextHeader = head.memory.get(head.offset + head.fragmentHeaderOffset);
            whole.put(head.fragmentNextHeaderOffset, nextHeader);
            whole.putShort(ip + 4, (short) (at - ip - IPV6_HEADER));
        }
        return at;
    }
}
