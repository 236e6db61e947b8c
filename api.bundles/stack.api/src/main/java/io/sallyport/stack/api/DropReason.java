package io.sallyport.stack.api;

/** Why a frame was dropped: one name in the ledger, in events and in the shell. Every drop has exactly one. */
public enum DropReason {
    /** A filter or callout blocked it. */
    POLICY("policy"),
    /** A filter's callout is not registered (CALL-4). */
    CALLOUT_UNREGISTERED("callout-unregistered"),
    /** A filter's callout failed; its failure policy blocks. */
    CALLOUT_FAULT("callout-fault"),
    /** A filter's callout is kept out since it failed again and again; its failure policy blocks. */
    CALLOUT_QUARANTINED("callout-quarantined"),
    /** No policy is in force. */
    NO_POLICY("no-policy"),
    /** The shim of a point on the path is not there. */
    NO_SHIM("no-shim"),
    /** The gateway's own code failed on this frame. */
    INTERNAL_FAULT("internal-fault"),
    /** Less was captured than was on the wire. */
    TRUNCATED("truncated"),
    /** The port could not send it. */
    TRANSMIT_FAILED("transmit-failed"),
    /** It does not fit the link that it must leave by, and may not be cut; its sender is told how much fits. */
    PACKET_TOO_BIG("packet-too-big"),

