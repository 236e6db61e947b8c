package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code policy}. */
@Command(
        name = "policy",
        description =
                "Policy files: all objects of a provider, checked and put in force as a whole; and changes of policy as they"
                        + " happen.",
        subcommands = {
            PolicyCommand.Validate.class,
            PolicyCommand.Apply.class,
            PolicyCommand.Export.class,
            PolicyConfirmation.Confirm.class,
            PolicyConfirmation.Rollback.class,
            PolicyWatch.class,
            PolicySubscriptions.class
        })
final class PolicyCommand {
    static final String OPERATOR = "operator";

    /** A command that reads a file. */
    abstract static class WithFile extends ShellCommand {
        private static final String STANDARD_INPUT = "-";
        private static final int MOST_BYTES = 64 << 20;

        @Parameters(
                paramLabel = "FILE",
                description =
                        "Policy in YAML or JSON, as docs/policy.md describes; '-': what the client's standard input holds.")
        private Path file = Path.of("");

        WithFile(CommandContext context) {
            super(context);
        }

        abstract PolicyReport read(BaseFilteringEngine bfe, Path path) throws IOException;

        /** A document that the client has brought along. */
        abstract PolicyReport read(BaseFilteringEngine bfe, String name, byte[] document);

        /** What to say about a file without errors. */
        abstract String praise();

        private PolicyReport read(BaseFilteringEngine bfe) {
            if (file.toString().equals(STANDARD_INPUT)) {
                // First: who may open none shall not make the gateway keep a document.
                context.session(bfe);
                return read(bfe, "standard input", document());
            }
            context.requireAdmin(
                    "a policy file, which is read with the gateway's rights (bring it along instead: '-'),");
            Path path = context.file(file);
            try {
                if (Files.isDirectory(path)) {
                    throw new CommandFailure(ExitCode.INVALID, path + " is a folder; name a policy file");
                }
                return read(bfe, path);
            } catch (NoSuchFileException e) {
                throw new CommandFailure(ExitCode.INVALID, path + ": no such file; check the path");
            } catch (AccessDeniedException e) {
                throw new CommandFailure(ExitCode.INVALID, path + ": the gateway may not read it; check its mode");
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.INVALID, path + " cannot be read: " + e.getMessage());
            }
        }

        private byte[] document() {
            InputStream document = context.document();
            if (document == null) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "there is no standard input in a session; leave it, and:"
                                + " ./sallyport shell -c 'policy apply -' < policy.yaml");
            }
            try {
                return document.readNBytes(MOST_BYTES + 1);
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.NEGATIVE, "standard input cannot be read: " + e.getMessage());
            }
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            PolicyReport report = read(bfe);
            String name = report.file();
            report.problems().forEach(problem -> context.err().println(Table.printable(problem.format())));
            if (isJson()) {
                Json.print(context.out(), fields(report));
            } else if (report.isValid()) {
                context.out()
                        .println(Table.printable(name + " " + praise() + ": filters " + report.filters()
                                + ", tests passed " + report.testsPassed()));
            } else {
                String why = Reports.exitCode(report) == ExitCode.INVALID ? " is invalid" : " is not applied";
                context.err().println(Table.printable(name + why + "; nothing was changed"));
            }
            if (report.isValid()) {
                praised(report);
            }
            return Reports.exitCode(report);
        }

        /** What to tell programs. */
        Map<String, @Nullable Object> fields(PolicyReport report) {
            return Reports.fields(report);
        }

        /** What else there is to say about a file without errors. */
        void praised(PolicyReport report) {}
    }

    @Command(
            name = "validate",
            description = "Checks a policy file completely, the tests in it included, and changes nothing.",
            footer = "%nExit: 0 if it is valid, 3 without the right, 4 if not or if it cannot be read.")
    static final class Validate extends WithFile {
        Validate(CommandContext context) {
            super(context);
        }

        @Override
        PolicyReport read(BaseFilteringEngine bfe, Path path) throws IOException {
            return context.policyFiles(bfe).validate(path);
        }

        @Override
        PolicyReport read(BaseFilteringEngine bfe, String name, byte[] document) {
            return context.policyFiles(bfe).validate(name, document);
        }

        @Override
        String praise() {
            return "is valid";
        }
    }

    @Command(
            name = "apply",
            description = "Checks a policy file and puts it in force, in place of everything that its provider had.",
            footer = {
                "%n  policy apply office.yaml       as an administrator: the gateway reads the file",
                "  ./sallyport shell -c 'policy apply -' < office.yaml",
                "                                 as an operator, too: for providers that are yours",
                "%nExit: 0 if it is in force; 1 if it could not be kept, for lack of room for instance; 3 without the right, 4 if"
                        + " it is invalid or cannot be read, 6 if another commit has to be confirmed first: then nothing was"
                        + " changed."
            })
    static final class Apply extends WithFile {
        @Mixin
        private final CommitChoice choice = new CommitChoice();

        /** Names of the providers that there were. */
        private Set<String> before = Set.of();

        Apply(CommandContext context) {
            super(context);
        }

        @Override
        PolicyReport read(BaseFilteringEngine bfe, Path path) throws IOException {
            before = Owner.names(context.view(bfe));
            return context.policyFiles(bfe).apply(path, choice.options(context));
        }

        @Override
        PolicyReport read(BaseFilteringEngine bfe, String name, byte[] document) {
            before = Owner.names(context.view(bfe));
            return context.policyFiles(bfe).apply(name, document, choice.options(context));
        }

        /** Providers that came since: a file makes its own, and a slip of the pen in it another one. */
        private List<String> madeProviders() {
            return Owner.names(context.view()).stream()
                    .filter(it -> !before.contains(it))
                    .toList();
        }

        @Override
        Map<String, @Nullable Object> fields(PolicyReport report) {
            Map<String, @Nullable Object> fields = super.fields(report);
            if (choice.isPreview() && report.isValid()) {
                fields.put("preview", choice.previewed());
            }
            fields.put("madeProviders", madeProviders());
            fields.put("revision", choice.fields(report.revision()));
            return fields;
        }

        @Override
        void praised(PolicyReport report) {
            if (isJson()) {
                return;
            }
            if (choice.isPreview()) {
                choice.printPreview(this);
            } else {
                madeProviders().forEach(it -> context.out().println(Table.printable(Owner.madeLine(it, before))));
                context.out().println(choice.line(report.revision()));
            }
        }

        @Override
        String praise() {
            return choice.isPreview() ? "is valid" : "is in force";
        }
    }

    @Command(
            name = "export",
            description = "Prints the objects of a provider as a policy file; to apply it changes nothing.",
            footer = "%nExit: 0, or 1 if there is no such provider.")
    static final class Export extends ShellCommand {
        @Option(
                names = "--provider",
                paramLabel = "PROVIDER",
                completionCandidates = Candidates.Providers.class,
                description = "Whose objects; operator if left out.")
        private String provider = OPERATOR;

        Export(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.bfe();
            FilterPlace.requireProvider(context.view(bfe), provider);
            String yaml = yaml(bfe);
            if (isJson()) {
                Json.print(context.out(), Json.object("provider", provider, "yaml", yaml));
            } else {
                context.out().print(yaml);
            }
            return ExitCode.OK;
        }

        private String yaml(BaseFilteringEngine bfe) {
            try {
                return context.policyFiles(bfe).export(provider);
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
        }
    }
}
