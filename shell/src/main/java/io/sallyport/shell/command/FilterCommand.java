package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.Session.TransactionMode;
import io.sallyport.bfe.api.Transaction;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code filter}. */
@Command(
        name = "filter",
        description = "Filters: which packets are permitted, blocked, or shown to a callout.",
        subcommands = {
            FilterCommand.Listing.class,
            FilterCommand.Show.class,
            FilterCommand.Add.class,
            FilterCommand.Delete.class
        })
final class FilterCommand {

    @Command(
            name = "list",
            description =
                    "Lists filters in the order in which they are asked: by layer, sublayer and effective weight.",
            footer = {
                "%n  filter list --layer ale-auth-connect-v4 --when ip-remote-port=23 --overlapping%n",
                "MATCHES counts since the filter came into force; '-' if the filter engine is not running.",
                "Exit: 0, also if there are none; 4 if no filter can ever fit."
            })
    static final class Listing extends ShellCommand {
        @Mixin
        private final FilterListing listing = new FilterListing();

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            Session session = context.session(bfe);
            PolicyView view = context.view(bfe);
            List<Filter> found = listing.all(bfe, view, session);
            int more = listing.moreOverlapping(bfe, view, session, found);
            int code = print(view, found);
            if (more > 0) {
                context.out().flush();
                context.err()
                        .println("filter list: " + more
                                + " more match some of that traffic, not all of it: --overlapping lists them, too");
            }
            return code;
        }

