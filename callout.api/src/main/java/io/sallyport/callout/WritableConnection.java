package io.sallyport.callout;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The writable copy of a connection's remote end at CONNECT_REDIRECT (FWPS_CONNECT_REQUEST, REDIR-1). The local end cannot be
 * changed there. Shows the target that is in force, also if another callout has changed it. One thread at a time.
 */
@ProviderType
public interface WritableConnection {

    /**
     * The remote address.
     *
     * @return bytes 0..7 of an IPv6 address, 0 for IPv4
     */
    long remoteHigh();

    /**
     * The remote address.
     *
     * @return bytes 8..15 of an IPv6 address, or an IPv4 address in host order
     */
    long remoteLow();

    /**
     * The remote port.
     *
     * @return 0..65535, or {@link IncomingMetadata#UNKNOWN} for protocols without ports
     */
    int remotePort();

    /**
     * Sets the remote address.
     *
     * @param high64 bytes 0..7 of an IPv6 address, 0 for IPv4
     * @param low64 bytes 8..15 of an IPv6 address, or an IPv4 address in host order
     */
    void setRemoteAddress(long high64, long low64);

    /**
     * Sets the remote port; of no effect for protocols without ports.
     *
     * @param port 1..65535
     */
    void setRemotePort(int port);

    /**
     * Gives the copy back and puts it in force (FwpsApplyModifiedLayerData0). The layers behind this one, AUTH_CONNECT first,
     * see the new target (REDIR-7); the inside host goes on with the old one.
     *
     * @return SUCCESS, also without a change; ALREADY_COMPLETE; INVALID_PARAMETER if the target is no unicast address or the
     *     classify is over; HOST_UNREACHABLE if the target lives at the inside port; ADDRESS_ALREADY_EXISTS if the local
     *     endpoint has a flow with it; INSUFFICIENT_RESOURCES if no more flows can be redirected
     */
    CalloutHost.Status apply();
}
