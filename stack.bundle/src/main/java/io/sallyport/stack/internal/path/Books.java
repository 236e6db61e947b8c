package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import java.util.EnumMap;
import java.util.Map;

/** The counters behind the {@link Ledger}. Owned by one worker. */
final class Books {

    private static final DropReason[] REASONS = DropReason.values();

    long framesIn;
    long framesOut;
    long absorbed;
    long pended;
    /** Times that the observer failed; the drop was counted all the same. */
    long observerFaults;
    /** Frames during which our own code failed. */
    long faults;

    final long[] dropped = new long[REASONS.length];

    void countDrop(DropReason reason) {
        dropped[reason.ordinal()]++;
    }

    /** A snapshot that names only what happened. */
    Ledger snapshot() {
        Map<DropReason, Long> byReason = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            if (dropped[reason.ordinal()] != 0) {
                byReason.put(reason, dropped[reason.ordinal()]);
            }
        }
        return new Ledger(framesIn, 0, framesOut, absorbed, pended, byReason);
    }
}
