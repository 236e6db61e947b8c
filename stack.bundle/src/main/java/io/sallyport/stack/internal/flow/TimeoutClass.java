package io.sallyport.stack.internal.flow;

/** How long a flow may be idle before it ends, and whether it makes room for others before that. */
public enum TimeoutClass {
    /** UDP, and protocols that are treated like it, that nobody has answered (ALE-4). */
    DATAGRAM(60, Standing.UNANSWERED),
    /** The same once an answer went by: more than the two minutes of RFC 4787, REQ-5. */
    ANSWERED(180, Standing.KEPT),
    /** The same while the table is nearly full (ALE-4: shortened under pressure). */
    PRESSED(30, Standing.KEPT),
    /** ICMP that is no error, and that nobody has answered (ALE-4). */
    ICMP(60, Standing.UNANSWERED),
    /** The same once an answer went by. */
    ICMP_ANSWERED(60, Standing.KEPT),
    /** Datagrams to a group, whose answers may come from anywhere (ALE-6). */
    GROUP(4, Standing.UNANSWERED),
    /** A TCP connection whose handshake is not complete. */
    HANDSHAKE(30, Standing.HALF_OPEN),
    /** A TCP connection of which only one direction was seen: adopted in the middle, or on asymmetric routes. */
    ONE_SIDED(300, Standing.HALF_OPEN),
    /** A TCP connection, also if one end has ended its direction: the least that RFC 5382 allows. */
    ESTABLISHED(7440, Standing.KEPT),
    /** A TCP connection that both ends are ending, or that was dropped: RFC 5382, transitory. */
    CLOSING(240, Standing.KEPT),
    /** A TCP connection that both sides have ended: stays for stray segments. */
    CLOSED(10, Standing.CLOSED),
    /** An outbound flow that policy refused: stays so that answers to it are not taken for flows of their own. */
    REFUSED(10, Standing.REFUSED);

    private final long idleNs;
    private final Standing standing;

    TimeoutClass(int seconds, Standing standing) {
        this.idleNs = seconds * 1_000_000_000L;
        this.standing = standing;
    }

    /**
     * The time.
     *
     * @return nanoseconds
     */
    public long idleNs() {
        return idleNs;
    }

    /**
     * Whether flows of this class make room for others.
     *
     * @return how they stand
     */
    public Standing standing() {
        return standing;
    }
}
