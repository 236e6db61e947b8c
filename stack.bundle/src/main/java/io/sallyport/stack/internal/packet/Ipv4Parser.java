package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The IPv4 header (RFC 791). */
final class Ipv4Parser {

    private static final int MIN_HEADER = 20;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;

    private final boolean verifiesChecksums;

    Ipv4Parser(boolean verifiesChecksums) {
        this.verifiesChecksums = verifiesChecksums;
    }

    /**
     * Parses a header.
     *
     * @param r is filled
     * @param at where the header starts
     * @param end of the bytes that hold it
     * @param isQuoted in an ICMP error: may be cut behind its header, and routers have touched its checksum
     * @return why it is malformed, or null
     */
    @Nullable DropReason parse(PacketRecord r, int at, int end, boolean isQuoted) {
        ByteBuffer memory = r.memory;
        int available = end - at;
        if (available < MIN_HEADER) {
            return DropReason.MALFORMED_IPV4;
        }
        int first = memory.get(at) & 0xFF;
        int headerSize = (first & 0x0F) * 4;
        int totalLength = memory.getShort(at + 2) & 0xFFFF;
        if (first >>> 4 != 4 || headerSize < MIN_HEADER || headerSize > available || totalLength < headerSize) {
            return DropReason.MALFORMED_IPV4;
        }
        if (totalLength > available && !isQuoted) {
            return DropReason.MALFORMED_IPV4;
        }
        if (!areOptionsValid(memory, at + MIN_HEADER, at + headerSize)) {
            return DropReason.MALFORMED_IPV4;
        }
        r.ipVersion = 4;
        r.ipOffset = at;
        r.ipHeaderSizeBytes = headerSize;
        r.ipEnd = at + Math.min(totalLength, available);
        r.timeToLive = memory.get(at + 8) & 0xFF;
        r.protocol = memory.get(at + 9) & 0xFF;
        r.sourceLow = memory.getInt(at + 12) & 0xFFFF_FFFFL;
        r.destinationLow = memory.getInt(at + 16) & 0xFFFF_FFFFL;
        int fragment = memory.getShort(at + 6) & 0xFFFF;
        r.fragmentId = memory.getShort(at + 4) & 0xFFFF;
        r.fragmentOffsetBytes = (fragment & 0x1FFF) * 8;
        r.hasMoreFragments = (fragment & 0x2000) != 0;
        r.isFragment = r.hasMoreFragments || r.fragmentOffsetBytes != 0;
        r.payloadOffset = at + headerSize;
        r.payloadLengthBytes = r.ipEnd - r.payloadOffset;
        // Last, so that the event can name the addresses: probably they are right.
        boolean isWrong = verifiesChecksums
                && !isQuoted
                && InternetChecksum.fold(InternetChecksum.sum(memory, at, headerSize, 0)) != 0xFFFF;
        return isWrong ? DropReason.MALFORMED_IPV4_CHECKSUM : null;
    }

    private static boolean areOptionsValid(ByteBuffer memory, int from, int to) {
        int at = from;
        while (at < to) {
            int kind = memory.get(at) & 0xFF;
            if (kind == OPTION_END) {
                return true;
            }
            if (kind == OPTION_NOP) {
                at++;
                continue;
            }
            if (to - at < 2) {
                return false;
            }
            int length = memory.get(at + 1) & 0xFF;
            if (length < 2 || length > to - at) {
                return false;
            }
            at += length;
        }
        return true;
    }
}
