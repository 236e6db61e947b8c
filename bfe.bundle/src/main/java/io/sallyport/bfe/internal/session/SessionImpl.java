package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.internal.notify.ObjectAccess;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One session: at most one transaction at a time (TXN-4), and the dynamic objects that die with it (LIFE-2). */
public final class SessionImpl implements Session {
    private final BfeImpl bfe;
    private final SessionId id;
    private final UUID key = UUID.randomUUID();
    private final long waitTimeoutMs;
    private final AtomicReference<@Nullable TransactionImpl> transaction = new AtomicReference<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Enumerations enumerations = new Enumerations(this);
    private volatile boolean isAborted;

    SessionImpl(BfeImpl bfe, SessionId id, long waitTimeoutMs) {
        this.bfe = bfe;
        this.id = id;
        this.waitTimeoutMs = waitTimeoutMs;
    }

    @Override
    public TransactionImpl begin(TransactionMode mode) throws PolicyException {
        checkOpen();
        if (transaction.get() != null) {
            throw new PolicyException(
                    WfpError.TXN_IN_PROGRESS, "session " + id.name() + " is in a transaction already");
        }
        if (mode == TransactionMode.READ_WRITE) {
            bfe.acquireWriter(id, waitTimeoutMs);
        }
        TransactionImpl begun = new TransactionImpl(bfe, this, mode, bfe.current());
        transaction.set(begun);
        if (mode == TransactionMode.READ_WRITE) {
            bfe.setWriter(begun);
        }
        if (isAborted || isClosed.get()) {
            begun.abortWithSession();
            checkOpen();
        }
        return begun;
    }

    @Override
    public PolicyView view() {
        return bfe.current();
    }

    @Override
    public <T> EnumHandle<T> createEnumHandle(EnumTemplate<T> template) throws PolicyException {
        checkOpen();
        TransactionImpl running = transaction.get();
        PolicyView view = running == null ? view() : running.view();
        EnumHandle<T> handle = enumerations.create(template, view, bfe.sessions());
        if (isAborted || isClosed.get()) {
            handle.close();
            checkOpen();
        }
        return handle;
    }

    @Override
    public Subscription subscribeChanges(EnumTemplate<?> template, Set<ChangeType> changes, ChangeListener listener)
            throws PolicyException {
        checkOpen();
        if (transaction.get() != null) {
            throw new PolicyException(
                    WfpError.TXN_IN_PROGRESS,
                    "session " + id.name() + " is in a transaction; subscribe before it or after it");
        }
        Subscription subscription = bfe.changes().subscribe(id, info(), ObjectAccess.ALL, template, changes, listener);
        if (isAborted || isClosed.get()) {
            subscription.close();
            checkOpen();
        }
        return subscription;
    }

    @Override
    public List<Subscription> subscriptions() throws PolicyException {
        checkOpen();
        return bfe.changes().list();
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            abortTransaction();
            enumerations.end();
            bfe.sessionClosed(this);
        }
    }

    /**
     * Makes one change as a transaction of its own.
     *
     * @param change makes the change; false aborts it
     * @throws PolicyException if the transaction cannot begin or be committed
     */
    public void change(Predicate<Draft> change) throws PolicyException {
        try (TransactionImpl it = begin(TransactionMode.READ_WRITE)) {
            if (change.test(it.writable())) {
                it.commit();
            }
        }
    }

    SessionId id() {
        return id;
    }

    /** The session as others see it. */
    SessionInfo info() {
        return new SessionInfo(key, id.name(), id.isDynamic());
    }

    void ended(TransactionImpl it) {
        transaction.compareAndSet(it, null);
    }

    /** The BFE stops: calls fail from now on, and the session still has to be closed (TXN-11). */
    void abortSession() {
        isAborted = true;
        abortTransaction();
        enumerations.end();
    }

    private void abortTransaction() {
        TransactionImpl running = transaction.get();
        if (running != null) {
            running.abortWithSession();
        }
    }

    void checkOpen() throws PolicyException {
        if (isAborted || isClosed.get()) {
            throw new PolicyException(WfpError.SESSION_ABORTED, "session " + id.name() + " is over");
        }
    }
}
