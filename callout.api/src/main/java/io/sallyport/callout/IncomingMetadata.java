package io.sallyport.callout;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the packet path knows beside the layer's values (FWPS_INCOMING_METADATA_VALUES). Callouts see it, filters never
 * do (COND-21). Classify path; reused for the next packet. {@link #UNKNOWN} stands for a number that is not known here.
 */
@ProviderType
public interface IncomingMetadata {

    /** The value of a number that is not known at this layer or for this packet. */
    int UNKNOWN = -1;

    /**
     * The flow that the packet belongs to.
     *
     * @return a handle, valid only during this call; null if there is no flow (yet)
     */
    @Nullable FlowHandle flow();

    /**
     * The direction of this very packet, which in a reauthorisation may differ from the flow's (REAUTH-4).
     *
     * @return never null
     */
    Direction packetDirection();

    /**
     * When the packet entered the gateway.
     *
     * @return nanoseconds of the packet source's monotonic clock; in a replay, of the capture's time stamps
     */
    long timestampNs();

    /**
     * Size of the IP header, with options or extension headers.
     *
     * @return bytes, or {@link #UNKNOWN}
     */
    int ipHeaderSizeBytes();

    /**
     * Size of the transport header.
     *
     * @return bytes, or {@link #UNKNOWN}
     */
    int transportHeaderSizeBytes();

    /**
     * Length of the frame as it was on the wire.
     *
     * @return bytes, or {@link #UNKNOWN}
     */
    int etherFrameLengthBytes();

    /**
     * The interface that the packet came in by.
     *
     * @return an index, or {@link #UNKNOWN}
     */
    int sourceInterfaceIndex();

    /**
     * The interface that the packet is to leave by.
     *
     * @return an index, or {@link #UNKNOWN}
     */
    int destinationInterfaceIndex();

    /**
     * Time to live, or hop limit.
     *
     * @return 0..255, or {@link #UNKNOWN}
     */
    int timeToLive();

    /**
     * Where a fragment's data lies in its datagram.
     *
     * @return bytes, or {@link #UNKNOWN} if the packet is no fragment
     */
    int fragmentOffsetBytes();

    /**
     * Whose reason {@link #discardReason()} is. At discard layers and, for an error that the gateway made itself, at the
     * ICMP error layers.
     *
     * @return null elsewhere
     */
    @Nullable DiscardModule discardModule();

    /**
     * At discard layers: why the item was dropped. At the ICMP error layers: why the gateway made the error, e.g.
     * {@link NetworkDiscardReason#ADMINISTRATIVELY_PROHIBITED} for a refusal that policy wants answered (DISC-6).
     *
     * @return the number of a {@link GeneralDiscardReason}, {@link NetworkDiscardReason} or {@link TransportDiscardReason},
     *     or {@link #UNKNOWN}
     */
    int discardReason();

    /**
     * Tells whether a callout redirected the connection (REDIR-6).
     *
     * @return true: the {@code originalRemote} numbers are the target that the inside host asked for
     */
    default boolean isConnectionRedirected() {
        return false;
    }

    /**
     * The target that the inside host asked for, if the connection is redirected.
     *
     * @return bytes 0..7 of an IPv6 address, else 0
     */
    default long originalRemoteHigh() {
        return 0;
    }

    /**
     * The target that the inside host asked for, if the connection is redirected.
     *
     * @return bytes 8..15 of an IPv6 address, or an IPv4 address in host order, else 0
     */
    default long originalRemoteLow() {
        return 0;
    }

    /**
     * The port that the inside host asked for, if the connection is redirected.
     *
     * @return 0..65535, or {@link #UNKNOWN}
     */
    default int originalRemotePort() {
        return UNKNOWN;
    }

    /**
     * At discard layers: the filter that refused the item (DISC-2).
     *
     * @return its run-time id, or {@link #UNKNOWN} elsewhere and where no filter decided
     */
    default long discardFilterId() {
        return UNKNOWN;
    }
}
