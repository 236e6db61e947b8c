package io.sallyport.stack.shim;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.Field;
import io.sallyport.layer.IpVersion;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Fills the values of one IP layer: everything that a gateway knows of a packet or flow, under the indices and types that
 * the layer's schema fixes (COND-20). A field that the layer lacks is skipped, so one shim serves layers that differ.
 *
 * <p>What is the same for every packet is set once, when this is made: the interface that the local address belongs to is
 * always the inside one, it is Ethernet and no tunnel, there is one compartment. Everything else is overwritten by each
 * fill, with EMPTY where it is not known (COND-14). Never set, hence always EMPTY, is what only a host knows of itself:
 * application, user and package, network categories, sub-interfaces, quarantine epochs, socket options.
 *
 * <p>Classify plane: owned by one shim; nothing here blocks, throws or allocates once it is made.
 */
public final class IpFields {

    /** Kind of an address (NL_ADDRESS_TYPE): none given. */
    public static final int ADDRESS_UNSPECIFIED = 0;
    /** Kind of an address: one host. Also a broadcast address of a subnet, which a bridge cannot tell from a host's. */
    public static final int ADDRESS_UNICAST = 1;
    /** Kind of an address: a group. */
    public static final int ADDRESS_MULTICAST = 3;
    /** Kind of an address: all hosts of the link. */
    public static final int ADDRESS_BROADCAST = 4;

    /** The one compartment. */
    public static final int COMPARTMENT = 1;

    private static final int TUNNEL_TYPE_NONE = 0;

    private final Layer layer;
    private final LayerValues values;
    private final int ipVersion;

    private final int protocol;
    private final int localAddress;
    private final int localAddressType;
    private final int localPort;
    private final int remoteAddress;
    private final int remotePort;
    private final int sourceAddress;
    private final int destinationAddress;
    private final int destinationAddressType;
    private final int direction;
    private final int originalIcmpType;
    private final int flags;
    private final int reauthorizeReason;

    private final int arrivalInterface;
    private final int arrivalInterfaceIndex;
    private final int arrivalInterfaceType;
    private final int arrivalTunnelType;
    private final int nexthopInterface;
    private final int nexthopInterfaceIndex;
    private final int nexthopInterfaceType;
    private final int nexthopTunnelType;

    private final boolean isForward;
    private final int localInterface;
    private final int forwardInterface;
    private final int sourceInterfaceIndex;
    private final int destinationInterfaceIndex;
    private final int physicalArrivalInterface;
    private final int physicalNexthopInterface;

    private final int embeddedProtocol;
    private final int embeddedRemoteAddress;
    private final int embeddedLocalAddressType;
    private final int embeddedLocalPort;
    private final int embeddedRemotePort;

