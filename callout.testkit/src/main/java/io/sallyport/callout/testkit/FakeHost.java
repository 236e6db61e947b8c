package io.sallyport.callout.testkit;

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
import io.sallyport.callout.WritableConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A door for a callout under test, to be handed to {@link io.sallyport.callout.Callout#open}. It records; nothing goes
 * anywhere. A test says what packet and connection the next classify is about, and what the door answers. One thread.
 */
public final class FakeHost implements CalloutHost, PacketInjection {

    /** A packet that was injected. */
    public static final class Injected {

        private final InjectionPoint point;
        private final Direction direction;
        private final byte[] frame;
        private final @Nullable Object context;
        private final @Nullable InjectionCompletion completion;

        private Injected(
                InjectionPoint point,
                Direction direction,
                byte[] frame,
                @Nullable Object context,
                @Nullable InjectionCompletion completion) {
            this.point = point;
            this.direction = direction;
            this.frame = frame;
            this.context = context;
            this.completion = completion;
        }

        /**
         * Where.
         *
         * @return never null
         */
        public InjectionPoint point() {
            return point;
        }

        /**
         * Which way.
         *
         * @return never null
         */
        public Direction direction() {
            return direction;
        }

        /**
         * Its bytes.
         *
         * @return a copy, from the MAC header on
         */
        public byte[] frame() {
            return frame.clone();
        }

        /**
         * The callout's own.
         *
         * @return null if it gave none
         */
        public @Nullable Object context() {
            return context;
        }

        /**
         * Tells the callout what became of it; once, as the gateway does (INJ-11).
         *
         * @param status what
         */
        public void complete(Status status) {
            InjectionCompletion c = completion;
            if (c != null) {
                c.injected(status);
            }
        }
    }

    private final List<Injected> injected = new ArrayList<>();
    private final List<FakeNetBuffer> buffers = new ArrayList<>();
    private final List<FakePendedItem> pended = new ArrayList<>();
    private final List<Long> aborted = new ArrayList<>();
    private byte[] frame = {};
    private int origin;
    private Status answer = Status.SUCCESS;
    private InjectionState state = InjectionState.NOT_INJECTED;
    private @Nullable Object context;
    private RedirectState redirectState = RedirectState.NOT_REDIRECTED;
    private @Nullable WritableConnection connection;

    /** A door that accepts everything. */
    public FakeHost() {}

    /**
     * Sets the packet that {@link #clone} copies.
     *
     * @param newFrame from the MAC header on; empty: there is none to clone, as when buffers are exhausted
     * @param newOrigin where the layer's data starts in it
     * @return this
     */
    public FakeHost setPacket(byte[] newFrame, int newOrigin) {
        frame = newFrame.clone();
        origin = newOrigin;
        return this;
    }

    /**
     * Sets what the packet's state is (INJ-5).
     *
     * @param newState as this callout sees it
     * @param newContext what the callout injected it with, or null
     * @return this
     */
    public FakeHost setInjectionState(InjectionState newState, @Nullable Object newContext) {
        state = newState;
        context = newContext;
        return this;
    }

    /**
     * Sets the connection that may be redirected.
     *
     * @param newState as this callout sees it
     * @param newConnection what it acquires; null: nothing
     * @return this
     */
    public FakeHost setConnection(RedirectState newState, @Nullable WritableConnection newConnection) {
        redirectState = newState;
        connection = newConnection;
        return this;
    }

    /**
     * Sets what injecting, pending and aborting answer, e.g. {@link CalloutHost.Status#INSUFFICIENT_RESOURCES}.
     *
     * @param newAnswer from now on
     * @return this
     */
    public FakeHost setAnswer(Status newAnswer) {
        answer = newAnswer;
        return this;
    }

    /**
     * What was injected.
     *
     * @return in order
     */
    public List<Injected> injected() {
        return List.copyOf(injected);
    }

    /**
     * What was pended, or could not be.
     *
     * @return in order
     */
    public List<FakePendedItem> pended() {
        return List.copyOf(pended);
    }

    /**
     * Which flows were aborted by number.
     *
     * @return in order
     */
    public List<Long> aborted() {
        return List.copyOf(aborted);
    }

    /**
     * Buffers that the callout has neither injected nor released.
     *
     * @return 0 if it leaks none
     */
    public long buffersOut() {
        return buffers.stream().filter(buffer -> !buffer.isGone()).count();
    }

    @Override
    public PacketInjection packets() {
        return this;
    }

    @Override
    public @Nullable NetBuffer clone(IncomingMetadata metadata) {
        return frame.length == 0 ? null : keep(new FakeNetBuffer(frame, origin));
    }

    @Override
    public NetBuffer allocate(int lengthBytes) {
        return keep(new FakeNetBuffer(new byte[lengthBytes], 0));
    }

    private FakeNetBuffer keep(FakeNetBuffer buffer) {
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public Status inject(
            InjectionPoint point,
            Direction direction,
            NetBuffer packet,
            @Nullable Object newContext,
            @Nullable InjectionCompletion completion) {
        if (!(packet instanceof FakeNetBuffer buffer) || buffer.isGone()) {
            return Status.INVALID_PARAMETER;
        }
        if (answer == Status.SUCCESS) {
            injected.add(new Injected(point, direction, buffer.frame(), newContext, completion));
            buffer.sent();
        }
        return answer;
    }

    @Override
    public InjectionState state(IncomingMetadata metadata) {
        return state;
    }

    @Override
    public @Nullable Object context(IncomingMetadata metadata) {
        return context;
    }

    @Override
    public PendedItem pend(IncomingMetadata metadata) {
        FakePendedItem item = new FakePendedItem(answer);
        pended.add(item);
        return item;
    }

    @Override
    public RedirectState redirectState(IncomingMetadata metadata) {
        return redirectState;
    }

    @Override
    public @Nullable WritableConnection acquireWritableConnection(IncomingMetadata metadata) {
        return connection;
    }

    @Override
    public Status abortFlow(long flowId) {
        aborted.add(flowId);
        return answer;
    }
}
