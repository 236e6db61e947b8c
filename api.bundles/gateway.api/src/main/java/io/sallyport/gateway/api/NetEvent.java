package io.sallyport.gateway.api;

import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FilterTag;
import io.sallyport.policy.ActionType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, as it was decided then: it names filter, layer and revision also when they are long gone
 * (NEV). Immutable.
 *
 * @param number counts the events of this process, from 1; a gap means that events were lost
 * @param time when, ISO 8601 in UTC with nanoseconds
 * @param kind what kind of event
 * @param frame the frame's number, 1-based, or null
 * @param flow the flow's run-time id, or null
 * @param direction {@code outbound} or {@code inbound}, or null
 * @param layer policy name of the layer, or null
 * @param protocol name or number of the IP protocol, or null
 * @param source source address, or null
 * @param sourcePort source port, or null
 * @param destination destination address, or null
 * @param destinationPort destination port, or null
 * @param verdict {@code permit} or {@code block}, or null
 * @param reason label of the reason, or for {@link Kind#STATE} and {@link Kind#FAULT} a line for people
 * @param filter who decided, or null
 * @param revision of the policy that judged, or null
 * @param ipVersion 4 or 6, or null
 * @param mac the Ethernet header, of events at the MAC layers; null for others
 * @param endings of a drop: the filters that ended their sublayers, heaviest sublayer first (NEV-12); empty if the packet shares
 *     the verdict of another one, and for streams
 * @param reauthorizeReason why the flow was asked for again, if this is what came of it (NEV-3); null if it was not
 */
public record NetEvent(
        long number,
        String time,
        Kind kind,
        @Nullable Long frame,
        @Nullable Long flow,
        @Nullable String direction,
        @Nullable String layer,
        @Nullable String protocol,
        @Nullable String source,
        @Nullable Integer sourcePort,
        @Nullable String destination,
        @Nullable Integer destinationPort,
        @Nullable String verdict,
        String reason,
        @Nullable FilterTag filter,
        @Nullable String revision,
        @Nullable Integer ipVersion,
        @Nullable MacHeader mac,
        List<Ending> endings,
        @Nullable ReauthorizeReason reauthorizeReason) {

    /** Copies. */
    public NetEvent {
        endings = List.copyOf(endings);
    }

    /**
     * The platform's types of events that there are here (NEV-1). The others are about IPsec, app containers and low-power
     * modes, which a gateway does not have.
     */
    public enum Type {
        /** A layer above MAC refused. */
        CLASSIFY_DROP,
        /** A flow was let in, or let go on. */
        CLASSIFY_ALLOW,
        /** A MAC layer refused. */
        CLASSIFY_DROP_MAC
    }

    /**
     * What a frame says before any IP header.
     *
     * @param source MAC address, with colons
     * @param destination MAC address, with colons
     * @param etherType 0x600 or more, or null for a length field
     * @param vlanId of the outermost tag, or null
     */
    public record MacHeader(
            String source,
            String destination,
            @Nullable Integer etherType,
            @Nullable Integer vlanId) {}

    /**
     * What became of one sublayer.
     *
     * @param filter ended it
     * @param action what that filter does
     */
    public record Ending(FilterTag filter, ActionType action) {}

    /** Kinds of events. */
    public enum Kind {
        /** A frame was dropped. */
        DROP,
        /** A flow was authorised. */
        PERMIT,
        /** A flow was asked for again and let go on. */
        REAUTH,
        /** A callout, a plug-in or a part of the gateway failed. */
        FAULT,
        /** A state changed: BFE, plug-in, callout, port. */
        STATE
    }

    /**
     * The platform's type of this event.
     *
     * @return null if it is about no classify: the packet was dropped before any layer saw it, or nothing happened to a packet
     */
    public @Nullable Type type() {
        if (layer == null) {
            return null;
        }
        return switch (kind) {
            case DROP -> mac == null ? Type.CLASSIFY_DROP : Type.CLASSIFY_DROP_MAC;
            case PERMIT, REAUTH -> "permit".equals(verdict) ? Type.CLASSIFY_ALLOW : Type.CLASSIFY_DROP;
            case FAULT, STATE -> null;
        };
    }

    /**
     * The event as the fields of its JSON line, in order; the same names that {@code replay --events} writes, and behind them
     * what only the live gateway knows: the Ethernet header of events at the MAC layers, why a flow was asked for again, and
     * which filters ended sublayers if there were several.
     *
     * @return name to string, number, null or list of such maps
     */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ts", time);
        fields.put("kind", kind.name().toLowerCase(java.util.Locale.ROOT));
        fields.put("file", null);
        fields.put("frame", frame);
        fields.put("flow", flow);
        fields.put("direction", direction);
        fields.put("layer", layer);
        fields.put("proto", protocol);
        fields.put("src", source);
        fields.put("sport", sourcePort);
        fields.put("dst", destination);
        fields.put("dport", destinationPort);
        fields.put("verdict", verdict);
        fields.put("reason", reason);
        fields.put("filter", filter == null ? null : filter.name());
        fields.put("filterKey", filter == null ? null : filter.key().toString());
        fields.put("provider", filter == null ? null : filter.provider());
        fields.put("sublayer", filter == null ? null : filter.sublayer());
        fields.put("callout", filter == null ? null : filter.callout());
        fields.put("revision", revision);
        if (mac != null) {
            fields.put("srcMac", mac.source());
            fields.put("dstMac", mac.destination());
            fields.put("etherType", mac.etherType());
            fields.put("vlan", mac.vlanId());
        }
        if (reauthorizeReason != null) {
            fields.put("reauthReason", reauthorizeReason.policyName());
        }
        if (endings.size() > 1) {
            fields.put("sublayers", endings.stream().map(NetEvent::fields).toList());
        }
        return fields;
    }

    private static Map<String, @Nullable Object> fields(Ending ending) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("sublayer", ending.filter().sublayer());
        fields.put("filter", ending.filter().name());
        fields.put("provider", ending.filter().provider());
        fields.put("action", ending.action().policyName());
        return fields;
    }
}