    /** Captured with another link type than Ethernet, in a capture of several interfaces. */
    MALFORMED_LINK_TYPE("malformed-link-type"),
    /** Shorter than an Ethernet header, or with a cut VLAN tag. */
    MALFORMED_ETHERNET("malformed-ethernet"),
    /** A source MAC address that is a group (IEEE 802.3, 3.2.3); on live ports only. */
    MALFORMED_ETHERNET_SOURCE("malformed-ethernet-source"),
    /** An 802.3 length that the frame is too short for, or that is neither length nor type (IEEE 802.3, 3.2.6). */
    MALFORMED_ETHERNET_LENGTH("malformed-ethernet-length"),
    /** An ARP packet that is too short for its lengths, or whose lengths do not fit its address types (RFC 826). */
    MALFORMED_ARP("malformed-arp"),
    /** An IPv4 header that breaks RFC 791 or RFC 1122: version, header length, total length, reserved flag, TTL 0. */
    MALFORMED_IPV4("malformed-ipv4"),
    /** An IPv4 option with a wrong length or pointer (RFC 791), or an obsolete one (RFC 6814, RFC 7126). */
    MALFORMED_IPV4_OPTION("malformed-ipv4-option"),
    /** An IPv4 packet that names its own route, loose or strict (RFC 7126, 4.3 and 4.4). */
    MALFORMED_IPV4_SOURCE_ROUTE("malformed-ipv4-source-route"),
    /** An IPv4 header checksum that is wrong. */
    MALFORMED_IPV4_CHECKSUM("malformed-ipv4-checksum"),
    /** An IPv6 header that breaks RFC 8200: version, payload length. */
    MALFORMED_IPV6("malformed-ipv6"),
    /** A chain of IPv6 extension headers that is cut, too long, or in a forbidden order. */
    MALFORMED_IPV6_EXTENSION("malformed-ipv6-extension"),
    /** A routing header of type 0 with stops left, by which a sender chooses its route (RFC 5095). */
    MALFORMED_IPV6_ROUTING_TYPE_0("malformed-ipv6-routing-type-0"),
    /** A jumbogram (RFC 2675): no link here carries one. */
    MALFORMED_IPV6_JUMBOGRAM("malformed-ipv6-jumbogram"),
    /** A first fragment that does not hold all headers up to that of the transport (RFC 7112). */
    MALFORMED_IPV6_HEADER_CHAIN("malformed-ipv6-header-chain"),
    /** A source that nobody sends from: group, broadcast, loopback, unspecified (RFC 1122, 3.2.1.3; RFC 4291, 2.5 to 2.7). */
    MALFORMED_SOURCE_ADDRESS("malformed-source-address"),
    /** A destination that nobody is reached by: loopback, unspecified; for TCP also groups (RFC 9293, MUST-57). */
    MALFORMED_DESTINATION_ADDRESS("malformed-destination-address"),
    /** A packet from a host to itself: it would answer itself (RFC 6890, CERT CA-1997-28). */
    MALFORMED_LAND("malformed-land"),
    /** A TCP header that breaks RFC 9293: cut, or with a wrong data offset. */
    MALFORMED_TCP("malformed-tcp"),
    /** A TCP option with a wrong length (RFC 9293, 3.1): receivers do not agree on what follows it. */
    MALFORMED_TCP_OPTION("malformed-tcp-option"),
    /** A TCP checksum that is wrong. */
    MALFORMED_TCP_CHECKSUM("malformed-tcp-checksum"),
    /** A UDP header that breaks RFC 768: cut, or with a length that does not fit. */
    MALFORMED_UDP("malformed-udp"),
    /** A UDP checksum that is wrong. */
    MALFORMED_UDP_CHECKSUM("malformed-udp-checksum"),
    /** An SCTP packet that is shorter than its common header, or with port 0 (RFC 9260, 3.1). */
    MALFORMED_SCTP("malformed-sctp"),
    /** An SCTP checksum that is wrong, or missing where RFC 9653 demands one. */
    MALFORMED_SCTP_CHECKSUM("malformed-sctp-checksum"),
    /** An ICMP or ICMPv6 message that is cut. */
    MALFORMED_ICMP("malformed-icmp"),
    /** An ICMP or ICMPv6 checksum that is wrong. */
    MALFORMED_ICMP_CHECKSUM("malformed-icmp-checksum"),
    /** A message of neighbour discovery that its receiver has to discard (RFC 4861, 6.1, 7.1 and 8.1). */
    MALFORMED_ND("malformed-nd"),
    /** Neighbour discovery in fragments (RFC 6980). */
    MALFORMED_ND_FRAGMENT("malformed-nd-fragment"),
    /** A message of multicast listener discovery that its receiver has to discard (RFC 2710, RFC 3810). */
    MALFORMED_MLD("malformed-mld"),
    /** An IGMP message that is cut or has a length that there is not (RFC 2236, RFC 3376). */
    MALFORMED_IGMP("malformed-igmp"),
    /** An IGMP checksum that is wrong. */
    MALFORMED_IGMP_CHECKSUM("malformed-igmp-checksum"),
    /** A GRE header that is cut, of an unknown version, or with reserved bits (RFC 2784, RFC 2890, RFC 2637). */
    MALFORMED_GRE("malformed-gre"),
    /** A GRE checksum that is wrong. */
    MALFORMED_GRE_CHECKSUM("malformed-gre-checksum"),
    /** A packet inside a tunnel (GRE, IP in IP, 6in4, 4in6) that is malformed. */
    MALFORMED_TUNNEL("malformed-tunnel"),
    /** Tunnels inside tunnels, more than four deep (RFC 2473, 5.1). */
    MALFORMED_TUNNEL_DEPTH("malformed-tunnel-depth"),
    /** ESP that is too short for its header and trailer, or with SPI 0 (RFC 4303, 2). */
    MALFORMED_ESP("malformed-esp"),
    /** An authentication header that is cut, of a wrong size, or with SPI 0 (RFC 4302, 2). */
    MALFORMED_AH("malformed-ah"),

