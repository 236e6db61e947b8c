package io.sallyport.bfe.api;

import java.time.Duration;

/**
 * A commit that is undone unless somebody confirms it.
 *
 * @param revision what was committed; it is in force
 * @param before number of the revision that comes back
 * @param left how much time there is to confirm it; not negative
 */
public record PendingCommit(RevisionInfo revision, long before, Duration left) {}
