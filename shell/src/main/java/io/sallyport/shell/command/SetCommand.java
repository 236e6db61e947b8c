package io.sallyport.shell.command;

import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.policy.Condition;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.Value;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code set}. */
@Command(
        name = "set",
        description = "Sets of addresses and ports that conditions of filters name.",
        subcommands = {
            SetCommand.Listing.class,
            SetCommand.Show.class,
            SetCommand.Create.class,
            SetCommand.Add.class,
            SetCommand.Remove.class,
            SetCommand.Delete.class
        })
final class SetCommand {
    private static final String REFUSED =
            "%nExit: 0; 1 if there is no such set or it was refused; 3 without the right; 4 if an entry cannot be read; 6 if"
                    + " another commit has to be confirmed first.";

    private SetCommand() {}

    private static PolicySet named(PolicyView view, String name) {
        UUID key = SecurityTargets.find(view, ObjectType.SET.word(), name).key();
        PolicySet set = key == null ? null : view.set(key);
        if (set == null) {
            throw new CommandFailure(ExitCode.NEGATIVE, "there is no set '" + name + "'");
        }
        return set;
    }

    /** How many filters name each set. */
    private static Map<UUID, Integer> filters(PolicyView view) {
        Map<UUID, Integer> uses = new HashMap<>();
        for (Filter filter : view.filters()) {
            Set<UUID> named = new HashSet<>();
            for (Condition condition : filter.conditions()) {
                if (condition.value() instanceof Value.InSet it) {
                    named.add(it.set());
                }
            }
            named.forEach(key -> uses.merge(key, 1, Integer::sum));
        }
        return uses;
    }

