package io.sallyport.sample.port.scan;

import io.sallyport.sample.nets.KeyedHash;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers of a bounded number of sources how many different targets each has tried lately.
 *
 * <p>A source has 128 bits for the present window of time and 128 for the one before; a target sets the bit that a secret hash
 * chooses. How many bits are set tells how many targets there were (linear counting, Whang et al. 1990), whatever is repeated. The
 * older window counts in part, as in a sliding one, so that what was counted decays. Whoever has too many is a scanner for a while,
 * and longer if it goes on.
 *
 * <p>Sources are known by a secret hash; eight places are searched for one, and whoever was quiet for longest makes room, scanners
 * last. Any thread: a race loses a bit at most. Allocates nothing.
 */
final class Scanners {

    static final int MOST_TARGETS = 100;

    private static final int WAYS = 8;
    private static final int BITS = 128;

    // The fields of an entry.
    private static final int OWNER = 0;
    private static final int WINDOW = 1;
    private static final int NOW = 2;
    private static final int BEFORE = 4;
    private static final int HELD_UNTIL_NS = 6;
    private static final int LAST_NS = 7;
    private static final int ENTRY = 8; // a cache line

    private final KeyedHash hash = new KeyedHash();
    private final AtomicLongArray entries;
    private final int setMask;
    private final int leastBits;
    private final long windowNs;
    private final long holdNs;

    /**
     * Remembers nobody yet.
     *
     * @param targets so many different targets in a window make a scanner, 2 to {@value #MOST_TARGETS}
     * @param windowNs how long a window is
     * @param holdNs for how long a scanner is one
     * @param sources how many are remembered; rounded up to a power of two
     */
    Scanners(int targets, long windowNs, long holdNs, int sources) {
        int sets = Integer.highestOneBit(Math.max(sources - 1, WAYS) / WAYS) << 1;
        setMask = sets - 1;
        entries = new AtomicLongArray(sets * WAYS * ENTRY);
        leastBits = bitsOf(targets);
        this.windowNs = windowNs;
        this.holdNs = holdNs;
    }

    /** How many of the bits so many targets set in the mean. */
    private static int bitsOf(int targets) {
        return (int) Math.round(BITS * (1 - Math.pow(1 - 1.0 / BITS, targets)));
    }

    /**
     * A source tries a target.
     *
     * @return true if it is a scanner, by this target or since before
     */
    boolean tries(long sourceHigh, long sourceLow, long targetHigh, long targetLow, long protocolAndPort, long nowNs) {
        long owner = hash.hash(sourceHigh, sourceLow, 0);
        int at = find(owner);
        if (at < 0) {
            at = makeRoom(owner, nowNs);
        }
        turn(at, nowNs);
        long bit = hash.hash(targetHigh, targetLow, protocolAndPort) >>> 57; // of the upper bits, which are the best
        entries.accumulateAndGet(at + NOW + (int) (bit >>> 6), 1L << bit, (a, b) -> a | b);
        entries.setOpaque(at + LAST_NS, nowNs);
        boolean isScanner = count(at, nowNs) >= leastBits;
        if (isScanner) {
            entries.setOpaque(at + HELD_UNTIL_NS, nowNs + holdNs);
        }
        return isScanner || isHeld(at, nowNs);
    }

    /** Tells whether a source is a scanner now. */
    boolean isScanner(long sourceHigh, long sourceLow, long nowNs) {
        int at = find(hash.hash(sourceHigh, sourceLow, 0));
        return at >= 0 && isHeld(at, nowNs);
    }

    /** A clock that was set back holds nobody for longer than it should. */
    private boolean isHeld(int at, long nowNs) {
        long left = entries.getOpaque(at + HELD_UNTIL_NS) - nowNs;
        return left > 0 && left <= holdNs;
    }

    private int find(long owner) {
        int first = ((int) (owner >>> 32) & setMask) * WAYS * ENTRY;
        for (int at = first; at < first + WAYS * ENTRY; at += ENTRY) {
            if (entries.get(at + OWNER) == owner) {
                return at;
            }
        }
        return -1;
    }

    private int makeRoom(long owner, long nowNs) {
        int first = ((int) (owner >>> 32) & setMask) * WAYS * ENTRY;
        int oldest = first;
        long oldestRank = Long.MAX_VALUE;
        for (int at = first; at < first + WAYS * ENTRY; at += ENTRY) {
            long rank = entries.get(at + OWNER) == 0 ? Long.MIN_VALUE : rank(at, nowNs);
            if (rank < oldestRank) {
                oldestRank = rank;
                oldest = at;
            }
        }
        for (int field = WINDOW; field < ENTRY; field++) {
            entries.setOpaque(oldest + field, 0);
        }
        entries.setOpaque(oldest + WINDOW, nowNs / windowNs);
        entries.set(oldest + OWNER, owner);
        return oldest;
    }

    /** Scanners go after all others, as if they would be quiet only when they are let go. */
    private long rank(int at, long nowNs) {
        return isHeld(at, nowNs) ? entries.getOpaque(at + HELD_UNTIL_NS) : entries.getOpaque(at + LAST_NS) - holdNs;
    }

    /** Makes the present window the one before, when its time is over. */
    private void turn(int at, long nowNs) {
        long window = nowNs / windowNs;
        long then = entries.getOpaque(at + WINDOW);
        if (window == then) {
            return;
        }
        for (int i = 0; i < 2; i++) {
            entries.setOpaque(at + BEFORE + i, window == then + 1 ? entries.getOpaque(at + NOW + i) : 0);
            entries.setOpaque(at + NOW + i, 0);
        }
        entries.setOpaque(at + WINDOW, window);
    }

    /** The bits of the present window, and of the one before as much as is left of it. */
    private int count(int at, long nowNs) {
        int now = Long.bitCount(entries.get(at + NOW)) + Long.bitCount(entries.get(at + NOW + 1));
        int before = Long.bitCount(entries.get(at + BEFORE)) + Long.bitCount(entries.get(at + BEFORE + 1));
        double left = 1 - (double) (nowNs % windowNs) / windowNs;
        return now + (int) (before * left);
    }
}
