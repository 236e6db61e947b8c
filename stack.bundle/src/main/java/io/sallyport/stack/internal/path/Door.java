package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.Direction;
import io.sallyport.callout.IncomingMetadata;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.InjectionPoint;
import io.sallyport.callout.InjectionState;
import io.sallyport.callout.NetBuffer;
import io.sallyport.callout.PendedItem;
import io.sallyport.callout.RedirectState;
import io.sallyport.callout.WritableConnection;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.engine.api.PathDoor;
import io.sallyport.stack.internal.inject.BufferPool;
import io.sallyport.stack.internal.inject.InjectionMark;
import io.sallyport.stack.internal.inject.PacketBuffer;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does for callouts. What is about the packet that is shown is answered at once, on the worker's thread;
 * everything else goes through the {@link Inbox}.
 */
final class Door implements PathDoor {

    private final Classifier classifier;
    private final PacketLensImpl lens;
    private final Inbox inbox;
    private final Injector injector;
    private final StreamInjector streams;
    private final Pends pends;
    private final Redirection redirection;
    private final BufferPool pool = new BufferPool();

    /** Has another thread go on; null: there is none. Management plane writes. */
    private volatile @Nullable Runnable succession;

    Door(
            Classifier classifier,
            PacketLensImpl lens,
            Inbox inbox,
            Injector injector,
            StreamInjector streams,
            Pends pends,
            Redirection redirection) {
        this.streams = streams;
        this.classifier = classifier;
        this.lens = lens;
        this.inbox = inbox;
        this.injector = injector;
        this.pends = pends;
        this.redirection = redirection;
    }

    void setSuccession(@Nullable Runnable newSuccession) {
        succession = newSuccession;
    }

    @Override
    public @Nullable Runnable succession() {
        return succession;
    }

    /** Puts a message into the worker's inbox. Any thread. */
    Status post(Inbox.Message message) {
        return inbox.offer(message);
    }

    @Override
    public boolean isShowing(IncomingMetadata metadata) {
        return metadata == lens && inbox.isWorker();
    }

    private boolean isInside(CalloutIdentity who) {
        return classifier.inside() == who;
    }

    @Override
    public @Nullable NetBuffer clone(CalloutIdentity who, IncomingMetadata metadata) {
        PacketRecord p = isInside(who) ? lens.record() : null;
        if (p == null) {
            return null;
        }
        // The padding of a short frame is no part of an IP packet.
        int length = p.packetEnd() - p.frameOffset();
        PacketBuffer buffer = pool.take(who, length, lens.headroomBytes());
        if (buffer != null) {
            buffer.fill(p.memory(), p.frameOffset(), p.injection());
        }
        return buffer;
    }

    @Override
    public @Nullable NetBuffer allocate(CalloutIdentity who, int lengthBytes) {
        PacketBuffer buffer = lengthBytes < 0 ? null : pool.take(who, lengthBytes, 0);
        if (buffer != null) {
            buffer.clear();
        }
        return buffer;
    }

    @Override
    public Status inject(
            CalloutIdentity who,
            InjectionPoint point,
            Direction direction,
            NetBuffer packet,
            @Nullable Object context,
            @Nullable InjectionCompletion completion) {
        if (!(packet instanceof PacketBuffer buffer) || !buffer.isOf(who) || !buffer.send()) {
            return Status.INVALID_PARAMETER;
        }
        InjectionMark mark = new InjectionMark(who, context, buffer.mark());
        Status status = post(new Injector.Injection(injector, who, point, direction, buffer, mark, completion));
        if (status != Status.SUCCESS) {
            buffer.unsend();
        }
        return status;
    }

    @Override
    public Status injectIntoStream(
            CalloutIdentity who, long flowId, int streamFlags, byte[] bytes, @Nullable InjectionCompletion completion) {
        Inbox.Message message = streams.injection(who, flowId, streamFlags, bytes, completion);
        if (message == null) {
            return Status.INSUFFICIENT_RESOURCES;
        }
        Status status = post(message);
        if (status != Status.SUCCESS) {
            streams.forget(message);
        }
        return status;
    }

    @Override
    public Status continueStream(long flowId) {
        return post(streams.continuation(flowId));
    }

    @Override
    public InjectionState injectionState(CalloutIdentity who, IncomingMetadata metadata) {
        PacketRecord p = lens.record();
        return p == null ? InjectionState.NOT_INJECTED : InjectionMark.state(p.injection(), who);
    }

    @Override
    public @Nullable Object injectionContext(CalloutIdentity who, IncomingMetadata metadata) {
        PacketRecord p = lens.record();
        return p == null ? null : InjectionMark.context(p.injection(), who);
    }

    @Override
    public PendedItem pend(CalloutIdentity who, IncomingMetadata metadata) {
        if (!classifier.enterApi()) {
            return NotPended.INSTANCE;
        }
        try {
            PendedFlow item = isInside(who) && classifier.isInsideWithRight() ? pends.take(who) : null;
            if (item == null) {
                return NotPended.INSTANCE;
            }
            classifier.insidePended();
            return item;
        } finally {
            classifier.leaveApi();
        }
    }

    @Override
    public RedirectState redirectState(CalloutIdentity who, IncomingMetadata metadata) {
        return Redirection.state(lens.flowNow(), who);
    }

    @Override
    public @Nullable WritableConnection acquireWritableConnection(CalloutIdentity who, IncomingMetadata metadata) {
        return isInside(who) ? redirection.acquire(who) : null;
    }

    @Override
    public Status abortFlow(long flowId) {
        return post(injector.abortOf(flowId));
    }

    @Override
    public void calloutLeft(CalloutIdentity who) {
        pool.takeBack(who);
        pends.calloutLeft();
    }

    /** The answer where nothing can be pended. */
    private enum NotPended implements PendedItem {
        INSTANCE;

        @Override
        public Status status() {
            return Status.CANNOT_PEND;
        }

        @Override
        public Status complete(Outcome outcome) {
            return Status.NOT_FOUND;
        }
    }
}
