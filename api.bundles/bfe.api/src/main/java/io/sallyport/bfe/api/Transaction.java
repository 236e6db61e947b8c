package io.sallyport.bfe.api;

import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A set of changes that takes effect as a whole or not at all (TXN-4, TXN-15). A refused call changes nothing and does not
 * poison the rest (TXN-8). Every {@code add} returns the object as it was stored, with ids and effective weights.
 */
@ProviderType
public interface Transaction extends AutoCloseable {

    /**
     * Adds a provider.
     *
     * @param provider what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    Provider add(Provider provider) throws PolicyException;

    /**
     * Adds a sublayer; its weight may be moved to a free one (ARB-24).
     *
     * @param sublayer what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    Sublayer add(Sublayer sublayer) throws PolicyException;

    /**
     * Adds a callout object.
     *
     * @param callout what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    CalloutObject add(CalloutObject callout) throws PolicyException;

    /**
     * Adds a provider context.
     *
     * @param context what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    ProviderContext add(ProviderContext context) throws PolicyException;

    /**
     * Adds a set of addresses or ports.
     *
     * @param set what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    PolicySet add(PolicySet set) throws PolicyException;

    /**
     * Takes entries out of a set and puts others in, all or none. Costs what is edited, however many entries there are. The
     * set keeps its key, and filters that name it judge by the new entries once the transaction is committed. To others it is
     * told as a set that was deleted and added.
     *
     * @param key of the set
     * @param removed entries as they are written in the set
     * @param added addresses, networks in CIDR form, ports, or ranges {@code first-last}
     * @return as stored
     * @throws PolicyException INVALID_PARAMETER naming each entry that cannot be read; NOT_FOUND, also for an entry that is not
     *     there; ALREADY_EXISTS for one that is; ERROR_ACCESS_DENIED without WRITE on the set; WRONG_SESSION
     */
    PolicySet editSet(UUID key, Collection<String> removed, Collection<String> added) throws PolicyException;

    /**
     * Adds a filter.
     *
     * @param filter what to add
     * @return as stored
     * @throws PolicyException with the reason
     */
    Filter add(Filter filter) throws PolicyException;

    /**
     * Gives an object that this transaction has added a descriptor of its own instead of the inherited one (SEC-8). That of
     * other objects is changed outside of transactions ({@link Session#setSecurity}).
     *
     * @param type what kind
     * @param key its key
     * @param info owner and entries
     * @throws PolicyException TXN_IN_PROGRESS if it was there before; ERROR_ACCESS_DENIED if the owner is somebody else;
     *     ..._NOT_FOUND
     */
    void secure(ObjectType type, UUID key, SecurityInfo info) throws PolicyException;

    /**
     * Deletes an object.
     *
     * @param type what kind
     * @param key its key
     * @throws PolicyException with the reason: IN_USE, BUILTIN_OBJECT, WRONG_SESSION, ..._NOT_FOUND
     */
    void delete(ObjectType type, UUID key) throws PolicyException;

    /**
     * The policy as this transaction sees it, its own changes included.
     *
     * @return an immutable snapshot
     * @throws PolicyException NO_TXN_IN_PROGRESS if it is over; TXN_ABORTED if it was aborted by force; SESSION_ABORTED if its
     *     session is over
     */
    PolicyView view() throws PolicyException;

    /**
     * Puts the changes in force: validates, compiles, publishes once. If it fails, nothing was changed and the
     * transaction is over.
     *
     * @return as {@link #commit(CommitOptions)}
     * @throws PolicyException e.g. CALLOUT_NOTIFICATION_FAILED
     */
    default @Nullable RevisionInfo commit() throws PolicyException {
        return commit(CommitOptions.NONE);
    }

    /**
     * The same, with a comment for the history, or to be confirmed.
     *
     * @param options how
     * @return the revision that this made; null if what outlives the gateway stayed as it was, and for a preview
     * @throws PolicyException e.g. CALLOUT_NOTIFICATION_FAILED; {@link ConfirmationPendingException} if another commit has to be
     *     confirmed first and this one changes objects that outlive the gateway; INVALID_PARAMETER if it is to be confirmed and
     *     changes others, too, or nothing
     */
    @Nullable RevisionInfo commit(CommitOptions options) throws PolicyException;

    /** Forgets the changes. */
    void abort();

    /** Aborts unless committed. */
    @Override
    void close();
}
