package io.sallyport.callout.testkit;

import io.sallyport.callout.CalloutHost.Status;
import io.sallyport.callout.InjectionCompletion;
import io.sallyport.callout.StreamInjection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what a callout injects into streams from outside of classify, and which streams it continues. Any thread. */
public final class FakeStreamInjection implements StreamInjection {

    /** One injection. */
    public static final class Injected {
        private final long flowId;
        private final int streamFlags;
        private final byte[] bytes;
        private final @Nullable InjectionCompletion completion;

        private Injected(long flowId, int streamFlags, byte[] bytes, @Nullable InjectionCompletion completion) {
            this.flowId = flowId;
            this.streamFlags = streamFlags;
            this.bytes = bytes;
            this.completion = completion;
        }

        /**
         * The flow.
         *
         * @return its id
         */
        public long flowId() {
            return flowId;
        }

        /**
         * Direction, and whether the end follows.
         *
         * @return bits of {@link io.sallyport.callout.StreamFlags}
         */
        public int streamFlags() {
            return streamFlags;
        }

        /**
         * What was injected.
         *
         * @return a copy
         */
        public byte[] bytes() {
            return bytes.clone();
        }

        /**
         * Who wants to be told.
         *
         * @return null if nobody
         */
        public @Nullable InjectionCompletion completion() {
            return completion;
        }
    }

    private final List<Injected> injections = new ArrayList<>();
    private final List<Long> continued = new ArrayList<>();
    private Status answer = Status.SUCCESS;

    /** One that accepts everything. */
    public FakeStreamInjection() {}

    /**
     * Sets what is answered from now on; what is not accepted is not noted.
     *
     * @param newAnswer the answer
     */
    public synchronized void answer(Status newAnswer) {
        answer = newAnswer;
    }

    /**
     * What was injected so far.
     *
     * @return in order
     */
    public synchronized List<Injected> injections() {
        return List.copyOf(injections);
    }

    /**
     * The flows whose streams were continued.
     *
     * @return in order
     */
    public synchronized List<Long> continued() {
        return List.copyOf(continued);
    }

    @Override
    public synchronized Status inject(
            long flowId,
            int streamFlags,
            byte[] source,
            int offset,
            int lengthBytes,
            @Nullable InjectionCompletion completion) {
        if (answer == Status.SUCCESS) {
            byte[] bytes = Arrays.copyOfRange(source, offset, offset + lengthBytes);
            injections.add(new Injected(flowId, streamFlags, bytes, completion));
            notifyAll();
        }
        return answer;
    }

    @Override
    public synchronized Status continueStream(long flowId) {
        if (answer == Status.SUCCESS) {
            continued.add(flowId);
        }
        return answer;
    }

    /**
     * Waits until so many injections were made.
     *
     * @param count how many
     * @return what was injected
     * @throws InterruptedException if interrupted
     */
    public synchronized List<Injected> await(int count) throws InterruptedException {
        while (injections.size() < count) {
            wait(10_000);
        }
        return injections();
    }
}
