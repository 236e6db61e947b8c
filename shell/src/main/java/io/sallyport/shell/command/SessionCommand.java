package io.sallyport.shell.command;

import io.sallyport.bfe.api.SessionInfo;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code session}. */
@Command(
        name = "session",
        description = "Sessions with the base filtering engine: who has one, and who is in a transaction.",
        subcommands = SessionCommand.Listing.class)
final class SessionCommand {

    @Command(
            name = "list",
            description = "Lists the open sessions, oldest first.",
            footer = {
                "%nThe objects of a DYNAMIC session die with it. TRANSACTION says what kind it is in, and for how long.",
                "Exit: 0, or 3 without the right."
            })
    static final class Listing extends ShellCommand {
        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<SessionInfo> sessions;
            try {
                sessions = context.session().sessions();
            } catch (PolicyException e) {
                throw CommandFailure.of(e, ExitCode.NEGATIVE, "the sessions are not listed");
            }
            Table table = new Table()
                    .name("NAME")
                    .name("PRINCIPAL")
                    .column("DYNAMIC")
                    .column("OPENED")
                    .flexible("TRANSACTION");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (SessionInfo it : sessions) {
                String mode = it.transaction() == null
                        ? null
                        : it.transaction().name().toLowerCase(Locale.ROOT).replace('_', '-');
                table.row(
                        it.name(),
                        it.principal(),
                        it.isDynamic() ? "yes" : "no",
                        it.opened(),
                        mode == null ? "-" : mode + ", " + it.transactionMs() + " ms");
                json.add(Json.object(
                        "key", it.key(),
                        "name", it.name(),
                        "principal", it.principal().self().toString(),
                        "role", it.principal().role().word(),
                        "dynamic", it.isDynamic(),
                        "waitTimeoutMs", it.transactionWaitTimeoutMs(),
                        "opened", it.opened().toString(),
                        "transaction", mode,
                        "transactionMs", it.transactionMs()));
            }
            return print(table, json);
        }
    }
}
