package io.sallyport.shell.command;

import io.sallyport.bfe.api.ChangeListener;
import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code policy watch}: its session has the subscriptions, and takes them along when it ends, whatever ends it. */
@Command(
        name = "watch",
        description = "Shows changes of policy as they are committed, whoever makes them, until Ctrl-C.",
        footer = {
            "%n  policy watch --type filter --layer ale-auth-connect-v4 --added%n",
            "An object that is changed is deleted and added: so is a set that is edited. TIME (UTC) is when the change was told,"
                    + " ID the run-time id of filters, callouts and provider contexts. NAME is '-' if the object was gone before"
                    + " it could be looked at. Changes of one type come in the order of the commits. You are told of what you may"
                    + " read.",
            "Changes that come faster than they can be shown are counted and told as lost: list then what there is, with"
                    + " 'filter list' for instance.",
            "With -o json, one line for each: ts, change (add, delete), type, key, id, name; for lost ones ts, change (lost), type,"
                    + " lost, error.",
            "Exit: 0 after --count changes, or if whoever reads had enough; 1 if there is no such provider, layer or callout; 3"
                    + " without the right subscribe on the objects of the type; 4 if there can never be anything to tell; 5 if"
                    + " the base filtering engine does not run, or stops; 130 after Ctrl-C."
        })
final class PolicyWatch extends ShellCommand {
    /** More wait in the queues of the subscriptions, which count what they lose. */
    private static final int MOST_WAITING = 1_000;

    private static final long PATIENCE_MS = 500;
    private static final long ENDLESS = Long.MAX_VALUE;

    @Mixin
    private final ChangeChoice choice = new ChangeChoice();

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many changes.")
    private @Nullable Integer count;

    private final BlockingQueue<Told> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    PolicyWatch(CommandContext context) {
        super(context);
    }

    /**
     * What a subscription has told.
     *
     * @param at when
     * @param type what it is about
     * @param notice null: so many were lost
     */
    private record Told(
            Instant at, ObjectType type, @Nullable ChangeNotice notice, long lost) {}

    /**
     * Hands over what it is told, and waits while that is not shown: then the queue of its subscription fills, which alone knows
     * what did not fit, and where.
     */
    private final class Inbox implements ChangeListener {
        private final ObjectType type;

        Inbox(ObjectType type) {
            this.type = type;
        }

        @Override
        public void changed(ChangeNotice notice) {
            put(new Told(Instant.now(), type, notice, 0));
        }

        @Override
        public void dropped(long notices) {
            put(new Told(Instant.now(), type, null, notices));
        }

        private void put(Told told) {
            try {
                waiting.put(told);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the subscription has ended
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        long most = count == null ? ENDLESS : Limits.positive("--count", count);
        try {
            Session session = context.session();
            PolicyView start = session.view();
            ChangeNames names = new ChangeNames(session::view, start, choice.types());
            for (EnumTemplate<?> template : choice.templates(context.bfe(), start)) {
                session.subscribeChanges(template, choice.toldChanges(), new Inbox(TemplateWords.type(template)));
            }
            return show(session, names, most);
        } catch (PolicyException e) {
            throw e.error() == WfpError.SESSION_ABORTED
                    ? new CommandFailure(ExitCode.UNREACHABLE, "the base filtering engine stops")
                    : Refused.by(e);
        }
    }

    private int show(Session session, ChangeNames names, long most) throws InterruptedException, PolicyException {
        ChangeLine line = new ChangeLine(context.width());
        if (!isJson()) {
            context.out().println(line.heading());
        }
        long left = most;
        while (!context.out().checkError()) {
            Told first = waiting.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
            if (first == null) {
                names.rememberNoPolicy();
                // A base filtering engine that stops tells its subscribers nothing, and ends their sessions.
                session.rights(SecurityTarget.ENGINE);
                continue;
            }
            List<Told> batch = new ArrayList<>(List.of(first));
            waiting.drainTo(batch);
            if (batch.stream().anyMatch(it -> it.notice() != null && names.lacks(it.notice()))) {
                names.rest();
                waiting.drainTo(batch);
                names.look();
            }
            for (Told told : batch) {
                if (print(line, told, names) && --left == 0) {
                    return ExitCode.OK;
                }
            }
        }
        return ExitCode.OK;
    }

    /** Whether it was a change that somebody wants to see. */
    private boolean print(ChangeLine line, Told told, ChangeNames names) {
        ChangeNotice notice = told.notice();
        if (notice == null) {
            printLost(told);
            return false;
        }
        String name = names.of(notice);
        if (!choice.changes().contains(notice.change())) {
            return false;
        }
        if (isJson()) {
            Json.printLine(context.out(), ChangeLine.fields(told.at(), notice, name));
        } else {
            context.out().println(line.text(told.at(), notice, name));
        }
        return true;
    }

    private void printLost(Told told) {
        context.out().flush(); // so that a terminal shows it in its place
        context.err()
                .println("policy watch: " + told.lost() + " changes of type "
                        + told.type().word() + " came faster than they could be shown (NOTIFICATION_DROPPED); list"
                        + " what there is");
        if (isJson()) {
            Json.printLine(context.out(), ChangeLine.fieldsOfLost(told.at(), told.type(), told.lost()));
        }
    }
}
