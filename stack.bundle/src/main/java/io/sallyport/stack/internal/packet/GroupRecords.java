package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** IGMP (RFC 1112, RFC 2236, RFC 3376), and the group records that it has in common with MLD (RFC 3810, 5.2). */
final class GroupRecords {

    private static final int QUERY = 0x11;
    private static final int REPORT_V3 = 0x22;

    private GroupRecords() {}

    /**
     * Checks an IGMP message.
     *
     * @param r parsed up to its transport header
     * @param isVerifying whether the checksum is looked at
     * @return what is wrong, or null
     */
    static @Nullable DropReason checkIgmp(PacketRecord r, boolean isVerifying) {
        ByteBuffer memory = r.memory;
        int at = r.transportOffset;
        int length = r.ipEnd - at;
        if (length < 8) {
            return DropReason.MALFORMED_IGMP;
        }
        boolean isValid = switch (memory.get(at) & 0xFF) {
            // Between the two lengths there is no version (RFC 3376, 7.1).
            case QUERY -> length == 8 || (length >= 12 && length >= 12 + 4 * (memory.getShort(at + 10) & 0xFFFF));
            case REPORT_V3 -> areValid(memory, at + 8, r.ipEnd, memory.getShort(at + 6) & 0xFFFF, 4);
            default -> true;
        };
        if (!isValid) {
            return DropReason.MALFORMED_IGMP;
        }
        boolean isWrong = isVerifying && !InternetChecksum.isRight(memory, at, length, 0);
        return isWrong ? DropReason.MALFORMED_IGMP_CHECKSUM : null;
    }

    /**
     * Tells whether all group records of a report are there.
     *
     * @param memory with the report
     * @param from first byte of the records
     * @param end of the packet
     * @param count of records
     * @param addressSize 4 or 16
     * @return false if one is cut
     */
    static boolean areValid(ByteBuffer memory, int from, int end, int count, int addressSize) {
        int at = from;
        for (int i = 0; i < count; i++) {
            if (end - at < 4 + addressSize) {
                return false;
            }
            int auxiliary = (memory.get(at + 1) & 0xFF) * 4;
            at += 4 + addressSize + (memory.getShort(at + 2) & 0xFFFF) * addressSize + auxiliary;
            if (at > end) {
                return false;
            }
        }
        return true;
    }
}
