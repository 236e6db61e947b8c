package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.security.AccessEntry;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.SecurityTarget;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code whoami}. */
@Command(
        name = "whoami",
        description = "Tells who you are to the gateway, and what you may do with the base filtering engine.",
        footer =
                "%nWhile the base filtering engine does not run, nobody has rights with it: they are not told.%nExit: 0.")
final class WhoamiCommand extends ShellCommand {
    WhoamiCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        Principal principal = context.principal();
        BaseFilteringEngine bfe = context.services().find(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
        List<String> rights = bfe == null ? null : rights(bfe);
        Map<String, @Nullable Object> fields =
                Json.object("name", principal.name(), "role", principal.role().word(), "rights", rights);
        Table table = new Table()
                .column("FIELD")
                .flexible("VALUE")
                .row("name", principal.name())
                .row("role", principal.role().word())
                .row("rights", rights == null ? null : String.join(", ", rights));
        return print(table, fields);
    }

    private List<String> rights(BaseFilteringEngine bfe) {
        try {
            return AccessEntry.names(context.session(bfe).rights(SecurityTarget.ENGINE));
        } catch (PolicyException e) {
            throw CommandFailure.of(e, ExitCode.NEGATIVE, "the rights are not known");
        }
    }
}
