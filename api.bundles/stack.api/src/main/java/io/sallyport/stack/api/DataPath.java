package io.sallyport.stack.api;

import io.sallyport.stack.port.FrameHandler;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One packet path from ports to ports: an object graph of its own without statics. It has the time of its frames: the
 * clock stands at the latest time stamp that it was handed.
 */
@ProviderType
public interface DataPath extends AutoCloseable {

    /**
     * Where ports hand their frames to. All calls by one thread at a time: the worker's.
     *
     * @return the same object for the life of the data path
     */
    FrameHandler handler();

    /**
     * Lets time pass on an idle link: expires what is due. By the worker's thread.
     *
     * @param nowNs the time of the packet source; going back is ignored
     */
    void advanceTo(long nowNs);

    /**
     * The balance. By the worker's thread, or when no frame is being handled.
     *
     * @return a snapshot
     */
    Ledger ledger();

    /**
     * What the path counts besides the fate of frames, e.g. evictions. By the worker's thread, or when no frame is being
     * handled.
     *
     * @return only what happened
     */
    default Map<PathCounter, Long> counters() {
        return Map.of();
    }

    /**
     * Which flows are active now, and what flows were asked for again. By the worker's thread, or when no frame is being
     * handled.
     *
     * @return a snapshot
     */
    default FlowStatistics flowStatistics() {
        return FlowStatistics.NONE;
    }

    /**
     * How many flows there are now.
     *
     * @return flows in the table
     */
    int flowCount();

    /** Ends all flows and gives everything back. Idempotent. */
    @Override
    void close();
}
