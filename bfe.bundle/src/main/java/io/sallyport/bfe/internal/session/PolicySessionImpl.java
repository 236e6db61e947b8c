package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.UUID;

/**
 * A plug-in's dynamic session. Safe for use by several threads: the monitor lets one transaction in at a time and is never
 * asked for by the BFE, so it comes before the writer lock.
 */
public final class PolicySessionImpl implements PolicySession, AutoCloseable {
    private final Session session;

    /**
     * Opens the session.
     *
     * @param bfe where
     * @param owner the plug-in, for people
     * @throws PolicyException if the BFE does not run
     */
    public PolicySessionImpl(BaseFilteringEngine bfe, String owner) throws PolicyException {
        this.session = bfe.openSession(SessionOptions.dynamic(owner));
    }

    @Override
    public synchronized void apply(Change change) throws PolicyException {
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            TransactionEdit edit = new TransactionEdit(transaction);
            try {
                change.make(edit);
            } finally {
                edit.isOver = true;
            }
            transaction.commit();
        }
    }

    /** Ends the session and takes its objects out of force (LIFE-2). Idempotent. */
    @Override
    public void close() {
        session.close();
    }

    /** The vendor's view of a transaction; of no use once the change is made. */
    private static final class TransactionEdit implements Edit {
        private final Transaction transaction;
        private volatile boolean isOver;

        TransactionEdit(Transaction transaction) {
            this.transaction = transaction;
        }

        @Override
        public void add(Sublayer sublayer) throws PolicyException {
            open().add(sublayer);
        }

        @Override
        public void add(CalloutObject callout) throws PolicyException {
            open().add(callout);
        }

        @Override
        public void add(ProviderContext context) throws PolicyException {
            open().add(context);
        }

        @Override
        public void add(Filter filter) throws PolicyException {
            open().add(filter);
        }

        @Override
        public void delete(ObjectType type, UUID key) throws PolicyException {
            open().delete(type, key);
        }

        private Transaction open() throws PolicyException {
            if (isOver) {
                throw new PolicyException(WfpError.NO_TXN_IN_PROGRESS, "the change that this editor was for is over");
            }
            return transaction;
        }
    }
}
