package io.sallyport.bfe.internal.disk;

import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/** Keeps the file of a store small, in steps, for the time between commits. For the thread of the store. */
final class Tidying {
    /** About how long a step takes, and a commit that comes meanwhile waits. */
    private static final int STEP_MS = 50;

    /** What the file may be in any case. */
    private static final int SMALL_FILE_BYTES = 1 << 20;

    private @Nullable Rewriting rewriting;

    /**
     * Writes a part of the file anew if much of it is of no use any more.
     *
     * @param open the file; if this fails, it is to be closed
     * @param usedBytes what its contents come to
     * @return whether there is more to do
     */
    boolean step(MVStore open, long usedBytes) {
        Rewriting running = rewriting;
        if (running == null) {
            if (StoreFile.bytes(open) <= SMALL_FILE_BYTES + 2 * usedBytes) {
                return false;
            }
            running = new Rewriting(StoreFile.records(open), History.map(open));
            rewriting = running;
        }
        if (running.step(open)) {
            return true;
        }
        rewriting = null;
        // Nothing is left in the old parts: what is behind them moves to their places, and the file ends there.
        open.compactFile(STEP_MS);
        open.sync();
        return false;
    }

    /** The file is closed: what was begun is over. */
    void stop() {
        rewriting = null;
    }
}
