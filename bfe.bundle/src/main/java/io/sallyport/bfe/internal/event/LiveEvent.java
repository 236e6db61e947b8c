package io.sallyport.bfe.internal.event;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.ClassifyReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.api.PacketText;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event in numbers, as it is kept: text is made of it only for somebody who reads it, so that a flood of drops costs
 * little while nobody looks. Immutable.
 *
 * @param timeNs nanoseconds since 1970 in UTC
 * @param line of events that did not happen to a packet; null for the others
 */
record LiveEvent(
        long number,
        long timeNs,
        NetEvent.Kind kind,
        @Nullable String line,
        boolean isPermitted,
        long frame,
        long flow,
        Direction direction,
        int ipVersion,
        int protocol,
        long sourceHigh,
        long sourceLow,
        int sourcePort,
        long destinationHigh,
        long destinationLow,
        int destinationPort,
        long sourceMac,
        long destinationMac,
        int etherType,
        int vlanId,
        @Nullable Layer layer,
        @Nullable DropReason dropReason,
        @Nullable ClassifyReason classifyReason,
        @Nullable ReauthorizeReason reauthorizeReason,
        @Nullable FilterTag filter,
        String revision,
        List<NetEvent.Ending> endings) {

    private static final String MAC_SHIM = "MAC";

    /** Copies a slot. */
    static LiveEvent of(EventSlot slot, long number, long timeNs) {
        return new LiveEvent(
                number,
                timeNs,
                slot.kind,
                null,
                slot.isPermitted,
                slot.frame,
                slot.flow,
                slot.direction,
                slot.ipVersion,
                slot.protocol,
                slot.sourceHigh,
                slot.sourceLow,
                slot.sourcePort,
                slot.destinationHigh,
                slot.destinationLow,
                slot.destinationPort,
                slot.sourceMac,
                slot.destinationMac,
                slot.etherType,
                slot.vlanId,
                slot.layer,
                slot.dropReason,
                slot.classifyReason,
                slot.reauthorizeReason,
                slot.filter,
                slot.revision,
                slot.endings.toList());
    }

    /** Something that did not happen to a packet. */
    static LiveEvent of(NetEvent.Kind kind, String line, long number, long timeNs) {
        return new LiveEvent(
                number,
                timeNs,
                kind,
                line,
                false,
                0,
                0,
                Direction.OUTBOUND,
                0,
                Packet.NONE,
                0,
                0,
                Packet.NONE,
                0,
                0,
                Packet.NONE,
                0,
                0,
                Packet.NONE,
                Packet.NONE,
                null,
                null,
                null,
                null,
                null,
                "",
                List.of());
    }

    /** The event as everybody else knows it. */
    NetEvent toNetEvent() {
        boolean isPacket = line == null;
        return new NetEvent(
                number,
                PacketText.time(timeNs),
                kind,
                isPacket ? frame : null,
                flow == 0 ? null : flow,
                isPacket ? PacketText.direction(direction) : null,
                layer == null ? null : layer.policyName(),
                PacketText.protocol(ipVersion, protocol),
                PacketText.address(ipVersion, sourceHigh, sourceLow),
                PacketText.port(sourcePort),
                PacketText.address(ipVersion, destinationHigh, destinationLow),
                PacketText.port(destinationPort),
                verdict(),
                reason(),
                filter,
                revision.isEmpty() ? null : revision,
                ipVersion == 0 ? null : ipVersion,
                macHeader(),
                endings,
                reauthorizeReason);
    }

    private NetEvent.@Nullable MacHeader macHeader() {
        if (layer == null || !MAC_SHIM.equals(layer.shim())) {
            return null;
        }
        return new NetEvent.MacHeader(
                mac(sourceMac),
                mac(destinationMac),
                etherType == Packet.NONE ? null : etherType,
                vlanId == Packet.NONE ? null : vlanId);
    }

    private static String mac(long address) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(HexFormat.of().toHexDigits((byte) (address >>> shift))).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }

    private @Nullable String verdict() {
        return switch (kind) {
            case DROP -> "block";
            case PERMIT, REAUTH -> isPermitted ? "permit" : "block";
            case FAULT, STATE -> null;
        };
    }

    private String reason() {
        if (line != null) {
            return line;
        }
        if (dropReason != null) {
            return dropReason.label();
        }
        return classifyReason == null ? "" : PacketText.reason(classifyReason);
    }
}
