package io.sallyport.stack.api;

import io.sallyport.engine.api.PolicyTrial;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * OSGi service of the stack bundle in a live gateway: the data path between the two live ports. It builds itself when
 * filter engine and port are there, and follows them when they restart: without either, all frames drop. Safe for use by
 * any thread but a worker's.
 */
@ProviderType
public interface LiveDataPath {

    /**
     * Tells whether frames are judged: filter engine and port are there and connected.
     *
     * @return false: all frames drop
     */
    boolean isConnected();

    /**
     * The balance.
     *
     * @return taken between two batches; the last one known if the path is not connected
     */
    Ledger ledger();

    /**
     * How many flows there are.
     *
     * @return flows in the table
     */
    int flowCount();

    /**
     * How often the path's own code, or its observer, failed on a frame. Such a frame is in the ledger like any other.
     *
     * @return 0 unless there is a bug
     */
    long faults();

    /**
     * What the path counts besides the fate of frames, e.g. evictions.
     *
     * @return only what happened; taken between two batches, the last known values if the path is not connected
     */
    default Map<PathCounter, Long> counters() {
        return Map.of();
    }

    /**
     * Which flows are active now, and what flows were asked for again.
     *
     * @return taken between two batches; the last one known if the worker has no time. Flows stay active while the path is not
     *     connected
     */
    default FlowStatistics flowStatistics() {
        return FlowStatistics.NONE;
    }

    /**
     * Copies flows out of the table, in slices, so that frames are not kept waiting.
     *
     * @param most how many at most
     * @return flows, oldest first; those that ended meanwhile may be missing
     */
    List<FlowRecord> flows(int most);

    /**
     * Asks a policy that is not in force about the flows that are authorised now, as if each were asked for again. Flows are copied
     * in slices between batches and asked about by the caller's thread; nothing is changed.
     *
     * @param trial of the policy
     * @param progress told now and then how many flows were looked at
     * @return null if there is no shim to ask, or if the worker had no time
     */
    @Nullable FlowImpact preview(PolicyTrial trial, IntConsumer progress);
}
