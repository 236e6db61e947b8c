package io.sallyport.engine.internal;

import io.sallyport.engine.internal.policy.Publication;
import io.sallyport.engine.internal.policy.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot in force of one engine: the one thing that the planes share. Workers read it once for each packet; it is
 * written under the engine's lock only.
 */
final class CurrentSnapshot {
    private final String engineName;
    private final CalloutRegistry callouts;
    private final Totals totals;

    /** Null: no policy, or closed. */
    private volatile @Nullable Snapshot current;

    /** Guarded by the engine's lock. */
    private boolean isClosed;

    CurrentSnapshot(String engineName, CalloutRegistry callouts, Totals totals) {
        this.engineName = engineName;
        this.callouts = callouts;
        this.totals = totals;
    }

    /** Any thread; null: all is blocked. */
    @Nullable Snapshot get() {
        return current;
    }

    /** The policies in force; any thread. */
    @Nullable Publication publication() {
        Snapshot now = current;
        return now == null ? null : now.publication();
    }

    /** Puts policies in force, new ones or the same. Under the lock. */
    void enforce(Publication publication) {
        current = Snapshot.of(
                publication,
                callouts.registered(),
                totals.calloutRows(),
                callouts.leaving(),
                callouts.purgeNumber(),
                current);
    }

    /** Puts the same policies in force with the callouts that are registered now. Under the lock. */
    void renew() {
        Publication now = publication();
        if (now != null) {
            enforce(now);
        }
    }

    /**
     * From now on nothing is in force, and nothing will be. Under the lock.
     *
     * @return false if that was so before
     */
    boolean close() {
        boolean wasOpen = !isClosed;
        isClosed = true;
        current = null;
        return wasOpen;
    }

    /** Under the lock. */
    boolean isClosed() {
        return isClosed;
    }

    /** Under the lock. */
    void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("engine " + engineName + " is closed");
        }
    }
}
