package io.sallyport.sample.nat;

import io.sallyport.callout.NetBuffer;
import io.sallyport.sample.nets.KeyedHash;
import org.jspecify.annotations.Nullable;

/**
 * What the fragments of a datagram have in common, since only the first has ports: where they go to, or under which identification
 * they leave. And inbound fragments that came before their first one, until it comes.
 *
 * <p>Bounded: a place for each of 4,096 hashes, a newer datagram takes an older one's; 64 fragments wait for 2 s at most. Owned by
 * one worker at a time. Allocates nothing.
 */
final class Fragments {

    static final int MOST_WAITING = 64;

    private static final int PLACES = 1 << 12;
    private static final long LIFE_NS = 30_000_000_000L;
    private static final long WAIT_NS = 2_000_000_000L;

    private final KeyedHash hash;
    private final long[] keys = new long[PLACES];
    private final long[] sinceNs = new long[PLACES];
    private final long[] values = new long[PLACES];
    private final long[] macs = new long[PLACES];

    private final @Nullable NetBuffer[] waiting = new NetBuffer[MOST_WAITING];
    private final long[] waitingFor = new long[MOST_WAITING];
    private final long[] waitingSinceNs = new long[MOST_WAITING];

    Fragments(KeyedHash hash) {
        this.hash = hash;
    }

    /** The name of a datagram; never 0. */
    long key(int source, int destination, int protocol, int identification) {
        return hash.hash(source, destination, (long) protocol << 16 | identification);
    }

    /** What was remembered under a name; -1 if nothing, or too long ago. */
    long find(long key, long nowNs) {
        int place = (int) (key >>> 52);
        boolean isIt = keys[place] == key && nowNs - sinceNs[place] <= LIFE_NS;
        return isIt ? values[place] : -1;
    }

    /** The MAC address that was remembered beside a value that was found. */
    long mac(long key) {
        return macs[(int) (key >>> 52)];
    }

    void remember(long key, long value, long mac, long nowNs) {
        int place = (int) (key >>> 52);
        keys[place] = key;
        values[place] = value;
        macs[place] = mac;
        sinceNs[place] = nowNs;
    }

    /** Keeps a fragment until its first one comes; false if there is no place. */
    boolean keep(NetBuffer fragment, long key, long nowNs) {
        for (int i = 0; i < MOST_WAITING; i++) {
            NetBuffer old = waiting[i];
            if (old == null || nowNs - waitingSinceNs[i] > WAIT_NS) {
                if (old != null) {
                    old.release();
                }
                waiting[i] = fragment;
                waitingFor[i] = key;
                waitingSinceNs[i] = nowNs;
                return true;
            }
        }
        return false;
    }

    /** Takes one that waits for a datagram; null if there is none left. */
    @Nullable NetBuffer takeWaiting(long key) {
        for (int i = 0; i < MOST_WAITING; i++) {
            NetBuffer fragment = waiting[i];
            if (fragment != null && waitingFor[i] == key) {
                waiting[i] = null;
                return fragment;
            }
        }
        return null;
    }

    /** Gives back all that waits. */
    void clear() {
        for (int i = 0; i < MOST_WAITING; i++) {
            NetBuffer fragment = waiting[i];
            if (fragment != null) {
                fragment.release();
                waiting[i] = null;
            }
        }
    }
}
