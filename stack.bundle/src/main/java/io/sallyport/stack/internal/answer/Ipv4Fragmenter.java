package io.sallyport.stack.internal.answer;

import io.sallyport.stack.internal.packet.InternetChecksum;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;

/**
 * Cuts an IPv4 packet that may be cut and does not fit its link, as a router does (RFC 791 section 3.2, RFC 1812 section
 * 5.3.6): full fragments first, the rest last; options that ask for it are in all of them. A fragment is cut like a packet.
 * One piece at a time, in one memory. Owned by one worker.
 */
public final class Ipv4Fragmenter {

    /** Larger pieces are not made, however large the link's MTU is: it takes smaller ones as well. */
    private static final int MAX_PACKET_BYTES = 9_216;

    private static final int MAX_LINK_BYTES = 14 + 5 * 4;
    private static final int HEADER_BYTES = 20;
    private static final int DONT_FRAGMENT = 0x40;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOTHING = 1;
    private static final int OPTION_IS_COPIED = 0x80;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(MAX_LINK_BYTES + MAX_PACKET_BYTES);

    // The packet that is being cut.
    private ByteBuffer packet = memory;
    private int linkBytes;
    private int headerBytes;
    private int dataAt;
    private int dataEnd;
    private int offsetBytes;
    private boolean hasMore;
    private int mtuBytes;
    /** The first piece is made: its header, with all options, is still in the memory. */
    private boolean isBegun;

    /**
     * Tells whether a packet may be cut on its way.
     *
     * @param p a packet
     * @return only for IPv4 without "don't fragment"
     */
    public static boolean mayCut(PacketRecord p) {
        return p.ipVersion() == 4 && (p.memory().get(p.ipOffset() + 6) & DONT_FRAGMENT) == 0;
    }

    /**
     * Where the pieces are: each begins at index 0.
     *
     * @return direct memory, overwritten by each piece
     */
    public ByteBuffer memory() {
        return memory;
    }

    /**
     * Begins with a packet.
     *
     * @param p an IPv4 packet that may be cut; its memory stays as it is until the last piece is made
     * @param mtu how large a piece may be
     * @return false if the link is too small for any piece
     */
    public boolean begin(PacketRecord p, int mtu) {
        packet = p.memory();
        linkBytes = p.ipOffset() - p.frameOffset();
        headerBytes = (packet.get(p.ipOffset()) & 0x0F) * 4;
        dataAt = p.ipOffset() + headerBytes;
        dataEnd = p.packetEnd();
        offsetBytes = p.isFragment() ? p.fragmentOffsetBytes() : 0;
        hasMore = p.hasMoreFragments();
        mtuBytes = Math.min(mtu, MAX_PACKET_BYTES);
        isBegun = false;
        if (linkBytes > MAX_LINK_BYTES || mtuBytes - headerBytes < 8) {
            return false;
        }
        memory.put(0, packet, p.frameOffset(), linkBytes + headerBytes);
        return true;
    }

    /**
     * Makes the next piece.
     *
     * @return length of its frame, or 0 if there is none left
     */
    public int next() {
        int left = dataEnd - dataAt;
        if (left <= 0) {
            return 0;
        }
        if (isBegun) {
            keepCopiedOptions();
        }
        isBegun = true;
        int room = mtuBytes - headerBytes;
        boolean isLast = left <= room;
        int bytes = isLast ? left : room & ~7;
        int ip = linkBytes;
        memory.put(ip, (byte) (0x40 | headerBytes / 4));
        memory.putShort(ip + 2, (short) (headerBytes + bytes));
        memory.putShort(ip + 6, (short) (offsetBytes / 8 | (isLast && !hasMore ? 0 : MORE_FRAGMENTS)));
        InternetChecksum.makeIpv4(memory, ip);
        memory.put(ip + headerBytes, packet, dataAt, bytes);
        int frameBytes = ip + headerBytes + bytes;
        dataAt += bytes;
        offsetBytes += bytes;
        return frameBytes;
    }

    /** Later pieces have only the options that say so (RFC 791 section 3.1); they move together, ends fill the last word. */
    private void keepCopiedOptions() {
        int ip = linkBytes;
        int from = ip + HEADER_BYTES;
        int end = ip + headerBytes;
        int to = from;
        while (from < end) {
            int type = memory.get(from) & 0xFF;
            if (type == OPTION_END) {
                break;
            }
            int length = type == OPTION_NOTHING || end - from < 2 ? 1 : memory.get(from + 1) & 0xFF;
            if (length < 1 || length > end - from) {
                break;
            }
            if ((type & OPTION_IS_COPIED) != 0) {
                for (int i = 0; i < length; i++) {
                    memory.put(to++, memory.get(from + i));
                }
            }
            from += length;
        }
        while ((to - ip & 3) != 0) {
            memory.put(to++, (byte) OPTION_END);
        }
        headerBytes = to - ip;
    }
}