    @Command(name = "list", description = "Lists sets.", footer = "%nExit: 0; 1 if there is no such provider.")
    static final class Listing extends ObjectCommands.ObjectListing {
        @Option(
                names = "--provider",
                paramLabel = "PROVIDER",
                completionCandidates = Candidates.Providers.class,
                description = "Only sets of this provider.")
        private @Nullable String provider;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Found<PolicySet> found = find(view -> new EnumTemplate.Sets(providerKey(view, provider)));
            PolicyNames names = new PolicyNames(found.view());
            Map<UUID, Integer> uses = SetCommand.filters(found.view());
            Table table = new Table()
                    .name("NAME")
                    .column("KIND")
                    .number("ENTRIES")
                    .name("PROVIDER")
                    .column("PERSISTENT")
                    .number("FILTERS")
                    .column("KEY");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (PolicySet it : found.objects()) {
                String owner = names.provider(it.provider());
                int filters = uses.getOrDefault(it.key(), 0);
                table.row(
                        it.display().name(),
                        it.kind().word(),
                        it.entries().size(),
                        owner,
                        it.isPersistent() ? "yes" : "no",
                        filters,
                        it.key());
                json.add(Json.object(
                        "name", it.display().name(),
                        "description", it.display().description(),
                        "key", it.key(),
                        "kind", it.kind().word(),
                        "entries", it.entries().size(),
                        "provider", owner,
                        "persistent", it.isPersistent(),
                        "filters", filters));
            }
            return print(table, json);
        }
    }

    @Command(
            name = "show",
            description = "Lists the entries of a set, as they were written, in ascending order.",
            footer = "%nExit: 0; 1 if there is no such set.")
    static final class Show extends ShellCommand {
        @Parameters(
                paramLabel = "SET",
                completionCandidates = Candidates.Sets.class,
                description = "Name or key of a set.")
        private String name = "";

        Show(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            PolicySet set = named(context.view(), name);
            Table table = new Table().name("ENTRY");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (SetEntry it : set.entries().list()) {
                table.row(it.text());
                json.add(Json.object("entry", it.text()));
            }
            return print(table, json);
        }
    }

    @Command(
            name = "create",
            description = "Makes a set of a provider, as a policy file would.",
            footer = "%nExit: 0; 3 without the right; 4 if it was refused, or an entry cannot be read;"
                    + " 6 if another commit has to be confirmed first.")
    static final class Create extends ShellCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Name of the set.")
        private String name = "";

        @Parameters(
                index = "1..*",
                paramLabel = "ENTRY",
                description = "Addresses, networks such as 10.0.0.0/8, ports, or ranges first-last.")
        private List<String> entries = List.of();

        @Option(names = "--ports", description = "It holds ports; else it holds addresses.")
        private boolean isOfPorts;

        @Mixin
        private final Owner owner = new Owner();

        @Option(names = "--static", description = "It does not survive a restart of the base filtering engine.")
        private boolean isStatic;

        @Option(names = "--description", paramLabel = "TEXT", description = "Text for people.")
        private String description = "";

        @Mixin
        private final CommitChoice commit = new CommitChoice();

        Create(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            owner.check(context.view());
            PolicyReport report =
                    context.policyFiles(context.bfe()).add("set create", document(), commit.options(context));
            Reports.requireValid(context, "set create", report);
            if (commit.isPreview()) {
                return commit.printPreview(this);
            }
            if (isJson()) {
                Json.print(
                        context.out(),
                        Json.object(
                                "name", name,
                                "entries", entries.size(),
                                "revision", commit.fields(report.revision())));
            } else {
                owner.tell(context);
                context.out().println(Table.printable("made set " + name + " with " + entries.size() + " entries"));
                context.out().println(commit.line(report.revision()));
            }
            return ExitCode.OK;
        }

        private String document() {
            return "apiVersion: sallyport/v1\nprovider: " + Json.quoted(owner.name()) + "\nsets:\n  - name: "
                    + Json.quoted(name) + "\n    description: " + Json.quoted(description) + "\n    lifetime: "
                    + (isStatic ? "static" : "persistent") + "\n    " + (isOfPorts ? "ports" : "addresses") + ": ["
                    + String.join(", ", entries.stream().map(Json::quoted).toList()) + "]\n";
        }
    }

    /** A change of a set that is there. */
    abstract static class Change extends ShellCommand {
        @Parameters(
                index = "0",
                paramLabel = "SET",
                completionCandidates = Candidates.Sets.class,
                description = "Name or key of a set.")
        private String name = "";

        @Mixin
        private final CommitChoice commit = new CommitChoice();

        Change(CommandContext context) {
            super(context);
        }

        /** What was to be done to it. */
        String deed() {
            return "changed";
        }

        /** Null: it is gone. */
        abstract @Nullable PolicySet change(Transaction transaction, UUID key) throws PolicyException;

        @Override
        public Integer call() {
            PolicySet after;
            RevisionInfo made;
            try (Transaction transaction = context.session().begin(TransactionMode.READ_WRITE)) {
                after = change(transaction, named(transaction.view(), name).key());
                made = transaction.commit(commit.options(context));
            } catch (PolicyException e) {
                int code = e.error() == WfpError.INVALID_PARAMETER ? ExitCode.INVALID : ExitCode.NEGATIVE;
                throw CommandFailure.of(e, code, "set " + name + " is not " + deed());
            }
            if (commit.isPreview()) {
                return commit.printPreview(this);
            }
            if (isJson()) {
                Json.print(
                        context.out(),
                        Json.object(
                                "name",
                                name,
                                "entries",
                                after == null ? null : after.entries().size(),
                                "revision",
                                commit.fields(made)));
            } else {
                String now = after == null
                        ? "deleted set " + name
                        : "set " + name + " has " + after.entries().size() + " entries";
                context.out().println(Table.printable(now));
                context.out().println(commit.line(made));
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "add", description = "Adds entries to a set: all of them, or none.", footer = REFUSED)
    static final class Add extends Change {
        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "ENTRY",
                description = "Addresses, networks such as 10.0.0.0/8, ports, or ranges first-last.")
        private List<String> entries = List.of();

        Add(CommandContext context) {
            super(context);
        }

        @Override
        PolicySet change(Transaction transaction, UUID key) throws PolicyException {
            return transaction.editSet(key, List.of(), entries);
        }
    }

    @Command(name = "remove", description = "Removes entries from a set: all of them, or none.", footer = REFUSED)
    static final class Remove extends Change {
        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "ENTRY",
                description = "Entries as 'set show' lists them.")
        private List<String> entries = List.of();

        Remove(CommandContext context) {
            super(context);
        }

        @Override
        PolicySet change(Transaction transaction, UUID key) throws PolicyException {
            return transaction.editSet(key, entries, List.of());
        }
    }

    @Command(name = "delete", description = "Deletes a set that no filter names.", footer = REFUSED)
    static final class Delete extends Change {
        Delete(CommandContext context) {
            super(context);
        }

        @Override
        String deed() {
            return "deleted";
        }

        @Override
        @Nullable PolicySet change(Transaction transaction, UUID key) throws PolicyException {
            transaction.delete(ObjectType.SET, key);
            return null;
        }
    }
}
