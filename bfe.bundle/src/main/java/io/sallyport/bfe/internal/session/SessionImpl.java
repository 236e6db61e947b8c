package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.Subscription;
import io.sallyport.bfe.internal.store.AccessRules;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One session: at most one transaction at a time (TXN-4), and the dynamic objects that die with it (LIFE-2). */
public final class SessionImpl implements Session {
    private final BfeImpl bfe;
    private final SessionId id;
    private final UUID key;
    private final long waitTimeoutMs;
    private final Instant opened = Instant.now();
    private final AtomicReference<@Nullable TransactionImpl> transaction = new AtomicReference<>();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Enumerations enumerations = new Enumerations(this);
    private final Set<Confirmation.Listening> announcements = ConcurrentHashMap.newKeySet();
    private volatile boolean isAborted;

    /** A wait of 0 ms is the engine's option (TXN-6). */
    SessionImpl(BfeImpl bfe, SessionId id, UUID key, long waitTimeoutMs) {
        this.bfe = bfe;
        this.id = id;
        this.key = key;
        this.waitTimeoutMs = waitTimeoutMs;
    }

    @Override
    public TransactionImpl begin(TransactionMode mode) throws PolicyException {
        int right = mode == TransactionMode.READ_ONLY ? AccessRights.BEGIN_READ_TXN : AccessRights.BEGIN_WRITE_TXN;
        checkOpen();
        require(right, SecurityTarget.ENGINE, "a transaction");
        return begin(mode, false);
    }

    /** An implicit transaction may wait in vain, but is never aborted by force (TXN-3). */
    private TransactionImpl begin(TransactionMode mode, boolean isImplicit) throws PolicyException {
        checkOpen();
        checkNoTransaction("begin");
        if (mode == TransactionMode.READ_WRITE) {
            bfe.writer().acquire(id, waitTimeoutMs());
        }
        long watchdogMs = isImplicit ? 0 : bfe.current().option(EngineOption.TXN_WATCHDOG_TIMEOUT_MS);
        TransactionImpl begun = new TransactionImpl(
                bfe, this, mode, isImplicit, bfe.current(), bfe.watchdog().watch(id, watchdogMs));
        transaction.set(begun);
        if (mode == TransactionMode.READ_WRITE) {
            bfe.writer().heldBy(begun);
        }
        if (!isImplicit) {
            begun.limitedBy(bfe.watchdog().limit(id, begun));
        }
        if (isOver()) {
            begun.abortWithSession();
            checkOpen();
        }
        return begun;
    }

    private long waitTimeoutMs() {
        return waitTimeoutMs == 0 ? bfe.current().option(EngineOption.TXN_WAIT_TIMEOUT_MS) : waitTimeoutMs;
    }

    @Override
    public PolicyView view() throws PolicyException {
        checkOpen();
        return Reduction.readable(bfe.current(), id.principal());
    }

    @Override
    public UUID key() {
        return key;
    }

    @Override
    public Principal principal() {
        return id.principal();
    }

    @Override
    public PolicyFiles policyFiles() throws PolicyException {
        checkOpen();
        return bfe.policyFiles(this);
    }

    @Override
    public PolicyHistory history() throws PolicyException {
        checkOpen();
        return new SessionHistory(bfe, this);
    }

    @Override
    public List<SessionInfo> sessions() throws PolicyException {
        checkOpen();
        require(AccessRights.READ, SecurityTarget.ENGINE, "the list of sessions");
        return bfe.sessions();
    }

    SessionInfo info() {
        TransactionImpl running = transaction.get();
        return new SessionInfo(
                key,
                id.name(),
                id.principal(),
                id.isDynamic(),
                waitTimeoutMs(),
                opened,
                running == null ? null : running.mode(),
                running == null ? 0 : running.ageMs());
    }

    @Override
    public long option(EngineOption option) throws PolicyException {
        checkOpen();
        require(AccessRights.READ, SecurityTarget.ENGINE, "option " + option.policyName());
        return bfe.current().option(option);
    }

    @Override
    public @Nullable RevisionInfo setOption(EngineOption option, long value) throws PolicyException {
        String what = "option " + option.policyName();
        checkOpen();
        checkNoTransaction(what);
        if (id.isDynamic()) {
            throw new PolicyException(
                    WfpError.DYNAMIC_SESSION_IN_PROGRESS, what + ": a dynamic session sets no options of the engine");
        }
        require(AccessRights.WRITE, SecurityTarget.ENGINE, what);
        return changeImplicitly(draft -> draft.settings().setOption(option, value));
    }

    @Override
    public SecurityInfo security(SecurityTarget target) throws PolicyException {
        checkOpen();
        SecurityInfo info = bfe.current().requiredSecurity(target);
        require(AccessRights.READ_CONTROL, target, "security of " + target);
        return info;
    }

    @Override
    public List<AccessEntry> inheritedEntries(SecurityTarget target) throws PolicyException {
        return rules().inherited(target, security(target));
    }

