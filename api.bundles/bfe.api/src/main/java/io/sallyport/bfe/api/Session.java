package io.sallyport.bfe.api;

import io.sallyport.policy.PolicyException;
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
