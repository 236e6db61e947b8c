package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.internal.disk.CommitNote;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.notify.PolicyChanges;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.KeptPart;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.bfe.security.Principal;
import io.sallyport.callout.BfeState;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.engine.api.PreparedPolicy;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a draft becomes the policy in force: compiled aside, made to outlive the process, published once, told. Where it is kept
 * is the {@link Persistence}'s to know.
 *
 * <p>Concurrency: {@code current} is replaced only by the holder of the writer lock, by whom everything here is called that
 * changes something. Everything else reads {@code current} once.
 *
 * <p>While the BFE is START_PENDING, commits are checked and compiled and collected in {@code current}, but neither kept nor
 * published: {@link #putCollected} does both at once, so that no policy on the way is ever in force (BOOT-2).
 */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

    private final BfeImpl bfe;
    private final Supplier<@Nullable FilterEngine> engine;
    private final Persistence persistence;
    private final PolicyChanges changes;
    private final WayBack wayBack;
    private final InstantSource wall = InstantSource.system();
    private final InForce inForce = new InForce();
    private volatile PolicyState current;

    Commits(
            BfeImpl bfe,
            WriterLock writer,
            Supplier<@Nullable FilterEngine> engine,
            Persistence persistence,
            PolicyState initial,
            PolicyChanges changes) {
        this.bfe = bfe;
        this.engine = engine;
        this.persistence = persistence;
        this.current = initial;
        this.changes = changes;
        this.wayBack = new WayBack(bfe, this, writer, persistence);
    }

    /** What is in force, or was collected; any thread. */
    PolicyState current() {
        return current;
    }

    /** As {@link BfeImpl#engine}. */
    FilterEngine engine() throws PolicyException {
        FilterEngine now = engine.get();
        if (now == null) {
            throw new PolicyException(
                    WfpError.TXN_ABORTED,
                    "the filter engine is away, nothing was changed; try again when its bundle has started");
        }
        return now;
    }

    WayBack wayBack() {
        return wayBack;
    }

    Persistence persistence() {
        return persistence;
    }

    /** Keeps and publishes what was collected during the start. */
    void putCollected(String comment) throws PolicyException {
        CommitNote note = new CommitNote(wall.instant(), Principal.SYSTEM.toString(), "start", comment, 0, 0, 0);
        putInForce(current, note, ExistingFlows.RECHECK);
    }

    /** Publishes what is in force once more. */
    void republish() throws PolicyException {
        FilterEngine target = engine();
        PreparedPolicy prepared = target.prepare(ImageTranslator.translate(current));
        target.publish(prepared);
        inForce.published(current, prepared);
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
            if (bfe.state() == BfeState.RUNNING) {
                made = persistence.persist(next, note);
            }
            current = next;
        } else if (bfe.state() == BfeState.START_PENDING) {
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

    /** Takes the objects of a dynamic session that has ended out of force. */
    void deleteDynamicObjects(SessionId session) throws PolicyException {
        Draft draft = new Draft(current, session);
        draft.deleteDynamicObjects();
        if (engine.get() == null) {
            // Nothing is in force without an engine; when it comes back, it gets what is left.
            PolicyState before = current;
            current = draft.freeze();
            changes.tell(draft.changes(), session, before, current);
        } else {
            publish(draft, CommitOptions.NONE);
        }
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
}
