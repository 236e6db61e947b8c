package io.sallyport.policy;

import java.util.Collection;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A plug-in's own door to the base filtering engine: a dynamic session that belongs to the bundle that got the service.
 * Everything added through it dies when the bundle stops or gives the service back (LIFE-2). A plug-in that brings no
 * objects of its own does not need it: operators add callouts and filters by policy file.
 *
 * <p>Management path: calls may wait for another writer and allocate; they must never be made from inside
 * {@code Callout.classify}, {@code notify} or {@code flowDelete}. Safe for use by several threads, one transaction at a
 * time. Belongs into a singleton component of its own, not into the callout, of which there is one for each data path.
 */
@ProviderType
public interface PolicySession {

    /**
     * Makes several changes as one transaction: all are visible to classify at once, or none is (TXN-15).
     *
     * @param change makes its changes through the editor it is given; an exception out of it aborts the transaction
     * @throws PolicyException if the BFE refuses: nothing was changed
     */
    void apply(Change change) throws PolicyException;

    /** A set of changes. */
    @FunctionalInterface
    interface Change {
        /**
         * Makes the changes.
         *
         * @param edit valid only during this call
         * @throws PolicyException to abort, usually passed on from {@code edit}
         */
        void make(Edit edit) throws PolicyException;
    }

    /** Adds and deletes inside a transaction. A refused call changes nothing and does not poison the rest (TXN-8). */
    @ProviderType
    interface Edit {
        /**
         * Adds a sublayer.
         *
         * @param sublayer what to add
         * @throws PolicyException with the BFE's reason
         */
        void add(Sublayer sublayer) throws PolicyException;

        /**
         * Adds a callout object.
         *
         * @param callout what to add
         * @throws PolicyException with the BFE's reason
         */
        void add(CalloutObject callout) throws PolicyException;

        /**
         * Adds a provider context.
         *
         * @param context what to add
         * @throws PolicyException with the BFE's reason
         */
        void add(ProviderContext context) throws PolicyException;

        /**
         * Adds a filter.
         *
         * @param filter what to add
         * @throws PolicyException with the BFE's reason
         */
        void add(Filter filter) throws PolicyException;

        /**
         * Adds a set of addresses or ports, which conditions of filters name.
         *
         * @param set what to add; may be empty
         * @throws PolicyException with the BFE's reason
         */
        void add(PolicySet set) throws PolicyException;

        /**
         * Takes entries out of a set of this session and puts others in, all or none. Costs what is edited, however many entries
         * there are. Filters that name the set judge by the new entries once the change is made.
         *
         * @param key of the set
         * @param removed entries as they are written in the set
         * @param added addresses, networks in CIDR form, ports, or ranges {@code first-last}
         * @throws PolicyException INVALID_PARAMETER naming each entry that cannot be read; NOT_FOUND, also for an entry that is
         *     not there; ALREADY_EXISTS for one that is; WRONG_SESSION or ERROR_ACCESS_DENIED for a set of others
         */
        void editSet(UUID key, Collection<String> removed, Collection<String> added) throws PolicyException;

        /**
         * Deletes an object of this session.
         *
         * @param type what kind of object
         * @param key its key
         * @throws PolicyException with the BFE's reason, e.g. IN_USE
         */
        void delete(ObjectType type, UUID key) throws PolicyException;
    }
}