    @Override
    public int rights(SecurityTarget target) throws PolicyException {
        checkOpen();
        bfe.current().requiredSecurity(target);
        return rules().granted(target);
    }

    @Override
    public @Nullable RevisionInfo setSecurity(SecurityTarget target, SecurityInfo info) throws PolicyException {
        checkOpen();
        checkNoTransaction("security of " + target);
        return changeImplicitly(draft -> draft.settings().setSecurity(target, info));
    }

    private @Nullable RevisionInfo changeImplicitly(Step step) throws PolicyException {
        try (TransactionImpl it = begin(TransactionMode.READ_WRITE, true)) {
            step.apply(it.writable());
            return it.commit();
        } catch (PolicyException e) {
            bfe.audit(e);
            throw e;
        }
    }

    /** A change of a draft that may be refused. */
    @FunctionalInterface
    private interface Step {
        void apply(Draft draft) throws PolicyException;
    }

    private AccessRules rules() {
        return AccessRules.of(id.principal(), bfe.current());
    }

    private void require(int rights, SecurityTarget target, String what) throws PolicyException {
        bfe.audited(() -> rules().require(rights, target, what));
    }

    private void checkNoTransaction(String what) throws PolicyException {
        if (transaction.get() != null) {
            throw new PolicyException(
                    WfpError.TXN_IN_PROGRESS, what + ": session " + id.name() + " is in a transaction already");
        }
    }

    @Override
    public <T> EnumHandle<T> createEnumHandle(EnumTemplate<T> template) throws PolicyException {
        checkOpen();
        TransactionImpl running = transaction.get();
        PolicyView view = running == null ? view() : running.view();
        boolean maySeeSessions = (rules().granted(SecurityTarget.ENGINE) & AccessRights.READ) != 0;
        EnumHandle<T> handle = enumerations.create(template, view, maySeeSessions ? bfe.sessions() : List.of());
        if (isOver()) {
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
        Subscription subscription = bfe.changes()
                .subscribe(id, info(), new SessionAccess(bfe, id.principal()), template, changes, listener);
        if (isOver()) {
            subscription.close();
            checkOpen();
        }
        return subscription;
    }

    @Override
    public List<Subscription> subscriptions() throws PolicyException {
        checkOpen();
        require(AccessRights.READ, SecurityTarget.ENGINE, "the list of subscriptions");
        return bfe.changes().list();
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            end();
            bfe.sessionClosed(this);
        }
    }

    /** As {@link PolicyHistory#announce}. */
    AutoCloseable announce(Consumer<String> listener) throws PolicyException {
        checkOpen();
        Confirmation.Listening listening = bfe.wayBack().confirmation().listen(listener);
        announcements.add(listening);
        if (isOver()) {
            listening.close();
            checkOpen();
        }
        return () -> {
            announcements.remove(listening);
            listening.close();
        };
    }

    /**
     * Makes one change as an implicit transaction, if this session may change policy at all.
     *
     * @param change makes the change; false aborts it
     * @param options how it is committed
     * @return the revision that this made, or null
     * @throws PolicyException if the transaction cannot begin or be committed
     */
    public @Nullable RevisionInfo change(Predicate<Draft> change, CommitOptions options) throws PolicyException {
        checkOpen();
        require(AccessRights.BEGIN_WRITE_TXN, SecurityTarget.ENGINE, "a change of policy");
        try (TransactionImpl it = begin(TransactionMode.READ_WRITE, true)) {
            return change.test(it.writable()) ? it.commit(options) : null;
        }
    }

    /** A step that needs the writer lock. */
    @FunctionalInterface
    interface Locked<T> {
        T run() throws PolicyException;
    }

    /** Does something by itself while nobody else writes. */
    <T> T alone(Locked<T> step) throws PolicyException {
        try (TransactionImpl it = begin(TransactionMode.READ_WRITE, true)) {
            it.writable();
            return step.run();
        }
    }

    SessionId id() {
        return id;
    }

    /** The session as others see it. */
    void ended(TransactionImpl it) {
        transaction.compareAndSet(it, null);
    }

    /** The BFE stops: calls fail from now on, and the session still has to be closed (TXN-11). */
    void abortSession() {
        isAborted = true;
        end();
    }

    /** Takes with it what was begun in it. */
    private void end() {
        TransactionImpl running = transaction.get();
        if (running != null) {
            running.abortWithSession();
        }
        enumerations.end();
        announcements.forEach(Confirmation.Listening::close);
        announcements.clear();
    }

    private boolean isOver() {
        return isAborted || isClosed.get();
    }

    /**
     * Refuses what is asked of a session that is over (TXN-11).
     *
     * @throws PolicyException SESSION_ABORTED, with who ended it
     */
    public void checkOpen() throws PolicyException {
        if (isAborted) {
            throw new PolicyException(
                    WfpError.SESSION_ABORTED,
                    "session " + id.name()
                            + " ended with the base filtering engine, which has stopped; open another one");
        }
        if (isClosed.get()) {
            throw new PolicyException(
                    WfpError.SESSION_ABORTED, "session " + id.name() + " was closed; open another one");
        }
    }
}
