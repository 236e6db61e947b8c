package io.sallyport.stack.internal.hold;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Packet;
import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * Collects the fragments of datagrams, in any order. A fragment that repeats another one to the byte is surplus; one that
 * overlaps in any other way dooms its datagram, and so do those that contradict each other about its end: they are how
 * inspection is evaded (RFC 5722 demands it for IPv6; IPv4 is treated alike). The name of a doomed datagram is kept for its
 * time, so that fragments still to come do not begin it anew.
 *
 * <p>Bounded: datagrams, fragments of one, and each sender's share of both. Looked up by a keyed hash; nothing takes longer
 * the more is held. Owned by one worker.
 */
public final class Reassembler {

    /** What hosts use for IPv4 (RFC 1122, 3.3.2, asks for one fixed value), and RFC 8200, 4.5, for IPv6. */
    private static final long TIMEOUT_V4_NS = 30_000_000_000L;

    private static final long TIMEOUT_V6_NS = 60_000_000_000L;

    /** 64 KiB in the fragments of a link with an MTU of 576 bytes are 119. */
    private static final int MAX_FRAGMENTS = 128;

    private static final int MAX_DATAGRAM = 65_535;
    private static final int IPV6_HEADER = 40;

    /** A sender may have so much of all. */
    private static final int SHARE = 8;

    private final KeyedHash hash;
    private final int capacity;
    private final int maxOfSource;
    private final long maxBytesOfSource;
    private final long timeoutV4Ns;
    private final long timeoutV6Ns;

    private final @Nullable Datagram[] buckets;
    private final @Nullable FragmentSource[] sourceBuckets;
    private final int mask;

    // Slots that were made, one when there was need of one more than ever, and are free.
    private @Nullable Datagram freeDatagrams;
    private @Nullable FragmentSource freeSources;

    /** In order of their start; each version has a time-out of its own. */
    private final Queue v4 = new Queue();

    private final Queue v6 = new Queue();

    private int active;

    /** Datagrams of one IP version. */
    private static final class Queue {
        @Nullable Datagram oldest;

        @Nullable Datagram newest;

        void add(Datagram d) {
            d.older = newest;
            d.newer = null;
            if (newest == null) {
                oldest = d;
            } else {
                newest.newer = d;
            }
            newest = d;
        }

        void remove(Datagram d) {
            Datagram older = d.older;
            Datagram newer = d.newer;
            if (older == null) {
                oldest = newer;
            } else {
                older.newer = newer;
            }
            if (newer == null) {
                newest = older;
            } else {
                newer.older = older;
            }
            d.older = null;
            d.newer = null;
        }
    }

    /**
     * Makes it.
     *
     * @param capacity how many datagrams at once, doomed ones included
     * @param maxBytes how much memory their fragments may take, of which one sender gets a share
     * @param timeoutDivisor how many times shorter the time-outs are
     * @param hash with a secret
     */
    public Reassembler(int capacity, long maxBytes, int timeoutDivisor, KeyedHash hash) {
        this.hash = hash;
        this.capacity = capacity;
        this.maxOfSource = Math.max(1, capacity / SHARE);
        this.maxBytesOfSource = maxBytes / SHARE;
        this.timeoutV4Ns = TIMEOUT_V4_NS / timeoutDivisor;
        this.timeoutV6Ns = TIMEOUT_V6_NS / timeoutDivisor;
        int size = Integer.highestOneBit(Math.max(8, capacity) * 2 - 1);
        this.buckets = new Datagram[size];
        this.sourceBuckets = new FragmentSource[size];
        this.mask = size - 1;
    }

    private int bucketOf(PacketRecord p) {
        long word = (long) Datagram.keyProtocol(p) << 32 ^ (p.fragmentId() & 0xFFFF_FFFFL);
        return (int) hash.hash(
                        p.sourceHigh(),
                        p.sourceLow(),
                        p.destinationHigh(),
                        p.destinationLow(),
                        p.vlanKey() << 4 | p.ipVersion(),
                        word)
                & mask;
    }

    /**
     * Finds the datagram of a fragment.
     *
     * @param p a fragment
     * @return null if it is the first one to come
     */
    public @Nullable Datagram find(PacketRecord p) {
        if (active == 0) {
            return null;
        }
        Datagram d = buckets[bucketOf(p)];
        while (d != null && !d.isOf(p)) {
            d = d.nextInBucket;
        }
        return d;
    }

