package io.sallyport.stack.shim;

import io.sallyport.engine.api.ClassifyOutcome;
import io.sallyport.stack.api.Packet;
import org.osgi.annotation.versioning.ConsumerType;

/** INBOUND_ and OUTBOUND_IPPACKET by the packet's direction, and IPFORWARD, of both IP versions. */
@ConsumerType
public interface NetworkShim extends Shim {

    /**
     * Judges a packet at the IPPACKET layer of its direction. For inbound fragments called as PATH-12 says: for each
     * fragment as an IP packet and once more flagged as fragment, then for the whole flagged as reassembled.
     *
     * @param packet the packet
     * @param isFragmentIndication sets the flag IS_FRAGMENT
     * @param out is overwritten
     */
    void ipPacket(Packet packet, boolean isFragmentIndication, ClassifyOutcome out);

    /**
     * Judges a packet or fragment at IPFORWARD.
     *
     * @param packet the packet
     * @param out is overwritten
     */
    void forward(Packet packet, ClassifyOutcome out);
}
