package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** INBOUND_ and OUTBOUND_TRANSPORT by the packet's direction, and DATAGRAM_DATA, of both IP versions. */
@ConsumerType
public interface TransportShim extends Shim {

    /**
     * Judges a whole packet at the TRANSPORT layer of its direction.
     *
     * @param packet the packet
     * @param flow its flow, or null, e.g. for an inbound packet whose flow is not authorised yet
     * @param out is overwritten
     */
    void transport(Packet packet, @Nullable Flow flow, ClassifyOutcome out);

    /**
     * Judges the payload of a datagram of anything but TCP.
     *
     * @param packet the packet
     * @param flow its flow
     * @param out is overwritten
     */
    void datagram(Packet packet, Flow flow, ClassifyOutcome out);
}
