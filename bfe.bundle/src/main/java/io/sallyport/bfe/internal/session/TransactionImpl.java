package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.internal.file.EntryParser;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.WfpError;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One transaction. Its own calls come from one thread at a time; only {@link #forceAbort} may come from another one, so
 * whoever moves the status out of ACTIVE gives the writer lock back, once.
 */
final class TransactionImpl implements Transaction {

    private enum Status {
        ACTIVE,
        COMMITTING,
        ENDED,
        ABORTED_BY_FORCE,
        SESSION_ENDED
    }

    private final BfeImpl bfe;
    private final SessionImpl session;
    private final TransactionMode mode;
    private final boolean isImplicit;
    private final @Nullable Future<?> watchdog;
    private final long begunNs = System.nanoTime();
    private final Draft draft;
    private volatile @Nullable Future<?> limit;
    private final AtomicReference<Status> status = new AtomicReference<>(Status.ACTIVE);

    TransactionImpl(
            BfeImpl bfe,
            SessionImpl session,
            TransactionMode mode,
            boolean isImplicit,
            PolicyState base,
            @Nullable Future<?> watchdog) {
        this.bfe = bfe;
        this.session = session;
        this.mode = mode;
        this.isImplicit = isImplicit;
        this.watchdog = watchdog;
        this.draft = new Draft(base, session.id());
    }

    @Override
    public Provider add(Provider provider) throws PolicyException {
        return audited(it -> it.add(provider));
    }

    @Override
    public Sublayer add(Sublayer sublayer) throws PolicyException {
        return audited(it -> it.add(sublayer));
    }

    @Override
    public CalloutObject add(CalloutObject callout) throws PolicyException {
        return audited(it -> it.add(callout));
    }

    @Override
    public ProviderContext add(ProviderContext context) throws PolicyException {
        return audited(it -> it.add(context));
    }

    @Override
    public PolicySet add(PolicySet set) throws PolicyException {
        return audited(it -> {
            EntryParser.check(set);
            return it.add(set);
        });
    }

    @Override
    public PolicySet editSet(UUID key, Collection<String> removed, Collection<String> added) throws PolicyException {
        return audited(it -> {
            PolicySet set = it.freeze().set(key);
            if (set == null) {
                throw new PolicyException(WfpError.NOT_FOUND, "there is no set " + key);
            }
            return it.editSet(key, EntryParser.parse(set.kind(), removed), EntryParser.parse(set.kind(), added));
        });
    }

    @Override
    public Filter add(Filter filter) throws PolicyException {
        return audited(it -> it.add(filter));
    }

    @Override
    public void delete(ObjectType type, UUID key) throws PolicyException {
        audited(it -> {
            it.delete(type, key);
            return key;
        });
    }

    @Override
    public void secure(ObjectType type, UUID key, SecurityInfo info) throws PolicyException {
        audited(it -> {
            it.settings().secureNew(type, key, info);
            return key;
        });
    }

    /** A call on the working copy that may be refused. */
    @FunctionalInterface
    private interface Call<T> {
        T on(Draft draft) throws PolicyException;
    }

    private <T> T audited(Call<T> call) throws PolicyException {
        Draft copy = writable();
        try {
            return call.on(copy);
        } catch (PolicyException e) {
            bfe.audit(e);
            throw e;
        }
    }

    @Override
    public PolicyView view() throws PolicyException {
        checkActive();
        return Reduction.readable(draft.freeze(), session.principal());
    }

    @Override
    public @Nullable RevisionInfo commit(CommitOptions options) throws PolicyException {
        if (!status.compareAndSet(Status.ACTIVE, Status.COMMITTING)) {
            throw ended();
        }
        try {
            return mode == TransactionMode.READ_WRITE ? bfe.commits().publish(draft, options) : null;
        } finally {
            status.set(Status.ENDED);
            release();
        }
    }

    @Override
    public void abort() {
        end(Status.ENDED);
    }

    @Override
    public void close() {
        abort();
    }

    /**
     * Aborts from another thread, because it took too long or something cannot wait (TXN-9).
     *
     * @return false if it was over or is being committed: nothing happened
     */
    boolean forceAbort() {
        return end(Status.ABORTED_BY_FORCE);
    }

    /** What aborts it by force, to be cancelled at its end; that may have come already. */
    void limitedBy(@Nullable Future<?> clock) {
        limit = clock;
        if (!isActive()) {
            cancel(clock);
        }
    }

    /** Aborts because the session or the BFE ends (TXN-10). */
    void abortWithSession() {
        end(Status.SESSION_ENDED);
    }

    boolean isImplicit() {
        return isImplicit;
    }

    TransactionMode mode() {
        return mode;
    }

    long ageMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNs);
    }

    boolean isActive() {
        Status now = status.get();
        return now == Status.ACTIVE || now == Status.COMMITTING;
    }

    private void checkActive() throws PolicyException {
        if (status.get() != Status.ACTIVE) {
            throw ended();
        }
    }

    /** The working copy, for what only this bundle may do. */
    Draft writable() throws PolicyException {
        checkActive();
        if (mode == TransactionMode.READ_ONLY) {
            throw new PolicyException(WfpError.INCOMPATIBLE_TXN, "this transaction is read-only");
        }
        return draft;
    }

    private boolean end(Status why) {
        if (!status.compareAndSet(Status.ACTIVE, why)) {
            return false;
        }
        release();
        return true;
    }

    private static void cancel(@Nullable Future<?> clock) {
        if (clock != null) {
            clock.cancel(false);
        }
    }

    private void release() {
        cancel(watchdog);
        cancel(limit);
        session.ended(this);
        if (mode == TransactionMode.READ_WRITE) {
            bfe.writer().release(this);
        }
    }

    private PolicyException ended() {
        return switch (status.get()) {
            case ABORTED_BY_FORCE ->
                new PolicyException(WfpError.TXN_ABORTED, "this transaction took too long and was aborted");
            case SESSION_ENDED ->
                new PolicyException(WfpError.SESSION_ABORTED, "the session of this transaction ended");
            default -> new PolicyException(WfpError.NO_TXN_IN_PROGRESS, "this transaction is over");
        };
    }
}
