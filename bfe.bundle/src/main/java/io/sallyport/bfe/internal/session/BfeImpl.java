package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyImage;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base filtering engine that keeps its objects in memory.
 *
 * <p>Concurrency: {@code current} is replaced only by the holder of {@code writer}, a fair semaphore rather than a lock
 * because a transaction may be begun and ended by different threads. Everything else reads {@code current} once.
 */
public final class BfeImpl implements BaseFilteringEngine {
    private static final Logger LOG = LoggerFactory.getLogger(BfeImpl.class);

    /** How long a transaction may hold the lock before a waiting one ends it (TXN-9): one hour. */
    static final long DEFAULT_HOLD_LIMIT_MS = TimeUnit.HOURS.toMillis(1);

    /** How often a waiting session looks who holds the lock. */
    private static final long RECHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final FilterEngine engine;
    private final long holdLimitMs;
    private final PolicyFiles policyFiles;
    private final Semaphore writer = new Semaphore(1, true);
    private final AtomicLong lastSession = new AtomicLong();
    private final Set<SessionImpl> sessions = ConcurrentHashMap.newKeySet();
    private volatile PolicyState current = PolicyState.initial();
    private volatile BfeState state = BfeState.START_PENDING;
    private volatile @Nullable Held held;

    /** Who holds the writer lock since when. */
    private record Held(TransactionImpl transaction, long sinceNs) {}

    /**
     * Starts a base filtering engine and publishes its first policy.
     *
     * @param engine whose policy it owns
     * @param holdLimitMs how long a transaction may make others wait
     * @param policyFiles makes the policy files of this BFE
     */
    public BfeImpl(FilterEngine engine, long holdLimitMs, Function<BfeImpl, PolicyFiles> policyFiles) {
        this.engine = engine;
        this.holdLimitMs = holdLimitMs;
        this.policyFiles = policyFiles.apply(this);
        try {
            engine.publish(engine.prepare(ImageTranslator.translate(current)));
        } catch (PolicyException e) {
            throw new IllegalStateException("the filter engine refuses a policy without filters", e);
        }
        state = BfeState.RUNNING;
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
        if (state != BfeState.RUNNING) {
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
        state = BfeState.STOPPED;
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
     */
    public FilterEngine engine() {
        return engine;
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

    /** Puts a draft in force: compiles aside, publishes once. By the holder of the writer lock. */
    void publish(Draft draft) throws PolicyException {
        if (!draft.isChanged()) {
            return;
        }
        PolicyState next = draft.freeze();
        PolicyImage image = ImageTranslator.translate(next);
        PreparedPolicy prepared = engine.prepare(image);
        prepared.warnings().forEach(warning -> LOG.warn("policy {}: {}", image.revision(), warning));
        engine.publish(prepared);
        current = next;
    }

    void sessionClosed(SessionImpl session) {
        sessions.remove(session);
        if (!session.id().isDynamic() || state != BfeState.RUNNING) {
            return;
        }
        writer.acquireUninterruptibly();
        try {
            Draft draft = new Draft(current, session.id());
            draft.deleteDynamicObjects();
            publish(draft);
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
