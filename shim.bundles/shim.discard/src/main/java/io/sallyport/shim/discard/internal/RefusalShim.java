package io.sallyport.shim.discard.internal;

import io.sallyport.callout.IncomingMetadata;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ConditionFlags;
import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.shim.DiscardShim;
import io.sallyport.stack.shim.IpFields;
import io.sallyport.stack.shim.PacketPlaces;
import io.sallyport.stack.shim.ShimEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Fills the 28 discard layers (DISC-1). Each has the schema of its twin and is filled like it; fields that a malformed
 * packet does not have are EMPTY. For a layer without twin nothing is asked and the outcome stays as it was. Classify
 * plane.
 */
final class RefusalShim implements DiscardShim {

    private final Classifier classifier;
    private final ShimEnvironment.PacketLens lens;

    /** By id of the refusing layer; null where there is no twin. */
    private final @Nullable Twin[] twins = new @Nullable Twin[Layer.COUNT];

    /** By ordinal of the drop reason. */
    private final DiscardReason[] reasons = DiscardReason.table();

    RefusalShim(ShimEnvironment environment) {
        classifier = environment.classifier();
        lens = environment.lens();
        for (Layer layer : Layer.values()) {
            Layer discard = Layer.byName(layer.name() + "_DISCARD");
            if (discard != null) {
                twins[layer.id()] = new Twin(layer, new IpFields(discard, classifier.newValues(discard)));
            }
        }
    }

    @Override
    public void discarded(
            Packet packet,
            Layer refusedAt,
            DropReason reason,
            @Nullable FilterTag filter,
            @Nullable Flow flow,
            ClassifyOutcome out) {
        Twin twin = twins[refusedAt.id()];
        if (twin == null) {
            return;
        }
        IpFields fields = twin.fields;
        if (flow != null && twin.isOfFlow) {
            fields.endpoints(flow);
        } else {
            fields.endpoints(packet);
        }
        fields.interfaces(packet);
        fields.quoted(packet.quoted());
        fields.flags(twin.flags(packet));
        DiscardReason discard = reasons[reason.ordinal()];
        long filterId = filter == null ? IncomingMetadata.UNKNOWN : filter.id();
        ShimEnvironment.PacketLens view = lens.bind(packet, twin.dataOffset(packet), flow)
                .discarded(discard.module(), discard.number(), filterId);
        classifier.classify(
                fields.values(), view, twin.hasData(packet) ? view : null, flow == null ? null : flow.contexts(), out);
    }

    /** One discard layer and how its twin shows packets. */
    private static final class Twin {
        final IpFields fields;
        final boolean isOfFlow;
        private final Data data;

        Twin(Layer refusing, IpFields fields) {
            this.fields = fields;
            isOfFlow = refusing.shim().equals("ALE") || refusing.shim().equals("Stream");
            data = Data.of(refusing);
            fields.reauthorizeReason(0);
        }

        int flags(Packet packet) {
            if (isOfFlow) {
                return 0;
            }
            return (packet.isFragment() ? ConditionFlags.IS_FRAGMENT : 0)
                    | (packet.isReassembled() ? ConditionFlags.IS_REASSEMBLED : 0);
        }

        int dataOffset(Packet packet) {
            return switch (data) {
                case IP -> PacketPlaces.ipData(packet);
                case TRANSPORT -> PacketPlaces.transportData(packet);
                case PAYLOAD, PAYLOAD_UNLESS_TCP, NONE -> PacketPlaces.payloadData(packet);
            };
        }

        boolean hasData(Packet packet) {
            return switch (data) {
                case IP, TRANSPORT, PAYLOAD -> true;
                case PAYLOAD_UNLESS_TCP -> packet.protocol() != Packet.PROTOCOL_TCP;
                case NONE -> false;
            };
        }
    }

    /** Where the data of a layer starts. */
    private enum Data {
        IP,
        TRANSPORT,
        PAYLOAD,
        PAYLOAD_UNLESS_TCP,
        NONE;

        static Data of(Layer layer) {
            return switch (layer) {
                case INBOUND_IPPACKET_V4,
                        INBOUND_IPPACKET_V6,
                        OUTBOUND_IPPACKET_V4,
                        OUTBOUND_IPPACKET_V6,
                        IPFORWARD_V4,
                        IPFORWARD_V6 -> IP;
                case INBOUND_TRANSPORT_V4,
                        INBOUND_TRANSPORT_V6,
                        OUTBOUND_TRANSPORT_V4,
                        OUTBOUND_TRANSPORT_V6,
                        INBOUND_ICMP_ERROR_V4,
                        INBOUND_ICMP_ERROR_V6,
                        OUTBOUND_ICMP_ERROR_V4,
                        OUTBOUND_ICMP_ERROR_V6 -> TRANSPORT;
                case ALE_AUTH_CONNECT_V4, ALE_AUTH_CONNECT_V6 -> PAYLOAD_UNLESS_TCP;
                case ALE_RESOURCE_ASSIGNMENT_V4, ALE_RESOURCE_ASSIGNMENT_V6, ALE_AUTH_LISTEN_V4, ALE_AUTH_LISTEN_V6 ->
                    NONE;
                default -> PAYLOAD;
            };
        }
    }
}
