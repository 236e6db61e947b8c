package io.sallyport.stack.port;

/** The port that a frame came in by or leaves by. */
public enum Side {
    /** The inside: local hosts are here. */
    LAN,
    /** The outside. */
    WAN,
    /** Not known from the port: a capture. The data path finds out by address or by who sent first. */
    UNKNOWN;

    /**
     * The other port.
     *
     * @return WAN for LAN and the reverse; UNKNOWN for itself
     */
    public Side opposite() {
        return switch (this) {
            case LAN -> WAN;
            case WAN -> LAN;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
