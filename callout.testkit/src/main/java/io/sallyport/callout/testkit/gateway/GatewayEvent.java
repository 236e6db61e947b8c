package io.sallyport.callout.testkit.gateway;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the packet path told about one frame (NEV). Names are those of policy files and of {@code events.jsonl}.
 *
 * @param kind what kind
 * @param frame number of the frame that was handed in, from 1; 0 for one that the gateway or a callout made
 * @param flow run-time id, or 0
 * @param direction {@code outbound} or {@code inbound}
 * @param layer policy name of the layer that judged, or null if none did
 * @param protocol name or number of the IP protocol, or null
 * @param source address with port, e.g. {@code 192.0.2.10:5000}, or null
 * @param destination address with port, or null
 * @param verdict {@code permit} or {@code block}; null for a fault
 * @param reason label of the reason
 * @param filter name of the filter that decided, or null
 * @param sublayer of that filter, or null
 * @param callout that the filter names, or null
 */
public record GatewayEvent(
        Kind kind,
        long frame,
        long flow,
        String direction,
        @Nullable String layer,
        @Nullable String protocol,
        @Nullable String source,
        @Nullable String destination,
        @Nullable String verdict,
        String reason,
        @Nullable String filter,
        @Nullable String sublayer,
        @Nullable String callout) {

    /** Kinds of events. */
    public enum Kind {
        /** A frame was dropped. */
        DROP,
        /** A flow was authorised, or refused, at its ALE layer. */
        AUTHORIZE,
        /** The same again, after a change of policy. */
        REAUTHORIZE,
        /** A callout failed, and its failure policy took the place of its verdict. */
        FAULT
    }

    /**
     * The event as a line of a case folder's {@code events.txt}: without ids that differ from run to run.
     *
     * @return e.g. {@code drop frame 1 outbound udp 192.0.2.10:5000 > 203.0.113.9:53 at datagram-data-v4 by dns: callout}
     */
    public String line() {
        StringBuilder line = new StringBuilder(kind.name().toLowerCase(Locale.ROOT));
        line.append(" frame ")
                .append(frame == 0 ? "-" : Long.toString(frame))
                .append(' ')
                .append(direction);
        if (protocol != null) {
            line.append(' ').append(protocol);
        }
        if (source != null) {
            line.append(' ').append(source).append(" > ").append(destination);
        }
        if (layer != null) {
            line.append(" at ").append(layer);
        }
        if (filter != null) {
            line.append(" by ").append(filter);
        }
        if (kind != Kind.DROP && verdict != null) {
            line.append(' ').append(verdict);
        }
        return line.append(": ").append(reason).toString();
    }
}
