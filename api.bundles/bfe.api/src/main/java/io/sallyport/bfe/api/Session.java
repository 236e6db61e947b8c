package io.sallyport.bfe.api;

import io.sallyport.policy.PolicyException;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** A session with the BFE. For one thread at a time; closing it aborts its transaction, then drops dynamic objects (TXN-10). */
@ProviderType
public interface Session extends AutoCloseable {

    /**
     * Begins a transaction. One at a time in a session (TXN-4); one writer in the BFE, readers see snapshots beside it.
     *
     * @param mode read-only or read/write
     * @return a transaction; closing it without commit aborts it
     * @throws PolicyException TXN_IN_PROGRESS if this session has one; TIMEOUT if another writer holds the lock too long
     */
    Transaction begin(TransactionMode mode) throws PolicyException;

    /**
     * What is in force now.
     *
     * @return an immutable snapshot
     */
    PolicyView view();

    /**
     * Begins to enumerate objects as they are now; inside of a transaction as that one sees them, its own changes included
     * (ENUM-3).
     *
     * @param template which
     * @param <T> the objects
     * @return a handle; the caller closes it, or the end of the session does
     * @throws PolicyException NEVER_MATCH if nothing can fit the template (ENUM-10); DUPLICATE_CONDITION, TYPE_MISMATCH and the
     *     like if its conditions are no conditions; IN_USE if {@link EnumHandle#MOST_OPEN} handles are open
     */
    <T> EnumHandle<T> createEnumHandle(EnumTemplate<T> template) throws PolicyException;

    /**
     * Asks to be told of changes that other sessions make (NOTE-3), once they are in force (NOTE-8).
     *
     * @param template which objects; it is held against an object as it is added, and as it was when it is deleted
     * @param changes what to tell, one at least
     * @param listener whom
     * @return ends it when closed; the end of the session does, too
     * @throws PolicyException TXN_IN_PROGRESS inside of a transaction (TXN-13); NEVER_MATCH if there can be nothing to tell;
     *     IN_USE if there are {@link Subscription#MOST_OPEN} already; as for {@link #createEnumHandle} otherwise
     */
    Subscription subscribeChanges(EnumTemplate<?> template, Set<ChangeType> changes, ChangeListener listener)
            throws PolicyException;

    /**
     * The subscriptions of all sessions (NOTE-7).
     *
     * @return in order of creation
     * @throws PolicyException SESSION_ABORTED if this session is over
     */
    List<Subscription> subscriptions() throws PolicyException;

    @Override
    void close();

    /** What a transaction may do. */
    enum TransactionMode {
        /** Reads one snapshot. */
        READ_ONLY,
        /** Changes. */
        READ_WRITE
    }
}
