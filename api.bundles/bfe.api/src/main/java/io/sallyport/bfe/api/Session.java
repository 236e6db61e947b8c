package io.sallyport.bfe.api;

import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.PolicyException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A session with the BFE. For one thread at a time; closing it, which any thread may, aborts its transaction, then drops dynamic
 * objects (TXN-10).
 *
 * <p>Once it is over, because it was closed or because the BFE stopped and ended it, every call is refused with SESSION_ABORTED, on
 * whatever was taken from it, too: transactions, enumerations, policy files, the history (TXN-11). {@link #key}, {@link #principal}
 * and {@link #close} alone go on, since they ask the BFE for nothing. A {@link PolicyView} is a copy and may be kept.
 */
@ProviderType
public interface Session extends AutoCloseable {

    /**
     * Begins a transaction. One at a time in a session (TXN-4); one writer in the BFE, readers see snapshots beside it.
     *
     * @param mode read-only or read/write
     * @return a transaction; closing it without commit aborts it
     * @throws PolicyException TXN_IN_PROGRESS if this session has one; TIMEOUT if another writer holds the lock too long;
     *     ERROR_ACCESS_DENIED without the right
     */
    Transaction begin(TransactionMode mode) throws PolicyException;

    /**
     * What is in force now, as far as this session may see it: objects that it may not read, or of containers that it may
     * not enumerate, are left out (SEC-7).
     *
     * @return an immutable snapshot, which outlives the session
     * @throws PolicyException SESSION_ABORTED if this session is over
     */
    PolicyView view() throws PolicyException;

    /**
     * The key.
     *
     * @return unique among the open sessions
     */
    UUID key();

    /**
     * On whose behalf it works.
     *
     * @return as it was opened
     */
    Principal principal();

    /**
     * Policy files, with the rights of this session: each call is a transaction of its own.
     *
     * @return of use until the session is over
     * @throws PolicyException SESSION_ABORTED if this session is over
     */
    PolicyFiles policyFiles() throws PolicyException;

    /**
     * The revisions of the policy, with the rights of this session.
     *
     * @return of use until the session is over
     * @throws PolicyException SESSION_ABORTED if this session is over
     */
    PolicyHistory history() throws PolicyException;

    /**
     * All open sessions, this one included.
     *
     * @return in the order in which they were opened
     * @throws PolicyException ERROR_ACCESS_DENIED without READ on the engine
     */
    List<SessionInfo> sessions() throws PolicyException;

    /**
     * An option of the engine.
     *
     * @param option which one
     * @return its value
     * @throws PolicyException ERROR_ACCESS_DENIED without READ on the engine
     */
    long option(EngineOption option) throws PolicyException;

    /**
     * Sets an option of the engine, in an implicit transaction. It survives a restart.
     *
     * @param option which one
     * @param value from {@link EngineOption#least} to {@link EngineOption#most}
     * @return the revision that this made; null if it had this value
     * @throws PolicyException ERROR_ACCESS_DENIED without WRITE on the engine; TXN_IN_PROGRESS inside an explicit transaction
     *     (TXN-13); DYNAMIC_SESSION_IN_PROGRESS in a dynamic session (TXN-14); INVALID_PARAMETER
     */
    @Nullable RevisionInfo setOption(EngineOption option, long value) throws PolicyException;

    /**
     * Owner and own access entries.
     *
     * @param target of what
     * @return as they are now
     * @throws PolicyException ERROR_ACCESS_DENIED without READ_CONTROL, which owners have; ..._NOT_FOUND
     */
    SecurityInfo security(SecurityTarget target) throws PolicyException;

    /**
     * The access entries that come from above, nearest first.
     *
     * @param target of what
     * @return with the scope that they have where they stand
     * @throws PolicyException as for {@link #security}
     */
    List<AccessEntry> inheritedEntries(SecurityTarget target) throws PolicyException;

    /**
     * What this session may do.
     *
     * @param target with what
     * @return bits of {@code io.sallyport.policy.AccessRights}
     * @throws PolicyException ..._NOT_FOUND
     */
    int rights(SecurityTarget target) throws PolicyException;

    /**
     * Replaces owner and own access entries, in an implicit transaction; the object keeps its run-time id (LIFE-20).
     *
     * @param target of what
     * @param info what they shall be
     * @return the revision that this made; null if they were so, or of an object that does not outlive the gateway
     * @throws PolicyException ERROR_ACCESS_DENIED without WRITE_DAC, which owners have, or WRITE_OWNER, which administrators
     *     have; TXN_IN_PROGRESS inside an explicit transaction; DYNAMIC_SESSION_IN_PROGRESS in a dynamic session unless it is
     *     an object of that session (SEC-9); ..._NOT_FOUND
     */
    @Nullable RevisionInfo setSecurity(SecurityTarget target, SecurityInfo info) throws PolicyException;

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
