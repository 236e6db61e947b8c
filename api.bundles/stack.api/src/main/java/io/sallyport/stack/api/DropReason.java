package io.sallyport.stack.api;

/** Why a frame was dropped: one name in the ledger, in events and in the shell. Every drop has exactly one. */
public enum DropReason {
    /** A filter or callout blocked it. */
    POLICY("policy"),
    /** A filter's callout is not registered (CALL-4). */
    CALLOUT_UNREGISTERED("callout-unregistered"),
    /** A filter's callout failed; its failure policy blocks. */
    CALLOUT_FAULT("callout-fault"),
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
    /** An ARP packet that is too short for its lengths. */
    MALFORMED_ARP("malformed-arp"),
    /** An IPv4 header that breaks RFC 791: version, header length, total length, options. */
    MALFORMED_IPV4("malformed-ipv4"),
    /** An IPv4 header checksum that is wrong. */
    MALFORMED_IPV4_CHECKSUM("malformed-ipv4-checksum"),
    /** An IPv6 header that breaks RFC 8200: version, payload length. */
    MALFORMED_IPV6("malformed-ipv6"),
    /** A chain of IPv6 extension headers that is cut, too long, or in a forbidden order. */
    MALFORMED_IPV6_EXTENSION("malformed-ipv6-extension"),
    /** A TCP header that breaks RFC 9293: cut, or with a wrong data offset. */
    MALFORMED_TCP("malformed-tcp"),
    /** A TCP checksum that is wrong. */
    MALFORMED_TCP_CHECKSUM("malformed-tcp-checksum"),
    /** A UDP header that breaks RFC 768: cut, or with a length that does not fit. */
    MALFORMED_UDP("malformed-udp"),
    /** A UDP checksum that is wrong. */
    MALFORMED_UDP_CHECKSUM("malformed-udp-checksum"),
    /** An SCTP packet that is shorter than its common header. */
    MALFORMED_SCTP("malformed-sctp"),
    /** An ICMP or ICMPv6 message that is cut. */
    MALFORMED_ICMP("malformed-icmp"),
    /** An ICMP or ICMPv6 checksum that is wrong. */
    MALFORMED_ICMP_CHECKSUM("malformed-icmp-checksum"),

    /** A fragment that does not continue its datagram where the last one ended. */
    REASSEMBLY_OUT_OF_ORDER("reassembly-out-of-order"),
    /** A fragment that overlaps what its datagram already has. */
    REASSEMBLY_OVERLAP("reassembly-overlap"),
    /** A fragment whose size or place cannot be right: not a multiple of 8, beyond 65,535, too small. */
    REASSEMBLY_MALFORMED("reassembly-malformed"),
    /** The rest of the datagram did not arrive in time. */
    REASSEMBLY_TIMEOUT("reassembly-timeout"),
    /** No more datagrams, or fragments of one, can be held. */
    REASSEMBLY_LIMIT("reassembly-limit"),

    /** A segment of an inspected stream that lies beyond the next expected byte; its sender will send it again. */
    TCP_OUT_OF_ORDER("tcp-out-of-order"),
    /** A segment that repeats inspected bytes with other contents, or only in part. */
    TCP_OVERLAP("tcp-overlap"),
    /** A segment that no connection state allows, e.g. data after FIN or SYN with FIN. */
    TCP_INVALID_STATE("tcp-invalid-state"),
    /** A segment that its connection's sequence numbers, windows or time stamps do not allow (RFC 9293, 5961, 7323). */
    TCP_OUTSIDE_WINDOW("tcp-outside-window"),
    /** A connection that was dropped earlier. */
    TCP_CONNECTION_DROPPED("tcp-connection-dropped"),
    /** A segment of a connection whose start was not seen, with option {@code mid-stream: drop}. */
    TCP_MID_STREAM("tcp-mid-stream"),
    /** A segment that repeats bytes which are still held: the first copy leaves once it is decided. */
    TCP_DUPLICATE_HELD("tcp-duplicate-held"),
    /** Urgent data on an inspected stream, which cannot be followed yet. */
    TCP_URGENT("tcp-urgent"),
    /** A callout's answer on a stream that cannot be enforced yet, e.g. cutting bytes out of it. */
    TCP_STREAM_EDIT("tcp-stream-edit"),

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
    /** No more frames can be held for streams that wait for more data. */
    LIMIT_HELD_FRAMES("limit-held-frames");

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