    /**
     * Takes the indices and sets what never changes.
     *
     * @param layer a layer of IPv4 or IPv6
     * @param values of that layer; from now on to be filled through this
     */
    public IpFields(Layer layer, LayerValues values) {
        this.layer = layer;
        this.values = values;
        ipVersion = layer.ipVersion() == IpVersion.V4 ? 4 : 6;

        protocol = layer.fieldIndex(Field.IP_PROTOCOL);
        localAddress = layer.fieldIndex(Field.IP_LOCAL_ADDRESS);
        localAddressType = layer.fieldIndex(Field.IP_LOCAL_ADDRESS_TYPE);
        localPort = layer.fieldIndex(Field.IP_LOCAL_PORT);
        remoteAddress = layer.fieldIndex(Field.IP_REMOTE_ADDRESS);
        remotePort = layer.fieldIndex(Field.IP_REMOTE_PORT);
        sourceAddress = layer.fieldIndex(Field.IP_SOURCE_ADDRESS);
        destinationAddress = layer.fieldIndex(Field.IP_DESTINATION_ADDRESS);
        destinationAddressType = layer.fieldIndex(Field.IP_DESTINATION_ADDRESS_TYPE);
        direction = layer.fieldIndex(Field.DIRECTION);
        originalIcmpType = layer.fieldIndex(Field.ORIGINAL_ICMP_TYPE);
        flags = layer.fieldIndex(Field.FLAGS);
        reauthorizeReason = layer.fieldIndex(Field.REAUTHORIZE_REASON);

        arrivalInterface = layer.fieldIndex(Field.IP_ARRIVAL_INTERFACE);
        arrivalInterfaceIndex = layer.fieldIndex(Field.ARRIVAL_INTERFACE_INDEX);
        arrivalInterfaceType = layer.fieldIndex(Field.ARRIVAL_INTERFACE_TYPE);
        arrivalTunnelType = layer.fieldIndex(Field.ARRIVAL_TUNNEL_TYPE);
        nexthopInterface = layer.fieldIndex(Field.IP_NEXTHOP_INTERFACE);
        nexthopInterfaceIndex = layer.fieldIndex(Field.NEXTHOP_INTERFACE_INDEX);
        nexthopInterfaceType = layer.fieldIndex(Field.NEXTHOP_INTERFACE_TYPE);
        nexthopTunnelType = layer.fieldIndex(Field.NEXTHOP_TUNNEL_TYPE);

        localInterface = layer.fieldIndex(Field.IP_LOCAL_INTERFACE);
        forwardInterface = layer.fieldIndex(Field.IP_FORWARD_INTERFACE);
        sourceInterfaceIndex = layer.fieldIndex(Field.SOURCE_INTERFACE_INDEX);
        destinationInterfaceIndex = layer.fieldIndex(Field.DESTINATION_INTERFACE_INDEX);
        physicalArrivalInterface = layer.fieldIndex(Field.IP_PHYSICAL_ARRIVAL_INTERFACE);
        physicalNexthopInterface = layer.fieldIndex(Field.IP_PHYSICAL_NEXTHOP_INTERFACE);
        isForward = forwardInterface >= 0;

        embeddedProtocol = layer.fieldIndex(Field.EMBEDDED_PROTOCOL);
        embeddedRemoteAddress = layer.fieldIndex(Field.EMBEDDED_REMOTE_ADDRESS);
        embeddedLocalAddressType = layer.fieldIndex(Field.EMBEDDED_LOCAL_ADDRESS_TYPE);
        embeddedLocalPort = layer.fieldIndex(Field.EMBEDDED_LOCAL_PORT);
        embeddedRemotePort = layer.fieldIndex(Field.EMBEDDED_REMOTE_PORT);

        values.clear();
        if (!isForward) {
            values.setNumber(localInterface, ShimEnvironment.LAN_INTERFACE);
        }
        values.setNumber(layer.fieldIndex(Field.INTERFACE_INDEX), ShimEnvironment.LAN_INTERFACE);
        values.setNumber(layer.fieldIndex(Field.INTERFACE_TYPE), ShimEnvironment.INTERFACE_TYPE_ETHERNET);
        values.setNumber(layer.fieldIndex(Field.TUNNEL_TYPE), TUNNEL_TYPE_NONE);
        values.setNumber(layer.fieldIndex(Field.COMPARTMENT_ID), COMPARTMENT);
    }

    /**
     * The layer.
     *
     * @return the one it was made for
     */
    public Layer layer() {
        return layer;
    }

    /**
     * The values, to be classified.
     *
     * @return the ones it was made with
     */
    public LayerValues values() {
        return values;
    }

    /**
     * Fills addresses, ports or ICMP type and code (OBJ-13), protocol and direction of a packet. Local is the inside,
     * whichever way the packet goes (COND-18). All of them are EMPTY for a packet of another IP version.
     *
     * @param packet a packet
     */
    public void endpoints(Packet packet) {
        boolean isOutbound = packet.direction() == Direction.OUTBOUND;
        values.setNumber(direction, packet.direction().code());
        values.setEmpty(originalIcmpType);
        if (packet.ipVersion() != ipVersion) {
            emptyEndpoints();
            return;
        }
        endpoints(
                isOutbound,
                packet.protocol(),
                packet.localHigh(),
                packet.localLow(),
                packet.localPort(),
                packet.remoteHigh(),
                packet.remoteLow(),
                packet.remotePort());
    }

