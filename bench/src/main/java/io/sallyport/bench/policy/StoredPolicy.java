package io.sallyport.bench.policy;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.disk.PolicyStore;
import io.sallyport.bfe.internal.file.PolicyFilesImpl;
import io.sallyport.bfe.internal.session.Audit;
import io.sallyport.bfe.internal.session.BfeImpl;
import io.sallyport.bfe.internal.session.Persistence;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** A base filtering engine whose commits go to a store on disk, as the live gateway's do. Used by one thread. */
public final class StoredPolicy implements AutoCloseable {
    /** Whose the filters are. */
    static final Provider PROVIDER = new Provider(new UUID(1, 2), DisplayData.of("bench"), true, null, Map.of());

    static final String PROVIDER_NAME = PROVIDER.display().name();

    private final PolicyStore store;
    private final BfeImpl bfe;
    private final Session session;
    private final Path folder;

    /** What happens inside of a transaction. */
    @FunctionalInterface
    public interface Change {
        /**
         * Makes it.
         *
         * @param transaction which is committed afterwards
         * @throws PolicyException if it is refused
         */
        void make(Transaction transaction) throws PolicyException;
    }

    /**
     * How long a commit took.
     *
     * @param totalNs from the beginning of the transaction to the end of the commit
     * @param syncNs how much of that the disk took to confirm
     */
    public record Duration(long totalNs, long syncNs) {
        /**
         * What is ours of it.
         *
         * @return nanoseconds
         */
        public long managementNs() {
            return totalNs - syncNs;
        }
    }

    /**
     * Opens a store, or begins one, and puts its policy in force.
     *
     * @param engine the caller closes it
     * @param folder where the store is
     * @throws IOException if the store is refused
     * @throws PolicyException if the engine refuses the policy
     */
    public StoredPolicy(FilterEngine engine, Path folder) throws IOException, PolicyException {
        this.folder = folder;
        this.store = PolicyStore.open(folder);
        this.bfe = new BfeImpl(
                () -> engine,
                persistence(),
                store.load(),
                BfeImpl.DEFAULT_HOLD_LIMIT_MS,
                Audit.NONE,
                it -> new PolicyFilesImpl(it, () -> null));
        bfe.run();
        this.session = bfe.openSession(SessionOptions.named("bench"));
    }

    private Persistence persistence() {
        return (next, note) -> {
            try {
                return store.commit(next, note) ? store.newestRevision() : null;
            } catch (IOException e) {
                throw new PolicyException(WfpError.TXN_ABORTED, "the store cannot be written: " + e.getMessage(), e);
            }
        };
    }

    /**
     * Commits a change.
     *
     * @param change what it is
     * @return how long it took
     * @throws PolicyException if it is refused, or cannot be written
     */
    public Duration commit(Change change) throws PolicyException {
        long syncBefore = store.syncNs();
        long start = System.nanoTime();
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            change.make(transaction);
            transaction.commit();
        }
        return new Duration(System.nanoTime() - start, store.syncNs() - syncBefore);
    }

    /** What the live gateway does between two commits. */
    public void tidy() {
        while (store.tidy()) {
            // Step by step.
        }
    }

    /**
     * The policy in force.
     *
     * @return as committed last
     */
    public PolicyState state() {
        return bfe.current();
    }

    Session session() {
        return session;
    }

    /** As a policy file. */
    String export(String provider) throws PolicyException {
        return bfe.policyFiles().export(provider);
    }

    long recordBytes() {
        return store.recordBytes();
    }

    long fileBytes() throws IOException {
        return Files.size(folder.resolve(PolicyStore.FILE));
    }

    @Override
    public void close() {
        session.close();
        bfe.close();
        store.close();
    }
}
