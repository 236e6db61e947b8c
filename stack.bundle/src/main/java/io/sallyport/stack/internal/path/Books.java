package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import java.util.EnumMap;
import java.util.Map;

/** The counters behind the {@link Ledger}. Owned by one worker. */
final class Books {

    private static final DropReason[] REASONS = DropReason.values();

    long framesIn;
    long injected;
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

    /** A copy for a worker that begins anew: whatever is open here is dropped there, so that the copy balances. */
    Books closed() {
        Books copy = new Books();
        long settled = framesOut + absorbed;
        for (int i = 0; i < dropped.length; i++) {
            copy.dropped[i] = dropped[i];
            settled += dropped[i];
        }
        copy.framesOut = framesOut;
        copy.absorbed = absorbed;
        copy.observerFaults = observerFaults;
        copy.injected = injected;
        copy.framesIn = Math.max(framesIn, settled - injected);
        copy.faults = faults + 1;
        copy.dropped[DropReason.INTERNAL_FAULT.ordinal()] += copy.framesIn + injected - settled;
        return copy;
    }

    /** A snapshot that names only what happened. */
    Ledger snapshot() {
        Map<DropReason, Long> byReason = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            if (dropped[reason.ordinal()] != 0) {
                byReason.put(reason, dropped[reason.ordinal()]);
            }
        }
        return new Ledger(framesIn, injected, framesOut, absorbed, pended, byReason);
    }
}