    /**
     * Tells whether a fragment fits, and where.
     *
     * @param p a fragment
     * @param d its datagram, which is not doomed, or null if this is the first one to come
     * @return null, or why not: {@link DropReason#REASSEMBLY_DUPLICATE} is no harm, for all others the datagram is doomed
     */
    public @Nullable DropReason refuse(PacketRecord p, @Nullable Datagram d) {
        int length = p.payloadLengthBytes();
        int end = p.fragmentOffsetBytes() + length;
        // The header of an IPv6 packet does not count into its payload length, its extension headers do.
        int header = p.ipVersion() == 4 ? p.ipHeaderSizeBytes() : p.ipHeaderSizeBytes() - IPV6_HEADER;
        if (length <= 0 || (p.hasMoreFragments() && length % 8 != 0) || header + end > MAX_DATAGRAM) {
            return DropReason.REASSEMBLY_MALFORMED;
        }
        return d == null ? null : place(p, d, end);
    }

    /** From the end: most fragments come in order; and there are few of them. */
    private static @Nullable DropReason place(PacketRecord p, Datagram d, int end) {
        int start = p.fragmentOffsetBytes();
        HeldFrame before = d.tail;
        HeldFrame behind = null;
        while (before != null && before.datagramOffset > start) {
            behind = before;
            before = before.previousFragment;
        }
        if (before != null && before.isSameFragment(p)) {
            return DropReason.REASSEMBLY_DUPLICATE;
        }
        boolean isOverlap = (before != null && before.datagramOffset + before.dataLengthBytes > start)
                || (behind != null && behind.datagramOffset < end);
        if (isOverlap) {
            return DropReason.REASSEMBLY_OVERLAP;
        }
        boolean isBehindEnd = d.endBytes != Packet.NONE && (end > d.endBytes || !p.hasMoreFragments());
        if (isBehindEnd || (!p.hasMoreFragments() && behind != null)) {
            return DropReason.REASSEMBLY_MALFORMED;
        }
        d.insertAfter = before;
        return d.fragments == MAX_FRAGMENTS ? DropReason.REASSEMBLY_LIMIT : null;
    }

    /**
     * Tells whether a sender has all that it may have, so that one of its datagrams must go first.
     *
     * @param p a fragment
     * @param d its datagram, or null if it is the first one to come
     * @param bytes memory that the fragment will take
     * @return the sender's oldest datagram other than this one, or null; then there may still be too much of this one
     */
    public @Nullable Datagram surplusOfSource(PacketRecord p, @Nullable Datagram d, int bytes) {
        FragmentSource source = d == null ? findSource(p) : d.source;
        if (source == null || !isOverShare(source, d, bytes)) {
            return null;
        }
        Datagram oldest = source.oldest;
        return oldest != null && oldest == d ? oldest.newerOfSource : oldest;
    }

    /**
     * Tells whether a fragment would exceed its sender's share even when nothing else of that sender is left.
     *
     * @param p a fragment
     * @param d its datagram, or null if it is the first one to come
     * @param bytes memory that the fragment will take
     * @return true: it cannot be held
     */
    public boolean isOverShare(PacketRecord p, @Nullable Datagram d, int bytes) {
        FragmentSource source = d == null ? findSource(p) : d.source;
        return source == null ? bytes > maxBytesOfSource : isOverShare(source, d, bytes);
    }

    private boolean isOverShare(FragmentSource source, @Nullable Datagram d, int bytes) {
        return source.heldBytes + bytes > maxBytesOfSource || (d == null && source.datagrams >= maxOfSource);
    }

    private @Nullable FragmentSource findSource(PacketRecord p) {
        FragmentSource source = sourceBuckets[sourceBucketOf(p)];
        while (source != null && !source.isOf(p)) {
            source = source.nextInBucket;
        }
        return source;
    }

    private int sourceBucketOf(PacketRecord p) {
        return (int) hash.hash(p.sourceHigh(), FragmentSource.lowOf(p), p.ipVersion(), 0, 0, 0) & mask;
    }

    /**
     * Tells whether one more datagram can begin.
     *
     * @return false: another one must go first
     */
    public boolean hasSlot() {
        return active < capacity;
    }

    /**
     * Begins a datagram; {@link #refuse} had nothing against it, and {@link #hasSlot()} neither.
     *
     * @param p the fragment that came first
     * @param nowNs the time
     * @return the datagram, without fragments
     */
    public Datagram begin(PacketRecord p, long nowNs) {
        Datagram d = freeDatagrams;
        if (d == null) {
            d = new Datagram();
        } else {
            freeDatagrams = d.nextInBucket;
        }
        active++;
        d.begin(p, nowNs);
        d.bucket = bucketOf(p);
        d.nextInBucket = buckets[d.bucket];
        buckets[d.bucket] = d;
        (d.ipVersion == 4 ? v4 : v6).add(d);
        sourceFor(p).add(d);
        return d;
    }