    /**
     * Fills addresses, ports, protocol and direction of a flow: those of its first packet, also when a later packet asks
     * (COND-17, REAUTH-4).
     *
     * @param flow a flow of the layer's IP version
     */
    public void endpoints(Flow flow) {
        values.setNumber(direction, flow.direction().code());
        boolean isIcmp = flow.protocol() == Packet.PROTOCOL_ICMP || flow.protocol() == Packet.PROTOCOL_ICMPV6;
        setOrEmpty(originalIcmpType, isIcmp ? flow.localPort() : Packet.NONE);
        endpoints(
                flow.direction() == Direction.OUTBOUND,
                flow.protocol(),
                flow.localHigh(),
                flow.localLow(),
                flow.localPort(),
                flow.remoteHigh(),
                flow.remoteLow(),
                flow.remotePort());
    }

    /**
     * Fills the interfaces that a packet comes in and leaves by. IPFORWARD knows both. Elsewhere the layers speak for the
     * inside host: what it receives has an arrival interface and no next hop, what it sends the reverse, and the other
     * one is EMPTY (COND-14, REAUTH-4).
     *
     * @param packet a packet
     */
    public void interfaces(Packet packet) {
        int arrival = PacketPlaces.arrivalInterface(packet);
        int departure = PacketPlaces.departureInterface(packet);
        if (isForward) {
            values.setNumber(localInterface, arrival);
            values.setNumber(sourceInterfaceIndex, arrival);
            values.setNumber(physicalArrivalInterface, arrival);
            values.setNumber(forwardInterface, departure);
            values.setNumber(destinationInterfaceIndex, departure);
            values.setNumber(physicalNexthopInterface, departure);
        } else if (packet.direction() == Direction.INBOUND) {
            setArrival(arrival);
            emptyNexthop();
        } else {
            emptyArrival();
            setNexthop(departure);
        }
    }

    /**
     * Fills what an ICMP error says about the packet that it quotes (DISC-9).
     *
     * @param quoted the quoted packet, which has a direction of its own; null makes the fields EMPTY
     */
    public void quoted(@Nullable Packet quoted) {
        if (quoted == null || quoted.ipVersion() != ipVersion) {
            values.setEmpty(embeddedProtocol);
            values.setEmpty(embeddedRemoteAddress);
            values.setEmpty(embeddedLocalAddressType);
            values.setEmpty(embeddedLocalPort);
            values.setEmpty(embeddedRemotePort);
            return;
        }
        setOrEmpty(embeddedProtocol, quoted.protocol());
        setAddress(embeddedRemoteAddress, quoted.remoteHigh(), quoted.remoteLow());
        values.setNumber(embeddedLocalAddressType, addressType(quoted.localHigh(), quoted.localLow()));
        setOrEmpty(embeddedLocalPort, quoted.localPort());
        setOrEmpty(embeddedRemotePort, quoted.remotePort());
    }

    /**
     * Sets the flags.
     *
     * @param bits of {@link io.sallyport.policy.ConditionFlags}
     */
    public void flags(int bits) {
        values.setNumber(flags, bits);
    }

    /**
     * Sets why a flow is judged again (REAUTH-1).
     *
     * @param bits codes of {@link io.sallyport.callout.ReauthorizeReason}; 0 for the first time
     */
    public void reauthorizeReason(int bits) {
        values.setNumber(reauthorizeReason, bits);
    }

