package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands: the one list that sessions, completion, help and documentation go by. */
public final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);
    private static final List<Class<?>> COMMANDS = List.of(
            BfeCommand.class,
            FilterCommand.class,
            CalloutCommand.class,
            ObjectCommands.SublayerCommand.class,
            ObjectCommands.ContextCommand.class,
            ObjectCommands.ProviderCommand.class,
            SetCommand.class,
            LayerCommand.class,
            FlowCommand.class,
            EventCommand.class,
            PluginCommand.class,
            TrustCommand.class,
            PolicyCommand.class,
            RevisionCommand.class,
            StatsCommand.class,
            EngineCommand.class,
            SessionCommand.class,
            SecurityCommand.class,
            WhoamiCommand.class,
            HelpCommand.class);
    private static final Pattern NO_NUMBER = Pattern.compile(
            "Invalid value for (?:option '(\\S+)'|positional parameter at index \\S+ \\((\\S+)\\))(?: \\(\\S+\\))?: '(.*)' is not an? (?:int|long)",
            Pattern.DOTALL);
    private static final Set<String> SIGNS = Set.of("|", "||", "&", "&&", ";", "<", ">", ">>");
    private static final int HELP_WIDTH_LEAST = 60;
    private static final int HELP_WIDTH_MOST = 100;

    private Catalogue() {}

    /**
     * The names of the commands.
     *
     * @return in the order of help
     */
    public static List<String> names() {
        return COMMANDS.stream().map(Catalogue::name).toList();
    }

    /**
     * What to append to "there is no such command".
     *
     * @param wrong what was written
     * @return near names; may be empty
     */
    public static String hint(String wrong) {
        return Near.hint(wrong, names());
    }

    /**
     * The model of a command, for a run or for completion.
     *
     * @param name of the command
     * @param context for a run
     * @return parser and model
     * @throws IllegalArgumentException if there is no such command
     */
    public static CommandLine commandLine(String name, CommandContext context) {
        for (Class<?> command : COMMANDS) {
            if (name(command).equals(name)) {
                return commandLine(command, context);
            }
        }
        throw new IllegalArgumentException("no command " + name);
    }

    /**
     * Runs a command.
     *
     * @param name of the command
     * @param arguments subcommand, options, parameters
     * @param context what it works with
     * @return exit code
     * @throws InterruptedException if the thread was interrupted
     */
    public static int run(String name, String[] arguments, CommandContext context) throws InterruptedException {
        CommandLine line = commandLine(name, context);
        int code = line.execute(arguments);
        context.out().flush();
        if (code == ExitCode.INTERRUPTED) {
            throw new InterruptedException();
        }
        return code;
    }

    /**
     * What an argument may be.
     *
     * @param argument of a command line that {@link #commandLine} has made
     * @param before the positional arguments before it
     * @return in the order to show them; null if nobody knows
     */
    public static @Nullable Iterable<String> candidates(ArgSpec argument, List<String> before) {
        Iterable<String> values = argument.completionCandidates();
        return values instanceof Candidates.Secured secured && !before.isEmpty() ? secured.of(before.get(0)) : values;
    }

    private static CommandLine commandLine(Class<?> command, CommandContext context) {
        CommandLine line = new CommandLine(command, new Factory(context));
        int width = context.width() == 0 ? HELP_WIDTH_MOST : context.width();
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setUsageHelpWidth(Math.max(HELP_WIDTH_LEAST, Math.min(HELP_WIDTH_MOST, width)));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
        line.setExecutionStrategy(parsed -> runParsed(parsed, context));
        line.setParameterExceptionHandler((e, arguments) -> usageError(e, arguments, context));
        line.setExecutionExceptionHandler((e, failed, result) -> failure(e, failed, context));
        describe(line);
        return line;
    }

    /** The session of a run ends with the run, however that ends. */
    private static int runParsed(ParseResult parsed, CommandContext context) {
        List<CommandLine> path = parsed.asCommandLineList();
        try (RunSession session = context.ownSession()) {
            session.named(path.get(path.size() - 1).getCommandSpec().qualifiedName());
            return new CommandLine.RunLast().execute(parsed);
        }
    }

    /** What is the same for every command is said here, not at each. */
    private static void describe(CommandLine line) {
        if (!line.getSubcommands().isEmpty()) {
            line.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Prints this.")
                            .build());
        }
        line.getCommandSpec()
                .usageMessage()
                .synopsisHeading("usage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading("%n")
                .commandListHeading("%n")
                .sortOptions(false)
                .abbreviateSynopsis(false);
        line.getSubcommands().values().forEach(Catalogue::describe);
    }

    private static int usageError(ParameterException e, String[] arguments, CommandContext context) {
        CommandLine line = e.getCommandLine();
        String path = line.getCommandSpec().qualifiedName();
        String message = String.valueOf(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && !line.getSubcommands().isEmpty()
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            message = "there is no '" + path + " " + word + "'"
                    + Near.hint(word, line.getSubcommands().keySet());
        } else if (!line.getSubcommands().isEmpty()) {
            message = path + " needs one of: "
                    + String.join(", ", line.getSubcommands().keySet());
        }
        if (line.getSubcommands().isEmpty()) {
            message = inOurWords(e, message, context);
        }
        FailureReport.say(context, path, ExitCode.USAGE, message, FailureReport.asksForJson(arguments));
        context.err().println("see: " + path + " --help");
        return ExitCode.USAGE;
    }

    /** The parser's own messages name Java types, and places by their index. */
    private static String inOurWords(ParameterException e, String message, CommandContext context) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            String first = unmatched.getUnmatched().get(0);
            String why = SIGNS.contains(first) && !context.isAdmin()
                    ? "; pipes, files and several commands on a line are for administrators"
                    : "; put what holds spaces into single quotes";
            return "there are words too many: " + String.join(" ", unmatched.getUnmatched()) + why;
        }
        Matcher number = NO_NUMBER.matcher(message);
        return number.matches()
                ? (number.group(1) == null ? number.group(2) : number.group(1)) + ": '" + number.group(3)
                        + "' is no whole number"
                : message;
    }

    private static int failure(Exception e, CommandLine line, CommandContext context) {
        String path = line.getCommandSpec().qualifiedName();
        if (e instanceof InterruptedException) {
            return ExitCode.INTERRUPTED;
        }
        boolean isJson = line.getCommand() instanceof ShellCommand command && command.isJson();
        if (e instanceof CommandFailure failure) {
            return FailureReport.say(
                    context, path, failure.exitCode(), failure.text(), isJson && !failure.hasDocument());
        }
        LOG.warn("{} failed", path, e);
        String message = "failed: " + e + "; the log has more; a part of the gateway may be restarting: try again";
        return FailureReport.say(context, path, ExitCode.NEGATIVE, message, isJson);
    }

    private static String name(Class<?> command) {
        Command annotation = command.getAnnotation(Command.class);
        if (annotation == null) {
            throw new IllegalStateException(command + " is no command");
        }
        return annotation.name();
    }

    /** Hands the context to whoever wants it. */
    private record Factory(CommandContext context) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            Constructor<?> constructor = Arrays.stream(type.getDeclaredConstructors())
                    .filter(c -> c.getParameterCount() == 1 && c.getParameterTypes()[0] == CommandContext.class)
                    .findFirst()
                    .orElse(null);
            if (constructor == null) {
                return CommandLine.defaultFactory().create(type);
            }
            return type.cast(constructor.newInstance(context));
        }
    }
}
