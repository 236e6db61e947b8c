package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.notify.PolicyChanges;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base filtering engine: sessions, transactions, and the objects at this moment. Where they outlive the process is the
 * {@link Persistence}'s to know.
 *
 * <p>Concurrency: {@code current} is replaced only by the holder of {@code writer}, a fair semaphore rather than a lock
 * because a transaction may be begun and ended by different threads. Everything else reads {@code current} once.
 *
 * <p>While it is START_PENDING, commits are checked and compiled and collected in {@code current}, but neither kept nor
 * published: {@link #run} does both at once, so that no policy on the way is ever in force (BOOT-2).
 */
public final class BfeImpl implements BaseFilteringEngine {
    private static final Logger LOG = LoggerFactory.getLogger(BfeImpl.class);

    /** How long a transaction may hold the lock before a waiting one ends it (TXN-9): one hour. */
    public static final long DEFAULT_HOLD_LIMIT_MS = TimeUnit.HOURS.toMillis(1);

    /** How often a waiting session looks who holds the lock. */
    private static final long RECHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long a stop waits for a commit that has begun. */
    private static final long LAST_COMMIT_WAIT_MS = 5_000;

    private final Supplier<@Nullable FilterEngine> engine;
    private final Persistence persistence;
    private final long holdLimitMs;
    private final PolicyFiles policyFiles;
    private final Semaphore writer = new Semaphore(1, true);
    private final AtomicLong lastSession = new AtomicLong();
    private final InForce inForce = new InForce();
    private final Set<SessionImpl> sessions = ConcurrentHashMap.newKeySet();
    private final PolicyChanges changes = new PolicyChanges();
    private volatile PolicyState current;
    private volatile BfeState state = BfeState.START_PENDING;
    private volatile @Nullable Held held;

    /** Who holds the writer lock since when. */
    private record Held(TransactionImpl transaction, long sinceNs) {}

    /**
     * Starts a base filtering engine that keeps its objects in memory only, and publishes its first policy.
     *
     * @param engine whose policy it owns
     * @param holdLimitMs how long a transaction may make others wait
     * @param policyFiles makes the policy files of this BFE
     */
    public BfeImpl(FilterEngine engine, long holdLimitMs, Function<BfeImpl, PolicyFiles> policyFiles) {
        this(() -> engine, Persistence.NONE, PolicyState.initial(), holdLimitMs, policyFiles);
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
     * @param policyFiles makes the policy files of this BFE
     */
    public BfeImpl(
            Supplier<@Nullable FilterEngine> engine,
            Persistence persistence,
            PolicyState initial,
            long holdLimitMs,
            Function<BfeImpl, PolicyFiles> policyFiles) {
        this.engine = engine;
        this.persistence = persistence;
        this.current = initial;
        this.holdLimitMs = holdLimitMs;
        this.policyFiles = policyFiles.apply(this);
    }

    /**
     * Ends the start: keeps and publishes what was collected, once; the state is RUNNING afterwards.
     *
     * @throws PolicyException if it cannot be kept, or the engine is away; the state is START_PENDING still
     */
    public void run() throws PolicyException {
        writer.acquireUninterruptibly();
        try {
            putInForce(current);
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
        writer.acquireUninterruptibly();
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
        SessionId id = new SessionId(lastSession.incrementAndGet(), options.name(), options.isDynamic());
        SessionImpl session = new SessionImpl(this, id, options.transactionWaitTimeoutMs());
        sessions.add(session);
        if (state != BfeState.RUNNING && state != BfeState.START_PENDING) {
            sessions.remove(session);
            throw new PolicyException(WfpError.SESSION_ABORTED, "the base filtering engine is " + state.policyName());
        }
        return session;
    }

    @Override
    public String revision() {
        return current.revision();
    }

    @Override
    public PolicyFiles policyFiles() {
        return policyFiles;
    }

    @Override
    public void close() {
        if (state == BfeState.STOPPED) {
            return;
        }
        state = BfeState.STOP_PENDING;
        sessions.forEach(SessionImpl::abortSession);
        sessions.clear();
        changes.close();
        awaitLastCommit();
        state = BfeState.STOPPED;
    }

    /** Transactions are aborted by now, but one may be in the middle of its commit. */
    private void awaitLastCommit() {
        try {
            if (writer.tryAcquire(LAST_COMMIT_WAIT_MS, TimeUnit.MILLISECONDS)) {
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
     * @return a draft of what is in force now
     */
    public Draft newDraft() {
        return new Draft(current, new SessionId(0, "trial", false));
    }

    void acquireWriter(SessionId session, long timeoutMs) throws PolicyException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            long leftNs = deadlineNs - System.nanoTime();
            while (!writer.tryAcquire(Math.max(0, Math.min(leftNs, RECHECK_NS)), TimeUnit.NANOSECONDS)) {
                abortIfOverdue(held);
                leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new PolicyException(
                            WfpError.TIMEOUT,
                            "session " + session.name() + " waited " + timeoutMs
                                    + " ms for another transaction to end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException(
                    WfpError.TIMEOUT, "session " + session.name() + " was interrupted while waiting for the lock", e);
        }
    }

    /** A transaction that makes others wait for too long is ended by the one that waits (TXN-9). */
    private void abortIfOverdue(@Nullable Held holder) {
        if (holder != null && System.nanoTime() - holder.sinceNs() > TimeUnit.MILLISECONDS.toNanos(holdLimitMs)) {
            LOG.warn("aborting a transaction that held the lock for more than {} ms", holdLimitMs);
            holder.transaction().forceAbort();
        }
    }

    void setWriter(TransactionImpl transaction) {
        held = new Held(transaction, System.nanoTime());
        if (!transaction.isActive()) {
            held = null;
        }
    }

    void releaseWriter(TransactionImpl transaction) {
        Held holder = held;
        if (holder != null && holder.transaction() == transaction) {
            held = null;
        }
        writer.release();
    }

    /** Puts a draft in force, or collects it during the start. By the holder of the writer lock. */
    void publish(Draft draft) throws PolicyException {
        if (!draft.isChanged()) {
            return;
        }
        PolicyState before = current;
        PolicyState next = draft.freeze();
        if (state == BfeState.START_PENDING) {
            FilterEngine target = engine();
            target.abandon(target.prepare(ImageTranslator.translate(next)));
            current = next;
        } else {
            putInForce(next);
        }
        changes.tell(draft.changes(), draft.session(), before, next);
    }

    /** Compiles aside, makes it outlive the process, publishes once. By the holder of the writer lock. */
    private void putInForce(PolicyState next) throws PolicyException {
        FilterEngine target = engine();
        PreparedPolicy prepared = inForce.prepare(target, next);
        prepared.warnings().forEach(warning -> LOG.warn("policy {}: {}", next.revision(), warning));
        try {
            persistence.persist(next);
        } catch (PolicyException | RuntimeException e) {
            target.abandon(prepared);
            throw e;
        }
        try {
            target.publish(prepared);
            inForce.published(next, prepared);
        } catch (IllegalStateException e) {
            if (persistence == Persistence.NONE) {
                throw e;
            }
            // It is kept already, and nothing passes without the engine: it is in force when that comes back.
            LOG.warn("the filter engine went away during a commit; policy {} waits for it", next.revision(), e);
        }
        current = next;
    }

    /**
     * Who is told of changes.
     *
     * @return the subscriptions of all sessions
     */
    public PolicyChanges changes() {
        return changes;
    }

    /** All open sessions, in order of opening. */
    List<SessionInfo> sessions() {
        return sessions.stream()
                .sorted(Comparator.comparingLong(session -> session.id().number()))
                .map(SessionImpl::info)
                .toList();
    }

    void sessionClosed(SessionImpl session) {
        sessions.remove(session);
        changes.sessionEnded(session.id());
        if (!session.id().isDynamic() || state != BfeState.RUNNING) {
            return;
        }
        writer.acquireUninterruptibly();
        try {
            Draft draft = new Draft(current, session.id());
            draft.deleteDynamicObjects();
            if (engine.get() == null) {
                // Nothing is in force without an engine; when it comes back, it gets what is left.
                PolicyState before = current;
                current = draft.freeze();
                changes.tell(draft.changes(), session.id(), before, current);
            } else {
                publish(draft);
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
