package io.sallyport.stack.internal.flow;

/** How long a flow may be idle before it ends. */
public enum TimeoutClass {
    /** UDP, and protocols that are treated like it (ALE-4). */
    DATAGRAM(60),
    /** ICMP that is no error (ALE-4). */
    ICMP(60),
    /** A TCP connection whose handshake is not complete. */
    HANDSHAKE(30),
    /** A TCP connection: the least that RFC 5382 allows. */
    ESTABLISHED(7440),
    /** A TCP connection that one side has ended, or that was dropped: RFC 5382, transitory. */
    CLOSING(240),
    /** A TCP connection that both sides have ended: stays for stray segments. */
    CLOSED(10),
    /** An outbound flow that policy refused: stays so that answers to it are not taken for flows of their own. */
    REFUSED(10);

    private final long idleNs;

    TimeoutClass(int seconds) {
        this.idleNs = seconds * 1_000_000_000L;
    }

    /**
     * The time.
     *
     * @return nanoseconds
     */
    public long idleNs() {
        return idleNs;
    }
}
