package io.sallyport.shim.icmp.error.internal;

import io.sallyport.callout.Direction;
import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.NetworkDiscardReason;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.IcmpErrorShim;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Fills INBOUND_ and OUTBOUND_ICMP_ERROR: addresses, type and code are the error's, the EMBEDDED fields are those of the
 * packet that it quotes, and so is the flow (DISC-9). Of an error that the gateway made itself callouts learn why. Classify
 * plane.
 */
final class QuotingErrorShim implements IcmpErrorShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;
    private final IpFields.Versions inbound;
    private final IpFields.Versions outbound;

    QuotingErrorShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        inbound = IpFields.Versions.of(classifier, Layer.INBOUND_ICMP_ERROR_V4, Layer.INBOUND_ICMP_ERROR_V6);
        outbound = IpFields.Versions.of(classifier, Layer.OUTBOUND_ICMP_ERROR_V4, Layer.OUTBOUND_ICMP_ERROR_V6);
    }

    @Override
    public void icmpError(Packet packet, @Nullable Flow quotedFlow, @Nullable DropReason madeFor, ClassifyOutcome out) {
        IpFields.Versions layers = packet.direction() == Direction.INBOUND ? inbound : outbound;
        IpFields fields = layers.of(packet.ipVersion());
        fields.endpoints(packet);
        fields.interfaces(packet);
        fields.quoted(packet.quoted());
        fields.flags(packet.isReassembled() ? ConditionFlags.IS_REASSEMBLED : 0);
        ShimEnvironment.PacketLens view = lens.bind(packet, PacketPlaces.transportData(packet), quotedFlow);
        if (madeFor != null) {
            view.discarded(DiscardModule.NETWORK, reason(madeFor).code(), IncomingMetadata.UNKNOWN);
        }
        classifier.classify(fields.values(), view, view, quotedFlow == null ? null : quotedFlow.contexts(), out);
    }

    /** The platform's reasons say in the same breath whether an ICMP error is to be sent (DISC-6). */
    private static NetworkDiscardReason reason(DropReason madeFor) {
        return madeFor == DropReason.PACKET_TOO_BIG
                ? NetworkDiscardReason.DONT_FRAGMENT_MTU_EXCEEDED
                : NetworkDiscardReason.ADMINISTRATIVELY_PROHIBITED;
    }
}