        private int print(PolicyView view, List<Filter> filters) {
            FilterDescriber describer = new FilterDescriber(context, view);
            Table table = new Table()
                    .name("NAME")
                    .name("LAYER")
                    .name("SUBLAYER")
                    .number("WEIGHT")
                    .name("ACTION")
                    .name("CALLOUT")
                    .name("PROVIDER")
                    .column("LIFETIME")
                    .number("MATCHES");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (Filter filter : filters) {
                Map<String, @Nullable Object> fields = describer.fields(filter);
                json.add(fields);
                table.row(
                        filter.display().name(),
                        filter.layer().policyName(),
                        fields.get("sublayer"),
                        PolicyNames.weight(filter),
                        filter.action().policyName(),
                        fields.get("callout"),
                        fields.get("provider"),
                        fields.get("lifetime"),
                        fields.get("matches"));
            }
            return print(table, json);
        }
    }

    @Command(
            name = "show",
            description = "Shows everything about a filter, or about all filters of one name.",
            footer = "%nExit: 0, or 1 if there is no such filter.")
    static final class Show extends ShellCommand {
        @Parameters(
                paramLabel = "NAME|KEY",
                completionCandidates = Candidates.Filters.class,
                description = "Name, key (GUID) or run-time id of a filter.")
        private String name = "";

        @Mixin
        private final FilterChoice choice = new FilterChoice();

        Show(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            PolicyView view = context.view(bfe);
            FilterDescriber describer = new FilterDescriber(context, view);
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (Filter filter : choice.named(view, name)) {
                Map<String, @Nullable Object> fields = describer.fields(filter);
                fields.put("owner", owner(filter));
                fields.put("yaml", yaml(bfe, filter));
                if (isJson()) {
                    json.add(fields);
                } else {
                    // As 'filter list' and policy files have it.
                    fields.put("weight", PolicyNames.weight(filter));
                    fields.put("flags", PolicyNames.flags(filter));
                    printFields(fields);
                }
            }
            if (isJson()) {
                Json.print(context.out(), json);
            }
            return ExitCode.OK;
        }

        private String yaml(BaseFilteringEngine bfe, Filter filter) {
            try {
                return context.policyFiles(bfe).print(filter);
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
        }

        /** Null: whoever asks may not know. */
        private @Nullable String owner(Filter filter) {
            SecurityTarget target = SecurityTarget.object(ObjectType.FILTER, filter.key());
            try {
                Session session = context.session();
                boolean mayRead = (session.rights(target) & AccessRights.READ_CONTROL) != 0;
                return mayRead ? session.security(target).owner().toString() : null;
            } catch (PolicyException e) {
                return null; // it was deleted meanwhile
            }
        }

        private void printFields(Map<String, @Nullable Object> fields) {
            Table table = new Table().column("FIELD").flexible("VALUE");
            fields.forEach((field, value) -> {
                if (!field.equals("yaml")) {
                    table.row(field, value);
                }
            });
            table.print(context.out(), context.width());
            context.out().println();
            String.valueOf(fields.get("yaml"))
                    .lines()
                    .forEach(line -> context.out().println(Table.printable(line)));
            context.out().println();
        }
    }

    @Command(
            name = "add",
            description = "Adds a filter, one for each layer, and puts it in force at once. It replaces nothing.",
            footer = {
                "%n  filter add no-telnet --layer ale-auth-connect-v4 --action block --when ip-remote-port=23",
                "  filter add no-web --layer ale-auth-connect-v4 --action block --when ip-protocol=tcp",
                "             --when 'ip-remote-port: {in: [80, 443]}'",
                "%nExit: 0; 1 if it could not be kept, for lack of room for instance; 3 without the right; 4 if the filter is"
                        + " refused: the message says why; 6 if another commit has to be"
                        + " confirmed first."
            })
    static final class Add extends ShellCommand {
        @Mixin
        private final NewFilter filter = new NewFilter();

        @Mixin
        private final CommitChoice commit = new CommitChoice();

        Add(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            PolicyView old = context.view(bfe);
            filter.owner().check(old);
            Set<UUID> before = old.filters().stream().map(Filter::key).collect(Collectors.toSet());
            PolicyReport report =
                    context.policyFiles(bfe).add("filter add", filter.document(), commit.options(context));
            Reports.requireValid(context, "filter add", report);
            if (commit.isPreview()) {
                return commit.printPreview(this);
            }
            PolicyView view = context.view(bfe);
            FilterDescriber describer = new FilterDescriber(context, view);
            List<Filter> added = view.filters().stream()
                    .filter(f -> !before.contains(f.key()))
                    .toList();
            if (isJson()) {
                Json.print(
                        context.out(),
                        added.stream()
                                .map(it -> {
                                    Map<String, @Nullable Object> fields = describer.fields(it);
                                    fields.put("revision", commit.fields(report.revision()));
                                    return fields;
                                })
                                .toList());
                return ExitCode.OK;
            }
            filter.owner().tell(context);
            added.forEach(f -> context.out()
                    .println(Table.printable(
                            "added " + f.display().name() + " at " + f.layer().policyName() + ", key " + f.key())));
            context.out().println(commit.line(report.revision()));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "delete",
            description =
                    "Deletes a filter. Flows at its layer are judged again, unless --existing-flows says otherwise.",
            footer = "%nExit: 0; 1 if there is no such filter, or if several have the name and --all is not given;"
                    + " 3 without the right; 6 if another commit has to be confirmed first.")
    static final class Delete extends ShellCommand {
        @Parameters(
                paramLabel = "NAME|KEY",
                completionCandidates = Candidates.Filters.class,
                description = "Name, key (GUID) or run-time id of a filter.")
        private String name = "";

        @Mixin
        private final FilterChoice choice = new FilterChoice();

        @Option(names = "--all", description = "All filters of this name.")
        private boolean isAll;

        @Mixin
        private final CommitChoice commit = new CommitChoice();

        Delete(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            List<Filter> deleted;
            RevisionInfo made;
            try (Transaction transaction = context.session().begin(TransactionMode.READ_WRITE)) {
                deleted = choice.named(transaction.view(), name);
                if (deleted.size() > 1 && !isAll) {
                    return ambiguous(deleted);
                }
                for (Filter filter : deleted) {
                    transaction.delete(ObjectType.FILTER, filter.key());
                }
                made = transaction.commit(commit.options(context));
            } catch (PolicyException e) {
                throw CommandFailure.of(e, ExitCode.NEGATIVE, "filter " + name + " is not deleted");
            }
            if (commit.isPreview()) {
                return commit.printPreview(this);
            }
            if (isJson()) {
                Json.print(
                        context.out(),
                        deleted.stream()
                                .map(filter -> Json.object(
                                        "name", filter.display().name(),
                                        "layer", filter.layer().policyName(),
                                        "key", filter.key(),
                                        "revision", commit.fields(made)))
                                .toList());
                return ExitCode.OK;
            }
            deleted.forEach(filter -> context.out()
                    .println(Table.printable("deleted " + filter.display().name() + " at "
                            + filter.layer().policyName())));
            context.out().println(commit.line(made));
            Set<UUID> owners = deleted.stream()
                    .map(Filter::provider)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
            Owner.idle(context.view(bfe), owners)
                    .forEach(provider -> context.out()
                            .println(Table.printable("provider " + provider
                                    + " has no objects any more; 'provider delete " + provider + "' deletes it, too")));
            return ExitCode.OK;
        }

        private int ambiguous(List<Filter> filters) {
            String message =
                    filters.size() + " filters are called '" + name + "'; give a key, --layer, --provider, or --all:";
            FailureReport.say(context, "filter delete", ExitCode.NEGATIVE, message, isJson());
            filters.forEach(filter -> context.err()
                    .println("  " + filter.key() + "  " + filter.layer().policyName()));
            return ExitCode.NEGATIVE;
        }
    }

    /** All there is to say about a filter. */
    static final class FilterDescriber {
        private final PolicyNames names;
        private final @Nullable EngineStatistics statistics;

        FilterDescriber(CommandContext context, PolicyView view) {
            this.names = new PolicyNames(view);
            FilterEngine engine = context.engineOrNull();
            this.statistics = engine == null ? null : engine.statistics();
        }

        Map<String, @Nullable Object> fields(Filter filter) {
            return Json.object(
                    "name", filter.display().name(),
                    "description", filter.display().description(),
                    "key", filter.key(),
                    "id", filter.id(),
                    "layer", filter.layer().policyName(),
                    "sublayer", names.sublayer(filter.sublayer()),
                    "sublayerWeight", names.sublayerWeight(filter.sublayer()),
                    "weight", Long.toUnsignedString(filter.effectiveWeight()),
                    "action", filter.action().policyName(),
                    "callout", names.callout(filter.callout()),
                    "context", names.context(filter.providerContext()),
                    "provider", names.provider(filter.provider()),
                    "lifetime", PolicyNames.lifetime(filter),
                    "conditions", filter.conditions().size(),
                    "flags", String.format("0x%x", filter.flags() & ~FaultPolicy.FLAGS),
                    "onFault", names.onFault(filter),
                    "matches", count(statistics == null ? null : statistics.filterMatches(), filter),
                    "decisions", count(statistics == null ? null : statistics.filterDecisions(), filter));
        }

        private static @Nullable Long count(@Nullable Map<Long, Long> counts, Filter filter) {
            return counts == null ? null : counts.getOrDefault(filter.id(), 0L);
        }
    }
}
