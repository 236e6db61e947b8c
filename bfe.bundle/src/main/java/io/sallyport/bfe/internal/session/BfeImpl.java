package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyFiles;
import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.bfe.internal.notify.PolicyChanges;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Refusals;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.Principal;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A base filtering engine: its state, and whom to ask about what. Who is connected is the {@link Sessions}' to know, what is in
 * force and how a transaction changes it the {@link Commits}', how it becomes what it was the {@link WayBack}'s.
 */
public final class BfeImpl implements BaseFilteringEngine {
    private static final Logger LOG = LoggerFactory.getLogger(BfeImpl.class);

    /** How long an explicit transaction may take before it is aborted (TXN-9): one hour. */
    public static final long DEFAULT_HOLD_LIMIT_MS = TimeUnit.HOURS.toMillis(1);

    /** How long a stop waits for a commit that has begun. */
    private static final long LAST_COMMIT_WAIT_MS = 5_000;

    private final SecuredPolicyFiles policyFiles;
    private final WriterLock writer;
    private final Audit audit;
    private final Watchdog watchdog;
    private final PolicyChanges changes = new PolicyChanges();
    private final Commits commits;
    private final Sessions sessions = new Sessions(this);
    private volatile BfeState state = BfeState.START_PENDING;

    /**
     * Starts a base filtering engine that keeps its objects in memory only, and publishes its first policy.
     *
     * @param engine whose policy it owns
     * @param holdLimitMs how long an explicit transaction may take
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
     * @param holdLimitMs how long an explicit transaction may take
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
        this.writer = new WriterLock();
        this.audit = audit;
        this.watchdog = new Watchdog(audit, holdLimitMs);
        this.commits = new Commits(this, writer, engine, persistence, initial, changes);
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
            commits.putCollected(comment);
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
                commits.republish();
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
        return sessions.open(options);
    }

    /** The open sessions, oldest first. */
    List<SessionInfo> sessions() {
        return sessions.list();
    }

    @Override
    public String revision() {
        return commits.current().revision();
    }

    @Override
    public PolicyFiles policyFiles() {
        return policyFiles;
    }

    PolicyFiles policyFiles(SessionImpl session) {
        return policyFiles.of(session);
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
        sessions.abort();
        changes.close();
        awaitLastCommit();
        watchdog.close();
        wayBack().confirmation().close();
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
        return commits.current();
    }

    /**
     * The engine that this BFE feeds.
     *
     * @return never null
     * @throws PolicyException TXN_ABORTED while the engine is away
     */
    public FilterEngine engine() throws PolicyException {
        return commits.engine();
    }

    /**
     * A working copy that is never put in force.
     *
     * @param principal whose rights count
     * @return a draft of what is in force now
     */
    public Draft newDraft(Principal principal) {
        return new Draft(commits.current(), new SessionId(0, "trial", false, principal));
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
            wayBack().goOn(left);
        } finally {
            writer.release();
        }
    }

    Commits commits() {
        return commits;
    }

    WayBack wayBack() {
        return commits.wayBack();
    }

    /**
     * Asks to be told what becomes of commits that wait for a confirmation.
     *
     * @param listener gets a line for people; whoever commits waits for it
     * @return ends it when closed
     */
    public AutoCloseable onConfirmation(Consumer<String> listener) {
        return wayBack().confirmation().listen(listener);
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
        sessions.closed(session);
    }
}
