package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.AccessEntry.Scope;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.shell.system.NameDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code security}. */
@Command(
        name = "security",
        description = "Who owns what, and who may do what with it: engine, containers of a type, objects.",
        subcommands = {SecurityCommand.Show.class, SecurityCommand.Set.class})
final class SecurityCommand {

    /** A command about something that has an owner. */
    abstract static class About extends ShellCommand {
        @Parameters(
                index = "0",
                paramLabel = "engine|TYPE",
                completionCandidates = Candidates.SecurityTypes.class,
                description = "engine; or filter, callout, layer, sublayer, provider, provider-context or set.")
        private String type = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "NAME|KEY",
                completionCandidates = Candidates.Secured.class,
                description = "Name or key (GUID) of an object; without it, the container of the type.")
        private @Nullable String name;

        About(CommandContext context) {
            super(context);
        }

        SecurityTarget target(PolicyView view) {
            return SecurityTargets.find(view, type, name);
        }

        /** What is in force now. */
        record Shown(Table table, Map<String, @Nullable Object> json) {}

        Shown shown(Session session, SecurityTarget target) throws PolicyException {
            SecurityInfo info = session.security(target);
            List<AccessEntry> inherited = session.inheritedEntries(target);
            List<String> rights = AccessEntry.names(session.rights(target));
            Table table = new Table()
                    .column("FROM")
                    .column("KIND")
                    .name("WHO")
                    .column("SCOPE")
                    .flexible("RIGHTS");
            table.row("-", "owner", info.owner(), "-", info.isProtected() ? "inherits nothing" : "inherits");
            info.entries().forEach(entry -> row(table, "own", entry));
            inherited.forEach(entry -> row(table, "inherited", entry));
            table.row("-", "you", context.principal(), "-", String.join(", ", rights));
            return new Shown(
                    table,
                    Json.object(
                            "target", target.toString(),
                            "owner", info.owner().toString(),
                            "protected", info.isProtected(),
                            "entries",
                                    info.entries().stream().map(About::fields).toList(),
                            "inherited", inherited.stream().map(About::fields).toList(),
                            "rights", rights));
        }

        private static void row(Table table, String from, AccessEntry entry) {
            table.row(
                    from,
                    entry.isAllowed() ? "allow" : "deny",
                    entry.trustee(),
                    entry.scope().word(),
                    String.join(", ", AccessEntry.names(entry.rights())));
        }

