package io.sallyport.shim.mac.internal;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.LayerValues;
import io.sallyport.layer.Field;
import io.sallyport.layer.Layer;
import io.sallyport.policy.L2Flags;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.MacShim;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;

/**
 * Fills the two MAC layers. Local is the MAC address on the inside: of the inside host, or of its router. The interface is
 * the one that the frame comes in by at the inbound layer, and the one that it leaves by at the outbound layer. The bridge
 * itself has no MAC address in the path, so INTERFACE_MAC_ADDRESS is EMPTY. Classify plane.
 */
final class FrameShim implements MacShim {

    /** DL_ADDRESS_TYPE, which numbers other than the IP layers do. */
    private static final int MAC_UNICAST = 0;

    private static final int MAC_MULTICAST = 1;
    private static final int MAC_BROADCAST = 2;

    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final MacFields inbound;
    private final MacFields outbound;

    FrameShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        inbound = new MacFields(Layer.INBOUND_MAC_FRAME_ETHERNET, classifier);
        outbound = new MacFields(Layer.OUTBOUND_MAC_FRAME_ETHERNET, classifier);
    }

    @Override
    public void arriving(Packet packet, ClassifyOutcome out) {
        classify(inbound, packet, PacketPlaces.arrivalInterface(packet), out);
    }

    @Override
    public void leaving(Packet packet, ClassifyOutcome out) {
        classify(outbound, packet, PacketPlaces.departureInterface(packet), out);
    }

    private void classify(MacFields fields, Packet packet, int networkInterface, ClassifyOutcome out) {
        if (classifier.classifyUnmatched(fields.layer, 0, out)) {
            return;
        }
        fields.fill(packet, networkInterface);
        ShimEnvironment.PacketLens view = lens.bind(packet, packet.frameOffset(), null);
        classifier.classify(fields.values, view, view, null, out);
    }

    private static int addressType(long mac) {
        if (mac == BROADCAST) {
            return MAC_BROADCAST;
        }
        return (mac & GROUP_BIT) == 0 ? MAC_UNICAST : MAC_MULTICAST;
    }

    /** The values of one MAC layer and where they go. */
    private static final class MacFields {
        final Layer layer;
        final LayerValues values;
        final int local;
        final int localType;
        final int remote;
        final int remoteType;
        final int etherType;
        final int vlanId;
        final int networkInterface;
        final int interfaceIndex;

        MacFields(Layer layer, Classifier classifier) {
            this.layer = layer;
            values = classifier.newValues(layer);
            local = layer.fieldIndex(Field.MAC_LOCAL_ADDRESS);
            localType = layer.fieldIndex(Field.MAC_LOCAL_ADDRESS_TYPE);
            remote = layer.fieldIndex(Field.MAC_REMOTE_ADDRESS);
            remoteType = layer.fieldIndex(Field.MAC_REMOTE_ADDRESS_TYPE);
            etherType = layer.fieldIndex(Field.ETHER_TYPE);
            vlanId = layer.fieldIndex(Field.VLAN_ID);
            networkInterface = layer.fieldIndex(Field.IP_LOCAL_INTERFACE);
            interfaceIndex = layer.fieldIndex(Field.INTERFACE_INDEX);
            values.clear();
            values.setNumber(layer.fieldIndex(Field.L2_FLAGS), L2Flags.IS_NATIVE_ETHERNET);
            values.setNumber(layer.fieldIndex(Field.COMPARTMENT_ID), IpFields.COMPARTMENT);
        }

        void fill(Packet packet, int number) {
            boolean isOutbound = packet.direction() == Direction.OUTBOUND;
            long localMac = isOutbound ? packet.sourceMac() : packet.destinationMac();
            long remoteMac = isOutbound ? packet.destinationMac() : packet.sourceMac();
            values.setNumber(local, localMac);
            values.setNumber(localType, addressType(localMac));
            values.setNumber(remote, remoteMac);
            values.setNumber(remoteType, addressType(remoteMac));
            setOrEmpty(etherType, packet.etherType());
            setOrEmpty(vlanId, packet.vlanId());
            values.setNumber(networkInterface, number);
            values.setNumber(interfaceIndex, number);
        }

        private void setOrEmpty(int index, int number) {
            if (number == Packet.NONE) {
                values.setEmpty(index);
            } else {
                values.setNumber(index, number);
            }
        }
    }
}
