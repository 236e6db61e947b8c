package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.security.Principal;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySession;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A plug-in's dynamic session: its principal is the plug-in's bundle, its objects belong to a provider that is named after
 * the bundle and dies with the session, too. Safe for use by several threads: the monitor lets one transaction in at a time and is never
 * asked for by the BFE, so it comes before the writer lock.
 */
public final class PolicySessionImpl implements PolicySession, AutoCloseable {
    private final Session session;
    private final Provider provider;

    /**
     * Opens the session.
     *
     * @param bfe where
     * @param bundle symbolic name of the plug-in's bundle
     * @throws PolicyException if the BFE does not run
     */
    public PolicySessionImpl(BaseFilteringEngine bfe, String bundle) throws PolicyException {
        this.session =
                bfe.openSession(SessionOptions.dynamic("plug-in " + bundle).as(Principal.vendor(bundle)));
        // Its key is the session's: two versions of a plug-in may be there at once.
        this.provider =
                new Provider(session.key(), new DisplayData(bundle, "objects of the plug-in"), false, null, Map.of());
    }

    @Override
    public synchronized void apply(Change change) throws PolicyException {
        try (Transaction transaction = session.begin(TransactionMode.READ_WRITE)) {
            TransactionEdit edit = new TransactionEdit(transaction, provider);
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
        private final Provider own;
        private boolean isOwnThere;
        private volatile boolean isOver;

        TransactionEdit(Transaction transaction, Provider own) {
            this.transaction = transaction;
            this.own = own;
        }

        @Override
        public void add(Sublayer sublayer) throws PolicyException {
            open().add(new Sublayer(
                    sublayer.key(),
                    sublayer.display(),
                    sublayer.isPersistent(),
                    owner(sublayer.provider()),
                    sublayer.weight()));
        }

        @Override
        public void add(CalloutObject callout) throws PolicyException {
            open().add(new CalloutObject(
                    callout.key(),
                    callout.display(),
                    callout.calloutName(),
                    callout.layer(),
                    callout.flags(),
                    owner(callout.provider()),
                    callout.id()));
        }

        @Override
        public void add(ProviderContext context) throws PolicyException {
            open().add(new ProviderContext(
                    context.key(),
                    context.display(),
                    context.isPersistent(),
                    owner(context.provider()),
                    context.data(),
                    context.id()));
        }

        @Override
        public void add(Filter filter) throws PolicyException {
            open().add(new Filter(
                    filter.key(),
                    filter.display(),
                    filter.flags(),
                    owner(filter.provider()),
                    filter.layer(),
                    filter.sublayer(),
                    filter.weight(),
                    filter.conditions(),
                    filter.action(),
                    filter.callout(),
                    filter.rawContext(),
                    filter.providerContext(),
                    filter.id(),
                    filter.effectiveWeight()));
        }

        @Override
        public void add(PolicySet set) throws PolicyException {
            open().add(new PolicySet(
                    set.key(), set.display(), set.isPersistent(), owner(set.provider()), set.kind(), set.entries()));
        }

        @Override
        public void editSet(UUID key, Collection<String> removed, Collection<String> added) throws PolicyException {
            open().editSet(key, removed, added);
        }

        @Override
        public void delete(ObjectType type, UUID key) throws PolicyException {
            open().delete(type, key);
        }

        /** An object without a provider belongs to the plug-in's own one, which comes with the first object. */
        private UUID owner(@Nullable UUID asked) throws PolicyException {
            if (asked != null) {
                return asked;
            }
            if (!isOwnThere && open().view().provider(own.key()) == null) {
                open().add(own);
            }
            isOwnThere = true;
            return own.key();
        }

        private Transaction open() throws PolicyException {
            if (isOver) {
                throw new PolicyException(WfpError.NO_TXN_IN_PROGRESS, "the change that this editor was for is over");
            }
            return transaction;
        }
    }
}
