package io.sallyport.stack.internal.path;

import io.sallyport.callout.Direction;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Packet;

/** The layers of the path by what they have in common for both IP versions and directions. */
enum LayerPair {
    FORWARD(Layer.IPFORWARD_V4, Layer.IPFORWARD_V6),
    INBOUND_NETWORK(Layer.INBOUND_IPPACKET_V4, Layer.INBOUND_IPPACKET_V6),
    OUTBOUND_NETWORK(Layer.OUTBOUND_IPPACKET_V4, Layer.OUTBOUND_IPPACKET_V6),
    INBOUND_TRANSPORT(Layer.INBOUND_TRANSPORT_V4, Layer.INBOUND_TRANSPORT_V6),
    OUTBOUND_TRANSPORT(Layer.OUTBOUND_TRANSPORT_V4, Layer.OUTBOUND_TRANSPORT_V6),
    INBOUND_ICMP_ERROR(Layer.INBOUND_ICMP_ERROR_V4, Layer.INBOUND_ICMP_ERROR_V6),
    OUTBOUND_ICMP_ERROR(Layer.OUTBOUND_ICMP_ERROR_V4, Layer.OUTBOUND_ICMP_ERROR_V6),
    STREAM(Layer.STREAM_V4, Layer.STREAM_V6),
    DATAGRAM(Layer.DATAGRAM_DATA_V4, Layer.DATAGRAM_DATA_V6),
    RESOURCE_ASSIGNMENT(Layer.ALE_RESOURCE_ASSIGNMENT_V4, Layer.ALE_RESOURCE_ASSIGNMENT_V6),
    LISTEN(Layer.ALE_AUTH_LISTEN_V4, Layer.ALE_AUTH_LISTEN_V6),
    CONNECT_REDIRECT(Layer.ALE_CONNECT_REDIRECT_V4, Layer.ALE_CONNECT_REDIRECT_V6),
    CONNECT(Layer.ALE_AUTH_CONNECT_V4, Layer.ALE_AUTH_CONNECT_V6),
    ACCEPT(Layer.ALE_AUTH_RECV_ACCEPT_V4, Layer.ALE_AUTH_RECV_ACCEPT_V6),
    FLOW_ESTABLISHED(Layer.ALE_FLOW_ESTABLISHED_V4, Layer.ALE_FLOW_ESTABLISHED_V6),
    ENDPOINT_CLOSURE(Layer.ALE_ENDPOINT_CLOSURE_V4, Layer.ALE_ENDPOINT_CLOSURE_V6),
    RESOURCE_RELEASE(Layer.ALE_RESOURCE_RELEASE_V4, Layer.ALE_RESOURCE_RELEASE_V6);

    private final Layer v4;
    private final Layer v6;

    LayerPair(Layer v4, Layer v6) {
        this.v4 = v4;
        this.v6 = v6;
    }

    Layer of(int ipVersion) {
        return ipVersion == 6 ? v6 : v4;
    }

    Layer of(Packet p) {
        return of(p.ipVersion());
    }

    static LayerPair network(Direction direction) {
        return direction == Direction.OUTBOUND ? OUTBOUND_NETWORK : INBOUND_NETWORK;
    }

    static LayerPair transport(Direction direction) {
        return direction == Direction.OUTBOUND ? OUTBOUND_TRANSPORT : INBOUND_TRANSPORT;
    }

    static LayerPair icmpError(Direction direction) {
        return direction == Direction.OUTBOUND ? OUTBOUND_ICMP_ERROR : INBOUND_ICMP_ERROR;
    }

    /** The layer at which the flow is authorised for life (ALE-2). */
    static LayerPair authorization(Direction flowDirection) {
        return flowDirection == Direction.OUTBOUND ? CONNECT : ACCEPT;
    }
}
