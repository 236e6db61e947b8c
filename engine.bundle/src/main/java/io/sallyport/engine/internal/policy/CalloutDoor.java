package io.sallyport.engine.internal.policy;

import io.sallyport.callout.CalloutHost;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PacketInjection;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.StreamData;
import io.sallyport.callout.StreamFlags;
import io.sallyport.callout.StreamInjection;
import io.sallyport.callout.WritableConnection;
import io.sallyport.engine.api.CalloutAccount;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.PathDoor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The door of one callout instance, and the callout's identity for whoever stands behind it. Any thread. It leads to the
 * workers that are there now: data paths come and go while a callout is registered.
 */
public final class CalloutDoor implements CalloutHost, PacketInjection, StreamInjection, CalloutIdentity {

    private final PathDoors paths;
    private final CalloutAccount account = new CalloutAccount(CalloutBudget.DEFAULT);

    private volatile boolean isOpen = true;
    private volatile long serial;
    private volatile String name = "";
    private volatile @Nullable RegisteredCallout callout;

    /** A door of a callout that is not registered yet. */
    public CalloutDoor(PathDoors paths) {
        this.paths = paths;
    }

    /** Says whose it is, before the first classify. */
    void registered(RegisteredCallout newCallout) {
        serial = newCallout.serial;
        name = newCallout.name;
        callout = newCallout;
    }

    /** Whose it is; null before it is registered and after it has left. */
    public @Nullable RegisteredCallout callout() {
        return callout;
    }

    /** Nothing more is accepted. The callout may still be inside. */
    public void close() {
        isOpen = false;
    }

    /** The callout is out: takes back what it has, and forgets it, so that nobody who keeps the door keeps the callout. */
    public void left() {
        isOpen = false;
        paths.calloutLeft(this);
        callout = null;
    }

    @Override
    public long serial() {
        return serial;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isRegistered() {
        return isOpen;
    }

    @Override
    public CalloutAccount account() {
        return account;
    }

    @Override
    public void fault(Throwable thrown) {
        RegisteredCallout registered = callout;
        if (registered != null) {
            registered.fault(thrown);
        }
    }

    @Override
    public void wentInCircles() {
        RegisteredCallout registered = callout;
        if (registered != null) {
            registered.wentInCircles();
        }
    }

    /** The worker that shows an item to this callout now; null: it is none, or the door is closed. */
    private @Nullable PathDoor showing(@Nullable IncomingMetadata metadata) {
        return metadata == null || !isOpen ? null : paths.showing(metadata);
    }

    private Status whyNot() {
        if (!isOpen) {
            return Status.INJECT_HANDLE_CLOSING;
        }
        return paths.any() == null ? Status.TCPIP_NOT_READY : Status.INVALID_PARAMETER;
    }

    @Override
    public PacketInjection packets() {
        return this;
    }

    @Override
    public @Nullable NetBuffer clone(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? null : path.clone(this, metadata);
    }

    @Override
    public @Nullable NetBuffer allocate(int lengthBytes) {
        PathDoor path = isOpen ? paths.any() : null;
        return path == null ? null : path.allocate(this, lengthBytes);
    }

    @Override
    public Status inject(
            InjectionPoint point,
            Direction direction,
            NetBuffer packet,
            @Nullable Object context,
            @Nullable InjectionCompletion completion) {
        PathDoor path = isOpen ? paths.any() : null;
        if (path == null || point == null || direction == null || packet == null) {
            return whyNot();
        }
        return path.inject(this, point, direction, packet, context, completion);
    }

    @Override
    public StreamInjection streams() {
        return this;
    }

    @Override
    public Status inject(
            long flowId,
            int streamFlags,
            byte[] source,
            int offset,
            int lengthBytes,
            @Nullable InjectionCompletion completion) {
        boolean isSent =
                streamFlags == StreamFlags.SEND || streamFlags == (StreamFlags.SEND | StreamFlags.SEND_DISCONNECT);
        boolean isReceived = streamFlags == StreamFlags.RECEIVE
                || streamFlags == (StreamFlags.RECEIVE | StreamFlags.RECEIVE_DISCONNECT);
        boolean isEnd = (streamFlags & (StreamFlags.SEND_DISCONNECT | StreamFlags.RECEIVE_DISCONNECT)) != 0;
        PathDoor path = isOpen ? paths.any() : null;
        if (path == null || source == null || !(isSent || isReceived)) {
            return whyNot();
        }
        boolean isInside = offset >= 0 && lengthBytes >= 0 && lengthBytes <= source.length - offset;
        if (!isInside || lengthBytes > StreamData.MAX_INJECTED_BYTES || (lengthBytes == 0 && !isEnd)) {
            return Status.INVALID_PARAMETER;
        }
        byte[] bytes = Arrays.copyOfRange(source, offset, offset + lengthBytes);
        return path.injectIntoStream(this, flowId, streamFlags, bytes, completion);
    }

    @Override
    public Status continueStream(long flowId) {
        PathDoor path = isOpen ? paths.any() : null;
        return path == null ? whyNot() : path.continueStream(flowId);
    }

    @Override
    public InjectionState state(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? InjectionState.NOT_INJECTED : path.injectionState(this, metadata);
    }

    @Override
    public @Nullable Object context(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? null : path.injectionContext(this, metadata);
    }

    @Override
    public PendedItem pend(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? Refused.of(whyNot()) : path.pend(this, metadata);
    }

    @Override
    public RedirectState redirectState(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? RedirectState.NOT_REDIRECTED : path.redirectState(this, metadata);
    }

    @Override
    public @Nullable WritableConnection acquireWritableConnection(IncomingMetadata metadata) {
        PathDoor path = showing(metadata);
        return path == null ? null : path.acquireWritableConnection(this, metadata);
    }

    @Override
    public Status abortFlow(long flowId) {
        PathDoor path = isOpen ? paths.any() : null;
        return path == null ? whyNot() : path.abortFlow(flowId);
    }

    /** What was not pended. */
    private record Refused(Status status) implements PendedItem {
        private static final Refused[] ALL = new Refused[Status.values().length];

        static {
            for (Status status : Status.values()) {
                ALL[status.ordinal()] = new Refused(status);
            }
        }

        static Refused of(Status status) {
            return ALL[status.ordinal()];
        }

        @Override
        public Status complete(Outcome outcome) {
            return status;
        }
    }
}
