package io.sallyport.callout.testkit.gateway;

/** What became of a frame that was handed in. */
public enum Verdict {
    /** It left, or bytes of it did. */
    PERMIT,
    /** It was dropped: {@link Outcome#reason} says why. */
    BLOCK,
    /** A callout took it, without an event (NEV-9); or its bytes go on in frames that the gateway makes. */
    ABSORBED,
    /** It waits: for the rest of its datagram, for more of its stream, or for a callout that pended it. */
    HELD
}
