package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.store.Draft;
import io.sallyport.bfe.internal.store.KeptPart;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.internal.store.Rollback;
import io.sallyport.bfe.internal.store.SessionId;
import io.sallyport.callout.BfeState;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Duration;
import java.util.List;

/**
 * How a policy becomes again what it was: commits that come back unless somebody confirms them, and rollbacks. Everything here is
 * called by the holder of the writer lock.
 */
final class WayBack {
    private final BfeImpl bfe;
    private final Commits commits;
    private final Persistence persistence;
    private final Confirmation confirmation;

    WayBack(BfeImpl bfe, Commits commits, WriterLock writer, Persistence persistence) {
        this.bfe = bfe;
        this.commits = commits;
        this.persistence = persistence;
        this.confirmation = new Confirmation(this, writer);
    }

    Confirmation confirmation() {
        return confirmation;
    }

    /** What comes back is what outlives the gateway: nothing else may be part of it. */
    void check(PolicyState before, PolicyState next) throws PolicyException {
        if (bfe.state() != BfeState.RUNNING || persistence.revisions().isEmpty()) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER,
                    "confirmation: there is no revision yet to which the policy could go back");
        }
        if (!KeptPart.differs(before, next) || KeptPart.differsElsewhere(before, next)) {
            throw new PolicyException(
                    WfpError.INVALID_PARAMETER,
                    "confirmation: only a commit that changes objects which outlive the gateway, and no others, can be"
                            + " undone; commit it without, or use persistent objects only");
        }
    }

    /**
     * Begins to wait, if the way back is there: the store must give back what was in force, from what it has just written. If it
     * does not, the commit is undone at once.
     */
    void begin(PolicyState before, Draft draft, Duration within) throws PolicyException {
        long number = newest().number();
        Confirmation.Waiting waiting =
                confirmation.begin(number, before, draft.session().principal().toString(), within);
        try {
            PolicyState kept = persistence.at(number - 1);
            if (!kept.revision().equals(Reduction.outlivingBfe(before).revision())) {
                throw new PolicyException(WfpError.TXN_ABORTED, "the store gives back another policy");
            }
        } catch (PolicyException | RuntimeException e) {
            String line = "revision " + number
                    + " is taken back at once, because the way back would be lost after a restart: " + e.getMessage();
            takeBack(waiting, line);
            throw new PolicyException(WfpError.TXN_ABORTED, line, e);
        }
    }

    /** Goes on waiting after a restart. */
    void goOn(Duration left) throws PolicyException {
        Revision newest = newest();
        confirmation.begin(
                newest.number(),
                persistence.at(newest.number() - 1),
                newest.note().who(),
                left);
    }

    /** Takes the commit back that waits. */
    void takeBack(Confirmation.Waiting waiting, String why) throws PolicyException {
        SessionId nobody = new SessionId(0, "confirmation", false);
        put(Reduction.outlivingBfe(waiting.base()), nobody, CommitOptions.commented(why));
        confirmation.end("revision " + waiting.before() + " is back: " + why);
    }

    /**
     * Goes back to a revision.
     *
     * @param number of one that is reachable
     * @param session on whose behalf
     * @param options for the new commit
     */
    void rollBack(long number, SessionId session, CommitOptions options) throws PolicyException {
        Confirmation.Waiting waiting = confirmation.waiting();
        PolicyState target = waiting != null && waiting.before() == number
                ? Reduction.outlivingBfe(waiting.base())
                : persistence.at(number);
        if (options.confirmWithin() != null || options.preview() != null) {
            commits.publish(Rollback.draft(commits.current(), target, session), options);
            return;
        }
        put(target, session, options);
        if (waiting != null) {
            if (persistence.pending() != null) {
                persistence.confirm(); // what it changed was changed back already
            }
            confirmation.end("revision " + number + " is back: " + session.principal() + " has taken revision "
                    + waiting.number() + " back");
        }
    }

    private void put(PolicyState target, SessionId session, CommitOptions options) throws PolicyException {
        Draft draft = Rollback.draft(commits.current(), target, session);
        if (draft.isChanged()) {
            commits.put(draft, options);
        }
    }

    /** The commit that waits stays. */
    void confirm(SessionId session) throws PolicyException {
        Confirmation.Waiting waiting = confirmation.waiting();
        if (waiting == null) {
            throw new PolicyException(
                    WfpError.NOT_FOUND,
                    "no commit waits for a confirmation; 'revision list' tells whether one was taken back");
        }
        persistence.confirm();
        confirmation.end("revision " + waiting.number() + " stays: " + session.principal() + " has confirmed it");
    }

    private Revision newest() throws PolicyException {
        List<Revision> revisions = persistence.revisions();
        return revisions.get(revisions.size() - 1);
    }
}
