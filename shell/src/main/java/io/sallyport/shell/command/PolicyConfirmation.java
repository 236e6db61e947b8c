package io.sallyport.shell.command;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code policy confirm} and {@code policy rollback}. */
final class PolicyConfirmation {
    private PolicyConfirmation() {}

    /** A command that ends with a revision. */
    abstract static class WithRevision extends RevisionCommand.WithHistory {
        WithRevision(CommandContext context) {
            super(context);
        }

        abstract RevisionInfo change(PolicyHistory history) throws PolicyException;

        /** What else there is to tell programs. */
        void add(Map<String, @Nullable Object> fields, PolicyHistory history, RevisionInfo revision)
                throws PolicyException {}

        /** What else there is to tell people. */
        void tellMore(PolicyHistory history, RevisionInfo revision) throws PolicyException {}

        /** Whether nothing was changed, and that was printed. */
        boolean isPreview() {
            return false;
        }

        abstract String done(RevisionInfo revision);

        abstract String failed();

        @Override
        int read(PolicyHistory history) throws PolicyException {
            RevisionInfo revision;
            try {
                revision = change(history);
            } catch (PolicyException e) {
                int code = e.error() == WfpError.NOT_FOUND ? ExitCode.NEGATIVE : ExitCode.INVALID;
                throw CommandFailure.of(e, code, failed());
            }
            if (isPreview()) {
                return ExitCode.OK;
            }
            if (isJson()) {
                Map<String, @Nullable Object> fields = RevisionCommand.fields(revision, List.of(revision));
                add(fields, history, revision);
                Json.print(context.out(), fields);
            } else {
                context.out().println(Table.printable(done(revision)));
                tellMore(history, revision);
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "confirm",
            description = "Makes a commit stay that was made with --confirm. Who made it may, and administrators.",
            footer = "%nExit: 0; 1 if no commit waits, or not any more; 3 without the right.")
    static final class Confirm extends WithRevision {
        Confirm(CommandContext context) {
            super(context);
        }

        @Override
        RevisionInfo change(PolicyHistory history) throws PolicyException {
            return history.confirm();
        }

        @Override
        String done(RevisionInfo revision) {
            return "revision " + revision.number() + " " + revision.name() + " stays";
        }

        @Override
        String failed() {
            return "nothing is confirmed";
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Puts an older revision in force again, as a new one: the objects that outlive the gateway become what they were."
                        + " Others stay, unless they refer to what is gone. Options, and who may do what, stay.",
                "A commit that waits for its confirmation is taken back by it."
            },
            footer = {
                "%n  policy rollback               the commit before the last one",
                "  policy rollback 12 --confirm 2m",
                "%nExit: 0; 1 if there is no such revision; 3 without the right; 4 if it cannot be put in force."
            })
    static final class Rollback extends WithRevision {
        private static final int MOST_OBJECTS = 20;

        @Parameters(
                paramLabel = "REVISION",
                arity = "0..1",
                completionCandidates = Candidates.Revisions.class,
                description = "Number, name, or previous; previous if left out.")
        private String reference = RevisionCommand.PREVIOUS;

        @Mixin
        private final CommitChoice choice = new CommitChoice();

        Rollback(CommandContext context) {
            super(context);
        }

        /** What the reference named; null: whoever takes back what is his own may see no more than that. */
        private @Nullable RevisionInfo target;

        /** What was in force before. */
        private @Nullable RevisionInfo left;

        @Override
        RevisionInfo change(PolicyHistory history) throws PolicyException {
            CommitOptions options = choice.options(context);
            try {
                target = history.find(reference);
                left = history.find(RevisionCommand.CURRENT);
            } catch (PolicyException e) {
                if (e.error() != WfpError.ERROR_ACCESS_DENIED) {
                    throw e;
                }
            }
            return history.rollback(
                    reference,
                    options.comment().isEmpty()
                            ? new CommitOptions(
                                    "back to " + reference,
                                    options.confirmWithin(),
                                    options.existingFlows(),
                                    options.preview())
                            : options);
        }

        @Override
        boolean isPreview() {
            if (choice.isPreview()) {
                choice.printPreview(this);
            }
            return choice.isPreview();
        }

        @Override
        String done(RevisionInfo revision) {
            if (left != null && left.number() == revision.number()) {
                return "no new revision: " + (target == null ? reference : target.number())
                        + " is the same as what is in force, revision " + revision.number();
            }
            return choice.line(revision) + (target == null ? "" : "; it is what revision " + target.number() + " was");
        }

        @Override
        void add(Map<String, @Nullable Object> fields, PolicyHistory history, RevisionInfo revision)
                throws PolicyException {
            PolicyDifference difference = changes(history, revision);
            fields.put("restored", target == null ? null : target.number());
            fields.put("takenBackAt", choice.takenBackAt(revision));
            fields.put("changes", difference == null ? null : RevisionCommand.objects(difference));
        }

        @Override
        void tellMore(PolicyHistory history, RevisionInfo revision) throws PolicyException {
            PolicyDifference difference = changes(history, revision);
            if (difference == null) {
                return;
            }
            difference.objects().stream()
                    .limit(MOST_OBJECTS)
                    .forEach(it -> context.out().println(RevisionCommand.heading(it)));
            if (difference.objects().size() > MOST_OBJECTS) {
                context.out()
                        .println("and " + (difference.objects().size() - MOST_OBJECTS)
                                + " more: 'revision diff' tells all of it");
            }
        }

        private @Nullable PolicyDifference changes(PolicyHistory history, RevisionInfo revision)
                throws PolicyException {
            return left == null || left.number() == revision.number()
                    ? null
                    : history.difference(Long.toString(left.number()), Long.toString(revision.number()));
        }

        @Override
        String failed() {
            return "nothing is rolled back";
        }
    }
}
