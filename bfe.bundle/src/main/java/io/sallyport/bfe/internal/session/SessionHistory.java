package io.sallyport.bfe.internal.session;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.internal.disk.Revision;
import io.sallyport.bfe.internal.store.AccessRules;
import io.sallyport.bfe.internal.store.ImageTranslator;
import io.sallyport.bfe.internal.store.PolicyDiffer;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Reduction;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The history as a session sees it. */
final class SessionHistory implements PolicyHistory {
    private static final String CURRENT = "current";
    private static final String PREVIOUS = "previous";
    private static final int LEAST_NAME = 4;

    private final BfeImpl bfe;
    private final SessionImpl session;

    SessionHistory(BfeImpl bfe, SessionImpl session) {
        this.bfe = bfe;
        this.session = session;
    }

    @Override
    public List<RevisionInfo> list() throws PolicyException {
        checkRead();
        List<RevisionInfo> list = new ArrayList<>();
        for (Revision it : bfe.commits().persistence().revisions()) {
            list.add(bfe.commits().describe(it));
        }
        Collections.reverse(list);
        return list;
    }

    @Override
    public RevisionInfo find(String reference) throws PolicyException {
        List<RevisionInfo> all = list();
        String wanted = reference.toLowerCase(Locale.ROOT);
        int index = switch (wanted) {
            case CURRENT -> 0;
            case PREVIOUS -> 1;
            default -> -1;
        };
        if (index >= 0 && index < all.size()) {
            return all.get(index);
        }
        for (RevisionInfo it : all) {
            if (Long.toString(it.number()).equals(wanted)) {
                return it;
            }
        }
        List<RevisionInfo> named = wanted.length() < LEAST_NAME
                ? List.of()
                : all.stream().filter(it -> it.name().startsWith(wanted)).toList();
        if (named.size() > 1) {
            String numbers =
                    named.stream().map(it -> Long.toString(it.number())).collect(Collectors.joining(", "));
            throw new PolicyException(
                    WfpError.NOT_FOUND,
                    "revision " + reference + ": " + named.size() + " have this name, give the number of one: "
                            + numbers);
        }
        if (!named.isEmpty()) {
            return named.get(0);
        }
        throw new PolicyException(
                WfpError.NOT_FOUND,
                all.isEmpty()
                        ? "revision " + reference + ": no revision is kept yet"
                        : "revision " + reference + ": none has this number or name; " + all.size() + " are kept, "
                                + all.get(all.size() - 1).number() + " to "
                                + all.get(0).number()
                                + " ('revision list')");
    }

    @Override
    public PolicyDifference difference(String from, String to) throws PolicyException {
        long one = find(from).number();
        long other = find(to).number();
        return PolicyDiffer.difference(one, readable(one), other, readable(other));
    }

    /** Of a revision what whoever asks may see (SEC-7). */
    private PolicyState readable(long number) throws PolicyException {
        return Reduction.readable(bfe.commits().persistence().at(number), bfe.current(), session.principal());
    }

    @Override
    public RevisionInfo rollback(String reference, CommitOptions options) throws PolicyException {
        Confirmation.Waiting waiting = bfe.wayBack().confirmation().waiting();
        session.checkOpen();
        // Whoever made the pending commit may take back what is his own, and see no more than that.
        long number;
        if (waiting != null && isMine(waiting) && reference.equalsIgnoreCase(PREVIOUS)) {
            number = waiting.before();
        } else {
            checkWrite("a rollback");
            number = find(reference).number();
        }
        return session.alone(() -> {
            bfe.wayBack().rollBack(number, session.id(), options);
            return bfe.commits().newestRevision();
        });
    }

    @Override
    public @Nullable PendingCommit pending() throws PolicyException {
        checkRead();
        Confirmation.Waiting waiting = bfe.wayBack().confirmation().waiting();
        if (waiting == null) {
            return null;
        }
        return new PendingCommit(bfe.commits().newestRevision(), waiting.before(), waiting.left());
    }

    @Override
    public RevisionInfo confirm() throws PolicyException {
        session.checkOpen();
        Confirmation.Waiting waiting = bfe.wayBack().confirmation().waiting();
        if (waiting == null || !isMine(waiting)) {
            checkWrite("a confirmation");
        }
        return session.alone(() -> {
            bfe.wayBack().confirm(session.id());
            return bfe.commits().newestRevision();
        });
    }

    @Override
    public void check(Consumer<RevisionInfo> progress) throws PolicyException {
        for (RevisionInfo it : list()) {
            PolicyState state = bfe.commits().persistence().at(it.number());
            bfe.engine().abandon(bfe.engine().prepare(ImageTranslator.translate(state)));
            progress.accept(it);
        }
    }

    @Override
    public AutoCloseable announce(Consumer<String> listener) throws PolicyException {
        return session.announce(listener);
    }

    private boolean isMine(Confirmation.Waiting waiting) {
        return waiting.who().equals(session.principal().toString());
    }

    private void checkRead() throws PolicyException {
        session.checkOpen();
        require(AccessRights.READ, "the history");
    }

    private void checkWrite(String what) throws PolicyException {
        require(AccessRights.WRITE, what);
    }

    private void require(int rights, String what) throws PolicyException {
        bfe.audited(
                () -> AccessRules.of(session.principal(), bfe.current()).require(rights, SecurityTarget.ENGINE, what));
    }
}