        private static Map<String, @Nullable Object> fields(AccessEntry entry) {
            return Json.object(
                    "allow", entry.isAllowed(),
                    "who", entry.trustee().toString(),
                    "rights", AccessEntry.names(entry.rights()),
                    "scope", entry.scope().word());
        }
    }

    @Command(
            name = "show",
            description = "Shows the owner, the entries, those from above, and your own rights.",
            footer = {
                "%nEntries are asked from top to bottom; the first one that names a right decides about it.",
                "Exit: 0, 1 if there is no such object, 3 without the right."
            })
    static final class Show extends About {
        Show(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            try {
                Session session = context.session();
                Shown shown = shown(session, target(session.view()));
                return print(shown.table(), shown.json());
            } catch (PolicyException e) {
                throw CommandFailure.of(e, ExitCode.NEGATIVE, "its security is not shown");
            }
        }
    }

    @Command(
            name = "set",
            description = "Changes the owner, or replaces the entries. What is not given stays.",
            footer = {
                "%nAn entry is WHO=RIGHT[,RIGHT...][@this|@below]. WHO: everyone, owner, role:admin, role:operator, role:vendor,"
                        + " role:viewer, user:NAME or bundle:NAME. Denials come before permissions. @this: not for what is below;"
                        + " @below: only for that.",
                "%n  security set sublayer web --allow bundle:com.example.vendor=add-link",
                "  security set filter no-telnet --deny role:admin=delete",
                "  security set provider web --owner user:alice",
                "%nA user:NAME that this machine does not know, nor its directory service, is refused as a slip of the pen;"
                        + " --unknown-users takes it: for users who come later.",
                "%nExit: 0, 1 if there is no such object, 2 for a wrong entry, 3 without the right."
            })
    static final class Set extends About {
        @Option(
                names = "--owner",
                paramLabel = "WHO",
                completionCandidates = Candidates.Trustees.class,
                description = "The new owner.")
        private @Nullable String owner;

        @Option(
                names = "--allow",
                paramLabel = "ENTRY",
                completionCandidates = Candidates.Entries.class,
                description = "Allows; several times.")
        private List<String> allowed = new ArrayList<>();

        @Option(
                names = "--deny",
                paramLabel = "ENTRY",
                completionCandidates = Candidates.Entries.class,
                description = "Denies; several times.")
        private List<String> denied = new ArrayList<>();

        @Option(names = "--no-entries", description = "Leaves nothing but what is inherited.")
        private boolean isEmpty;

        @Option(names = "--protect", description = "Inherits nothing from above.")
        private boolean isProtected;

        @Option(names = "--inherit", description = "Inherits from above.")
        private boolean isInheriting;

        @Option(names = "--unknown-users", description = "Takes names of users whom this machine does not know.")
        private boolean takesUnknown;

        Set(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<AccessEntry> entries = new ArrayList<>();
            denied.forEach(text -> entries.add(entry(text, false)));
            allowed.forEach(text -> entries.add(entry(text, true)));
            boolean hasEntries = isEmpty || !entries.isEmpty();
            if (owner == null && !hasEntries && !isProtected && !isInheriting) {
                throw new CommandFailure(ExitCode.USAGE, "nothing to change; see: security set --help");
            }
            Trustee newOwner = owner == null ? null : trustee(owner);
            if (!takesUnknown) {
                refuseUnknown(newOwner, entries);
            }
            try {
                Session session = context.session();
                SecurityTarget target = target(session.view());
                SecurityInfo old = session.security(target);
                RevisionInfo made = session.setSecurity(
                        target,
                        new SecurityInfo(
                                newOwner == null ? old.owner() : newOwner,
                                hasEntries ? entries : old.entries(),
                                isProtected || (old.isProtected() && !isInheriting)));
                Shown shown = shown(session, target);
                shown.json().put("revision", Made.fields(made, null));
                print(shown.table(), shown.json());
                if (!isJson()) {
                    context.out().println(Made.line(made));
                }
                return ExitCode.OK;
            } catch (PolicyException e) {
                throw CommandFailure.of(e, ExitCode.NEGATIVE, "nothing was changed");
            } catch (IllegalArgumentException e) {
                throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
            }
        }

        /** An entry for a name with a slip of the pen would silently give or take nothing. */
        private static void refuseUnknown(@Nullable Trustee newOwner, List<AccessEntry> entries) {
            Stream.concat(Stream.ofNullable(newOwner), entries.stream().map(AccessEntry::trustee))
                    .filter(it -> it.kind() == Trustee.Kind.USER && NameDatabase.lacksUser(it.name()))
                    .findFirst()
                    .ifPresent(it -> {
                        throw new CommandFailure(
                                ExitCode.USAGE,
                                "this machine knows no user '" + it.name()
                                        + "'; nothing was changed; --unknown-users takes the name as it is");
                    });
        }

        private static AccessEntry entry(String text, boolean isAllowed) {
            int equals = text.indexOf('=');
            int at = text.lastIndexOf('@');
            if (equals < 0) {
                throw new CommandFailure(ExitCode.USAGE, "'" + text + "' is no WHO=RIGHTS");
            }
            String rights = text.substring(equals + 1, at < equals ? text.length() : at);
            OptionalInt bits = AccessEntry.rights(List.of(rights.split(",")));
            if (bits.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "'" + rights + "' are no rights; there are "
                                + String.join(", ", SecurityTargets.RIGHTS)
                                + ", generic-all, generic-read, generic-write, generic-execute");
            }
            return new AccessEntry(
                    isAllowed,
                    trustee(text.substring(0, equals)),
                    bits.getAsInt(),
                    scope(at < equals ? "" : text.substring(at + 1)));
        }

        private static Scope scope(String word) {
            return switch (word) {
                case "" -> Scope.ALL;
                case "this" -> Scope.THIS;
                case "below" -> Scope.BELOW;
                default -> throw new CommandFailure(ExitCode.USAGE, "'@" + word + "' is neither @this nor @below");
            };
        }

        private static Trustee trustee(String text) {
            Trustee trustee = Trustee.parse(text);
            if (trustee == null) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "'" + text + "' is nobody; write everyone, owner, role:ROLE, user:NAME or bundle:NAME");
            }
            return trustee;
        }
    }
}
