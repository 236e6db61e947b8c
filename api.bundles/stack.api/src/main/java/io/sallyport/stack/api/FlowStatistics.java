package io.sallyport.stack.api;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import java.util.List;

/**
 * What a data path counts about its flows (NEV-13). Directions are those of a flow's first packet, which decides its layer,
 * whichever way the packet goes that has it asked for again. Immutable.
 *
 * @param active one entry for each direction and IP version
 * @param reauthorizations one entry for each kind that happened, since the data path was made; a worker that was given up leaves
 *     its counts to the next one
 */
public record FlowStatistics(List<Active> active, List<Reauthorizations> reauthorizations) {

    /** Of a data path that does not count. */
    public static final FlowStatistics NONE = new FlowStatistics(List.of(), List.of());

    /** Copies. */
    public FlowStatistics {
        active = List.copyOf(active);
        reauthorizations = List.copyOf(reauthorizations);
    }

    /**
     * Flows that are authorised now and have not ended. All datagrams from outside to groups are one flow (ALE-6).
     *
     * @param direction of their first packets
     * @param ipVersion 4 or 6
     * @param flows how many
     */
    public record Active(Direction direction, int ipVersion, long flows) {}

    /**
     * How often flows were asked for again, whatever came of it.
     *
     * @param direction of their first packets
     * @param ipVersion 4 or 6
     * @param protocol {@code tcp}, {@code udp}, {@code icmp}, {@code icmpv6}, {@code ipv4} or {@code ipv6} for what is tunnelled,
     *     {@code other}
     * @param reason why they were asked for
     * @param permitted times that the flow was let go on
     * @param refused times that it was not: blocked, taken by a callout, or nobody could answer
     */
    public record Reauthorizations(
            Direction direction,
            int ipVersion,
            String protocol,
            ReauthorizeReason reason,
            long permitted,
            long refused) {}
}
