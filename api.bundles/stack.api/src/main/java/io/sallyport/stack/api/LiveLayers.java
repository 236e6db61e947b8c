package io.sallyport.stack.api;

import io.sallyport.layer.Layer;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The layers that this gateway classifies. Filters elsewhere can be added and never match. Immutable; any thread. */
public final class LiveLayers {
    private static final Set<Layer> LAYERS = find();

    private LiveLayers() {}

    /**
     * Tells whether anything is ever classified at a layer.
     *
     * @param layer a layer
     * @return false if filters there have no effect
     */
    public static boolean contains(Layer layer) {
        return LAYERS.contains(layer);
    }

    /**
     * All of them.
     *
     * @return unmodifiable, in order of run-time ids
     */
    public static Set<Layer> all() {
        return LAYERS;
    }

    private static Set<Layer> find() {
        Set<Layer> layers = EnumSet.noneOf(Layer.class);
        for (Layer layer : Layer.values()) {
            String name = layer.name().replaceFirst("_V[46](_DISCARD)?$", "");
            boolean isLive = switch (name) {
                case "INBOUND_MAC_FRAME_ETHERNET",
                        "OUTBOUND_MAC_FRAME_ETHERNET",
                        "INBOUND_IPPACKET",
                        "OUTBOUND_IPPACKET",
                        "IPFORWARD",
                        "INBOUND_TRANSPORT",
                        "OUTBOUND_TRANSPORT",
                        "STREAM",
                        "DATAGRAM_DATA",
                        "INBOUND_ICMP_ERROR",
                        "OUTBOUND_ICMP_ERROR",
                        "ALE_RESOURCE_ASSIGNMENT",
                        "ALE_AUTH_LISTEN",
                        "ALE_AUTH_CONNECT",
                        "ALE_AUTH_RECV_ACCEPT",
                        "ALE_FLOW_ESTABLISHED",
                        "ALE_CONNECT_REDIRECT",
                        "ALE_ENDPOINT_CLOSURE",
                        "ALE_RESOURCE_RELEASE" -> true;
                default -> false;
            };
            if (isLive) {
                layers.add(layer);
            }
        }
        return Collections.unmodifiableSet(layers);
    }
}
