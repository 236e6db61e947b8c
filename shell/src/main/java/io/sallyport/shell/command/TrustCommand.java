package io.sallyport.shell.command;

import io.sallyport.plugin.api.PluginTrust;
import io.sallyport.plugin.api.PluginTrust.Vendor;
import io.sallyport.shell.protocol.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trust}. */
@Command(
        name = "trust",
        description = "Whose plug-ins the gateway takes, and how much they may use.",
        subcommands = {
            TrustCommand.Listing.class,
            TrustCommand.Add.class,
            TrustCommand.Remove.class,
            TrustCommand.Dev.class,
            TrustCommand.Approve.class,
            TrustCommand.Conformance.class
        })
final class TrustCommand {
    private static final Pattern TIME = Pattern.compile("(\\d{1,5})([mhd])");

    private static Map<String, @Nullable Object> fields(Vendor vendor) {
        return Json.object(
                "kind", "vendor",
                "name", vendor.name(),
                "key", vendor.key(),
                "subject", vendor.subject(),
                "callouts", vendor.callouts(),
                "providers", vendor.providers());
    }

    private static CommandFailure refused(IOException e) {
        return new CommandFailure(ExitCode.NEGATIVE, String.valueOf(e.getMessage()));
    }

    @Command(
            name = "list",
            description =
                    "Lists trusted vendors, unsigned files that are accepted for a while, approved budgets, and whether"
                            + " conformance is required.",
            footer = "%nExit: 0, also if there are none.")
    static final class Listing extends ShellCommand {
        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            PluginTrust trust = context.trust();
            Table table =
                    new Table().column("KIND").name("NAME").name("KEY OR UNTIL").flexible("MAY USE");
            List<Object> json = new ArrayList<>();
            try {
                for (Vendor vendor : trust.vendors()) {
                    table.row(
                            "vendor",
                            vendor.name(),
                            vendor.key().substring(0, 23),
                            "callouts " + String.join(" ", vendor.callouts()) + "; providers "
                                    + String.join(" ", vendor.providers()));
                    json.add(fields(vendor));
                }
                for (Map.Entry<String, Instant> file : trust.accepted().entrySet()) {
                    String until = file.getValue().toString();
                    table.row("unsigned", file.getKey().substring(0, 16), until, "everything");
                    json.add(Json.object("kind", "unsigned", "digest", file.getKey(), "until", until));
                }
                for (Map.Entry<String, String> budget : trust.approved().entrySet()) {
                    table.row("budget", budget.getKey(), "-", budget.getValue());
                    json.add(Json.object("kind", "budget", "name", budget.getKey(), "budget", budget.getValue()));
                }
                if (trust.isConformanceRequired()) {
                    table.row("conformance", "*", "-", "nothing before the suite is passed");
                    json.add(Json.object("kind", "conformance", "required", true));
                }
            } catch (IOException e) {
                throw refused(e);
            }
            return print(table, json);
        }
    }

    @Command(
            name = "add",
            description =
                    "Trusts a vendor's key, or gives a known vendor another key or scope. Plug-ins in the folder that "
                            + "waited for it are started at once.",
            footer = "%nExit: 0, 1 if the file is no certificate or its key is trusted already, 2 usage, 3 without the"
                    + " right.")
    static final class Add extends ShellCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "What you call the vendor.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "Its certificate, in PEM form.")
        private Path file = Path.of("");

        @Option(
                names = "--callouts",
                paramLabel = "PATTERN",
                split = ",",
                required = true,
                description = "Callout keys that it may use: a name, com.acme.* or *. Several with commas.")
        private List<String> callouts = List.of();

        @Option(
                names = "--providers",
                paramLabel = "PATTERN",
                split = ",",
                required = true,
                description = "Symbolic names that its bundles may have; their providers are named so.")
        private List<String> providers = List.of();

        Add(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("trusting a vendor");
            try {
                Vendor vendor = context.trust().add(name, context.file(file), callouts, providers);
                return print(vendor.name() + " is trusted: " + vendor.subject() + ", " + vendor.key(), fields(vendor));
            } catch (IOException e) {
                throw refused(e);
            }
        }
    }

    @Command(
            name = "remove",
            description = "Trusts a vendor no longer. Its plug-ins are uninstalled at once, and their filters block.",
            footer = "%nExit: 0, 1 if there is no such vendor, 3 without the right.")
    static final class Remove extends ShellCommand {
        @Parameters(paramLabel = "NAME", completionCandidates = Candidates.Vendors.class, description = "The vendor.")
        private String name = "";

        Remove(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("ending a vendor's trust");
            try {
                context.trust().remove(name);
                return print(name + " is not trusted any more", Json.object("kind", "vendor", "name", name));
            } catch (IOException e) {
                throw refused(e);
            }
        }
    }

    @Command(
            name = "dev",
            description =
                    "Accepts an unsigned jar, by its present content, for a while; every prompt shows that. When the"
                            + " time is over its bundle is uninstalled. 'trust dev --end' ends it for all.",
            footer = "%nExit: 0, 1 if the file cannot be read, 2 usage, 3 without the right.")
    static final class Dev extends ShellCommand {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "The jar.")
        private @Nullable Path file;

        @Option(names = "--for", paramLabel = "TIME", description = "How long: 30m, 8h (the default), up to 30d.")
        private String time = "8h";

        @Option(names = "--end", description = "Accepts nothing unsigned any more.")
        private boolean isEnd;

        Dev(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("accepting unsigned plug-ins");
            Path jar = file;
            if (isEnd == (jar != null)) {
                throw new CommandFailure(ExitCode.USAGE, "name a file, or write --end");
            }
            Matcher matcher = TIME.matcher(time);
            if (!matcher.matches()) {
                throw new CommandFailure(ExitCode.USAGE, "'" + time + "' is no time; write 30m, 8h or 2d");
            }
            long count = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
            try {
                if (jar == null) {
                    context.trust().endAcceptances();
                    return print("nothing unsigned is accepted any more", Json.object("kind", "unsigned"));
                }
                String digest = context.trust().accept(context.file(jar), duration);
                return print(
                        jar + " is accepted without a signature for " + time + ": SHA-256 " + digest,
                        Json.object("kind", "unsigned", "digest", digest, "for", time));
            } catch (IOException e) {
                throw refused(e);
            }
        }
    }

    @Command(
            name = "approve",
            description =
                    "Approves a budget for a plug-in that asks for more than the default; without one, the default"
                            + " again.",
            footer = "%nExit: 0, 1 if it is no budget, 3 without the right.")
    static final class Approve extends ShellCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Symbolic name of its bundle.")
        private String name = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "BUDGET",
                description = "As in its header Sallyport-Budget, in quotes: 'classify-us=20000; contexts=500000'.")
        private String budget = "";

        Approve(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("approving a budget");
            try {
                String approved = context.trust().approve(name, budget);
                return print(
                        name + " may use " + approved, Json.object("kind", "budget", "name", name, "budget", approved));
            } catch (IOException e) {
                throw refused(e);
            }
        }
    }

    @Command(
            name = "conformance",
            description =
                    "Says whether every new jar has to pass the conformance suite before it is installed, the folder's"
                            + " too. What runs already goes on; 'plugin install --conformance' asks for it once.",
            footer = "%nExit: 0, 1 if it cannot be written, 2 usage, 3 without the right.")
    static final class Conformance extends ShellCommand {
        @Parameters(paramLabel = "on|off", description = "Required, or only where it is asked for.")
        private String word = "";

        Conformance(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireAdmin("requiring conformance");
            if (!word.equals("on") && !word.equals("off")) {
                throw new CommandFailure(ExitCode.USAGE, "'" + word + "' is neither on nor off");
            }
            boolean isRequired = word.equals("on");
            try {
                context.trust().requireConformance(isRequired);
                return print(
                        isRequired
                                ? "every new plug-in has to pass the conformance suite"
                                : "the conformance suite runs where it is asked for",
                        Json.object("kind", "conformance", "required", isRequired));
            } catch (IOException e) {
                throw refused(e);
            }
        }
    }
}
