package io.sallyport.callout;

/**
 * Where an injected packet enters the path. Outbound packets re-enter at the top, inbound ones at the bottom, and both cross
 * all layers from there again (INJ-3). A packet may enter at another point than where it was cloned, if it has the right
 * shape (INJ-9).
 */
public enum InjectionPoint {
    /**
     * FwpsInjectNetworkSendAsync0 and ..ReceiveAsync0. Outbound: ALE, datagram or stream, OUTBOUND_TRANSPORT,
     * OUTBOUND_IPPACKET, IPFORWARD. Inbound: INBOUND_IPPACKET, INBOUND_TRANSPORT, ALE, datagram or stream.
     */
    NETWORK,
    /**
     * FwpsInjectTransportSendAsync1 and ..ReceiveAsync0; for what was cloned at TRANSPORT, DATAGRAM_DATA, ICMP_ERROR and ALE
     * layers. The same way as from {@link #NETWORK}, since packets carry all their headers here.
     */
    TRANSPORT,
    /**
     * FwpsInjectForwardAsync0: behind IPFORWARD, which is not classified again (INJ-4). Outbound it leaves. Inbound the layers
     * of the inside follow, which IPFORWARD comes before in a gateway.
     */
    FORWARD,
    /** FwpsInjectMacReceiveAsync0: as if it had just arrived; INBOUND_MAC is classified again (INJ-14), then all the rest. */
    MAC_RECEIVE,
    /** FwpsInjectMacSendAsync0: as if it were about to leave; OUTBOUND_MAC is classified again (INJ-14). */
    MAC_SEND
}