    /** A fragment that repeats one that its datagram already has, to the byte; the first one counts. */
    REASSEMBLY_DUPLICATE("reassembly-duplicate"),
    /** A fragment that overlaps what its datagram already has: all of the datagram is dropped (RFC 5722). */
    REASSEMBLY_OVERLAP("reassembly-overlap"),
    /** A first fragment that does not hold the transport header, or one that lies inside it (RFC 1858, RFC 3128). */
    REASSEMBLY_TINY_FRAGMENT("reassembly-tiny-fragment"),
    /** A fragment whose size or place cannot be right: not a multiple of 8, beyond 65,535, behind the last one. */
    REASSEMBLY_MALFORMED("reassembly-malformed"),
    /** The rest of the datagram did not arrive in time. */
    REASSEMBLY_TIMEOUT("reassembly-timeout"),
    /** No more datagrams, or fragments of one, can be held. */
    REASSEMBLY_LIMIT("reassembly-limit"),
    /** A datagram that was not whole yet made room for newer ones. */
    REASSEMBLY_EVICTED("reassembly-evicted"),
    /** A datagram that was not whole yet made room for newer ones of its own sender, which had its share. */
    REASSEMBLY_SOURCE_LIMIT("reassembly-source-limit"),
    /** A whole datagram of a sender that used up the identifications which receivers could tell apart. */
    REASSEMBLY_ID_LIMIT("reassembly-id-limit"),

    /** A segment of an inspected stream too far beyond the next expected byte to be kept; its sender will send it again. */
    TCP_OUT_OF_ORDER("tcp-out-of-order"),
    /** A segment that ends an inspected stream before bytes that were seen of it. */
    TCP_OVERLAP("tcp-overlap"),
    /** A segment that no connection state allows, e.g. data after FIN or SYN with FIN. */
    TCP_INVALID_STATE("tcp-invalid-state"),
    /** A segment that its connection's sequence numbers, windows or time stamps do not allow (RFC 9293, 5961, 7323). */
    TCP_OUTSIDE_WINDOW("tcp-outside-window"),
    /** A connection that was dropped earlier. */
    TCP_CONNECTION_DROPPED("tcp-connection-dropped"),
    /** A segment of a connection whose start was not seen, with option {@code mid-stream: drop}. */
    TCP_MID_STREAM("tcp-mid-stream"),
    /** A segment that repeats bytes which the gateway has: it delivers them once they are decided. */
    TCP_DUPLICATE_HELD("tcp-duplicate-held"),

    /** An ICMP error that quotes a packet of no known flow, or one that its flow cannot have in flight (RFC 5927). */
    ICMP_NO_FLOW("icmp-no-flow"),

    /** A packet that callouts sent round too often (INJ-5). */
    LIMIT_INJECTIONS("limit-injections"),
    /** A flow that a callout aborted (FLOW-6). */
    FLOW_ABORTED("flow-aborted"),
    /** A packet of a flow that a callout pended (PEND-6). */
    FLOW_PENDED("flow-pended"),
    /** The first packet of a flow that was pended and not completed in time, or whose callout left. */
    PEND_TIMEOUT("pend-timeout"),
    /** A packet to the target of another flow of its endpoint, which a callout redirected there. */
    REDIRECT_CONFLICT("redirect-conflict"),
    /** The flow table is full of flows that were answered. */
    LIMIT_FLOWS("limit-flows"),
    /** A host has so many flows that were answered that more would leave too little room for others. */
    LIMIT_FLOWS_SOURCE("limit-flows-source"),
    /** The first packet of a flow that a callout pends cannot be held: no more frames can. */
    LIMIT_HELD_FRAMES("limit-held-frames"),
    /** There is no memory for more bytes of inspected streams, or one has had its share. */
    LIMIT_STREAM_MEMORY("limit-stream-memory"),
    /** A receiver did not acknowledge what the gateway answers for, in spite of many repetitions. */
    TCP_UNDELIVERED("tcp-undelivered"),
    /** Memory is short, and the connection is one that a stream filter could match: there is no room to follow it. */
    LIMIT_HEAP_INSPECTION("limit-heap-inspection"),
    /** Memory is almost used up: flows that are known go on, no new one begins. */
    LIMIT_HEAP_FLOWS("limit-heap-flows");

    private final String label;

    DropReason(String label) {
        this.label = label;
    }

    /**
     * The name in ledger, events and shell.
     *
     * @return lower case with hyphens
     */
    public String label() {
        return label;
    }
}
