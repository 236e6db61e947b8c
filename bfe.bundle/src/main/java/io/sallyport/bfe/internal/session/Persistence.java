package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.internal.disk.CommitNote;
import io.sallyport.bfe.internal.disk.Pending;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a commit outlive the process before it is in force, and knows the ones before it. Changes are made by the holder of the
 * writer lock only; questions are for any thread.
 */
public interface Persistence {

    /** Objects live in memory only. */
    Persistence NONE = (next, note) -> null;

    /**
     * Keeps what has to be kept of a policy: all of it, durably, or nothing.
     *
     * @param next the policy that will be in force
     * @param note what the history shall say, if anything has to be kept
     * @return the new revision, told at once: nobody has to ask for it behind a commit; null if what is kept is as it was
     * @throws PolicyException if that is impossible now: nothing was changed
     */
    @Nullable Revision persist(PolicyState next, CommitNote note) throws PolicyException;

    /**
     * The revisions that can be found again.
     *
     * @return oldest first
     * @throws PolicyException TXN_ABORTED if they cannot be read now
     */
    default List<Revision> revisions() throws PolicyException {
        return List.of();
    }

    /**
     * A revision as it was.
     *
     * @param number of one of {@link #revisions}, or of the one before the oldest
     * @return its objects
     * @throws PolicyException NOT_FOUND if it is not there any more; TXN_ABORTED if it cannot be read
     */
    default PolicyState at(long number) throws PolicyException {
        throw new PolicyException(WfpError.NOT_FOUND, "no revision is kept here");
    }

    /**
     * Whether there is a way back.
     *
     * @param number of a revision
     * @return whether {@link #at} knows it
     * @throws PolicyException TXN_ABORTED if that cannot be found out now
     */
    default boolean isReachable(long number) throws PolicyException {
        return false;
    }

    /**
     * Whether the newest revision waits for a confirmation.
     *
     * @return null if it stays
     * @throws PolicyException TXN_ABORTED if that cannot be found out now
     */
    default @Nullable Pending pending() throws PolicyException {
        return null;
    }

    /**
     * Makes the newest revision stay.
     *
     * @throws PolicyException TXN_ABORTED if it cannot be written: it waits still
     */
    default void confirm() throws PolicyException {
        throw new PolicyException(WfpError.NOT_FOUND, "no revision is kept here");
    }
}
