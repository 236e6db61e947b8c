package io.sallyport.stack.internal.flow;

import io.sallyport.stack.api.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * Who makes room when a flow begins. Three bounds, looked at in this order:
 *
 * <ol>
 *   <li><b>Share.</b> A source may hold at most as many places as are not taken by answered flows (the threshold of Choudhury
 *       and Hahne, "Dynamic queue length thresholds"): one host alone gets half of the table, two a third each, and there is
 *       always room for one who has none yet. Beyond it the source's own oldest unanswered flow goes; if all of its flows were
 *       answered, the new one is refused.
 *   <li><b>Standing.</b> Half-open connections, and unanswered datagram flows, may each fill half of the table, and no more
 *       than 65,536 places, so that a flood takes a bounded amount of memory. Beyond it the oldest of them goes; a source that
 *       has a sixteenth of the table itself pays itself.
 *   <li><b>Size.</b> When all places are taken the first to go are, in this order, the oldest that was refused, that is over, that
 *       is unanswered. Answered flows never make room.
 * </ol>
 *
 * <p>Oldest is who began first: whoever repeats a SYN does not get younger by it. Sources are counted in buckets by a keyed
 * hash of their address; those that share a bucket share its fate. IPv6 sources outside count by their /64. Owned by one
 * worker.
 */
final class FlowLimits {

    private static final int MOST_OF_A_STANDING = 65_536;
    /** One over this part of the table is much for one source. */
    private static final int MUCH_FOR_ONE = 16;

    private static final int LEAST_BUCKETS = 64;
    private static final int MOST_BUCKETS = 65_536;

    private final int capacity;
    private final int mostOfAStanding;
    private final KeyedHash keyedHash;
    private final SlotChains byStanding = new SlotChains(Standing.values().length);
    private final SlotChains bySource;
    private final int[] flowsOfSource;
    private int size;
    private int unkept;
    private boolean isOverShare;

    FlowLimits(int capacity, KeyedHash keyedHash) {
        this.capacity = capacity;
        this.keyedHash = keyedHash;
        this.mostOfAStanding = Math.max(1, Math.min(capacity / 2, MOST_OF_A_STANDING));
        int buckets = Math.max(LEAST_BUCKETS, Math.min(Integer.highestOneBit(capacity), MOST_BUCKETS));
        this.flowsOfSource = new int[buckets];
        this.bySource = new SlotChains(buckets);
    }

    /** Makes room for slots below a number, between packets. */
    void reserve(int slots) {
        byStanding.reserve(slots);
        bySource.reserve(slots);
    }

    /** Where a source is counted. */
    int source(long high, long low, int ipVersion, boolean isOutside) {
        long part = isOutside && ipVersion == 6 ? 0 : low;
        return (int) keyedHash.hash(high, part, ipVersion, 0, 0, 0) & (flowsOfSource.length - 1);
    }

    /** Counts a flow that begins. */
    void begin(int slot, int source, Standing standing) {
        size++;
        flowsOfSource[source]++;
        enter(slot, source, standing);
    }

    /** Moves a flow, whose standing changes. */
    void change(int slot, int source, Standing from, Standing to) {
        leave(slot, from);
        enter(slot, source, to);
    }

    /** Forgets a flow that has ended. */
    void end(int slot, int source, Standing standing) {
        leave(slot, standing);
        flowsOfSource[source]--;
        size--;
    }

    private void enter(int slot, int source, Standing standing) {
        if (standing != Standing.KEPT) {
            byStanding.append(standing.ordinal(), slot);
            bySource.append(source, slot);
            unkept++;
        }
    }

    private void leave(int slot, Standing standing) {
        if (standing != Standing.KEPT) {
            byStanding.remove(slot);
            bySource.remove(slot);
            unkept--;
        }
    }

    /**
     * Finds the flow that is to end before another one begins. To be asked again after that one has ended.
     *
     * @param source of the new flow
     * @param standing of the new flow
     * @return its slot; -1 if none needs to end, or none can
     */
    int victim(int source, Standing standing) {
        isOverShare = true;
        if (isShareUsedUp(source)) {
            return bySource.oldest(source);
        }
        boolean isStandingFull = byStanding.length(standing.ordinal()) >= mostOfAStanding;
        if (!isStandingFull && size < capacity) {
            return -1;
        }
        int own = bySource.oldest(source);
        if (own >= 0 && flowsOfSource[source] > capacity / MUCH_FOR_ONE) {
            return own;
        }
        isOverShare = false;
        if (isStandingFull) {
            return byStanding.oldest(standing.ordinal());
        }
        return oldestOfAll();
    }

    /** Whether the last victim paid for its own source. */
    boolean wasOverShare() {
        return isOverShare;
    }

    /**
     * Why a flow cannot begin although all was tried.
     *
     * @return null if it can
     */
    @Nullable DropReason refusal(int source) {
        if (kept() < capacity && isShareUsedUp(source)) {
            return DropReason.LIMIT_FLOWS_SOURCE;
        }
        return size >= capacity ? DropReason.LIMIT_FLOWS : null;
    }

    private boolean isShareUsedUp(int source) {
        return flowsOfSource[source] >= capacity - kept();
    }

    private int oldestOfAll() {
        int refused = byStanding.oldest(Standing.REFUSED.ordinal());
        if (refused >= 0) {
            return refused;
        }
        int closed = byStanding.oldest(Standing.CLOSED.ordinal());
        if (closed >= 0) {
            return closed;
        }
        int halfOpen = byStanding.length(Standing.HALF_OPEN.ordinal());
        int unanswered = byStanding.length(Standing.UNANSWERED.ordinal());
        return byStanding.oldest((halfOpen >= unanswered ? Standing.HALF_OPEN : Standing.UNANSWERED).ordinal());
    }

    /** The oldest flow of a standing if there are more than may be; else -1. */
    int surplus(Standing standing) {
        boolean isTooMany = byStanding.length(standing.ordinal()) > mostOfAStanding;
        return isTooMany ? byStanding.oldest(standing.ordinal()) : -1;
    }

    int count(Standing standing) {
        return byStanding.length(standing.ordinal());
    }

    int size() {
        return size;
    }

    /** How many flows stay whatever comes. */
    int kept() {
        return size - unkept;
    }
}
