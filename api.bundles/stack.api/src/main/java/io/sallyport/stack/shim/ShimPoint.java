package io.sallyport.stack.shim;

/** The fixed points of the path, one slot each. */
public enum ShimPoint {
    /** Every frame, arriving and leaving. */
    MAC(MacShim.class),
    /** IP packets, fragments and forwarding. */
    NETWORK(NetworkShim.class),
    /** Transport packets and datagrams. */
    TRANSPORT(TransportShim.class),
    /** Endpoints and flows. */
    ALE(AleShim.class),
    /** TCP streams. */
    STREAM(StreamShim.class),
    /** ICMP errors. */
    ICMP_ERROR(IcmpErrorShim.class),
    /** Everything that was refused. */
    DISCARD(DiscardShim.class);

    private final Class<? extends Shim> type;

    ShimPoint(Class<? extends Shim> type) {
        this.type = type;
    }

    /**
     * The interface of shims at this point.
     *
     * @return an interface
     */
    public Class<? extends Shim> type() {
        return type;
    }
}
