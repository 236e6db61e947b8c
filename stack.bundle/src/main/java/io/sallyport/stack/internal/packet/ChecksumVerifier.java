package io.sallyport.stack.internal.packet;

import io.sallyport.stack.api.DataPathConfig.Checksums;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the transport checksum of a whole packet. One that the sender's card was to finish is finished here, in the
 * frame's own memory and before any layer sees it: what was inspected is what leaves.
 *
 * <p>Linux leaves the sum of the pseudo-header, not inverted, in the field of a TCP or UDP packet that is not finished. A
 * right checksum may by chance be that number, so the whole is summed first. Damage on the way may also hit a packet whose
 * checksum is that number, one in 65,536; what was found is left in the record for {@link
 * io.sallyport.stack.internal.flow.ChecksumHabit} to judge.
 */
final class ChecksumVerifier {

    private static final int SCTP_INIT = 1;
    private static final int SCTP_COOKIE_ECHO = 10;

    /** What may be done about a checksum that is wrong. */
    private enum Means {
        NONE,
        FINISH_IF_PSEUDO_SUM,
        FINISH
    }

    private final boolean isVerifying;
    private final boolean isFinishing;

    ChecksumVerifier(Checksums handling) {
        this.isVerifying = handling != Checksums.IGNORE;
        this.isFinishing = handling == Checksums.COMPLETE;
    }

    /**
     * Checks TCP, UDP, SCTP, ICMP and ICMPv6 of a packet that came in one frame.
     *
     * @param r parsed up to the transport header
     * @param isUnfinished the port knows that the checksum is not ready
     * @return why the packet is malformed, or null
     */
    @Nullable DropReason checkFrame(PacketRecord r, boolean isUnfinished) {
        if (isUnfinished) {
            return check(r, Means.FINISH);
        }
        return check(r, isFinishing ? Means.FINISH_IF_PSEUDO_SUM : Means.NONE);
    }

    /**
     * Checks a packet that was put together from fragments: none of them can be unfinished, and finishing the whole would
     * not change them.
     *
     * @param r parsed up to the transport header
     * @return why the packet is malformed, or null
     */
    @Nullable DropReason checkDatagram(PacketRecord r) {
        return check(r, Means.NONE);
    }

    private @Nullable DropReason check(PacketRecord r, Means means) {
        return switch (r.protocol) {
            case Packet.PROTOCOL_TCP ->
                withPseudoHeader(r, r.transportOffset + 16, means, DropReason.MALFORMED_TCP_CHECKSUM);
            case Packet.PROTOCOL_UDP -> udp(r, means);
            case Packet.PROTOCOL_ICMP -> r.ipVersion == 4 ? icmp(r) : null;
            case Packet.PROTOCOL_ICMPV6 -> r.ipVersion == 6 ? icmpv6(r, means) : null;
            case TransportParser.PROTOCOL_SCTP -> sctp(r, means);
            default -> null;
        };
    }

    private @Nullable DropReason udp(PacketRecord r, Means means) {
        if (r.memory.getShort(r.transportOffset + 6) == 0 && r.ipVersion == 4) {
            return null; // none was made (RFC 768); IPv6 does not know that (RFC 8200, 8.1)
        }
        return withPseudoHeader(r, r.transportOffset + 6, means, DropReason.MALFORMED_UDP_CHECKSUM);
    }

    private @Nullable DropReason icmp(PacketRecord r) {
        if (!isVerifying) {
            return null;
        }
        int length = r.ipEnd - r.transportOffset;
        boolean isRight = InternetChecksum.isRight(r.memory, r.transportOffset, length, 0);
        return isRight ? null : DropReason.MALFORMED_ICMP_CHECKSUM;
    }

    /** Cards are not asked to finish these: only a port's word counts. */
    private @Nullable DropReason icmpv6(PacketRecord r, Means means) {
        Means known = means == Means.FINISH ? Means.FINISH : Means.NONE;
        return withPseudoHeader(r, r.transportOffset + 2, known, DropReason.MALFORMED_ICMP_CHECKSUM);
    }

    /**
     * Linux leaves zero in the field of an SCTP packet that is not finished. Zero is also what a sender puts there whose
     * packets are protected otherwise, except where the receiver cannot know yet (RFC 9653, 5.2).
     */
    private @Nullable DropReason sctp(PacketRecord r, Means means) {
        if (!isVerifying && means != Means.FINISH) {
            return null;
        }
        int field = r.transportOffset + 8;
        int found = r.memory.getInt(field);
        if (found == 0 && means == Means.NONE && !mustHaveSctpChecksum(r)) {
            return null;
        }
        int right = Crc32c.ofSctp(r.memory, r.transportOffset, r.ipEnd - r.transportOffset);
        if (found == right) {
            return null;
        }
        if (means == Means.FINISH || (found == 0 && means == Means.FINISH_IF_PSEUDO_SUM)) {
            r.memory.putInt(field, right);
            return null;
        }
        return DropReason.MALFORMED_SCTP_CHECKSUM;
    }

    private static boolean mustHaveSctpChecksum(PacketRecord r) {
        int type = r.payloadLengthBytes == 0 ? SCTP_INIT : r.memory.get(r.payloadOffset) & 0xFF;
        return type == SCTP_INIT || type == SCTP_COOKIE_ECHO;
    }

    private @Nullable DropReason withPseudoHeader(PacketRecord r, int field, Means means, DropReason ifWrong) {
        if (!isVerifying && means != Means.FINISH) {
            return null;
        }
        if (r.ipVersion == 6 && r.pseudoDestinationOffset == Packet.NONE) {
            return null; // a routing header of an unknown kind hides the final destination that the sum covers
        }
        int length = transportLengthBytes(r);
        int pseudo = InternetChecksum.fold(InternetChecksum.pseudoSum(
                r.memory, r.ipVersion, r.ipOffset, r.pseudoDestinationOffset, r.protocol, length));
        if (means != Means.FINISH) {
            if (InternetChecksum.isRight(r.memory, r.transportOffset, length, pseudo)) {
                r.checksumFound = isFinishing ? ChecksumFound.RIGHT : ChecksumFound.UNKNOWN;
                return null;
            }
            boolean isPseudoSum = (r.memory.getShort(field) & 0xFFFF) == pseudo;
            if (means == Means.NONE || !isPseudoSum) {
                return ifWrong;
            }
            r.checksumFound = ChecksumFound.FINISHED_HERE;
        }
        boolean isUdp = r.protocol == Packet.PROTOCOL_UDP;
        InternetChecksum.make(r.memory, field, r.transportOffset, length, pseudo, isUdp);
        return null;
    }

    /** UDP says its own length; what lies behind it in the packet is not covered. */
    private static int transportLengthBytes(PacketRecord r) {
        return r.protocol == Packet.PROTOCOL_UDP
                ? r.payloadOffset + r.payloadLengthBytes - r.transportOffset
                : r.ipEnd - r.transportOffset;
    }
}
