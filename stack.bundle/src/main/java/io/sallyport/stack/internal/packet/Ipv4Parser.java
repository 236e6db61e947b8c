package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The IPv4 header (RFC 791; TTL by RFC 1122, 3.2.1.7). */
final class Ipv4Parser {

    private static final int MIN_HEADER = 20;
    private static final int RESERVED_FLAG = 0x8000;

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
     * @param isQuoted in an ICMP error: may be cut behind its header, and routers have touched its fields
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
        return isQuoted ? null : check(r, at, headerSize, fragment);
    }

    /** What a packet on its way must keep to. An ICMP error may quote a packet just because it did not. */
    private @Nullable DropReason check(PacketRecord r, int at, int headerSize, int fragment) {
        boolean isSumWrong = verifiesChecksums && !InternetChecksum.isRight(r.memory, at, headerSize, 0);
        if (isSumWrong) {
            return DropReason.MALFORMED_IPV4_CHECKSUM;
        }
        if ((fragment & RESERVED_FLAG) != 0 || r.timeToLive == 0) {
            return DropReason.MALFORMED_IPV4;
        }
        return headerSize == MIN_HEADER ? null : Ipv4Options.check(r.memory, at + MIN_HEADER, at + headerSize);
    }
}
