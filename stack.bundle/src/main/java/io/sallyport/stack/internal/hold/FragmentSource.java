package io.sallyport.stack.internal.hold;

import io.sallyport.stack.internal.packet.PacketRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one sender has in reassembly: an IPv4 address, or the /64 of an IPv6 one. A reused slot of the {@link Reassembler},
 * there as long as the sender has a datagram.
 */
final class FragmentSource {

    private long high;
    private long low;
    private int ipVersion;

    int bucket;
    int datagrams;
    long heldBytes;

    @Nullable FragmentSource nextInBucket;

    @Nullable Datagram oldest;

    @Nullable Datagram newest;

    void begin(PacketRecord p) {
        high = p.sourceHigh();
        low = lowOf(p);
        ipVersion = p.ipVersion();
        datagrams = 0;
        heldBytes = 0;
        oldest = null;
        newest = null;
    }

    boolean isOf(PacketRecord p) {
        return low == lowOf(p) && high == p.sourceHigh() && ipVersion == p.ipVersion();
    }

    static long lowOf(PacketRecord p) {
        return p.ipVersion() == 4 ? p.sourceLow() : 0;
    }

    void add(Datagram d) {
        datagrams++;
        d.source = this;
        d.olderOfSource = newest;
        d.newerOfSource = null;
        if (newest == null) {
            oldest = d;
        } else {
            newest.newerOfSource = d;
        }
        newest = d;
    }

    void remove(Datagram d) {
        datagrams--;
        Datagram older = d.olderOfSource;
        Datagram newer = d.newerOfSource;
        if (older == null) {
            oldest = newer;
        } else {
            older.newerOfSource = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.olderOfSource = older;
        }
        d.source = null;
        d.olderOfSource = null;
        d.newerOfSource = null;
    }
}
