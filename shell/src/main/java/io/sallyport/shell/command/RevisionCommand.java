package io.sallyport.shell.command;

import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyDifference.FieldDifference;
import io.sallyport.bfe.api.PolicyDifference.ObjectDifference;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code revision}. */
@Command(
        name = "revision",
        description = {
            "The history of the policy: each commit that changes objects which outlive the gateway is a revision. A revision"
                    + " is named by its number, by the beginning of its name, or as current or previous.",
        },
        subcommands = {
            RevisionCommand.Listing.class,
            RevisionCommand.Show.class,
            RevisionCommand.Diff.class,
            RevisionCommand.Check.class
        })
final class RevisionCommand {
    static final String CURRENT = "current";
    static final String PREVIOUS = "previous";

    /** A command that reads the history. */
    abstract static class WithHistory extends ShellCommand {
        WithHistory(CommandContext context) {
            super(context);
        }

        abstract int read(PolicyHistory history) throws PolicyException;

        @Override
        public Integer call() {
            try {
                return read(context.session().history());
            } catch (PolicyException e) {
                if (e.error() == WfpError.NOT_FOUND) {
                    throw new CommandFailure(ExitCode.NEGATIVE, String.valueOf(e.getMessage()));
                }
                throw CommandFailure.of(e, ExitCode.INVALID, "the history is not read");
            }
        }
    }

    @Command(
            name = "list",
            description = "Lists the revisions that are kept, newest first.",
            footer = {
                "%nSTATE: current is in force; pending is in force, too, and is taken back unless 'policy confirm' is given. Where a"
                        + " line is too short for who, via and why, they follow in the next one.",
                "ADDED and DELETED count objects; one that has changed counts as both. A policy file adds every filter from the first"
                        + " changed one on anew, to keep their order: 'revision diff' tells what differs.",
                "Exit: 0; 3 without the right."
            })
    static final class Listing extends WithHistory {
        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "At most so many; 0 for all. ${DEFAULT-VALUE} if left out.",
                defaultValue = "20")
        private int limit;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        int read(PolicyHistory history) throws PolicyException {
            if (limit < 0) {
                throw new CommandFailure(ExitCode.USAGE, "--limit: " + limit + " is negative");
            }
            List<RevisionInfo> all = history.list();
            List<RevisionInfo> shown = limit == 0 ? all : all.subList(0, Math.min(limit, all.size()));
            PendingCommit pending = history.pending();
            if (isJson()) {
                Json.print(
                        context.out(),
                        shown.stream().map(it -> fields(it, all, pending)).toList());
                return ExitCode.OK;
            }
            Table wide = wide(shown, all);
            Table table = wide.fits(context.width()) ? wide : narrow(shown, all);
            table.print(context.out(), context.width());
            if (shown.size() < all.size()) {
                context.out().println((all.size() - shown.size()) + " older ones are kept: --limit 0 lists all");
            }
            if (pending != null) {
                context.out().println(Table.printable(Pending.line(pending)));
            }
            return ExitCode.OK;
        }

        private static Table wide(List<RevisionInfo> shown, List<RevisionInfo> all) {
            Table table = new Table()
                    .number("NUMBER")
                    .column("NAME")
                    .column("WHEN")
                    .column("WHO")
                    .column("VIA")
                    .number("ADDED")
                    .number("DELETED")
                    .column("STATE")
                    .column("COMMENT");
            for (RevisionInfo it : shown) {
                table.row(
                        it.number(),
                        it.name(),
                        it.when().truncatedTo(ChronoUnit.SECONDS),
                        it.who(),
                        it.via(),
                        it.added(),
                        it.deleted(),
                        state(it, all),
                        it.comment());
            }
            return table;
        }

