package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code provider delete}. */
@Command(
        name = "delete",
        description = "Deletes a provider and all its objects, in one transaction.",
        footer =
                "%nExit: 0; 1 if there is no such provider or the disk refuses; 3 without the right; 4 if objects of others refer to its own; 6 if"
                        + " another commit has to be confirmed first.")
final class ProviderDeletion extends ShellCommand {
    @Parameters(
            paramLabel = "PROVIDER",
            completionCandidates = Candidates.Providers.class,
            description = "Name of the provider.")
    private String provider = "";

    @Mixin
    private final CommitChoice commit = new CommitChoice();

    ProviderDeletion(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        BaseFilteringEngine bfe = context.bfe();
        FilterPlace.requireProvider(context.view(bfe), provider);
        PolicyReport report = context.policyFiles(bfe).remove(provider, commit.options(context));
        Reports.requireValid(context, "provider delete", report);
        if (commit.isPreview()) {
            return commit.printPreview(this);
        }
        if (isJson()) {
            Map<String, @Nullable Object> fields = Reports.fields(report);
            fields.put("revision", commit.fields(report.revision()));
            Json.print(context.out(), fields);
        } else {
            RevisionInfo made = report.revision();
            String what = made == null ? "" : ", " + (made.deleted() - 1) + " objects with it";
            context.out().println(Table.printable("deleted provider " + provider + what));
            context.out().println(commit.line(made));
        }
        return ExitCode.OK;
    }
}
