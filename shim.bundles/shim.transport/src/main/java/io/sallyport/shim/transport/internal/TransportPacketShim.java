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

    // Where a flow keeps what was found out about its packets (Flow.memo), by layer and direction of the packet.
    private static final int TRANSPORT_OUT = 0;
    private static final int TRANSPORT_IN = 1;
    private static final int DATAGRAM_OUT = 2;
    private static final int DATAGRAM_IN = 3;

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
        IpFields fields = layers.of(packet.ipVersion());
        if (!classifier.classifyUnmatched(fields.layer(), 0, out)) {
            int place = packet.direction() == Direction.INBOUND ? TRANSPORT_IN : TRANSPORT_OUT;
            classify(fields, packet, PacketPlaces.transportData(packet), flow, place, out);
        }
    }

    @Override
    public void datagram(Packet packet, Flow flow, ClassifyOutcome out) {
        IpFields fields = datagram.of(packet.ipVersion());
        if (!classifier.classifyUnmatched(fields.layer(), 0, out)) {
            int place = packet.direction() == Direction.INBOUND ? DATAGRAM_IN : DATAGRAM_OUT;
            classify(fields, packet, PacketPlaces.payloadData(packet), flow, place, out);
        }
    }

    private void classify(
            IpFields fields, Packet packet, int dataOffset, @Nullable Flow flow, int place, ClassifyOutcome out) {
        Flow known = flow != null && hasEndsOf(packet, flow) ? flow : null;
        if (known != null && classifier.classifyUnmatched(fields.layer(), known.memo(place), out)) {
            return;
        }
        fields.endpoints(packet);
        fields.flags(packet.isReassembled() ? ConditionFlags.IS_REASSEMBLED : 0);
        if (known != null) {
            remember(fields, known, place);
        }
        ShimEnvironment.PacketLens view = lens.bind(packet, dataOffset, flow);
        classifier.classify(fields.values(), view, view, flow == null ? null : flow.contexts(), out);
    }

    /**
     * Finds out, once for a flow and a generation, whether any filter can match its packets at a layer: all their values but
     * the flags are the same. The memo is the generation if none can, and its negative if one can.
     */
    private void remember(IpFields fields, Flow flow, int place) {
        int generation = classifier.generation(fields.layer());
        if (flow.memo(place) != -generation) {
            flow.setMemo(place, classifier.couldMatch(fields.values()) ? -generation : generation);
        }
    }

    /**
     * Tells whether a packet has its flow's own ends, and not those of another member of a group, of another ICMP message, or
     * of who it was redirected to.
     */
    private static boolean hasEndsOf(Packet packet, Flow flow) {
        return packet.localLow() == flow.localLow()
                && packet.remoteLow() == flow.remoteLow()
                && packet.localPort() == flow.localPort()
                && packet.remotePort() == flow.remotePort()
                && packet.localHigh() == flow.localHigh()
                && packet.remoteHigh() == flow.remoteHigh()
                && packet.protocol() == flow.protocol()
                && packet.ipVersion() == flow.ipVersion()
                && !flow.isRedirected();
    }
}
