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
    FRAGMENT_HEADER("fragment-header");

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
