package io.sallyport.shell.command;

import io.sallyport.bfe.api.EngineOption;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.bfe.api.Session;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code engine}. */
@Command(
        name = "engine",
        description = "Options of the base filtering engine. They survive a restart.",
        subcommands = {EngineCommand.Show.class, EngineCommand.Set.class})
final class EngineCommand {

    @Command(name = "show", description = "Shows all options.", footer = "%nExit: 0, or 3 without the right.")
    static final class Show extends ShellCommand {
        Show(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Table table = new Table().column("OPTION").number("VALUE").number("DEFAULT");
            Map<String, @Nullable Object> json = Json.object();
            try {
                Session session = context.session();
                for (EngineOption option : EngineOption.values()) {
                    long value = session.option(option);
                    table.row(option.policyName(), value, option.defaultValue());
                    json.put(option.policyName(), value);
                }
            } catch (PolicyException e) {
                throw CommandFailure.of(e, ExitCode.NEGATIVE, "the options are not known");
            }
            return print(table, json);
        }
    }

    @Command(
            name = "set",
            description = "Sets an option.",
            footer = {
                "%n  txn-watchdog-timeout-ms  transactions that take longer are an event; 0 = never",
                "  txn-wait-timeout-ms      how long a session waits for the writer before it is refused",
                "%nExit: 0; 1 if there is no such option, or not with this value; 3 without the right."
            })
    static final class Set extends ShellCommand {
        @Parameters(
                index = "0",
                paramLabel = "OPTION",
                completionCandidates = Candidates.Options.class,
                description = "Name of the option.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "VALUE", description = "A number.")
        private long value;

        Set(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            EngineOption option = EngineOption.byName(name);
            if (option == null) {
                List<String> names = Arrays.stream(EngineOption.values())
                        .map(EngineOption::policyName)
                        .toList();
                throw new CommandFailure(
                        ExitCode.NEGATIVE, "there is no option '" + name + "'" + Near.hint(name, names));
            }
            RevisionInfo made;
            try {
                made = context.session().setOption(option, value);
            } catch (PolicyException e) {
                int code = e.error() == WfpError.INVALID_PARAMETER ? ExitCode.NEGATIVE : ExitCode.INVALID;
                throw CommandFailure.of(e, code, "nothing was changed");
            }
            String line = option.policyName() + " is " + value + "; " + Made.line(made);
            return print(line, Json.object("option", name, "value", value, "revision", Made.fields(made, null)));
        }
    }
}
