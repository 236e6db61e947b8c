package io.sallyport.stack.shim;

import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.Packet;
import org.osgi.annotation.versioning.ProviderType;

/** What a shim gets from the worker that it belongs to. */
@ProviderType
public interface ShimEnvironment {

    /** Interface LUID and index of the inside port; the same for all gateways, so that policies can name it. */
    int LAN_INTERFACE = 1;

    /** Interface LUID and index of the outside port. */
    int WAN_INTERFACE = 2;

    /** Type of both interfaces: ethernetCsmacd (IANA ifType 6). */
    int INTERFACE_TYPE_ETHERNET = 6;

    /**
     * The worker's door to the engine.
     *
     * @return the same for the life of the shim
     */
    Classifier classifier();

    /**
     * The view of a packet's bytes, and of what callouts get to see beside the layer's values. There is one for each
     * worker; it always shows the packet that was bound last.
     *
     * @return the same for the life of the shim
     */
    PacketLens lens();

    /** Binds a packet and shows its bytes from a chosen header on, as the layer wants. Classify plane. */
    @ProviderType
    interface PacketLens extends io.sallyport.callout.PacketData, io.sallyport.callout.IncomingMetadata {

        /**
         * Shows a packet.
         *
         * @param packet the packet
         * @param dataOffset index in the packet's memory where the layer's data starts
         * @param flow the packet's flow, or null
         * @return this
         */
        PacketLens bind(
                Packet packet, int dataOffset, io.sallyport.stack.api.@org.jspecify.annotations.Nullable Flow flow);

        /**
         * Adds what a discard layer tells callouts; forgotten by the next {@link #bind}.
         *
         * @param module whose reason
         * @param reason the reason's number
         * @param filterId the run-time id of the filter that refused the packet, or
         *     {@link io.sallyport.callout.IncomingMetadata#UNKNOWN}
         * @return this
         */
        PacketLens discarded(io.sallyport.callout.DiscardModule module, int reason, long filterId);
    }
}
