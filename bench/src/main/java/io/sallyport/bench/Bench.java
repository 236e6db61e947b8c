package io.sallyport.bench;

import io.sallyport.bench.crash.CrashCommand;
import io.sallyport.bench.exhaustion.ExhaustionCommand;
import io.sallyport.bench.hostile.HostileCommand;
import io.sallyport.bench.isolation.IsolationCommand;
import io.sallyport.bench.path.PathCommand;
import io.sallyport.bench.plugins.PluginsCommand;
import io.sallyport.bench.policy.PolicyCommand;
import io.sallyport.bench.relay.RelayCommand;
import io.sallyport.bench.restart.RestartCommand;
import io.sallyport.bench.soak.SoakCommand;
import io.sallyport.bench.throughput.LabCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/**
 * The verb {@code bench}; the script starts it with the product's folder in the property {@code sallyport.root}. Exit: 0
 * measured and every floor held, 1 a floor missed or not measurable, 2 usage.
 */
@Command(
        name = "bench",
        subcommands = {
            CrashCommand.class,
            ExhaustionCommand.class,
            HostileCommand.class,
            IsolationCommand.class,
            LabCommand.class,
            PathCommand.class,
            PluginsCommand.class,
            PolicyCommand.class,
            RelayCommand.class,
            RestartCommand.class,
            SoakCommand.class,
        })
public final class Bench {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private static String[] commandLine = {};

    private Bench() {}

    /**
     * Runs one measurement and ends the process.
     *
     * @param arguments its name, then its options
     */
    public static void main(String[] arguments) {
        commandLine = arguments.clone();
        IExecutionExceptionHandler onFailure = (failure, line, result) -> {
            boolean isUsage = failure instanceof IllegalArgumentException;
            System.err.println(
                    isUsage ? "sallyport: " + failure.getMessage() + tryHelpOf(line) : "sallyport: " + words(failure));
            if (System.getProperty("sallyport.debug") != null) {
                failure.printStackTrace();
            }
            return isUsage ? USAGE : FAILED;
        };
        CommandLine line = new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(onFailure)
                .setParameterExceptionHandler((failure, words) -> {
                    System.err.println("sallyport: " + failure.getMessage() + tryHelpOf(failure.getCommandLine()));
                    return USAGE;
                });
        System.exit(line.execute(arguments));
    }

    /** The page of the verb that was given, if one was. */
    private static String tryHelpOf(CommandLine line) {
        return "; try: ./sallyport " + line.getCommandSpec().qualifiedName() + " --help";
    }

    private static String words(Exception failure) {
        String message = failure.getMessage();
        return message != null && failure instanceof IOException ? message : failure.toString();
    }

    /** The words that this process was started with. */
    static String[] commandLine() {
        return commandLine.clone();
    }
}
