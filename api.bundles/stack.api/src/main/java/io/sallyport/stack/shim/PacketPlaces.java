package io.sallyport.stack.shim;

import io.sallyport.callout.Direction;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.port.Side;

/**
 * Where a packet comes from, where it goes, and where the data of each kind of layer starts in it. Classify plane: pure
 * functions. A header that a malformed packet does not have is stood in for by the next lower one.
 */
public final class PacketPlaces {

    private PacketPlaces() {}

    /**
     * The interface that a packet came in by: its port, or, where the port says nothing, the side it is from.
     *
     * @param packet a packet
     * @return {@link ShimEnvironment#LAN_INTERFACE} or {@link ShimEnvironment#WAN_INTERFACE}
     */
    public static int arrivalInterface(Packet packet) {
        return isFromLan(packet) ? ShimEnvironment.LAN_INTERFACE : ShimEnvironment.WAN_INTERFACE;
    }

    /**
     * The interface that a packet is to leave by: the other one.
     *
     * @param packet a packet
     * @return {@link ShimEnvironment#LAN_INTERFACE} or {@link ShimEnvironment#WAN_INTERFACE}
     */
    public static int departureInterface(Packet packet) {
        return isFromLan(packet) ? ShimEnvironment.WAN_INTERFACE : ShimEnvironment.LAN_INTERFACE;
    }

    /**
     * Start of the IP header.
     *
     * @param packet a packet
     * @return an index in the packet's memory
     */
    public static int ipData(Packet packet) {
        int offset = packet.ipOffset();
        return offset == Packet.NONE ? packet.frameOffset() : offset;
    }

    /**
     * Start of the transport header.
     *
     * @param packet a packet
     * @return an index in the packet's memory
     */
    public static int transportData(Packet packet) {
        int offset = packet.transportOffset();
        return offset == Packet.NONE ? ipData(packet) : offset;
    }

    /**
     * Start of the payload.
     *
     * @param packet a packet
     * @return an index in the packet's memory
     */
    public static int payloadData(Packet packet) {
        int offset = packet.payloadOffset();
        return offset == Packet.NONE ? transportData(packet) : offset;
    }

    private static boolean isFromLan(Packet packet) {
        Side side = packet.arrivalSide();
        return side == Side.UNKNOWN ? packet.direction() == Direction.OUTBOUND : side == Side.LAN;
    }
}
