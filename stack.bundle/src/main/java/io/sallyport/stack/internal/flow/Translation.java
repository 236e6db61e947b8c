package io.sallyport.stack.internal.flow;

import io.sallyport.stack.internal.inject.InjectionMark;

/**
 * Where a flow was redirected to: the remote end that its packets get when they go out, and the second key under which what
 * comes back is found. Made when a callout redirects; immutable but for its place in the table.
 */
public final class Translation {

    /** The remote address that packets get, bytes 0..7; 0 for IPv4. */
    public final long remoteHigh;

    /** The remote address that packets get, bytes 8..15, or the IPv4 address. */
    public final long remoteLow;

    /** The remote port that packets get; meaningless for ICMP. */
    public final int remotePort;

    /** The MAC address that packets get; 0: they keep theirs, and with it the next hop. */
    public final long nextHopMac;

    /** Who redirected, and who before. */
    public final InjectionMark by;

    final FlowImpl flow;
    long aHigh;
    long aLow;
    long bHigh;
    long bLow;
    long rest;
    long vlanKey;
    int hash;
    boolean isLocalA;
    /** Its place in the table; -1: none. */
    int slot = -1;

    /**
     * Makes a translation; it counts once it is in the table.
     *
     * @param flow the flow
     * @param remoteHigh the new remote address, bytes 0..7
     * @param remoteLow the new remote address, bytes 8..15, or the IPv4 address
     * @param remotePort the new remote port
     * @param nextHopMac 0: unknown
     * @param by who redirects
     */
    public Translation(
            FlowImpl flow, long remoteHigh, long remoteLow, int remotePort, long nextHopMac, InjectionMark by) {
        this.flow = flow;
        this.remoteHigh = remoteHigh;
        this.remoteLow = remoteLow;
        this.remotePort = remotePort;
        this.nextHopMac = nextHopMac;
        this.by = by;
    }

    /** Takes the key of a packet from the local to the new remote end. */
    void setKey(FlowKey key) {
        aHigh = key.aHigh;
        aLow = key.aLow;
        bHigh = key.bHigh;
        bLow = key.bLow;
        rest = key.rest;
        vlanKey = key.vlanKey;
        hash = key.hash;
        isLocalA = key.isSourceA;
    }

    boolean hasKey(FlowKey key) {
        return aLow == key.aLow
                && bLow == key.bLow
                && rest == key.rest
                && aHigh == key.aHigh
                && bHigh == key.bHigh
                && vlanKey == key.vlanKey;
    }

    /**
     * The flow.
     *
     * @return never null
     */
    public FlowImpl flow() {
        return flow;
    }

    /**
     * Which way a packet goes that has this key.
     *
     * @param key of a packet
     * @return true: it comes back from the new remote end
     */
    public boolean isReply(FlowKey key) {
        return key.isSourceA != isLocalA;
    }
}
