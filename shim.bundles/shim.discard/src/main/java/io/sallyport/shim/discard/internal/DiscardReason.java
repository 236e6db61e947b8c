package io.sallyport.shim.discard.internal;

import io.sallyport.callout.DiscardModule;
import io.sallyport.callout.GeneralDiscardReason;
import io.sallyport.callout.NetworkDiscardReason;
import io.sallyport.callout.TransportDiscardReason;
import io.sallyport.stack.api.DropReason;

/**
 * How callouts at discard layers are told a reason: module and number (DISC-2). Where the platform has no such reason, the
 * nearest one.
 *
 * @param module whose reasons
 * @param number the reason
 */
record DiscardReason(DiscardModule module, int number) {

    /** The reasons by ordinal of {@link DropReason}. */
    static DiscardReason[] table() {
        DropReason[] drops = DropReason.values();
        DiscardReason[] table = new DiscardReason[drops.length];
        for (DropReason drop : drops) {
            table[drop.ordinal()] = of(drop);
        }
        return table;
    }

    static DiscardReason of(DropReason drop) {
        return switch (drop) {
            case POLICY, CALLOUT_UNREGISTERED, CALLOUT_FAULT, CALLOUT_QUARANTINED, NO_POLICY ->
                general(GeneralDiscardReason.FIREWALL_POLICY);

            case PACKET_TOO_BIG -> network(NetworkDiscardReason.DONT_FRAGMENT_MTU_EXCEEDED);
            case NO_SHIM, INTERNAL_FAULT -> network(NetworkDiscardReason.INTERNAL_ERROR);
            case TRUNCATED -> network(NetworkDiscardReason.BAD_LENGTH);
            case TRANSMIT_FAILED -> network(NetworkDiscardReason.INTERFACE_DISABLED);

            case MALFORMED_ETHERNET, MALFORMED_ETHERNET_SOURCE, MALFORMED_ETHERNET_LENGTH, MALFORMED_LINK_TYPE ->
                network(NetworkDiscardReason.IPSNPI_NO_ETHERNET_HEADER);
            case MALFORMED_ARP, MALFORMED_IPV4, MALFORMED_IPV6 -> network(NetworkDiscardReason.MALFORMED_HEADER);
            case MALFORMED_IPV4_CHECKSUM -> network(NetworkDiscardReason.BAD_CHECKSUM);
            case MALFORMED_IPV4_OPTION, MALFORMED_IPV4_SOURCE_ROUTE -> network(NetworkDiscardReason.BAD_OPTION);
            case MALFORMED_IPV6_EXTENSION, MALFORMED_IPV6_ROUTING_TYPE_0, MALFORMED_IPV6_HEADER_CHAIN ->
                network(NetworkDiscardReason.EXTENSION_HEADERS_FAILURE);
            case MALFORMED_IPV6_JUMBOGRAM -> network(NetworkDiscardReason.BAD_LENGTH);
            case MALFORMED_SOURCE_ADDRESS, MALFORMED_LAND -> network(NetworkDiscardReason.BAD_SOURCE_ADDRESS);
            case MALFORMED_DESTINATION_ADDRESS -> network(NetworkDiscardReason.NOT_LOCALLY_DESTINED);
            case MALFORMED_TUNNEL_DEPTH -> network(NetworkDiscardReason.TOO_MANY_DECAPSULATIONS);
            case MALFORMED_ESP, MALFORMED_AH -> network(NetworkDiscardReason.IPSEC_FAILURE);

            case REASSEMBLY_DUPLICATE,
                    REASSEMBLY_OVERLAP,
                    REASSEMBLY_TINY_FRAGMENT,
                    REASSEMBLY_TIMEOUT,
                    MALFORMED_ND_FRAGMENT -> network(NetworkDiscardReason.IPSNPI_UNEXPECTED_FRAGMENT);
            case REASSEMBLY_MALFORMED -> network(NetworkDiscardReason.BAD_LENGTH);
            case REASSEMBLY_EVICTED,
                    REASSEMBLY_SOURCE_LIMIT,
                    REASSEMBLY_ID_LIMIT,
                    REASSEMBLY_LIMIT,
                    LIMIT_FLOWS,
                    LIMIT_FLOWS_SOURCE,
                    LIMIT_HEAP_INSPECTION,
                    LIMIT_HEAP_FLOWS -> network(NetworkDiscardReason.ALLOCATION_FAILURE);
            case LIMIT_HELD_FRAMES, LIMIT_STREAM_MEMORY, LIMIT_INJECTIONS -> network(NetworkDiscardReason.QUEUE_FULL);

            case MALFORMED_TCP,
                    MALFORMED_TCP_OPTION,
                    MALFORMED_UDP,
                    MALFORMED_ICMP,
                    MALFORMED_SCTP,
                    MALFORMED_ND,
                    MALFORMED_MLD,
                    MALFORMED_IGMP,
                    MALFORMED_GRE,
                    MALFORMED_TUNNEL -> transport(TransportDiscardReason.HEADER_INVALID);
            case MALFORMED_TCP_CHECKSUM,
                    MALFORMED_UDP_CHECKSUM,
                    MALFORMED_ICMP_CHECKSUM,
                    MALFORMED_SCTP_CHECKSUM,
                    MALFORMED_IGMP_CHECKSUM,
                    MALFORMED_GRE_CHECKSUM -> transport(TransportDiscardReason.CHECKSUM_INVALID);

            case TCP_OUT_OF_ORDER, TCP_OUTSIDE_WINDOW -> transport(TransportDiscardReason.OUTSIDE_WINDOW);
            case ICMP_NO_FLOW -> transport(TransportDiscardReason.ENDPOINT_NOT_FOUND);
            case TCP_OVERLAP, TCP_DUPLICATE_HELD -> transport(TransportDiscardReason.REASSEMBLY_CONFLICT);
            case TCP_INVALID_STATE -> transport(TransportDiscardReason.SESSION_STATE);
            case TCP_CONNECTION_DROPPED, FLOW_ABORTED, PEND_TIMEOUT, FLOW_PENDED, REDIRECT_CONFLICT ->
                transport(TransportDiscardReason.TCB_REMOVED);
            case TCP_MID_STREAM -> transport(TransportDiscardReason.EXPECTED_SYN);
            case TCP_UNDELIVERED -> transport(TransportDiscardReason.RECEIVE_INSPECTION);
        };
    }

    private static DiscardReason general(GeneralDiscardReason reason) {
        return new DiscardReason(DiscardModule.GENERAL, reason.code());
    }

    private static DiscardReason network(NetworkDiscardReason reason) {
        return new DiscardReason(DiscardModule.NETWORK, reason.code());
    }

    private static DiscardReason transport(TransportDiscardReason reason) {
        return new DiscardReason(DiscardModule.TRANSPORT, reason.code());
    }
}
