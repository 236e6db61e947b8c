package io.sallyport.shim.transport.internal;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;
import io.sallyport.stack.shim.TransportShim;
import org.jspecify.annotations.Nullable;

/**
 * Fills INBOUND_ and OUTBOUND_TRANSPORT and DATAGRAM_DATA; the direction at the datagram layer is the packet's (COND-17).
 * Classify plane.
 */
final class TransportPacketShim implements TransportShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final IpFields.Versions inbound;
    private final IpFields.Versions outbound;
    private final IpFields.Versions datagram;

    TransportPacketShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        inbound = IpFields.Versions.of(classifier, Layer.INBOUND_TRANSPORT_V4, Layer.INBOUND_TRANSPORT_V6);
        outbound = IpFields.Versions.of(classifier, Layer.OUTBOUND_TRANSPORT_V4, Layer.OUTBOUND_TRANSPORT_V6);
        datagram = IpFields.Versions.of(classifier, Layer.DATAGRAM_DATA_V4, Layer.DATAGRAM_DATA_V6);
    }

    @Override
    public void transport(Packet packet, @Nullable Flow flow, ClassifyOutcome out) {
        IpFields.Versions layers = packet.direction() == Direction.INBOUND ? inbound : outbound;
        classify(layers.of(packet.ipVersion()), packet, PacketPlaces.transportData(packet), flow, out);
    }

    @Override
    public void datagram(Packet packet, Flow flow, ClassifyOutcome out) {
        classify(datagram.of(packet.ipVersion()), packet, PacketPlaces.payloadData(packet), flow, out);
    }

    private void classify(IpFields fields, Packet packet, int dataOffset, @Nullable Flow flow, ClassifyOutcome out) {
        fields.endpoints(packet);
        fields.flags(packet.isReassembled() ? ConditionFlags.IS_REASSEMBLED : 0);
        ShimEnvironment.PacketLens view = lens.bind(packet, dataOffset, flow);
        classifier.classify(fields.values(), view, view, flow == null ? null : flow.contexts(), out);
    }
}
