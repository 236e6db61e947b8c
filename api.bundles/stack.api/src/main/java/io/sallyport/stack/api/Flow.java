package io.sallyport.stack.api;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FlowContexts;
import org.osgi.annotation.versioning.ProviderType;

/** A flow in the flow table, as shims see it. Classify plane: slots are reused, owned by one worker. */
@ProviderType
public interface Flow {

    /**
     * Run-time id.
     *
     * @return positive, never used twice in a data path
     */
    long id();

    /**
     * Direction of the flow's first packet, which decides its ALE layer for life (ALE-2).
     *
     * @return never null
     */
    Direction direction();

    /**
     * IP version.
     *
     * @return 4 or 6
     */
    int ipVersion();

    /**
     * IP protocol.
     *
     * @return 0..255
     */
    int protocol();

    /**
     * Address of the inside host, bytes 0..7.
     *
     * @return 0 for IPv4
     */
    long localHigh();

    /**
     * Address of the inside host, bytes 8..15 or the IPv4 address.
     *
     * @return the low half
     */
    long localLow();

    /**
     * Address of the outside host, bytes 0..7.
     *
     * @return 0 for IPv4
     */
    long remoteHigh();

    /**
     * Address of the outside host, bytes 8..15 or the IPv4 address.
     *
     * @return the low half
     */
    long remoteLow();

    /**
     * Port of the inside host, or the ICMP type.
     *
     * @return 0..65535, or {@link Packet#NONE} for protocols without ports
     */
    int localPort();

    /**
     * Port of the outside host, or the ICMP code.
     *
     * @return 0..65535, or {@link Packet#NONE} for protocols without ports
     */
    int remotePort();

    /**
     * Why the flow is asked for again; of meaning in a reauthorisation only (REAUTH-2).
     *
     * @return never null
     */
    default ReauthorizeReason reauthorizeReason() {
        return ReauthorizeReason.POLICY_CHANGE;
    }

    /**
     * Tells whether a callout redirected the connection (REDIR-6). Then the remote end is the new target.
     *
     * @return true: the {@code originalRemote} numbers are what the inside host asked for
     */
    default boolean isRedirected() {
        return false;
    }

    /**
     * The remote address that the inside host asked for, bytes 0..7.
     *
     * @return 0 for IPv4
     */
    default long originalRemoteHigh() {
        return remoteHigh();
    }

    /**
     * The remote address that the inside host asked for, bytes 8..15 or the IPv4 address.
     *
     * @return the low half
     */
    default long originalRemoteLow() {
        return remoteLow();
    }

    /**
     * The remote port that the inside host asked for.
     *
     * @return 0..65535, or {@link Packet#NONE} for protocols without ports
     */
    default int originalRemotePort() {
        return remotePort();
    }

    /**
     * What the engine remembers about the flow.
     *
     * @return never null
     */
    FlowContexts contexts();

    /** How many numbers shims may keep in a flow. */
    int MEMOS = 4;

    /**
     * A number that the transport shim keeps in the flow.
     *
     * @param place 0 to {@link #MEMOS} - 1
     * @return 0 at first, and again when the flow's ends or its engine are no more what they were
     */
    int memo(int place);

    /**
     * Keeps a number.
     *
     * @param place 0 to {@link #MEMOS} - 1
     * @param value what {@link #memo} answers from now on
     */
    void setMemo(int place, int value);
}
