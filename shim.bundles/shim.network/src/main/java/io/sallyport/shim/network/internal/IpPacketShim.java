package io.sallyport.shim.network.internal;

import io.sallyport.callout.Direction;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.NetworkShim;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;

/** Fills INBOUND_ and OUTBOUND_IPPACKET and IPFORWARD. There are no flows here. Classify plane. */
final class IpPacketShim implements NetworkShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final IpFields.Versions inbound;
    private final IpFields.Versions outbound;
    private final IpFields.Versions forward;

    IpPacketShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        inbound = IpFields.Versions.of(classifier, Layer.INBOUND_IPPACKET_V4, Layer.INBOUND_IPPACKET_V6);
        outbound = IpFields.Versions.of(classifier, Layer.OUTBOUND_IPPACKET_V4, Layer.OUTBOUND_IPPACKET_V6);
        forward = IpFields.Versions.of(classifier, Layer.IPFORWARD_V4, Layer.IPFORWARD_V6);
    }

    @Override
    public void ipPacket(Packet packet, boolean isFragmentIndication, ClassifyOutcome out) {
        IpFields.Versions layers = packet.direction() == Direction.INBOUND ? inbound : outbound;
        IpFields fields = layers.of(packet.ipVersion());
        if (classifier.classifyUnmatched(fields.layer(), 0, out)) {
            return;
        }
        fields.endpoints(packet);
        fields.flags(flags(packet, isFragmentIndication));
        classify(fields, packet, out);
    }

    @Override
    public void forward(Packet packet, ClassifyOutcome out) {
        IpFields fields = forward.of(packet.ipVersion());
        if (classifier.classifyUnmatched(fields.layer(), 0, out)) {
            return;
        }
        fields.endpoints(packet);
        fields.interfaces(packet);
        fields.flags(flags(packet, packet.isFragment()));
        classify(fields, packet, out);
    }

    private void classify(IpFields fields, Packet packet, ClassifyOutcome out) {
        ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.ipData(packet), null);
        classifier.classify(fields.values(), view, view, null, out);
    }

    private static int flags(Packet packet, boolean isFragment) {
        return (isFragment ? ConditionFlags.IS_FRAGMENT : 0)
                | (packet.isReassembled() ? ConditionFlags.IS_REASSEMBLED : 0);
    }
}
