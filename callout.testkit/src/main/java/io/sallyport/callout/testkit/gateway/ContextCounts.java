package io.sallyport.callout.testkit.gateway;

/**
 * Flow contexts of the callout under test (FLOW).
 *
 * @param associated how many there were
 * @param deleted how many {@code flowDelete} was called for
 * @param reachable how many of the deleted ones something still holds after a garbage collection: the callout, if not the test
 * @param most how many were live at once at most; a callout that keeps contexts in a pool holds no more
 */
public record ContextCounts(long associated, long deleted, long reachable, long most) {

    /**
     * How many there are now.
     *
     * @return 0 when all flows have ended
     */
    public long live() {
        return associated - deleted;
    }

    /**
     * Tells whether the callout seems to keep contexts whose flows have ended. A pool that gets them back late looks the same.
     *
     * @return true if more of them are reachable than ever were live at once
     */
    public boolean isLeaking() {
        return reachable > most;
    }
}
