package io.sallyport.callout;

/** FWP_DIRECTION. Mind that outbound is 0 (COND-17). Outbound leaves the inside, inbound enters it. */
public enum Direction {
    /** From the inside. */
    OUTBOUND,
    /** To the inside. */
    INBOUND;

    /**
     * The value of the DIRECTION field.
     *
     * @return 0 for outbound, 1 for inbound
     */
    public int code() {
        return ordinal();
    }
}