    private FragmentSource sourceFor(PacketRecord p) {
        FragmentSource source = findSource(p);
        if (source != null) {
            return source;
        }
        source = freeSources;
        if (source == null) {
            source = new FragmentSource();
        } else {
            freeSources = source.nextInBucket;
        }
        source.begin(p);
        source.bucket = sourceBucketOf(p);
        source.nextInBucket = sourceBuckets[source.bucket];
        sourceBuckets[source.bucket] = source;
        return source;
    }

    /**
     * Adds the copy of a fragment to its datagram, at the place that {@link #refuse} found.
     *
     * @param d the datagram
     * @param p the fragment
     * @param held its copy; owned by the datagram from now on
     */
    public void insert(Datagram d, PacketRecord p, HeldFrame held) {
        held.describe(p);
        HeldFrame before = d.insertAfter;
        HeldFrame behind = before == null ? d.head : before.nextFragment;
        held.previousFragment = before;
        held.nextFragment = behind;
        if (before == null) {
            d.head = held;
        } else {
            before.nextFragment = held;
        }
        if (behind == null) {
            d.tail = held;
        } else {
            behind.previousFragment = held;
        }
        d.insertAfter = null;
        d.fragments++;
        d.collectedBytes += held.dataLengthBytes;
        if (!p.hasMoreFragments()) {
            d.endBytes = held.datagramOffset + held.dataLengthBytes;
        }
        if (d.source != null) {
            d.source.heldBytes += held.capacity;
        }
    }

    /**
     * Takes a datagram's fragments away and keeps its name until its time is over. The reason is written by the caller.
     *
     * @param d the datagram
     * @return its fragments, which are the caller's now; null if there are none
     */
    public @Nullable HeldFrame doom(Datagram d) {
        HeldFrame head = d.head;
        releaseShare(d);
        d.head = null;
        d.tail = null;
        d.insertAfter = null;
        return head;
    }

    private static void releaseShare(Datagram d) {
        FragmentSource source = d.source;
        for (HeldFrame f = d.head; f != null && source != null; f = f.nextFragment) {
            source.heldBytes -= f.capacity;
        }
    }

    /**
     * Forgets a datagram: it is complete, or there is no room for it.
     *
     * @param d the datagram; its fragments are the caller's now. It may be asked for them until the next one begins.
     */
    public void remove(Datagram d) {
        releaseShare(d);
        active--;
        unlink(d);
        (d.ipVersion == 4 ? v4 : v6).remove(d);
        FragmentSource source = d.source;
        if (source != null) {
            source.remove(d);
            if (source.datagrams == 0) {
                unlink(source);
                source.nextInBucket = freeSources;
                freeSources = source;
            }
        }
        d.nextInBucket = freeDatagrams;
        freeDatagrams = d;
    }

    private void unlink(Datagram d) {
        Datagram before = buckets[d.bucket];
        if (before == d) {
            buckets[d.bucket] = d.nextInBucket;
            return;
        }
        while (before != null && before.nextInBucket != d) {
            before = before.nextInBucket;
        }
        if (before != null) {
            before.nextInBucket = d.nextInBucket;
        }
    }

    private void unlink(FragmentSource source) {
        FragmentSource before = sourceBuckets[source.bucket];
        if (before == source) {
            sourceBuckets[source.bucket] = source.nextInBucket;
            return;
        }
        while (before != null && before.nextInBucket != source) {
            before = before.nextInBucket;
        }
        if (before != null) {
            before.nextInBucket = source.nextInBucket;
        }
    }

    /**
     * Finds the datagram that is to make room for another one.
     *
     * @param spared not this one; null for any
     * @return the oldest, or null if there is none
     */
    public @Nullable Datagram oldest(@Nullable Datagram spared) {
        Datagram a = v4.oldest != null && v4.oldest == spared ? v4.oldest.newer : v4.oldest;
        Datagram b = v6.oldest != null && v6.oldest == spared ? v6.oldest.newer : v6.oldest;
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.startNs <= b.startNs ? a : b;
    }

    /**
     * Finds a datagram that waited, or was remembered as doomed, for long enough.
     *
     * @param nowNs the time
     * @return the oldest of its IP version, if it is due
     */
    public @Nullable Datagram nextDue(long nowNs) {
        Datagram d = v4.oldest;
        if (d != null && nowNs - d.startNs >= timeoutV4Ns) {
            return d;
        }
        d = v6.oldest;
        return d != null && nowNs - d.startNs >= timeoutV6Ns ? d : null;
    }

    /**
     * How many datagrams there are.
     *
     * @return doomed ones included
     */
    public int size() {
        return active;
    }
}
