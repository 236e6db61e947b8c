package io.sallyport.launcher;

import java.io.PrintStream;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.osgi.framework.BundleException;

/**
 * Main class: framework up, verb called, framework down, exit with the verb's code.
 *
 * <p>The verb is an OSGi service of type {@link ToIntFunction}{@code <String[]>} with the service property
 * {@value #VERB_PROPERTY}: a JDK type, so that launcher and bundles need no common API. With the property
 * {@value #GRACEFUL_PROPERTY} it is interrupted on SIGTERM and SIGINT, and its code is the exit code then too.
 *
 * <p>The arguments are there before any bundle starts, as a service of type {@code List<String>} with the property
 * {@value #ARGUMENTS_PROPERTY} = the verb: so that bundles know what they are started for.
 *
 * <p>Exit codes: the verb's own; {@value #EXIT_FAILED} when the launcher or the verb fails with an exception,
 * {@value #EXIT_USAGE} when the launcher's options are wrong, {@value #EXIT_NO_VERB} when no bundle offers the verb in time
 * (the gateway could not be reached). Only the verb writes to stdout; the launcher speaks on stderr.
 */
public final class Main {
    static final String VERB_PROPERTY = "sallyport.verb";
    static final String GRACEFUL_PROPERTY = "sallyport.graceful";
    static final String ARGUMENTS_PROPERTY = "sallyport.arguments";
    static final int EXIT_FAILED = 1;
    static final int EXIT_USAGE = 2;
    static final int EXIT_NO_VERB = 5;

    private static final Logger LOG = Logger.getLogger(Main.class.getName());

    private final PrintStream err;

    Main(PrintStream err) {
        this.err = err;
    }

    public static void main(String[] args) {
        // The JDK's logging has no handler of its own here; pax-logging adds its bridge when it starts.
        LogManager.getLogManager().reset();
        int exit = new Main(System.err).run(args);
        System.out.flush();
        System.exit(exit);
    }

    /** Runs to the end and gives the exit code; never throws. */
    int run(String... arguments) {
        LaunchOptions options;
        try {
            options = LaunchOptions.parse(arguments);
        } catch (LaunchOptions.UsageException e) {
            say(String.valueOf(e.getMessage()));
            err.println(LaunchOptions.USAGE);
            return EXIT_USAGE;
        }
        try (WorkDir work = WorkDir.create();
                FrameworkHost host = new FrameworkHost(options, work, this::say)) {
            int code = runVerb(options, host, work);
            return host.stop() || code != 0 ? code : EXIT_FAILED;
        } catch (LaunchException e) {
            say(String.valueOf(e.getMessage()));
            return EXIT_FAILED;
        } catch (Throwable t) { // the last line of defence: the user gets one line, the log gets the rest
            say(options.verb() + " failed: " + Reasons.oneLine(t));
            return EXIT_FAILED;
        }
    }

    private int runVerb(LaunchOptions options, FrameworkHost host, WorkDir work) throws Exception {
        SignalStop stop = new SignalStop(host, work, Runtime.getRuntime()::halt);
        Thread onSignal = new Thread(stop, "launcher-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            host.start();
            host.problems().forEach(this::say);
            Optional<ToIntFunction<String[]>> verb = host.awaitVerb(options.verb(), options.patience());
            if (verb.isEmpty()) {
                explainMissing(options, host);
                return EXIT_NO_VERB;
            }
            return stop.call(() -> callVerb(options, verb.get()));
        } catch (LaunchException | BundleException | IllegalStateException e) {
            if (host.isStopping()) { // the signal's doing, and the exit code is its too
                LOG.log(Level.INFO, "stopped during the start", e);
                return EXIT_FAILED;
            }
            throw e;
        } finally {
            removeHook(onSignal);
        }
    }

    private int callVerb(LaunchOptions options, ToIntFunction<String[]> verb) {
        try {
            return verb.applyAsInt(options.args().toArray(String[]::new));
        } catch (
                Throwable t) { // a verb's bug, OutOfMemoryError included, must still stop the framework and give a code
            say(options.verb() + " failed: " + Reasons.oneLine(t));
            LOG.log(Level.WARNING, options.verb() + " failed", t);
            return EXIT_FAILED;
        }
    }

    private void explainMissing(LaunchOptions options, FrameworkHost host) {
        say("no bundle offers '" + options.verb() + "' after "
                + options.patience().toMillis() / 1000.0 + " s");
        host.waitingComponents().forEach(this::say);
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // then the hook itself is doing the work
        }
    }

    private void say(String line) {
        err.println("sallyport: " + line);
    }
}
