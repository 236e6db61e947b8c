package io.sallyport.engine.internal.classify;

import io.sallyport.engine.internal.policy.RegisteredCallout;
import io.sallyport.engine.internal.policy.Snapshot;

/**
 * Deletes the contexts of callouts that leave, at one worker. That is the worker's job, in slices at the start of its packets. If
 * the worker is idle the management plane does it in its place: it keeps the worker out by {@link PacketEpoch}, works off a
 * slice, and lets it in; a worker that wants in meanwhile spins, for the time of a slice. So contexts are never touched by two
 * threads.
 */
final class ContextPurge {
    private static final int SLICE = 64;

    private final ContextTable contexts;
    private final PacketEpoch epoch;

    /** Up to which {@link Snapshot#purgeNumber} this worker holds no contexts of those who left. Written by the worker. */
    private volatile long purgedUpTo;

    /** The worker's own. */
    private boolean isDue;

    ContextPurge(ContextTable contexts, PacketEpoch epoch) {
        this.contexts = contexts;
        this.epoch = epoch;
    }

    /** The worker meets a snapshot for the first time. */
    void see(Snapshot snapshot) {
        isDue = snapshot.purgeNumber != purgedUpTo;
    }

    /** Works off a slice if there is something to do. By the worker, inside a packet. */
    void step(Snapshot snapshot) {
        if (isDue && isPurged(snapshot.leaving)) {
            isDue = false;
            purgedUpTo = snapshot.purgeNumber;
        }
    }

    /** Works off a slice: true if none of the leaving callouts has contexts here any more. */
    private boolean isPurged(RegisteredCallout[] leaving) {
        int most = SLICE;
        for (RegisteredCallout callout : leaving) {
            most -= contexts.purge(callout, most);
            if (most <= 0) {
                return false;
            }
        }
        return true;
    }

    /** As {@link WorkerClassifier#helpPurge}. */
    boolean help(Snapshot snapshot, long deadline) {
        if (purgedUpTo >= snapshot.purgeNumber) {
            return true;
        }
        long before = epoch.keepOut();
        if (before < 0) {
            return false;
        }
        contexts.isInPlaceOfWorker = true;
        try {
            return isPurgedUntil(snapshot.leaving, deadline);
        } finally {
            contexts.isInPlaceOfWorker = false;
            epoch.letIn(before);
        }
    }

    private boolean isPurgedUntil(RegisteredCallout[] leaving, long deadline) {
        int left = SLICE;
        for (RegisteredCallout callout : leaving) {
            while (left > 0 && System.nanoTime() - deadline < 0 && contexts.purge(callout, 1) == 1) {
                left--;
            }
            if (contexts.holds(callout)) {
                return false;
            }
        }
        return true;
    }

    /** As {@link WorkerClassifier#purgeEverything}. */
    boolean everything(long deadline) {
        long before = epoch.keepOut();
        if (before < 0) {
            return false;
        }
        contexts.isInPlaceOfWorker = true;
        try {
            contexts.purgeAll(deadline);
        } finally {
            contexts.isInPlaceOfWorker = false;
            epoch.letIn(before);
        }
        return true;
    }
}
