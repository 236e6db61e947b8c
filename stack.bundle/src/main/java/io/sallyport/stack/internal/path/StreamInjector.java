package io.sallyport.stack.internal.path;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.StreamFlags;
import io.sallyport.engine.api.CalloutIdentity;
import io.sallyport.engine.api.Classifier;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.stream.StreamSide;
import io.sallyport.stack.internal.stream.StreamState;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Takes what callouts put into streams from outside of classify out of the inbox and into the streams. Owned by one worker. */
final class StreamInjector {

    /** Bytes that wait in the inbox, of all callouts together. */
    private static final long MAX_WAITING_BYTES = 8L << 20;

    private final Classifier classifier;
    private final FlowTable flows;
    private final StreamPath streams;
    private final Unfinished unfinished;
    private final AtomicLong waitingBytes = new AtomicLong();

    StreamInjector(Classifier classifier, FlowTable flows, StreamPath streams, Unfinished unfinished) {
        this.unfinished = unfinished;
        this.classifier = classifier;
        this.flows = flows;
        this.streams = streams;
    }

    /** Makes a message; null if too many bytes wait. Any thread. */
    Inbox.@Nullable Message injection(
            CalloutIdentity who, long flowId, int flags, byte[] bytes, @Nullable InjectionCompletion completion) {
        if (waitingBytes.addAndGet(bytes.length) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-bytes.length);
            return null;
        }
        return new Injection(who, flowId, flags, bytes, completion);
    }

    /** A message that continues a stream. Any thread. */
    Inbox.Message continuation(long flowId) {
        return new Inbox.Message() {
            @Override
            public void deliver(long nowNs) {
                FlowImpl flow = flows.find(flowId);
                StreamState state = flow == null ? null : flow.stream;
                if (flow != null && state != null && !flow.isConcluded) {
                    streams.resume(flow, state.inbound(), nowNs);
                }
            }

            @Override
            public void refuse(Status status) {
                // The stream ends with the path.
            }
        };
    }

    /** A message was not taken: it counts no more. Any thread. */
    void forget(Inbox.Message message) {
        if (message instanceof Injection i) {
            waitingBytes.addAndGet(-i.bytes.length);
        }
    }

    private Status take(Injection i, long nowNs) {
        FlowImpl flow = flows.find(i.flowId);
        StreamState state = flow == null ? null : flow.stream;
        if (flow == null || state == null || flow.isConcluded || state.isUnwatched) {
            return Status.NOT_FOUND;
        }
        boolean isReceived = (i.flags & StreamFlags.RECEIVE) != 0;
        StreamSide side = isReceived ? state.inbound() : state.outbound();
        boolean isEnd = (i.flags & (StreamFlags.RECEIVE_DISCONNECT | StreamFlags.SEND_DISCONNECT)) != 0;
        if (side.isEnded || !side.isSynced()) {
            return Status.NOT_FOUND;
        }
        if (isEnd && !side.isFinWithheld) {
            return Status.INVALID_PARAMETER;
        }
        if (i.bytes.length > 0) {
            if (!side.in().hasRoomFor(i.bytes.length)) {
                return Status.INSUFFICIENT_RESOURCES;
            }
            int at = classifier.injectIntoStream(
                    flow.contexts(), i.who.serial(), isReceived, side.shownTo(), i.bytes.length);
            if (at < 0) {
                return Status.ACCESS_DENIED;
            }
            if (!side.edit(at, 0, i.bytes, i.bytes.length)) {
                return Status.INSUFFICIENT_RESOURCES;
            }
        }
        streams.injected(flow, side, isEnd, nowNs);
        return Status.SUCCESS;
    }

    /** Bytes on their way. */
    private final class Injection implements Inbox.Message, Runnable {

        private final CalloutIdentity who;
        private final long flowId;
        private final int flags;
        private final byte[] bytes;
        private @Nullable InjectionCompletion completion;
        private boolean isComplete;

        /** The worker's. */
        private Status status = Status.DATA_NOT_ACCEPTED;

        Injection(CalloutIdentity who, long flowId, int flags, byte[] bytes, @Nullable InjectionCompletion completion) {
            this.who = who;
            this.flowId = flowId;
            this.flags = flags;
            this.bytes = bytes;
            this.completion = completion;
        }

        @Override
        public void deliver(long nowNs) {
            unfinished.begin(this);
            try {
                status = who.isRegistered() ? take(this, nowNs) : Status.INJECT_HANDLE_CLOSING;
            } finally {
                unfinished.end();
            }
        }

        /** It ends, however. */
        @Override
        public void run() {
            complete(status);
        }

        @Override
        public void refuse(Status status) {
            complete(status);
        }

        /** Once (INJ-11, STR-15). A callout that has left is not called any more. */
        private void complete(Status result) {
            if (isComplete) {
                return; // whoever did it was given up in it
            }
            isComplete = true;
            waitingBytes.addAndGet(-bytes.length);
            InjectionCompletion c = completion;
            completion = null;
            if (c != null && bytes.length > 0 && who.isRegistered()) {
                Completions.call(classifier, who, c, result);
            }
        }
    }
}
