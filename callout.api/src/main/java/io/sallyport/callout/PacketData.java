package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The packet at a packet layer. Offset 0 is where the layer's data starts: the MAC header at MAC layers, the IP header at
 * IPPACKET and IPFORWARD, the transport header at TRANSPORT and ICMP_ERROR, the payload at DATAGRAM_DATA and at the ALE
 * layers that have a packet. What lies before it is reached with negative offsets down to {@code -headroomBytes()}; WFP
 * calls that retreat. (WFP starts inbound IPPACKET data at the transport header and outbound data at the IP header;
 * here both directions start alike.)
 */
@ProviderType
public interface PacketData extends LayerData {

    /**
     * How far negative offsets reach.
     *
     * @return bytes of lower headers before offset 0
     */
    int headroomBytes();
}
