package io.sallyport.callout.testkit;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.WritableConnection;

/** The writable remote end of a connection at CONNECT_REDIRECT. */
public final class FakeConnection implements WritableConnection {

    private long high;
    private long low;
    private int port;
    private boolean isApplied;

    /**
     * A connection to a remote end.
     *
     * @param high bytes 0..7 of an IPv6 address, 0 for IPv4
     * @param low bytes 8..15 of an IPv6 address, or an IPv4 address in host order
     * @param port the remote port
     */
    public FakeConnection(long high, long low, int port) {
        this.high = high;
        this.low = low;
        this.port = port;
    }

    /**
     * Tells whether the callout gave the copy back (REDIR-3).
     *
     * @return true after {@link #apply}
     */
    public boolean isApplied() {
        return isApplied;
    }

    @Override
    public long remoteHigh() {
        return high;
    }

    @Override
    public long remoteLow() {
        return low;
    }

    @Override
    public int remotePort() {
        return port;
    }

    @Override
    public void setRemoteAddress(long high64, long low64) {
        high = high64;
        low = low64;
    }

    @Override
    public void setRemotePort(int newPort) {
        port = newPort;
    }

    @Override
    public Status apply() {
        if (isApplied) {
            return Status.ALREADY_COMPLETE;
        }
        isApplied = true;
        return Status.SUCCESS;
    }
}
