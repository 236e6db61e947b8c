package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;

/**
 * Reads the TCP options that say how a connection is to be followed: MSS (RFC 9293), window scale and time stamps (RFC
 * 7323), SACK permitted (RFC 2018). Stateless; allocates nothing. An option whose length cannot be right ends the list.
 */
final class TcpOptions {

    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int TIMESTAMPS = 8;

    private static final int FIXED_HEADER_SIZE = 20;
    private static final int WINDOW_OFFSET = 14;

    /** What nearly every segment with time stamps begins with: two no-operations, kind 8, length 10 (RFC 7323, A). */
    private static final int USUAL_TIMESTAMPS = 0x0101_080A;

    private TcpOptions() {}

    /**
     * The window field as it is on the wire.
     *
     * @param p a segment
     * @return 0..65535, not scaled
     */
    static int window(Packet p) {
        return p.memory().getShort(p.transportOffset() + WINDOW_OFFSET) & 0xFFFF;
    }

    /**
     * Finds the time stamps of a segment.
     *
     * @param p a segment
     * @return where TSval begins, TSecr 4 bytes behind it; -1 if there are none
     */
    static int timestampsOffset(Packet p) {
        int at = p.transportOffset() + FIXED_HEADER_SIZE;
        int end = p.transportOffset() + p.transportHeaderSizeBytes();
        if (end - at >= 12 && p.memory().getInt(at) == USUAL_TIMESTAMPS) {
            return at + 4;
        }
        ByteBuffer memory = p.memory();
        while (at < end) {
            int kind = memory.get(at) & 0xFF;
            int length = lengthBytes(memory, at, end);
            if (length == 0) {
                return -1;
            }
            if (kind == TIMESTAMPS && length == 10) {
                return at + 2;
            }
            at += length;
        }
        return -1;
    }

    /**
     * Reads what a SYN offers.
     *
     * @param p a segment with SYN
     * @param half its sender's; takes the offers
     */
    static void readOffers(Packet p, TcpHalf half) {
        ByteBuffer memory = p.memory();
        int at = p.transportOffset() + FIXED_HEADER_SIZE;
        int end = p.transportOffset() + p.transportHeaderSizeBytes();
        half.clearOffers();
        while (at < end) {
            int length = lengthBytes(memory, at, end);
            if (length == 0) {
                return;
            }
            switch (memory.get(at) & 0xFF) {
                case MAXIMUM_SEGMENT_SIZE -> half.mss = length == 4 ? memory.getShort(at + 2) & 0xFFFF : half.mss;
                case WINDOW_SCALE -> half.offerWindowScale(length == 3 ? memory.get(at + 2) & 0xFF : -1);
                case SACK_PERMITTED -> half.isSackPermitted |= length == 2;
                case TIMESTAMPS -> half.offersTimestamps |= length == 10;
                default -> {
                    // of no consequence here
                }
            }
            at += length;
        }
    }

    /** Length of the option at a place; 0 if the list ends there. */
    private static int lengthBytes(ByteBuffer memory, int at, int end) {
        int kind = memory.get(at) & 0xFF;
        if (kind == NO_OPERATION) {
            return 1;
        }
        if (kind == END || at + 1 >= end) {
            return 0;
        }
        int length = memory.get(at + 1) & 0xFF;
        return length < 2 || at + length > end ? 0 : length;
    }
}
