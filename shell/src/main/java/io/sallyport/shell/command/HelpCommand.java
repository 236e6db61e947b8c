package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code help}. */
@Command(
        name = "help",
        description = "Lists the commands, or tells about one.",
        footer = "%nExit: 0, or 2 if there is no such command.")
final class HelpCommand extends ShellCommand {
    private static final List<String> REMARKS = List.of(
            "COMMAND --help tells more.",
            "Results can be piped: filter list | grep web",
            "exit or Ctrl-D ends the session; the gateway goes on.");

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..2",
            completionCandidates = Candidates.Commands.class,
            description = "Such as filter, or filter add.")
    private List<String> words = List.of();

    HelpCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() {
        if (!words.isEmpty()) {
            context.out().print(find().getUsageMessage());
            return ExitCode.OK;
        }
        Table table = new Table().column("COMMAND").flexible("WHAT IT DOES");
        List<Map<String, @Nullable Object>> json = new ArrayList<>();
        for (String name : Catalogue.names()) {
            CommandLine line = Catalogue.commandLine(name, context);
            if (line.getSubcommands().isEmpty()) {
                add(line, table, json);
            }
            line.getSubcommands().values().forEach(subcommand -> add(subcommand, table, json));
        }
        int code = print(table, json);
        if (!isJson()) {
            context.out().println();
            for (String line : REMARKS) {
                context.out().println(context.width() > 0 ? Table.cut(line, context.width()) : line);
            }
        }
        return code;
    }

    private static void add(CommandLine line, Table table, List<Map<String, @Nullable Object>> json) {
        String name = line.getCommandSpec().qualifiedName();
        String what = String.join(" ", line.getCommandSpec().usageMessage().description());
        table.row(name, what);
        json.add(Json.object("command", name, "description", what));
    }

    private CommandLine find() {
        String name = words.get(0);
        if (!Catalogue.names().contains(name)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no command '" + name + "'" + Catalogue.hint(name) + "; 'help' lists all");
        }
        CommandLine line = Catalogue.commandLine(name, context);
        if (words.size() == 1) {
            return line;
        }
        CommandLine subcommand = line.getSubcommands().get(words.get(1));
        if (subcommand == null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there is no '" + name + " " + words.get(1) + "'"
                            + Near.hint(words.get(1), line.getSubcommands().keySet()));
        }
        return subcommand;
    }
}
