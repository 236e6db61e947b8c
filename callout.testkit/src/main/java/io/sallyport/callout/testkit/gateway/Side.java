package io.sallyport.callout.testkit.gateway;

/** The port that a frame comes in by or leaves by. */
public enum Side {
    /** The inside. */
    LAN,
    /** The outside. */
    WAN,
    /** Of frames of a capture only: the path finds out. Whoever sends a flow's first packet is inside. */
    UNKNOWN
}
