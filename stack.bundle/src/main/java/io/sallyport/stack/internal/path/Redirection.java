package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.PacketInjection;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowKey;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.Translation;
import io.sallyport.stack.internal.flow.TranslationTable;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * What callouts may do to a connection at CONNECT_REDIRECT (REDIR-1 to REDIR-7): give it another remote end. Owned by one
 * worker.
 */
final class Redirection {

    private final FlowTable flows;
    private final TranslationTable translations;
    private final Neighbors neighbors;
    private final FlowKey key;

    // What is being asked now.
    private @Nullable FlowImpl offered;
    private @Nullable PacketRecord packet;

    private @Nullable Classifier classifier;

    Redirection(FlowTable flows, Neighbors neighbors, FlowKey key) {
        this.flows = flows;
        this.translations = flows.translations();
        this.neighbors = neighbors;
        this.key = key;
    }

    /** Once, when the parts of a worker are put together. */
    void setClassifier(Classifier newClassifier) {
        classifier = newClassifier;
    }

    /** CONNECT_REDIRECT is about to be asked. */
    void offer(FlowImpl flow, PacketRecord p) {
        boolean isRedirectable = flow.isTcp() || flow.protocol() == Packet.PROTOCOL_UDP || flow.isIcmp();
        // What a group answers comes from anywhere: there is no end to put in its place.
        offered = isRedirectable && !flow.isToGroup() ? flow : null;
        packet = p;
    }

    /** It was answered: copies that were not given back change nothing. */
    void retract() {
        offered = null;
        packet = null;
    }

    /** Who redirected a flow (REDIR-5). */
    static RedirectState state(@Nullable FlowImpl flow, CalloutIdentity who) {
        Translation t = flow == null ? null : flow.translation;
        return switch (InjectionMark.state(t == null ? null : t.by, who)) {
            case NOT_INJECTED -> RedirectState.NOT_REDIRECTED;
            case INJECTED_BY_SELF -> RedirectState.REDIRECTED_BY_SELF;
            case INJECTED_BY_OTHER -> RedirectState.REDIRECTED_BY_OTHER;
            case PREVIOUSLY_INJECTED_BY_SELF -> RedirectState.PREVIOUSLY_REDIRECTED_BY_SELF;
        };
    }

    @Nullable WritableConnection acquire(CalloutIdentity who) {
        FlowImpl flow = offered;
        if (flow == null || state(flow, who) == RedirectState.PREVIOUSLY_REDIRECTED_BY_SELF) {
            return null;
        }
        return new Copy(who, flow);
    }

    /** The writable copy. */
    private final class Copy implements WritableConnection {

        private final CalloutIdentity who;
        private final FlowImpl flow;
        private long high;
        private long low;
        private int port;
        private boolean isApplied;

        Copy(CalloutIdentity who, FlowImpl flow) {
            this.who = who;
            this.flow = flow;
            high = flow.remoteHigh();
            low = flow.remoteLow();
            port = flow.isIcmp() ? Packet.NONE : flow.remotePort();
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
            port = flow.isIcmp() ? Packet.NONE : newPort;
        }

        @Override
        public Status apply() {
            Classifier c = classifier;
            if (isApplied) {
                return Status.ALREADY_COMPLETE;
            }
            if (offered != flow || c == null || !c.enterApi()) {
                return Status.INVALID_PARAMETER;
            }
            try {
                isApplied = true;
                return redirect(who, flow, high, low, port);
            } finally {
                c.leaveApi();
            }
        }
    }

    private Status redirect(CalloutIdentity who, FlowImpl flow, long high, long low, int port) {
        PacketRecord p = packet;
        boolean isSame =
                high == flow.remoteHigh() && low == flow.remoteLow() && (flow.isIcmp() || port == flow.remotePort());
        if (isSame) {
            return Status.SUCCESS;
        }
        boolean isPort = flow.isIcmp() || (port > 0 && port <= 0xFFFF);
        if (p == null || !isPort || !isUnicast(flow.ipVersion(), high, low)) {
            return Status.INVALID_PARAMETER;
        }
        if (neighbors.isInside(high, low, p.vlanKey()) || (high == flow.localHigh() && low == flow.localLow())) {
            return Status.HOST_UNREACHABLE;
        }
        Translation before = flow.translation;
        InjectionMark by = new InjectionMark(who, null, before == null ? null : before.by);
        if (by.depth() > PacketInjection.MOST_INJECTIONS) {
            return Status.ACCESS_DENIED;
        }
        key.setTo(p, high, low, flow.isIcmp() ? Packet.NONE : port);
        Translation other = translations.find(key);
        FlowImpl direct = flows.find(key, null);
        if ((other != null && other.flow() != flow) || (direct != null && direct != flow)) {
            return Status.ADDRESS_ALREADY_EXISTS;
        }
        long mac = neighbors.outside(high, low, p.vlanKey());
        boolean isPut = translations.put(new Translation(flow, high, low, port, mac, by), key);
        return isPut ? Status.SUCCESS : Status.INSUFFICIENT_RESOURCES;
    }

    private static boolean isUnicast(int ipVersion, long high, long low) {
        if (ipVersion == 6) {
            return (high != 0 || low != 0) && high >>> 56 != 0xFF;
        }
        // RFC 1122: 0/8 is this host, 127/8 loopback, from 224/4 on there are no hosts.
        boolean isAddress = high == 0 && low >>> 32 == 0;
        int first = (int) (low >>> 24);
        return isAddress && first != 0 && first != 127 && first < 224;
    }
}
