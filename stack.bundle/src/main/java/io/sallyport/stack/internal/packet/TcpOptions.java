package io.sallyport.stack.internal.packet;

import java.nio.ByteBuffer;

/** Finds options of a TCP header (RFC 9293, 3.1). Allocates nothing; bytes that make no sense end the list. */
public final class TcpOptions {

    /** Maximum segment size, of a SYN. */
    public static final int MSS = 2;

    /** Window scale, of a SYN (RFC 7323). */
    public static final int WINDOW_SCALE = 3;

    /** Selective acknowledgements may be sent, of a SYN (RFC 2018). */
    public static final int SACK_PERMITTED = 4;

    /** Selective acknowledgement (RFC 2018). */
    public static final int SACK = 5;

    /** Timestamps (RFC 7323). */
    public static final int TIMESTAMPS = 8;

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int HEADER = 20;
    /** The usual form of timestamps alone: two bytes of padding, kind 8, length 10 (RFC 7323, A). */
    private static final int USUAL_TIMESTAMPS = 0x0101_080A;

    private TcpOptions() {}

    /**
     * Finds an option.
     *
     * @param memory with the header
     * @param transportOffset of the header
     * @param headerSizeBytes with options
     * @param kind of the option, one of those above
     * @return index of its kind byte, all of it is inside the header; -1 if there is none
     */
    public static int find(ByteBuffer memory, int transportOffset, int headerSizeBytes, int kind) {
        int at = transportOffset + HEADER;
        int end = transportOffset + headerSizeBytes;
        if (kind == TIMESTAMPS && headerSizeBytes >= HEADER + 12 && memory.getInt(at) == USUAL_TIMESTAMPS) {
            return at + 2;
        }
        return next(memory, at, end, kind);
    }

    /**
     * Finds what a SYN offers: of several options of a kind the last one counts, as it does to Linux.
     *
     * @param memory with the header
     * @param transportOffset of the header
     * @param headerSizeBytes with options
     * @param kind of the option, one of those above
     * @return index of its kind byte, all of it is inside the header; -1 if there is none
     */
    public static int findOffer(ByteBuffer memory, int transportOffset, int headerSizeBytes, int kind) {
        int end = transportOffset + headerSizeBytes;
        int last = -1;
        int at = next(memory, transportOffset + HEADER, end, kind);
        while (at >= 0) {
            last = at;
            at = next(memory, at + sizeAt(memory, at, end), end, kind);
        }
        return last;
    }

    /** The first option of a kind from a place on; -1 if there is none. */
    private static int next(ByteBuffer memory, int from, int end, int kind) {
        int at = from;
        while (at < end) {
            int size = sizeAt(memory, at, end);
            if (size <= 0) {
                return -1;
            }
            if ((memory.get(at) & 0xFF) == kind && isSizeRight(kind, size)) {
                return at;
            }
            at += size;
        }
        return -1;
    }

    /** Size of the option at a place; 0 where the list ends, -1 if it cannot be right. */
    private static int sizeAt(ByteBuffer memory, int at, int end) {
        int kind = memory.get(at) & 0xFF;
        if (kind == END) {
            return 0;
        }
        if (kind == NOP) {
            return 1;
        }
        int size = at + 1 < end ? memory.get(at + 1) & 0xFF : 0;
        return size < 2 || at + size > end ? -1 : size;
    }

    /**
     * Tells whether every receiver reads all options alike: their lengths are inside the header, and those that RFCs give to the
     * kinds above (RFC 9293, 3.1; RFC 7323, 2.2 and 3.2; RFC 2018, 2 and 3), and there are timestamps once at most, since some
     * receivers believe the first ones and others the last.
     *
     * @param memory with the header
     * @param transportOffset of the header
     * @param headerSizeBytes with options, inside the packet
     * @return false: what follows the wrong one depends on who reads it
     */
    static boolean areValid(ByteBuffer memory, int transportOffset, int headerSizeBytes) {
        int at = transportOffset + HEADER;
        int end = transportOffset + headerSizeBytes;
        if (headerSizeBytes == HEADER + 12 && memory.getInt(at) == USUAL_TIMESTAMPS) {
            return true;
        }
        boolean hasTimestamps = false;
        while (at < end) {
            int size = sizeAt(memory, at, end);
            if (size <= 0) {
                return size == 0;
            }
            int kind = memory.get(at) & 0xFF;
            if (!isSizeRight(kind, size) || (kind == TIMESTAMPS && hasTimestamps)) {
                return false;
            }
            hasTimestamps |= kind == TIMESTAMPS;
            at += size;
        }
        return true;
    }

    private static boolean isSizeRight(int kind, int size) {
        return switch (kind) {
            case MSS -> size == 4;
            case WINDOW_SCALE -> size == 3;
            case SACK_PERMITTED -> size == 2;
            case SACK -> size >= 10 && (size - 2) % 8 == 0;
            case TIMESTAMPS -> size == 10;
            default -> true;
        };
    }
}
