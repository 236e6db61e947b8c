package io.sallyport.stack.internal.hold;

import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * The identifications of fragments that left a short while ago. A receiver may still have some fragments of such a datagram,
 * because the others were lost behind the gateway; fragments of another datagram with the same identification would fill its
 * gaps, and it would put together what nobody judged. So no identification leaves twice, between the same hosts, within the time
 * that receivers keep fragments: the second datagram gets a fresh one.
 *
 * <p>Bounded: what cannot be remembered, or has no fresh identification left, must not leave (IPv4), or leaves with a
 * fresh one of 32 bits that does not come again (IPv6). A sender that floods has its share and fills it alone. Owned by one
 * worker; the memory is made when the first datagram leaves.
 */
public final class RecentIds {

    /** Nothing that a receiver could tell apart is left. */
    public static final long EXHAUSTED = -1;

    /** Receivers keep fragments for 30 s (Linux, BSD for IPv4) or 60 s (Windows; all for IPv6: RFC 8200, 4.5). */
    private static final long RECENT_NS = 60_000_000_000L;

    private static final int SHARE = 4;
    private static final int SHARE_BUCKETS = 1_024;
    private static final int EXPIRE_EACH_TIME = 8;
    private static final int EXPIRE_WHEN_FULL = 4_096;
    private static final int TRIES_V4 = 64;
    private static final int TRIES_V6 = 8;

    private final int capacity;
    private final int maxOfSource;
    /** Places names; must not be known to who sends. */
    private final KeyedHash hash;
    /** Chooses numbers: the same in each run of a replay. */
    private final KeyedHash seeded;

    private final KeyedPermutation freshV4;
    private final KeyedPermutation freshV6;

    // A ring of names in the order of their time, and an index over it: open addressing, half full at most.
    private long[] names = {};
    private long[] timesNs = {};
    private short[] shares = {};
    private int[] cells = {};
    private int first;
    private int size;

    /** The latest time that was said; stamps of a capture may go back. */
    private long clockNs = Long.MIN_VALUE;

    private final int[] ofShare = new int[SHARE_BUCKETS];

    /** Until then some identification of IPv6 may have left that is not remembered. */
    private long isIncompleteUntilNs = Long.MIN_VALUE;

    /**
     * Makes an empty memory.
     *
     * @param capacity how many identifications
     * @param hash with a secret
     * @param seed decides which fresh identifications come in which order
     */
    public RecentIds(int capacity, KeyedHash hash, long seed) {
        this.capacity = Math.max(16, capacity);
        this.maxOfSource = this.capacity / SHARE;
        this.hash = hash;
        this.seeded = new KeyedHash(seed, Long.rotateLeft(seed, 32) ^ 0x9E37_79B9_7F4A_7C15L);
        this.freshV4 = new KeyedPermutation(seeded, 16);
        this.freshV6 = new KeyedPermutation(seeded, 32);
    }

    /**
     * Says which identification a datagram is to leave with: its own, or a fresh one if that left a short while ago.
     *
     * @param p a fragment of it, or an atomic fragment (RFC 6946)
     * @param timeNs the time
     * @return 16 or 32 bits, or {@link #EXHAUSTED}: then it must not leave
     */
    public long claim(PacketRecord p, long timeNs) {
        if (cells.length == 0) {
            makeMemory();
        }
        long nowNs = Math.max(clockNs, timeNs);
        clockNs = nowNs;
        int share = (int) seeded.hash(p.sourceHigh(), FragmentSource.lowOf(p), p.ipVersion(), 0, 0, 0)
                & (SHARE_BUCKETS - 1);
        expire(nowNs, EXPIRE_EACH_TIME);
        if (ofShare[share] >= maxOfSource || size == capacity) {
            expire(nowNs, EXPIRE_WHEN_FULL);
        }
        boolean canRemember = ofShare[share] < maxOfSource && size < capacity;
        return p.ipVersion() == 4 ? claimV4(p, share, canRemember, nowNs) : claimV6(p, share, canRemember, nowNs);
    }

    private long claimV4(PacketRecord p, int share, boolean canRemember, long nowNs) {
        int id = p.fragmentId();
        for (int i = 0; canRemember && i <= TRIES_V4; i++) {
            if (rememberIfNew(p, id, share, nowNs)) {
                return id;
            }
            id = freshV4.next();
        }
        return EXHAUSTED;
    }

    private long claimV6(PacketRecord p, int share, boolean canRemember, long nowNs) {
        if (!canRemember) {
            isIncompleteUntilNs = nowNs + RECENT_NS;
        }
        int id = nowNs < isIncompleteUntilNs ? freshV6.next() : p.fragmentId();
        for (int i = 0; i < TRIES_V6; i++) {
            if (canRemember ? rememberIfNew(p, id, share, nowNs) : find(name(p, id)) < 0) {
                return id & 0xFFFF_FFFFL;
            }
            id = freshV6.next();
        }
        return EXHAUSTED;
    }

    private boolean rememberIfNew(PacketRecord p, int id, int share, long nowNs) {
        long name = name(p, id);
        int cell = find(name);
        if (cell >= 0) {
            if (nowNs - timesNs[cells[cell] - 1] < RECENT_NS) {
                return false;
            }
            // It is over, only not cleared away yet. The ring keeps its order: the name goes to its end.
            close(cell);
        }
        int slot = (first + size) % capacity;
        size++;
        names[slot] = name;
        timesNs[slot] = nowNs;
        shares[slot] = (short) share;
        ofShare[share]++;
        int free = home(name);
        while (cells[free] != 0) {
            free = (free + 1) & (cells.length - 1);
        }
        cells[free] = slot + 1;
        return true;
    }

    /** What receivers tell datagrams apart by. Two names are equal by chance only: then an identification is fresh for nothing. */
    private long name(PacketRecord p, int id) {
        long word = (long) Datagram.keyProtocol(p) << 32 ^ (id & 0xFFFF_FFFFL);
        return hash.hash(p.sourceHigh(), p.sourceLow(), p.destinationHigh(), p.destinationLow(), p.ipVersion(), word);
    }

    private int home(long name) {
        return (int) name & (cells.length - 1);
    }

    private int find(long name) {
        int cell = home(name);
        while (cells[cell] != 0) {
            if (names[cells[cell] - 1] == name) {
                return cell;
            }
            cell = (cell + 1) & (cells.length - 1);
        }
        return -1;
    }

    private void expire(long nowNs, int most) {
        for (int i = 0; i < most && size > 0 && nowNs - timesNs[first] >= RECENT_NS; i++) {
            int cell = find(names[first]);
            if (cell >= 0 && cells[cell] - 1 == first) {
                close(cell);
            }
            ofShare[shares[first]]--;
            first = (first + 1) % capacity;
            size--;
        }
    }

    /** Moves back every follower that may lie nearer to its home, so that no search ends too early. */
    private void close(int emptied) {
        int mask = cells.length - 1;
        int gap = emptied;
        for (int cell = (gap + 1) & mask; cells[cell] != 0; cell = (cell + 1) & mask) {
            int home = home(names[cells[cell] - 1]);
            if (((cell - home) & mask) >= ((cell - gap) & mask)) {
                cells[gap] = cells[cell];
                gap = cell;
            }
        }
        cells[gap] = 0;
    }

    private void makeMemory() {
        names = new long[capacity];
        timesNs = new long[capacity];
        shares = new short[capacity];
        cells = new int[Integer.highestOneBit(capacity * 2 - 1) * 2];
    }
}
