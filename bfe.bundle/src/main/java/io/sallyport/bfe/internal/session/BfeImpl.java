package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.disk.CommitNote;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.notify.PolicyChanges;
import io.sallyport.bfe.internal.store.AccessRules;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.KeptPart;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Refusals;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base filtering engine: sessions, transactions, and the objects at this moment. Where they outlive the process is the
 * {@link Persistence}'s to know.
 *
 * <p>Concurrency: {@code current} is replaced only by the holder of {@code writer}. Everything else reads {@code current} once.
 *
 * <p>While it is START_PENDING, commits are checked and compiled and collected in {@code current}, but neither kept nor
 * published: {@link #run} does both at once, so that no policy on the way is ever in force (BOOT-2).
 */
public final class BfeImpl implements BaseFilteringEngine {
    private static final Logger LOG = LoggerFactory.getLogger(BfeImpl.class);

    /** How long a transaction may hold the lock before a waiting one ends it (TXN-9): one hour. */
    public static final long DEFAULT_HOLD_LIMIT_MS = TimeUnit.HOURS.toMillis(1);

    private static final UUID ANY_KEY = new UUID(0, 0);

    /** How long a stop waits for a commit that has begun. */
    private static final long LAST_COMMIT_WAIT_MS = 5_000;

    private final Supplier<@Nullable FilterEngine> engine;
    private final Persistence persistence;
    private final SecuredPolicyFiles policyFiles;
    private final WriterLock writer;
    private final Audit audit;
    private final Watchdog watchdog;
    private final AtomicLong lastSession = new AtomicLong();
    private final WayBack wayBack;
    private final InstantSource wall = InstantSource.system();
    private final InForce inForce = new InForce();
    private final Map<UUID, SessionImpl> sessions = new ConcurrentHashMap<>();
    private final PolicyChanges changes = new PolicyChanges();
    private volatile PolicyState current;
    private volatile BfeState state = BfeState.START_PENDING;

    /**
     * Starts a base filtering engine that keeps its objects in memory only, and publishes its first policy.
     *
     * @param engine whose policy it owns
     * @param holdLimitMs how long a transaction may make others wait
     * @param policyFiles makes the policy files of this BFE
     */
    public BfeImpl(FilterEngine engine, long holdLimitMs, Function<BfeImpl, SecuredPolicyFiles> policyFiles) {
        this(() -> engine, Persistence.NONE, PolicyState.initial(), holdLimitMs, Audit.NONE, policyFiles);
        try {
            run();
        } catch (PolicyException e) {
            throw new IllegalStateException("the filter engine refuses a policy without filters", e);
        }
    }

    /**
     * Makes a base filtering engine that is START_PENDING.
     *
     * @param engine gives the engine whose policy it owns, or null while that is away
     * @param persistence makes commits outlive the process
     * @param initial what the first transaction sees
     * @param holdLimitMs how long a transaction may make others wait
     * @param audit is told of what is denied and what takes long
     * @param policyFiles makes the policy files of this BFE
     */
    public BfeImpl(
            Supplier<@Nullable FilterEngine> engine,
            Persistence persistence,
            PolicyState initial,
            long holdLimitMs,
            Audit audit,
            Function<BfeImpl, SecuredPolicyFiles> policyFiles) {
        this.engine = engine;
        this.persistence = persistence;
        this.current = initial;
        this.writer = new WriterLock(holdLimitMs);
        this.audit = audit;
        this.watchdog = new Watchdog(audit);
        this.wayBack = new WayBack(this, persistence);
        this.policyFiles = policyFiles.apply(this);
    }

    /**
     * As below, without a comment.
     *
     * @throws PolicyException if it cannot be kept, or the engine is away; the state is START_PENDING still
     */
    public void run() throws PolicyException {
        run("");
    }

    /**
     * Ends the start: keeps and publishes what was collected, once; the state is RUNNING afterwards.
     *
     * @param comment for the history, if anything is new
     * @throws PolicyException if it cannot be kept, or the engine is away; the state is START_PENDING still
     */
    public void run(String comment) throws PolicyException {
        writer.acquire();
        try {
            CommitNote note = new CommitNote(wall.instant(), Principal.SYSTEM.toString(), "start", comment, 0, 0, 0);
            putInForce(current, note, ExistingFlows.RECHECK);
            state = BfeState.RUNNING;
        } finally {
            writer.release();
        }
    }

    /**
     * Publishes what is in force once more, because the filter engine was started anew.
     *
     * @throws PolicyException if the engine is away again or refuses
     */
    public void republish() throws PolicyException {
        writer.acquire();
        try {
            if (state == BfeState.RUNNING) {
                FilterEngine target = engine();
                PreparedPolicy prepared = target.prepare(ImageTranslator.translate(current));
                target.publish(prepared);
                inForce.published(current, prepared);
            }
        } finally {
            writer.release();
        }
    }

    /** New sessions are refused from now on; those that are open go on until {@link #close}. */
    public void beginStop() {
        state = BfeState.STOP_PENDING;
    }

    @Override
    public BfeState state() {
        return state;
    }

    @Override
    public SessionImpl openSession(SessionOptions options) throws PolicyException {
        SessionId id =
                new SessionId(lastSession.incrementAndGet(), options.name(), options.isDynamic(), options.principal());
        audited(() -> AccessRules.of(id.principal(), current)
                .require(AccessRights.OPEN, SecurityTarget.ENGINE, "session " + options.name()));
        boolean isKeyGiven = !options.key().equals(ANY_KEY);
        UUID key = isKeyGiven ? options.key() : UUID.randomUUID();
        SessionImpl session = new SessionImpl(this, id, key, options.transactionWaitTimeoutMs());
        if (sessions.putIfAbsent(key, session) != null) {
            throw new PolicyException(
                    WfpError.ALREADY_EXISTS, "session " + options.name() + ": its key is in use: " + key);
        }
        if (state != BfeState.RUNNING && state != BfeState.START_PENDING) {
            sessions.remove(key);
            throw new PolicyException(WfpError.SESSION_ABORTED, "the base filtering engine is " + state.policyName());
        }
        return session;
    }

    /** The open sessions, oldest first. */
    List<SessionInfo> sessions() {
        return sessions.values().stream()
                .sorted(Comparator.comparingLong(session -> session.id().number()))
                .map(SessionImpl::info)
                .toList();
    }

    @Override
    public String revision() {
        return current.revision();
    }

    @Override
    public PolicyFiles policyFiles() {
        return policyFiles;
    }

    PolicyFiles policyFiles(Principal principal) {
        return policyFiles.as(principal);
    }

    WriterLock writer() {
        return writer;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    /** A call that may be refused for lack of a right. */
    @FunctionalInterface
    interface Checked {
        void run() throws PolicyException;
    }

    /** Whatever is denied is told. */
    void audited(Checked call) throws PolicyException {
        try {
            call.run();
        } catch (PolicyException e) {
            audit(e);
            throw e;
        }
    }

    /**
     * Tells of a refusal, if it was for lack of a right.
     *
     * @param e a refusal
     */
    public void audit(PolicyException e) {
        if (e.error() == WfpError.ERROR_ACCESS_DENIED) {
            audit.denied(Refusals.reason(e));
        }
    }

    @Override
    public void close() {
        if (state == BfeState.STOPPED) {
            return;
        }
        state = BfeState.STOP_PENDING;
        sessions.values().forEach(SessionImpl::abortSession);
        sessions.clear();
        changes.close();
        awaitLastCommit();
        watchdog.close();
        wayBack.confirmation().close();
        state = BfeState.STOPPED;
    }

    /** Transactions are aborted by now, but one may be in the middle of its commit. */
    private void awaitLastCommit() {
        try {
            if (writer.tryAcquire(LAST_COMMIT_WAIT_MS)) {
                writer.release();
            } else {
                LOG.warn("a commit did not end within {} ms", LAST_COMMIT_WAIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What is in force.
     *
     * @return an immutable snapshot
     */
    public PolicyState current() {
        return current;
    }

    /**
     * The engine that this BFE feeds.
     *
     * @return never null
     * @throws PolicyException TXN_ABORTED while the engine is away
     */
    public FilterEngine engine() throws PolicyException {
        FilterEngine now = engine.get();
        if (now == null) {
            throw new PolicyException(
                    WfpError.TXN_ABORTED,
                    "the filter engine is away, nothing was changed; try again when its bundle has started");
        }
        return now;
    }

    /**
     * A working copy that is never put in force.
     *
     * @param principal whose rights count
     * @return a draft of what is in force now
     */
    public Draft newDraft(Principal principal) {
        return new Draft(current, new SessionId(0, "trial", false, principal));
    }

    /**
     * Puts a draft in force, or collects it during the start. By the holder of the writer lock.
     *
     * @return the revision that this made; null if what outlives the gateway stayed as it was
     */
    @Nullable RevisionInfo publish(Draft draft, CommitOptions options) throws PolicyException {
        Duration within = options.confirmWithin();
        PolicyState before = current;
        PolicyState next = draft.freeze();
        if (options.preview() != null) {
            tryOut(next, options.preview());
            return null;
        }
        if (within != null) {
            wayBack.check(before, next);
        }
        if (!draft.isChanged()) {
            return null;
        }
        if (KeptPart.differs(before, next)) {
            wayBack.confirmation().checkNothingWaits();
        }
        Revision made = put(draft, options);
        if (within != null) {
            wayBack.begin(before, draft, within);
        }
        return made == null ? null : describe(made);
    }

    /** What the history says of the newest revision; there is one. */
    RevisionInfo newestRevision() throws PolicyException {
        List<Revision> all = persistence.revisions();
        if (all.isEmpty()) {
            throw new PolicyException(WfpError.NOT_FOUND, "no revision is kept here");
        }
        return describe(all.get(all.size() - 1));
    }

    /** What the history says of a revision. */
    RevisionInfo describe(Revision it) {
        Confirmation.Waiting waiting = wayBack.confirmation().waiting();
        return new RevisionInfo(
                it.number(),
                it.name(),
                it.note().when(),
                it.note().who(),
                it.note().via(),
                it.note().comment(),
                it.note().added(),
                it.note().deleted(),
                waiting != null && waiting.number() == it.number());
    }

    /** Compiles aside, asks, and forgets it. By the holder of the writer lock. */
    private void tryOut(PolicyState next, Consumer<PolicyTrial> question) throws PolicyException {
        FilterEngine target = engine();
        PreparedPolicy prepared = inForce.prepare(target, next);
        try {
            question.accept(target.tryOut(prepared));
        } finally {
            target.abandon(prepared);
        }
    }

    /**
     * As {@link #publish}, without a look at what waits for a confirmation.
     *
     * @return the new revision; null if what outlives the gateway stayed as it was
     */
    @Nullable Revision put(Draft draft, CommitOptions options) throws PolicyException {
        CommitNote note = note(draft, options);
        PolicyState before = current;
        PolicyState next = draft.freeze();
        Revision made = null;
        if (!draft.isPolicyChanged()) {
            // Rights and options: nothing that the filter engine knows, so nothing is judged again.
            if (state == BfeState.RUNNING) {
                made = persistence.persist(next, note);
            }
            current = next;
        } else if (state == BfeState.START_PENDING) {
            FilterEngine target = engine();
            target.abandon(target.prepare(ImageTranslator.translate(next)));
            current = next;
        } else {
            made = putInForce(next, note, options.existingFlows());
        }
        changes.tell(draft.changes(), draft.session(), before, next);
        return made;
    }

    /** What the history shall say. */
    private CommitNote note(Draft draft, CommitOptions options) {
        Duration within = options.confirmWithin();
        return new CommitNote(
                wall.instant(),
                draft.session().principal().toString(),
                draft.session().name(),
                options.comment(),
                draft.changes().added().size(),
                draft.changes().deleted().size(),
                within == null ? 0 : within.toMillis());
    }

    /**
     * After a restart, goes on waiting for the confirmation of the newest revision.
     *
     * @param left how much time there is
     * @throws PolicyException if the revision before it cannot be read
     */
    public void awaitConfirmation(Duration left) throws PolicyException {
        writer.acquire();
        try {
            wayBack.goOn(left);
        } finally {
            writer.release();
        }
    }

    WayBack wayBack() {
        return wayBack;
    }

    Persistence persistence() {
        return persistence;
    }

    /**
     * Asks to be told what becomes of commits that wait for a confirmation.
     *
     * @param listener gets a line for people; whoever commits waits for it
     * @return ends it when closed
     */
    public AutoCloseable onConfirmation(Consumer<String> listener) {
        return wayBack.confirmation().listen(listener);
    }

    /** Compiles aside, makes it outlive the process, publishes once. By the holder of the writer lock. */
    private @Nullable Revision putInForce(PolicyState next, CommitNote note, ExistingFlows existing)
            throws PolicyException {
        FilterEngine target = engine();
        PreparedPolicy prepared = inForce.prepare(target, next);
        prepared.warnings().forEach(warning -> LOG.warn("policy {}: {}", next.revision(), warning));
        Revision made;
        try {
            made = persistence.persist(next, note);
        } catch (PolicyException | RuntimeException e) {
            target.abandon(prepared);
            throw e;
        }
        try {
            target.publish(prepared, existing);
            inForce.published(next, prepared);
        } catch (IllegalStateException e) {
            if (persistence == Persistence.NONE) {
                throw e;
            }
            // It is kept already, and nothing passes without the engine: it is in force when that comes back.
            LOG.warn("the filter engine went away during a commit; policy {} waits for it", next.revision(), e);
        }
        current = next;
        return made;
    }

    /**
     * Who is told of changes.
     *
     * @return the subscriptions of all sessions
     */
    public PolicyChanges changes() {
        return changes;
    }

    void sessionClosed(SessionImpl session) {
        sessions.remove(session.key(), session);
        changes.sessionEnded(session.id());
        if (!session.id().isDynamic() || state != BfeState.RUNNING) {
            return;
        }
        writer.acquire();
        try {
            Draft draft = new Draft(current, session.id());
            draft.deleteDynamicObjects();
            if (engine.get() == null) {
                // Nothing is in force without an engine; when it comes back, it gets what is left.
                PolicyState before = current;
                current = draft.freeze();
                changes.tell(draft.changes(), session.id(), before, current);
            } else {
                publish(draft, CommitOptions.NONE);
            }
        } catch (PolicyException e) {
            LOG.error(
                    "the objects of the ended session {} could not be taken out of force",
                    session.id().name(),
                    e);
        } finally {
            writer.release();
        }
    }
}
