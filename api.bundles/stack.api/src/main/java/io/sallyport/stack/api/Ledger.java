package io.sallyport.stack.api;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The balance of a data path, exact to the frame at every moment between two frames: frames in + injected = frames out +
 * dropped + absorbed + pended.
 *
 * @param framesIn frames that ports handed over
 * @param injected frames that were made here
 * @param framesOut frames that were sent
 * @param absorbed frames that a callout took, or whose bytes the gateway delivers itself
 * @param pended frames that are held now: fragments and segments that wait for others, packets that a callout pended
 * @param dropped frames that were dropped, by reason
 * @param normalized frames that left otherwise than they came, by kind; no part of the balance
 */
public record Ledger(
        long framesIn,
        long injected,
        long framesOut,
        long absorbed,
        long pended,
        Map<DropReason, Long> dropped,
        Map<Normalization, Long> normalized) {

    /** Copies the maps, in the order of the enums. */
    public Ledger {
        Map<DropReason, Long> copy = new EnumMap<>(DropReason.class);
        copy.putAll(dropped);
        dropped = Collections.unmodifiableMap(copy);
        Map<Normalization, Long> changes = new EnumMap<>(Normalization.class);
        changes.putAll(normalized);
        normalized = Collections.unmodifiableMap(changes);
    }

    /**
     * A balance without normalised frames.
     *
     * @param framesIn frames that ports handed over
     * @param injected frames that were made here
     * @param framesOut frames that were sent
     * @param absorbed frames that a callout took
     * @param pended frames that are held now
     * @param dropped frames that were dropped, by reason
     */
    public Ledger(
            long framesIn, long injected, long framesOut, long absorbed, long pended, Map<DropReason, Long> dropped) {
        this(framesIn, injected, framesOut, absorbed, pended, dropped, Map.of());
    }

    /**
     * All drops together.
     *
     * @return frames
     */
    public long droppedTotal() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Tells whether the books balance.
     *
     * @return false means a bug in the data path
     */
    public boolean isBalanced() {
        return framesIn + injected == framesOut + droppedTotal() + absorbed + pended;
    }
}
