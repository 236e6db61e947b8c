package io.sallyport.sample.rate.limit;

import io.sallyport.sample.nets.KeyedHash;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Two token buckets, of packets and of bytes, for each of a bounded number of keys. Keys are known by a secret 64-bit hash; eight
 * places are searched for one. A bucket that is full again is worth nothing and makes room. Where all eight are in use, newcomers
 * share one bucket more: who floods the table with addresses gets one rate for all of them, and no known source loses its own.
 *
 * <p>Any thread: places and buckets change by compare-and-set. Allocates nothing.
 */
final class Buckets {

    private static final int WAYS = 8;
    private static final int MOST_TRIES = 16;

    private final KeyedHash hash = new KeyedHash();
    private final Rate packets;
    private final Rate bytes;
    private final int setMask;
    private final int places;

    /** Whose place it is; 0: nobody's. */
    private final AtomicLongArray owners;

    /** When the buckets are full, for each place, and behind them for each set. */
    private final AtomicLongArray packetsFullAtNs;

    private final AtomicLongArray bytesFullAtNs;

    /**
     * Empty.
     *
     * @param packets the rate of packets
     * @param bytes the rate of bytes
     * @param keys how many keys at least have buckets of their own; rounded up to a power of two
     */
    Buckets(Rate packets, Rate bytes, int keys) {
        this.packets = packets;
        this.bytes = bytes;
        int sets = Integer.highestOneBit(Math.max(keys - 1, WAYS) / WAYS) << 1;
        setMask = sets - 1;
        places = sets * WAYS;
        owners = new AtomicLongArray(places);
        packetsFullAtNs = new AtomicLongArray(places + sets);
        bytesFullAtNs = new AtomicLongArray(places + sets);
    }

    /** How many keys have buckets of their own at most. */
    int places() {
        return places;
    }

    /**
     * Takes one packet out of a key's buckets, out of both or of none.
     *
     * @param high of the key
     * @param low of the key
     * @param nowNs the clock
     * @param lengthBytes of the packet
     * @return false: too much, and nothing was taken
     */
    boolean take(long high, long low, long nowNs, int lengthBytes) {
        int place = place(hash.hash(high, low, 0), nowNs);
        if (!take(packets, packetsFullAtNs, place, nowNs, 1)) {
            return false;
        }
        if (take(bytes, bytesFullAtNs, place, nowNs, lengthBytes)) {
            return true;
        }
        if (!packets.isNone()) {
            packetsFullAtNs.addAndGet(place, -packets.costNs(1));
        }
        return false;
    }

    /** Several threads that meet at one bucket again and again take from a bucket that is in great demand: one gives up. */
    private static boolean take(Rate rate, AtomicLongArray fullAtNs, int place, long nowNs, long units) {
        if (rate.isNone()) {
            return true;
        }
        for (int i = 0; i < MOST_TRIES; i++) {
            long before = fullAtNs.get(place);
            if (before - nowNs > rate.depthNs()) { // The clock was set back: empty, and filling from now on.
                fullAtNs.compareAndSet(place, before, nowNs + rate.depthNs());
                continue;
            }
            long after = rate.take(before, nowNs, units);
            if (after < 0) {
                return false;
            }
            if (fullAtNs.compareAndSet(place, before, after)) {
                return true;
            }
        }
        return false;
    }

    private int place(long owner, long nowNs) {
        int set = (int) (owner >>> 32) & setMask;
        int first = set * WAYS;
        for (int i = first; i < first + WAYS; i++) {
            if (owners.get(i) == owner) {
                return i;
            }
        }
        for (int i = first; i < first + WAYS; i++) {
            long before = owners.get(i);
            if (isFull(i, nowNs) && (owners.compareAndSet(i, before, owner) || owners.get(i) == owner)) {
                return i;
            }
        }
        return places + set;
    }

    private boolean isFull(int place, long nowNs) {
        return packetsFullAtNs.get(place) <= nowNs && bytesFullAtNs.get(place) <= nowNs;
    }

    /** Tells whether a place of {@link #place} is the one that newcomers share; for tests. */
    boolean isShared(long high, long low, long nowNs) {
        return place(hash.hash(high, low, 0), nowNs) >= places;
    }
}
