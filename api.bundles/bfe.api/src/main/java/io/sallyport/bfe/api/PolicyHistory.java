package io.sallyport.bfe.api;

import io.sallyport.policy.PolicyException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The revisions of a policy: each commit that changes objects which outlive the gateway makes one. Static and dynamic objects
 * are in none. With the rights of a session, and of use
 * until that is over: then calls are refused with SESSION_ABORTED. Safe for use by any thread.
 */
@ProviderType
public interface PolicyHistory {

    /** So many revisions are kept, fewer if they are large. */
    int MOST_REVISIONS = 100;

    /**
     * What is kept.
     *
     * @return newest first; empty if nothing was ever committed, or nothing is kept
     * @throws PolicyException ERROR_ACCESS_DENIED without READ on the engine
     */
    List<RevisionInfo> list() throws PolicyException;

    /**
     * Finds a revision.
     *
     * @param reference a number, the beginning of a name that one revision only has, {@code current} for the newest one, or
     *     {@code previous} for the one before
     * @return what the history says of it
     * @throws PolicyException NOT_FOUND with what to do, also if several have the name; ERROR_ACCESS_DENIED without READ on the engine
     */
    RevisionInfo find(String reference) throws PolicyException;

    /**
     * In what two revisions differ.
     *
     * @param from see {@link #find}
     * @param to see {@link #find}
     * @return all differences
     * @throws PolicyException as for {@link #find}; TXN_ABORTED if the store cannot be read
     */
    PolicyDifference difference(String from, String to) throws PolicyException;

    /**
     * Puts a revision in force again, as a new commit: the objects that outlive the gateway become what they were, with their
     * keys, run-time ids and owners. Others stay, but those that refer to what is gone go with it. Ends a pending commit.
     *
     * @param reference see {@link #find}
     * @param options how the new commit is made
     * @return the new revision; the newest one if there is nothing to change
     * @throws PolicyException ERROR_ACCESS_DENIED without WRITE on the engine, which only who made a pending commit may do
     *     without to take that back; as for {@link #find} and {@link Transaction#commit}
     */
    RevisionInfo rollback(String reference, CommitOptions options) throws PolicyException;

    /**
     * The commit that waits for a confirmation.
     *
     * @return null if none does
     * @throws PolicyException ERROR_ACCESS_DENIED without READ on the engine
     */
    @Nullable PendingCommit pending() throws PolicyException;

    /**
     * Makes the pending commit stay.
     *
     * @return what stays
     * @throws PolicyException NOT_FOUND if there is none, any more; ERROR_ACCESS_DENIED without WRITE on the engine for who has
     *     not made it; TXN_ABORTED if it cannot be written
     */
    RevisionInfo confirm() throws PolicyException;

    /**
     * Makes sure that there is a way back to each revision: its objects are read, held against its name, and compiled; what is
     * in force is not touched.
     *
     * @param progress told each revision that was good, from the newest on
     * @throws PolicyException TXN_ABORTED with the first one that was not; ERROR_ACCESS_DENIED without READ on the engine
     */
    void check(Consumer<RevisionInfo> progress) throws PolicyException;

    /**
     * Asks to be told what becomes of pending commits: a line for people each time one is made, is confirmed, or is taken back.
     *
     * @param listener called by the thread that does it, which waits for it
     * @return ends it when closed; the end of the session does, too
     * @throws PolicyException SESSION_ABORTED if the session is over
     */
    AutoCloseable announce(Consumer<String> listener) throws PolicyException;
}
