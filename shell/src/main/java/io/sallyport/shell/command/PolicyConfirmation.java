package io.sallyport.shell.command;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.util.List;
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

        /** Whether nothing was changed, and that was printed. */
        boolean isPreview() {
            return false;
        }

        abstract String done(RevisionInfo revision);

        abstract String failed();

        @Override
        int read(PolicyHistory history) {
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
                Json.print(context.out(), RevisionCommand.fields(revision, List.of(revision)));
            } else {
                context.out().println(Table.printable(done(revision)));
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

        @Override
        RevisionInfo change(PolicyHistory history) throws PolicyException {
            CommitOptions options = choice.options(context);
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
            return "revision " + revision.number() + " " + revision.name() + " is in force" + choice.hint();
        }

        @Override
        String failed() {
            return "nothing is rolled back";
        }
    }
}
