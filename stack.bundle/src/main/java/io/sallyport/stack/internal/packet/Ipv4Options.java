package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The options of an IPv4 header (RFC 791, 3.1), filtered as RFC 7126 recommends; what asks routers for a record passes. */
final class Ipv4Options {

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int RECORD_ROUTE = 7;
    private static final int TIMESTAMP = 68;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int STRICT_SOURCE_ROUTE = 137;
    private static final int ROUTER_ALERT = 148;

    private Ipv4Options() {}

    /**
     * Checks all options.
     *
     * @param memory with the header
     * @param from first byte of the options
     * @param to behind the last one
     * @return what is wrong, or null
     */
    static @Nullable DropReason check(ByteBuffer memory, int from, int to) {
        int at = from;
        while (at < to) {
            int kind = memory.get(at) & 0xFF;
            if (kind == END) {
                return null;
            }
            if (kind == NOP) {
                at++;
                continue;
            }
            int length = to - at < 2 ? 0 : memory.get(at + 1) & 0xFF;
            if (length < 2 || length > to - at) {
                return DropReason.MALFORMED_IPV4_OPTION;
            }
            if (kind == LOOSE_SOURCE_ROUTE || kind == STRICT_SOURCE_ROUTE) {
                return DropReason.MALFORMED_IPV4_SOURCE_ROUTE;
            }
            if (isObsolete(kind) || !isContentValid(memory, at, kind, length)) {
                return DropReason.MALFORMED_IPV4_OPTION;
            }
            at += length;
        }
        return null;
    }

    /** Those of RFC 6814 that are dropped by RFC 7126, 4: probe and reply MTU, ENCODE, traceroute, stream id, and others. */
    private static boolean isObsolete(int kind) {
        return switch (kind) {
            case 11, 12, 15, 82, 136, 142, 144, 145, 147, 149, 151, 152 -> true;
            default -> false;
        };
    }

    private static boolean isContentValid(ByteBuffer memory, int at, int kind, int length) {
        return switch (kind) {
            // Pointers are counted from 1; one behind the end says that the list is full.
            case RECORD_ROUTE ->
                length >= 3 && (memory.get(at + 2) & 0xFF) >= 4 && (memory.get(at + 2) & 0xFF) <= length + 1;
            case TIMESTAMP ->
                length >= 4 && (memory.get(at + 2) & 0xFF) >= 5 && (memory.get(at + 2) & 0xFF) <= length + 1;
            case ROUTER_ALERT -> length == 4;
            default -> true;
        };
    }
}