        /** Who and why are what people look for: where they do not fit they get a line of their own. */
        private static Table narrow(List<RevisionInfo> shown, List<RevisionInfo> all) {
            Table table = new Table()
                    .number("NUMBER")
                    .column("NAME")
                    .column("WHEN")
                    .number("ADDED")
                    .number("DELETED")
                    .column("STATE");
            for (RevisionInfo it : shown) {
                String why = it.comment().isEmpty() ? "" : ": " + it.comment();
                table.row(
                                it.number(),
                                it.name(),
                                it.when().truncatedTo(ChronoUnit.SECONDS),
                                it.added(),
                                it.deleted(),
                                state(it, all))
                        .note(it.who() + " by " + it.via() + why);
            }
            return table;
        }
    }

    @Command(
            name = "show",
            description = "Shows who made a revision, when and why, and what it changed.",
            footer = "%nExit: 0; 1 if there is no such revision, 3 without the right.")
    static final class Show extends WithHistory {
        @Parameters(
                paramLabel = "REVISION",
                arity = "0..1",
                completionCandidates = Candidates.Revisions.class,
                description = "Number, name, current or previous; current if left out.")
        private String reference = CURRENT;

        Show(CommandContext context) {
            super(context);
        }

        @Override
        int read(PolicyHistory history) throws PolicyException {
            List<RevisionInfo> all = history.list();
            RevisionInfo revision = history.find(reference);
            boolean isOldest = revision.number() == all.get(all.size() - 1).number();
            PolicyDifference difference = isOldest
                    ? null
                    : history.difference(Long.toString(revision.number() - 1), Long.toString(revision.number()));
            Map<String, @Nullable Object> fields = fields(revision, all);
            if (isJson()) {
                fields.put("changes", difference == null ? null : objects(difference));
                Json.print(context.out(), fields);
                return ExitCode.OK;
            }
            Table table = new Table().column("FIELD").flexible("VALUE");
            fields.forEach(table::row);
            table.print(context.out(), context.width());
            if (difference == null) {
                String what =
                        revision.number() == 1 ? "it is the first one" : "what was before it is not kept any more";
                context.out().println("\n" + what);
            } else {
                context.out().println();
                printDifference(context, difference);
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "diff",
            description = "Tells in which objects two revisions differ, field by field.",
            footer = {
                "%n+ the object came, - it went, ~ it is another one.",
                "%n  revision diff                  what the last commit changed",
                "  revision diff 12 15            what three commits changed",
                "%nExit: 0, also if they are equal; 1 if there is no such revision, 3 without the right."
            })
    static final class Diff extends WithHistory {
        @Parameters(
                paramLabel = "FROM",
                index = "0",
                arity = "0..1",
                completionCandidates = Candidates.Revisions.class,
                description = "Number, name, current or previous; previous if left out.")
        private String from = PREVIOUS;

        @Parameters(
                paramLabel = "TO",
                index = "1",
                arity = "0..1",
                completionCandidates = Candidates.Revisions.class,
                description = "The same; current if left out.")
        private String to = CURRENT;

        Diff(CommandContext context) {
            super(context);
        }

        @Override
        int read(PolicyHistory history) throws PolicyException {
            PolicyDifference difference = history.difference(from, to);
            if (isJson()) {
                Json.print(
                        context.out(),
                        Json.object("from", difference.from(), "to", difference.to(), "objects", objects(difference)));
            } else {
                printDifference(context, difference);
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "check",
            description =
                    "Makes sure that there is a way back: reads each revision, holds it against its name, and compiles it."
                            + " What is in force is not touched.",
            footer = "%nExit: 0 if there is a way back to all; 4 if not: the message says to which.")
    static final class Check extends WithHistory {
        Check(CommandContext context) {
            super(context);
        }

        @Override
        int read(PolicyHistory history) throws PolicyException {
            List<RevisionInfo> good = new ArrayList<>();
            history.check(it -> {
                good.add(it);
                if (!isJson()) {
                    context.out().println("revision " + it.number() + " " + it.name() + " is whole and compiles");
                }
            });
            if (isJson()) {
                Json.print(context.out(), Json.object("checked", good.size()));
            } else {
                context.out().println("there is a way back to each of " + good.size() + " revisions");
            }
            return ExitCode.OK;
        }
    }

    static String state(RevisionInfo it, List<RevisionInfo> all) {
        boolean isNewest = it.number() == all.get(0).number();
        return it.isPending() ? "pending" : isNewest ? CURRENT : "";
    }

    private static Map<String, @Nullable Object> fields(
            RevisionInfo it, List<RevisionInfo> all, @Nullable PendingCommit pending) {
        Map<String, @Nullable Object> fields = fields(it, all);
        fields.put(
                "secondsLeft",
                it.isPending() && pending != null ? pending.left().toSeconds() : null);
        return fields;
    }

    static Map<String, @Nullable Object> fields(RevisionInfo it, List<RevisionInfo> all) {
        return Json.object(
                "number", it.number(),
                "name", it.name(),
                "when", it.when(),
                "who", it.who(),
                "via", it.via(),
                "comment", it.comment(),
                "added", it.added(),
                "deleted", it.deleted(),
                "state", state(it, all));
    }

    static List<Map<String, @Nullable Object>> objects(PolicyDifference difference) {
        return difference.objects().stream()
                .map(it -> Json.object(
                        "kind", it.kind().name().toLowerCase(Locale.ROOT),
                        "type", it.type().word(),
                        "name", it.name(),
                        "key", it.key(),
                        "fields",
                                it.fields().stream()
                                        .map(field -> Json.object(
                                                "field", field.field(),
                                                "before", field.before(),
                                                "after", field.after()))
                                        .toList()))
                .toList();
    }

    /** What became of an object, in one line. */
    static String heading(ObjectDifference it) {
        String sign = switch (it.kind()) {
            case ADDED -> "+ ";
            case REMOVED -> "- ";
            case CHANGED -> "~ ";
        };
        return Table.printable(sign + it.type().word() + " " + it.name() + "  " + it.key());
    }

    static void printDifference(CommandContext context, PolicyDifference difference) {
        if (difference.objects().isEmpty()) {
            context.out().println("they are equal");
        }
        for (ObjectDifference it : difference.objects()) {
            context.out().println(heading(it));
            for (FieldDifference field : it.fields()) {
                String line = "    " + field.field() + ": ";
                line += switch (it.kind()) {
                    case ADDED -> field.after();
                    case REMOVED -> field.before();
                    case CHANGED ->
                        (field.before() == null ? "(none)" : field.before()) + " -> "
                                + (field.after() == null ? "(none)" : field.after());
                };
                context.out().println(Table.printable(line));
            }
        }
    }
}
