package io.sallyport.stack.internal.hold;

import io.sallyport.stack.api.Normalization;
import io.sallyport.stack.internal.packet.HeaderRewriter;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.nio.ByteBuffer;

/**
 * Makes the fragments of a datagram alike before they leave: TTL or hop limit, service class and flow label of the first one,
 * whose header the datagram was judged with, and an identification that no other datagram had a short while ago. So none of them
 * dies on a way that others survive, and none completes what it does not belong to. Owned by one worker.
 */
public final class FragmentNormalizer {

    /** Bits of the first word of an IPv6 header that are alike: service class and flow label, without congestion. */
    private static final int IPV6_CLASS_AND_LABEL = 0x0FCF_FFFF;

    private static final int IPV4_CLASS = 0xFC;

    private final RecentIds recentIds;

    /**
     * Makes it.
     *
     * @param recentIds outlives this
     */
    public FragmentNormalizer(RecentIds recentIds) {
        this.recentIds = recentIds;
    }

    /**
     * Changes held fragments where they lie.
     *
     * @param head all fragments of a datagram, in the order of their place
     * @param first the first one, parsed
     * @param nowNs the time
     * @return false if no identification is left for it: then it must not leave
     */
    public boolean normalize(HeldFrame head, PacketRecord first, long nowNs) {
        long claimed = recentIds.claim(first, nowNs);
        if (claimed == RecentIds.EXHAUSTED) {
            return false;
        }
        int id = (int) claimed;
        boolean isFresh = id != first.fragmentId();
        for (HeldFrame f = head; f != null; f = f.nextFragment) {
            if (isFresh) {
                setId(f, id);
            }
            if (f != head) {
                setTimeToLive(f, first.timeToLive());
                setServiceClass(f, head.memory.getInt(head.offset + head.ipOffset));
            }
        }
        return true;
    }

    /**
     * Prepares a whole IPv4 packet that is to be cut into fragments here.
     *
     * @param p a packet, in memory that may be changed
     * @param nowNs the time
     * @return false if no identification is left for its fragments
     */
    public boolean normalizeUncut(PacketRecord p, long nowNs) {
        long claimed = recentIds.claim(p, nowNs);
        if (claimed == RecentIds.EXHAUSTED) {
            return false;
        }
        HeaderRewriter.setIpv4Id(p.memory(), p.ipOffset(), (int) claimed);
        return true;
    }

    /**
     * Gives a whole IPv6 packet with a fragment header (RFC 6946) another identification, if its own left a short while ago:
     * old receivers mix it up with fragments.
     *
     * @param p a packet, in memory that may be changed
     * @param nowNs the time
     * @return true if it was changed
     */
    public boolean normalizeAtomic(PacketRecord p, long nowNs) {
        long claimed = recentIds.claim(p, nowNs);
        int id = (int) claimed;
        if (claimed == RecentIds.EXHAUSTED || id == p.fragmentId()) {
            return false;
        }
        p.memory().putInt(p.fragmentHeaderOffset() + 4, id);
        return true;
    }

    private static void setId(HeldFrame f, int id) {
        if (f.ipVersion == 4) {
            HeaderRewriter.setIpv4Id(f.memory, f.offset + f.ipOffset, id);
        } else {
            f.memory.putInt(f.offset + f.fragmentHeaderOffset + 4, id);
        }
        note(f, Normalization.FRAGMENT_ID);
    }

    private static void setTimeToLive(HeldFrame f, int timeToLive) {
        int ip = f.offset + f.ipOffset;
        boolean isV4 = f.ipVersion == 4;
        if ((f.memory.get(ip + (isV4 ? 8 : 7)) & 0xFF) == timeToLive) {
            return;
        }
        if (isV4) {
            HeaderRewriter.setIpv4TimeToLive(f.memory, ip, timeToLive);
        } else {
            HeaderRewriter.setIpv6HopLimit(f.memory, ip, timeToLive);
        }
        note(f, Normalization.FRAGMENT_TTL);
    }

    private static void setServiceClass(HeldFrame f, int firstWord) {
        ByteBuffer memory = f.memory;
        int ip = f.offset + f.ipOffset;
        if (f.ipVersion == 4) {
            int wanted = firstWord >>> 16;
            if (((memory.get(ip + 1) ^ wanted) & IPV4_CLASS) != 0) {
                HeaderRewriter.setIpv4ServiceClass(memory, ip, wanted);
                note(f, Normalization.FRAGMENT_HEADER);
            }
        } else if (((memory.getInt(ip) ^ firstWord) & IPV6_CLASS_AND_LABEL) != 0) {
            HeaderRewriter.setIpv6ServiceClass(memory, ip, firstWord);
            note(f, Normalization.FRAGMENT_HEADER);
        }
    }

    private static void note(HeldFrame f, Normalization kind) {
        f.changes |= 1 << kind.ordinal();
    }

    /**
     * Tells whether a fragment was changed.
     *
     * @param f a fragment
     * @return false if it is as it came
     */
    public static boolean isChanged(HeldFrame f) {
        return f.changes != 0;
    }

    /**
     * Tells whether a fragment was changed in a way.
     *
     * @param f a fragment
     * @param kind the way
     * @return true if so
     */
    public static boolean isChanged(HeldFrame f, Normalization kind) {
        return (f.changes & (1 << kind.ordinal())) != 0;
    }
}
