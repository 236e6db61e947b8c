package io.sallyport.shell.command;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A history of lists; remembers what was asked. */
public final class FakeHistory implements PolicyHistory {
    /** Newest first. */
    public final List<RevisionInfo> revisions = new ArrayList<>();

    public final List<String> asked = new ArrayList<>();
    public final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    public PolicyDifference difference = new PolicyDifference(1, 2, List.of());
    public @Nullable PendingCommit pending;
    public @Nullable PolicyException refusal;
    /** Whether a rollback changes anything. */
    public boolean restores = true;

    /** Adds a revision that becomes the newest one. */
    public RevisionInfo add(long number, String comment, boolean isPending) {
        RevisionInfo it = new RevisionInfo(
                number,
                "00c0ffee0000000" + number,
                Instant.parse("2026-11-28T12:00:00.123Z"),
                "user:alice (operator)",
                "filter add",
                comment,
                1,
                0,
                isPending);
        revisions.add(0, it);
        return it;
    }

    private void check() throws PolicyException {
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public List<RevisionInfo> list() throws PolicyException {
        check();
        return revisions;
    }

    @Override
    public RevisionInfo find(String reference) throws PolicyException {
        check();
        asked.add("find " + reference);
        for (RevisionInfo it : revisions) {
            boolean isPrevious = reference.equals("previous") && revisions.indexOf(it) == 1;
            if (reference.equals("current")
                    || isPrevious
                    || Long.toString(it.number()).equals(reference)) {
                return it;
            }
        }
        throw new PolicyException(WfpError.NOT_FOUND, "revision " + reference);
    }

    @Override
    public PolicyDifference difference(String from, String to) throws PolicyException {
        check();
        asked.add("difference " + from + " " + to);
        return difference;
    }

    @Override
    public RevisionInfo rollback(String reference, CommitOptions options) throws PolicyException {
        check();
        asked.add("rollback " + reference + " " + options);
        return restores ? add(revisions.get(0).number() + 1, options.comment(), false) : revisions.get(0);
    }

    @Override
    public @Nullable PendingCommit pending() {
        return pending;
    }

    @Override
    public RevisionInfo confirm() throws PolicyException {
        check();
        asked.add("confirm");
        return revisions.get(0);
    }

    @Override
    public void check(Consumer<RevisionInfo> progress) throws PolicyException {
        check();
        revisions.forEach(progress);
    }

    @Override
    public AutoCloseable announce(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
