package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the transport checksum of a whole packet. One that the sender's card was to finish is finished here, in the
 * frame's own memory and before any layer sees it: what was inspected is what leaves.
 */
final class ChecksumVerifier {

    private final boolean isVerifying;

    ChecksumVerifier(boolean isVerifying) {
        this.isVerifying = isVerifying;
    }

    /** Tells whether checksums are looked at. */
    boolean isVerifying() {
        return isVerifying;
    }

    /**
     * Checks TCP, UDP, ICMP and ICMPv6.
     *
     * @param r parsed up to the transport header
     * @param isUnfinished the port knows that the checksum is not ready
     * @return why the packet is malformed, or null
     */
    @Nullable DropReason check(PacketRecord r, boolean isUnfinished) {
        return switch (r.protocol) {
            case Packet.PROTOCOL_TCP ->
                withPseudoHeader(r, r.transportOffset + 16, isUnfinished, DropReason.MALFORMED_TCP_CHECKSUM);
            case Packet.PROTOCOL_UDP -> udp(r, isUnfinished);
            case Packet.PROTOCOL_ICMP -> r.ipVersion == 4 ? icmp(r) : null;
            case Packet.PROTOCOL_ICMPV6 ->
                r.ipVersion == 6
                        ? withPseudoHeader(r, r.transportOffset + 2, isUnfinished, DropReason.MALFORMED_ICMP_CHECKSUM)
                        : null;
            default -> null;
        };
    }

    private @Nullable DropReason udp(PacketRecord r, boolean isUnfinished) {
        if (r.memory.getShort(r.transportOffset + 6) == 0 && r.ipVersion == 4) {
            return null; // none was made (RFC 768); IPv6 does not know that (RFC 8200, 8.1)
        }
        return withPseudoHeader(r, r.transportOffset + 6, isUnfinished, DropReason.MALFORMED_UDP_CHECKSUM);
    }

    private @Nullable DropReason icmp(PacketRecord r) {
        if (!isVerifying) {
            return null;
        }
        long sum = InternetChecksum.sum(r.memory, r.transportOffset, r.ipEnd - r.transportOffset, 0);
        return InternetChecksum.fold(sum) == 0xFFFF ? null : DropReason.MALFORMED_ICMP_CHECKSUM;
    }

    private @Nullable DropReason withPseudoHeader(PacketRecord r, int field, boolean isUnfinished, DropReason ifWrong) {
        if (!isVerifying && !isUnfinished) {
            return null;
        }
        if (r.ipVersion == 6 && r.pseudoDestinationOffset == Packet.NONE) {
            return null; // a routing header of an unknown kind hides the final destination that the sum covers
        }
        int length = transportLengthBytes(r);
        int pseudo = InternetChecksum.fold(pseudoSum(r, length));
        int sum = InternetChecksum.fold(InternetChecksum.sum(r.memory, r.transportOffset, length, pseudo));
        if (sum == 0xFFFF && !isUnfinished) {
            return null;
        }
        int found = r.memory.getShort(field) & 0xFFFF;
        if (!isUnfinished && found != pseudo) {
            return ifWrong;
        }
        finish(r, field, length, pseudo);
        return null;
    }

    private static void finish(PacketRecord r, int field, int length, int pseudo) {
        ByteBuffer memory = r.memory;
        memory.putShort(field, (short) 0);
        int sum = ~InternetChecksum.fold(InternetChecksum.sum(memory, r.transportOffset, length, pseudo)) & 0xFFFF;
        boolean zeroMeansNone = r.protocol == Packet.PROTOCOL_UDP && sum == 0;
        memory.putShort(field, (short) (zeroMeansNone ? 0xFFFF : sum));
    }

    /** UDP says its own length; what lies behind it in the packet is not covered. */
    private static int transportLengthBytes(PacketRecord r) {
        return r.protocol == Packet.PROTOCOL_UDP
                ? r.payloadOffset + r.payloadLengthBytes - r.transportOffset
                : r.ipEnd - r.transportOffset;
    }

    private static long pseudoSum(PacketRecord r, int length) {
        long sum = r.protocol + (long) length;
        if (r.ipVersion == 4) {
            return InternetChecksum.sum(r.memory, r.ipOffset + 12, 8, sum);
        }
        sum = InternetChecksum.sum(r.memory, r.ipOffset + 8, 16, sum);
        return InternetChecksum.sum(r.memory, r.pseudoDestinationOffset, 16, sum);
    }
}