    private void endpoints(
            boolean isOutbound,
            int protocolNumber,
            long localHigh,
            long localLow,
            int localPortNumber,
            long remoteHigh,
            long remoteLow,
            int remotePortNumber) {
        setOrEmpty(protocol, protocolNumber);
        setAddress(localAddress, localHigh, localLow);
        setAddress(remoteAddress, remoteHigh, remoteLow);
        values.setNumber(localAddressType, addressType(localHigh, localLow));
        setOrEmpty(localPort, localPortNumber);
        setOrEmpty(remotePort, remotePortNumber);
        if (isOutbound) {
            setAddress(sourceAddress, localHigh, localLow);
            setAddress(destinationAddress, remoteHigh, remoteLow);
            values.setNumber(destinationAddressType, addressType(remoteHigh, remoteLow));
        } else {
            setAddress(sourceAddress, remoteHigh, remoteLow);
            setAddress(destinationAddress, localHigh, localLow);
            values.setNumber(destinationAddressType, addressType(localHigh, localLow));
        }
    }

    private void emptyEndpoints() {
        values.setEmpty(protocol);
        values.setEmpty(localAddress);
        values.setEmpty(remoteAddress);
        values.setEmpty(localAddressType);
        values.setEmpty(localPort);
        values.setEmpty(remotePort);
        values.setEmpty(sourceAddress);
        values.setEmpty(destinationAddress);
        values.setEmpty(destinationAddressType);
    }

    private void setArrival(int number) {
        values.setNumber(arrivalInterface, number);
        values.setNumber(arrivalInterfaceIndex, number);
        values.setNumber(arrivalInterfaceType, ShimEnvironment.INTERFACE_TYPE_ETHERNET);
        values.setNumber(arrivalTunnelType, TUNNEL_TYPE_NONE);
    }

    private void emptyArrival() {
        values.setEmpty(arrivalInterface);
        values.setEmpty(arrivalInterfaceIndex);
        values.setEmpty(arrivalInterfaceType);
        values.setEmpty(arrivalTunnelType);
    }

    private void setNexthop(int number) {
        values.setNumber(nexthopInterface, number);
        values.setNumber(nexthopInterfaceIndex, number);
        values.setNumber(nexthopInterfaceType, ShimEnvironment.INTERFACE_TYPE_ETHERNET);
        values.setNumber(nexthopTunnelType, TUNNEL_TYPE_NONE);
    }

    private void emptyNexthop() {
        values.setEmpty(nexthopInterface);
        values.setEmpty(nexthopInterfaceIndex);
        values.setEmpty(nexthopInterfaceType);
        values.setEmpty(nexthopTunnelType);
    }

    private void setAddress(int index, long high, long low) {
        if (ipVersion == 4) {
            values.setNumber(index, low & 0xFFFF_FFFFL);
        } else {
            values.setBytes16(index, high, low);
        }
    }

    private void setOrEmpty(int index, int number) {
        if (number == Packet.NONE) {
            values.setEmpty(index);
        } else {
            values.setNumber(index, number);
        }
    }

    private int addressType(long high, long low) {
        if (ipVersion == 4) {
            int address = (int) low;
            if (address == 0) {
                return ADDRESS_UNSPECIFIED;
            }
            if (address == 0xFFFF_FFFF) {
                return ADDRESS_BROADCAST;
            }
            return address >>> 28 == 0xE ? ADDRESS_MULTICAST : ADDRESS_UNICAST;
        }
        if (high == 0 && low == 0) {
            return ADDRESS_UNSPECIFIED;
        }
        return high >>> 56 == 0xFF ? ADDRESS_MULTICAST : ADDRESS_UNICAST;
    }

    /**
     * The same layer for both IP versions.
     *
     * @param v4 of IPv4
     * @param v6 of IPv6
     */
    public record Versions(IpFields v4, IpFields v6) {

        /**
         * Makes both.
         *
         * @param classifier makes the values
         * @param v4 the layer of IPv4
         * @param v6 the layer of IPv6
         * @return both
         */
        public static Versions of(Classifier classifier, Layer v4, Layer v6) {
            return new Versions(new IpFields(v4, classifier.newValues(v4)), new IpFields(v6, classifier.newValues(v6)));
        }

        /**
         * Chooses one. Classify plane.
         *
         * @param ipVersion 4 or 6
         * @return the fields of that version
         */
        public IpFields of(int ipVersion) {
            return ipVersion == 4 ? v4 : v6;
        }
    }
}
