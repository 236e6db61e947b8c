package io.sallyport.shell.command;

import io.sallyport.bfe.api.Session;
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
        footer = "%nExit: 0.")
final class WhoamiCommand extends ShellCommand {
    WhoamiCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        Principal principal = context.principal();
        List<String> rights;
        try (Session session = context.openSession(context.bfe())) {
            rights = AccessEntry.names(session.rights(SecurityTarget.ENGINE));
        } catch (PolicyException e) {
            throw CommandFailure.of(e, ExitCode.NEGATIVE, "the rights are not known");
        }
        Map<String, @Nullable Object> fields =
                Json.object("name", principal.name(), "role", principal.role().word(), "rights", rights);
        Table table = new Table()
                .column("FIELD")
                .flexible("VALUE")
                .row("name", principal.name())
                .row("role", principal.role().word())
                .row("rights", String.join(", ", rights));
        return print(table, fields);
    }
}
