package io.sallyport.stack.internal.flow;

import io.sallyport.callout.Direction;
import io.sallyport.stack.internal.packet.ChecksumFound;
import io.sallyport.stack.internal.packet.PacketRecord;

/**
 * What the two senders of a flow do about checksums, learned from their packets, where the port cannot tell which ones were
 * left unfinished (a sender on the same machine leaves them to a card that is none). Damage on the way can make a packet look
 * so, one in 65,536: finishing it would make damaged bytes right. So who has finished its checksums is believed to have left
 * one unfinished only if the next packet is unfinished again, as when offloading was switched on; the first one is dropped, and
 * sent again by those who care.
 *
 * <p>Two bits for each direction in a number of the flow's.
 */
final class ChecksumHabit {
    private static final int UNKNOWN = 0;
    private static final int FINISHES = 1;
    private static final int DOUBTED = 2;
    private static final int LEAVES_UNFINISHED = 3;

    private ChecksumHabit() {}

    /** Tells whether a packet may be what its sender sent. */
    static boolean allows(int habits, PacketRecord p) {
        return p.checksumFound() != ChecksumFound.FINISHED_HERE || of(habits, p) != FINISHES;
    }

    /** What is known after a packet. */
    static int after(int habits, PacketRecord p) {
        int before = of(habits, p);
        int now = switch (p.checksumFound()) {
            case UNKNOWN -> before;
            // Right by chance after unfinished ones: not yet a change.
            case RIGHT -> before == LEAVES_UNFINISHED ? UNKNOWN : FINISHES;
            case FINISHED_HERE -> before == FINISHES ? DOUBTED : LEAVES_UNFINISHED;
        };
        int shift = shift(p);
        return (habits & ~(3 << shift)) | (now << shift);
    }

    private static int of(int habits, PacketRecord p) {
        return (habits >>> shift(p)) & 3;
    }

    private static int shift(PacketRecord p) {
        return p.direction() == Direction.OUTBOUND ? 0 : 2;
    }
}
