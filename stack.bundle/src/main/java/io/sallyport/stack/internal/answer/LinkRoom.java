package io.sallyport.stack.internal.answer;

import io.sallyport.stack.internal.packet.PacketRecord;

/** How large an IP packet may be on a link. Classify plane: pure functions. */
public final class LinkRoom {

    private static final int ETHERNET_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final int TAG_8021Q = 0x8100;

    private LinkRoom() {}

    /**
     * Tells whether a packet fits.
     *
     * @param p a frame
     * @param mtuBytes of the link
     * @return true also for what is no IP packet, which nobody could cut or answer
     */
    public static boolean fits(PacketRecord p, int mtuBytes) {
        if (p.ipVersion() == 0 || mtuBytes == Integer.MAX_VALUE) {
            return true;
        }
        return p.packetEnd() - p.ipOffset() <= packetBytes(p, mtuBytes);
    }

    /**
     * The largest IP packet behind the link header of a frame. The kernel lets one 802.1Q tag come on top of the MTU; other
     * tags, and an 802.2 header, are taken from it.
     *
     * @param p a frame with an IP packet
     * @param mtuBytes of the link
     * @return bytes
     */
    public static int packetBytes(PacketRecord p, int mtuBytes) {
        int linkBytes = p.ipOffset() - p.frameOffset();
        boolean isTagged = (p.memory().getShort(p.frameOffset() + 12) & 0xFFFF) == TAG_8021Q;
        return mtuBytes + ETHERNET_BYTES + (isTagged ? TAG_BYTES : 0) - linkBytes;
    }
}
