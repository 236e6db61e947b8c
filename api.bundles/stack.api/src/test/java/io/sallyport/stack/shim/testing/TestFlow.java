package io.sallyport.stack.shim.testing;

import io.sallyport.callout.Direction;
import io.sallyport.callout.ReauthorizeReason;
import io.sallyport.engine.api.FlowContexts;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.Flow;
import io.sallyport.stack.api.Packet;
import org.jspecify.annotations.Nullable;

/** A flow with the endpoints of a packet, in the packet's direction. */
public final class TestFlow implements Flow, FlowContexts {

    private final Direction direction;
    private final int ipVersion;
    private final int protocol;
    private final long localHigh;
    private final long localLow;
    private final long remoteHigh;
    private final long remoteLow;
    private final int localPort;
    private final int remotePort;
    private final int[] memos = new int[MEMOS];
    /** Why it is asked for again. */
    public ReauthorizeReason reauthorizeReason = ReauthorizeReason.POLICY_CHANGE;

    /** Whether it goes elsewhere than its inside host asked for. */
    public boolean isRedirected;

    public TestFlow(Packet first) {
        direction = first.direction();
        ipVersion = first.ipVersion();
        protocol = first.protocol();
        localHigh = first.localHigh();
        localLow = first.localLow();
        remoteHigh = first.remoteHigh();
        remoteLow = first.remoteLow();
        localPort = first.localPort();
        remotePort = first.remotePort();
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public Direction direction() {
        return direction;
    }

    @Override
    public int ipVersion() {
        return ipVersion;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public long localHigh() {
        return localHigh;
    }

    @Override
    public long localLow() {
        return localLow;
    }

    @Override
    public long remoteHigh() {
        return remoteHigh;
    }

    @Override
    public long remoteLow() {
        return remoteLow;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public int remotePort() {
        return remotePort;
    }

    @Override
    public FlowContexts contexts() {
        return this;
    }

    @Override
    public void begin(long flowId) {}

    @Override
    public Status associate(Layer layer, Object context) {
        return Status.INVALID_PARAMETER;
    }

    @Override
    public @Nullable Object context(Layer layer) {
        return null;
    }

    @Override
    public Status remove(Layer layer) {
        return Status.UNSUCCESSFUL;
    }

    @Override
    public Status abort() {
        return Status.UNSUCCESSFUL;
    }

    @Override
    public int memo(int place) {
        return memos[place];
    }

    @Override
    public void setMemo(int place, int value) {
        memos[place] = value;
    }

    @Override
    public ReauthorizeReason reauthorizeReason() {
        return reauthorizeReason;
    }

    @Override
    public boolean isRedirected() {
        return isRedirected;
    }
}
