package io.sallyport.stack.port;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of a port bundle: the two interfaces of the live gateway, open, with one worker thread that polls both.
 * It is registered when both are open and goes before they close. Its slot holds one handler, at first none: all frames
 * are taken and dropped.
 */
@ProviderType
public interface LivePort {

    /**
     * Sends by the inside interface. Classify plane, by the worker's thread.
     *
     * @return always the same
     */
    FrameTransmitter toLan();

    /**
     * Sends by the outside interface. Classify plane, by the worker's thread.
     *
     * @return always the same
     */
    FrameTransmitter toWan();

    /**
     * Fills or empties the slot. Returns when the worker is not inside the handler that was there before, and will not be;
     * after two seconds it gives up waiting and says so in the log. Not by the worker's thread.
     *
     * @param handler gets every frame from now on; null drops them
     */
    void setHandler(@Nullable LiveHandler handler);

    /**
     * Runs something on the worker's thread between two batches, soon also on an idle link.
     *
     * @param task short; an exception out of it is logged
     * @return false if too many wait already, or the port is closed: it will not run
     */
    boolean execute(Runnable task);

    /**
     * Counts since the port opened.
     *
     * @return a snapshot; any thread
     */
    PortStatistics statistics();

    /** What a live port calls. All calls by the worker's thread. */
    interface LiveHandler extends FrameHandler {

        /**
         * Time passes: called between batches, at least every 50 ms, also on an idle link.
         *
         * @param nowNs the clock that also stamps the frames
         */
        void onTick(long nowNs);
    }
}
