package io.sallyport.stack.port;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of a port bundle: the two interfaces of the live gateway, open, with a thread for each. The handler is called
 * by both, never at once: each call sees all that the calls before did. It is registered when both are open and goes before
 * they close. Its slot holds one handler, at first none: all frames are taken and dropped.
 */
@ProviderType
public interface LivePort {

    /**
     * Sends by the inside interface. Classify plane, from inside the handler or a task.
     *
     * @return always the same
     */
    FrameTransmitter toLan();

    /**
     * Sends by the outside interface. Classify plane, from inside the handler or a task.
     *
     * @return always the same
     */
    FrameTransmitter toWan();

    /**
     * Fills or empties the slot. Returns when no thread is inside the handler that was there before, or in a task, nor will
     * be inside that handler; after two seconds it gives up waiting and says so in the log. Not from inside the handler or a task.
     *
     * @param handler gets every frame from now on; null drops them
     */
    void setHandler(@Nullable LiveHandler handler);

    /**
     * Runs something in place of a batch, by one of the port's threads, soon also on an idle link.
     *
     * @param task short; an exception out of it is logged
     * @return false if too many wait already, or the port is closed: it will not run
     */
    boolean execute(Runnable task);

    /**
     * Tells whether {@link #replaceThread} works.
     *
     * @return false: a thread that does not come back from the handler stops the port
     */
    default boolean canReplaceThread() {
        return false;
    }

    /**
     * Has another thread go on in place of the one that is inside the handler or in a task, which will never come back and touches
     * nothing any more. Any thread, without waiting.
     *
     * @param rest what that one had left to do inside; the new thread runs it in its place, sends what it released, and goes
     *     on as a thread of the port
     */
    default void replaceThread(Runnable rest) {
        throw new UnsupportedOperationException("this port has no threads of its own");
    }

    /**
     * Counts since the port opened.
     *
     * @return a snapshot; any thread
     */
    PortStatistics statistics();

    /** What a live port calls: by either of its threads, one call at a time. */
    interface LiveHandler extends FrameHandler {

        /**
         * Time passes: called between batches, at least every 50 ms, also on an idle link.
         *
         * @param nowNs the clock that also stamps the frames
         */
        void onTick(long nowNs);
    }
}
