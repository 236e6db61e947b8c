package io.sallyport.stack.api;

/**
 * A change that the gateway itself made to a frame before it left, so that every receiver reads it as it was judged: one
 * name in the ledger, in statistics and in the shell. A frame that was changed in several ways counts for each of them.
 */
public enum Normalization {
    /** A fragment got a new identification: the sender's was used for another datagram a short while ago. */
    FRAGMENT_ID("fragment-id"),
    /** A fragment got the TTL or hop limit of its datagram's first fragment. */
    FRAGMENT_TTL("fragment-ttl"),
    /** A fragment got the TOS or traffic class, flow label or flags of its datagram's first fragment. */
    FRAGMENT_HEADER("fragment-header"),
    /** A segment that repeats bytes of an inspected stream with other contents left with those that were seen first. */
    TCP_OVERLAP("tcp-overlap"),
    /** A segment left without bytes that its receiver has acknowledged: nobody knows any more what they were. */
    TCP_OLD_DATA("tcp-old-data"),
    /** A segment left without its head, which had left before. */
    TCP_CUT("tcp-cut"),
    /** A SYN left without the data that it brought: it comes again once the connection is there. */
    TCP_SYN_DATA("tcp-syn-data"),
    /** Urgent data left as ordinary data: where receivers take it out of the stream differs. */
    TCP_URGENT("tcp-urgent");

    private final String label;

    Normalization(String label) {
        this.label = label;
    }

    /**
     * The name in ledger, statistics and shell.
     *
     * @return lower case with hyphens
     */
    public String label() {
        return label;
    }
}
