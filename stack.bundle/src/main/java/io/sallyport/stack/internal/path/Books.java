package io.sallyport.stack.internal.path;

import io.sallyport.stack.api.DropReason;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.Normalization;
import java.util.EnumMap;
import java.util.Map;

/** The counters behind the {@link Ledger}. Owned by one worker. */
final class Books {

    private static final DropReason[] REASONS = DropReason.values();
    private static final Normalization[] NORMALIZATIONS = Normalization.values();

    long framesIn;
    /** Frames that were made here: segments, acknowledgements, answers. */
    long injected;

    long framesOut;
    long absorbed;
    long pended;
    /** Times that the observer failed; the drop was counted all the same. */
    long observerFaults;
    /** Frames during which our own code failed. */
    long faults;

    final long[] dropped = new long[REASONS.length];
    final long[] normalized = new long[NORMALIZATIONS.length];

    void countDrop(DropReason reason) {
        dropped[reason.ordinal()]++;
    }

    /** A frame that leaves otherwise than it came. */
    void countNormalized(Normalization kind) {
        normalized[kind.ordinal()]++;
    }

    /** A copy for a worker that begins anew: whatever is open here is dropped there, so that the copy balances. */
    Books closed() {
        Books copy = new Books();
        long settled = framesOut + absorbed;
        for (int i = 0; i < dropped.length; i++) {
            copy.dropped[i] = dropped[i];
            settled += dropped[i];
        }
        System.arraycopy(normalized, 0, copy.normalized, 0, normalized.length);
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
        Map<Normalization, Long> byKind = new EnumMap<>(Normalization.class);
        for (Normalization kind : NORMALIZATIONS) {
            if (normalized[kind.ordinal()] != 0) {
                byKind.put(kind, normalized[kind.ordinal()]);
            }
        }
        return new Ledger(framesIn, injected, framesOut, absorbed, pended, byReason, byKind);
    }
}
