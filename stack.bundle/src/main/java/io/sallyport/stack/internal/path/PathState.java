package io.sallyport.stack.internal.path;

import io.sallyport.engine.api.FlowContexts;
import io.sallyport.stack.api.DataPathConfig;
import io.sallyport.stack.api.FlowRecord;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.internal.count.PathCounters;
import io.sallyport.stack.internal.count.ReauthorizationCounts;
import io.sallyport.stack.internal.flow.FlowImpl;
import io.sallyport.stack.internal.flow.FlowSlices;
import io.sallyport.stack.internal.flow.FlowTable;
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.hold.FrameSlab;
import io.sallyport.stack.internal.hold.RecentIds;
import io.sallyport.stack.internal.stream.StreamPool;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/**
 * What of a packet path outlives its engine: flows with their connection states and timers, books, clock, and the memory
 * for held frames. One {@link Worker} at a time works on it; whoever hands it from one worker to the next, or reads it
 * meanwhile, sees to it that no frame is being handled.
 */
public final class PathState {

    /** More datagrams than are in reassembly at once may have left within a minute. */
    private static final int IDS_PER_REASSEMBLY = 64;
    /** With the defaults: 22 MiB of slots and 8 MiB for large frames; what keeps account of them is heap, and fits 32 MiB, too. */
    private static final double FRAGMENTS_PER_HELD_FRAME = 2.75;

    final KeyedHash hash;
    final FlowTable flows;
    final Neighbors neighbors;
    /** For segments that streams hold. */
    final FrameSlab slab;
    /** For fragments, so that neither starves the other. */
    final FrameSlab fragmentSlab;

    final RecentIds recentIds;
    final StreamPool pool = new StreamPool();
    final Books books;
    final PathCounters counters;
    final ReauthorizationCounts reauthorizations;
    final Shedding shedding;

    long nowNs = Long.MIN_VALUE;
    long frameNumber;

    /**
     * Begins with nothing, and with secrets of its own.
     *
     * @param config for the sizes
     */
    public PathState(DataPathConfig config) {
        this(config, new SecureRandom().nextLong());
    }

    /**
     * Begins with nothing, and makes up the same numbers in each run, as a replay must. Where things lie in tables is a secret all
     * the same.
     *
     * @param config for the sizes
     * @param seed decides about all numbers that leave
     */
    public PathState(DataPathConfig config, long seed) {
        this(config, seed, secretHash(), new Shedding());
    }

    /**
     * Begins with nothing, and with a secret that somebody else knows, too: only to measure what it is worth.
     *
     * @param config for the sizes
     * @param hash decides where things lie in tables
     */
    public PathState(DataPathConfig config, KeyedHash hash) {
        this(config, new SecureRandom().nextLong(), hash, new Shedding());
    }

    /**
     * Begins with nothing.
     *
     * @param config for the sizes
     * @param shedding says what does not begin while memory is short
     */
    public PathState(DataPathConfig config, Shedding shedding) {
        this(config, new SecureRandom().nextLong(), secretHash(), shedding);
    }

    private PathState(DataPathConfig config, long seed, KeyedHash hash, Shedding shedding) {
        this(config, seed, hash, new Books(), new PathCounters(), new ReauthorizationCounts(), shedding);
    }

    private PathState(
            DataPathConfig config,
            long seed,
            KeyedHash hash,
            Books books,
            PathCounters counters,
            ReauthorizationCounts reauthorizations,
            Shedding shedding) {
        this.hash = hash;
        this.recentIds = new RecentIds(config.maxReassemblies() * IDS_PER_REASSEMBLY, hash, seed);
        this.fragmentSlab = new FrameSlab((int) (config.maxHeldFrames() * FRAGMENTS_PER_HELD_FRAME));
        this.flows = new FlowTable(config.maxFlows(), config.timeoutDivisor(), hash);
        this.neighbors = new Neighbors(hash);
        this.slab = new FrameSlab(config.maxHeldFrames());
        this.books = books;
        this.counters = counters;
        this.reauthorizations = reauthorizations;
        this.shedding = shedding;
    }

    private static KeyedHash secretHash() {
        SecureRandom random = new SecureRandom();
        return new KeyedHash(random.nextLong(), random.nextLong());
    }

    /**
     * Begins anew after a worker that did not come back: flows are lost, the books go on, and what that worker still had
     * counts as its fault.
     *
     * @param config for the sizes
     * @return a state that shares nothing with this one
     */
    public PathState withoutFlows(DataPathConfig config) {
        // Another seed: what left a short while ago is forgotten, and must not come again by rule.
        PathState fresh = new PathState(
                config,
                new SecureRandom().nextLong(),
                secretHash(),
                books.closed(),
                counters.copy(),
                reauthorizations.copy(),
                shedding);
        fresh.frameNumber = frameNumber;
        return fresh;
    }

    /**
     * The balance.
     *
     * @return a snapshot
     */
    public Ledger ledger() {
        return books.snapshot();
    }

    /**
     * What is counted besides.
     *
     * @return a snapshot
     */
    public Map<PathCounter, Long> counters() {
        return counters.snapshot();
    }

    /**
     * What is counted about flows.
     *
     * @return a snapshot
     */
    public FlowStatistics flowStatistics() {
        return new FlowStatistics(flows.active(), reauthorizations.snapshot());
    }

    /**
     * Frames during which our own code failed, and events that the observer failed on.
     *
     * @return since the state was made
     */
    public long faults() {
        return books.faults + books.observerFaults;
    }

    /**
     * How many flows there are.
     *
     * @return without those that are only remembered as refused
     */
    public int flowCount() {
        return flows.size();
    }

    /**
     * How many slots {@link #flows(int, int, long)} can be asked for.
     *
     * @return a count that grows
     */
    public int flowSlots() {
        return flows.slotCount();
    }

    /**
     * Copies authorised flows, to be asked about elsewhere.
     *
     * @param from first slot
     * @param to behind the last slot
     * @param contexts of all copies
     * @return in no particular order
     */
    public List<FlowImpl> authorized(int from, int to, FlowContexts contexts) {
        return FlowSlices.authorized(flows, from, to, contexts);
    }

    /**
     * Describes flows.
     *
     * @param from first slot
     * @param to behind the last slot
     * @param belowId flows with this id or a later one are left out
     * @return in no particular order
     */
    public List<FlowRecord> flows(int from, int to, long belowId) {
        return FlowSlices.describe(flows, from, to, belowId, nowNs);
    }
}
