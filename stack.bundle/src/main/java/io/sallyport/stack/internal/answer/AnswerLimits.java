package io.sallyport.stack.internal.answer;

import io.sallyport.stack.internal.flow.KeyedHash;
import io.sallyport.stack.internal.packet.PacketRecord;
import java.util.Arrays;

/**
 * How many answers there may be (RFC 4443 section 2.4 (f), RFC 1812 section 4.3.2.8): so many a second for each side, so
 * that a flood from outside takes nothing from the hosts inside, and of those so many for one sender. What is too big is
 * rationed apart from refusals: whoever is refused a thousand times must not keep others from learning what fits.
 *
 * <p>Senders are single hosts inside, and networks (IPv4 /24, IPv6 /64) outside. They share a fixed number of places by a
 * hash with a secret: two that meet in one place share its ration, which costs politeness and no memory. Owned by one
 * worker.
 */
public final class AnswerLimits {

    /** Answers a second to one side, and how many at once. */
    static final int PER_SIDE = 1_000;
    /** Answers a second to one sender, and how many at once. */
    static final int PER_SENDER = 100;

    private static final int PLACES = 1 << 12;
    private static final long NS_PER_S = 1_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private final KeyedHash hash;

    // Each ration is one number: when the last answer that was given would have been due at the steady rate.
    private final long[] sides = new long[4];
    private final long[] senders = new long[PLACES];

    /**
     * Begins with full rations.
     *
     * @param hash with a secret that nobody outside knows
     */
    public AnswerLimits(KeyedHash hash) {
        this.hash = hash;
        Arrays.fill(sides, NEVER);
        Arrays.fill(senders, NEVER);
    }

    /**
     * Takes an answer to a packet's sender out of the rations.
     *
     * @param p the packet
     * @param isFromInside its sender is inside
     * @param isAboutSize it is told how much fits; else it is refused
     * @param nowNs the time
     * @return false if a ration is used up: nothing was taken
     */
    public boolean take(PacketRecord p, boolean isFromInside, boolean isAboutSize, long nowNs) {
        int side = (isFromInside ? 1 : 0) | (isAboutSize ? 2 : 0);
        int sender = place(p, isFromInside, side);
        long sideDue = next(sides[side], PER_SIDE, nowNs);
        long senderDue = next(senders[sender], PER_SENDER, nowNs);
        if (sideDue == NEVER || senderDue == NEVER) {
            return false;
        }
        sides[side] = sideDue;
        senders[sender] = senderDue;
        return true;
    }

    private int place(PacketRecord p, boolean isFromInside, int salt) {
        long high = p.sourceHigh();
        long low = p.sourceLow();
        if (!isFromInside) {
            low = p.ipVersion() == 4 ? low >>> 8 : 0;
        }
        return (int) hash.hash(high, low, p.ipVersion(), salt, 0, 0) & (PLACES - 1);
    }

    /** The ration after one more answer, NEVER if it is used up. A ration of a second's answers fills in a second. */
    private static long next(long due, int perSecond, long nowNs) {
        long interval = NS_PER_S / perSecond;
        // Also for a clock that jumped back further than any ration reaches.
        boolean isFull = due == NEVER || nowNs - due >= 0 || due - nowNs > NS_PER_S + interval;
        long from = isFull ? nowNs : due;
        return from - nowNs > NS_PER_S - interval ? NEVER : from + interval;
    }
}
