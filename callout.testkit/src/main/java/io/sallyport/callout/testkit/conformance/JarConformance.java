package io.sallyport.callout.testkit.conformance;

import io.sallyport.callout.Callout;
import io.sallyport.callout.testkit.gateway.TestGateway;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs every {@link ConformanceCheck} against the callouts of a finished jar. A program of its own: the plug-in's code runs in
 * this process, and whatever it does, the process ends. The exit codes are 0 all checks held, 1 one failed, 2 usage, 4 the jar
 * cannot be read or tried.
 */
public final class JarConformance {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int UNREADABLE = 4;

    private final Options options;
    private final PrintStream out;

    private JarConformance(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Runs the checks, and ends the process.
     *
     * @param arguments the jar, and maybe {@code --policy FILE}, {@code -o json} and {@code --limit SECONDS}
     */
    public static void main(String[] arguments) {
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        System.setOut(new PrintStream(
                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)); // what a plug-in prints is no answer
        int code;
        try {
            Options options = Options.parse(arguments);
            endAfter(options, err);
            code = run(options, out, err);
        } catch (IllegalArgumentException e) {
            err.println("sallyport: " + e.getMessage() + "; try: ./sallyport plugin conform --help");
            code = USAGE;
        }
        out.flush();
        Runtime.getRuntime().halt(code); // a thread of the plug-in may go on for ever, and so may its shutdown hook
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static void endAfter(Options options, PrintStream err) {
        Thread timer = new Thread(
                () -> {
                    try {
                        Thread.sleep(options.limitSeconds() * 1_000L);
                    } catch (InterruptedException e) {
                        return; // somebody has interrupted every thread; the parent process has a limit of its own
                    }
                    err.println("sallyport: " + options.jar() + ": the checks did not come to their end within "
                            + options.limitSeconds() + " s");
                    Runtime.getRuntime().halt(FAILED);
                },
                "limit");
        timer.setDaemon(true);
        timer.start();
    }

    /** Runs the checks on the calling thread and threads of their own; returns the exit code. */
    static int run(Options options, PrintStream out, PrintStream err) {
        try {
            return new JarConformance(options, out).run() ? 0 : FAILED;
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            String why = e instanceof IOException ? String.valueOf(e.getMessage()) : "it cannot be loaded: " + e;
            err.println("sallyport: " + options.jar() + ": " + ConformanceReport.oneLine(why));
            return UNREADABLE;
        }
    }

    /** True if nothing failed. */
    private boolean run() throws IOException, ReflectiveOperationException {
        if (!Files.isReadable(options.jar())) {
            throw new IOException("it cannot be read; check the path");
        }
        PluginJar plugin = PluginJar.read(options.jar());
        ConformanceReport report = new ConformanceReport(plugin, options.isJson(), out);
        if (plugin.callouts().isEmpty()) {
            if (plugin.hasActivator()) {
                throw new IOException(
                        "it cannot be tried: it has no callout component, and what its activator registers"
                                + " needs a framework; make components of its callouts");
            }
            return report.end();
        }
        String policy = policy(plugin);
        try (PluginClasses classes = new PluginClasses(options.jar(), plugin.imports())) {
            for (String name : plugin.callouts()) {
                Class<? extends Callout> type =
                        Class.forName(name, false, classes).asSubclass(Callout.class);
                check(type, policy, report);
            }
            return report.end();
        } catch (ClassCastException e) {
            throw new IOException("it cannot be tried: a component says that it is a callout, and is none", e);
        }
    }

    private String policy(PluginJar plugin) throws IOException {
        Path given = options.policy();
        if (given != null) {
            if (!Files.isReadable(given)) {
                throw new IOException("its policy " + given + " cannot be read; check the path");
            }
            return Files.readString(given);
        }
        String carried = plugin.policy();
        if (carried == null) {
            throw new IOException(
                    "it cannot be tried: it carries no policy; put one that shows packets to its callouts into"
                            + " it, as " + PluginJar.POLICY);
        }
        return carried;
    }

    private static void check(Class<? extends Callout> type, String policy, ConformanceReport report) {
        Supplier<TestGateway> gateways =
                () -> TestGateway.with(() -> make(type)).policy(policy);
        Conformance conformance = new Conformance(gateways, StandardTraffic::send, session -> {});
        for (ConformanceCheck check : ConformanceCheck.values()) {
            if (Supervised.isAnyInside()) {
                report.notRun(type, check);
            } else {
                report.add(type, check, conformance.run(check));
            }
        }
    }

    private static Callout make(Class<? extends Callout> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("its constructor throws " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    type.getName()
                            + " has no public constructor without arguments: what it needs of a framework is not here",
                    e);
        }
    }

    /**
     * What was asked for.
     *
     * @param jar the plug-in
     * @param policy instead of what the jar carries, or null
     * @param isJson true: one object instead of lines
     * @param limitSeconds after which the process ends
     */
    record Options(Path jar, @Nullable Path policy, boolean isJson, int limitSeconds) {
        private static final int DEFAULT_LIMIT_S = 300;

        /**
         * Reads a command line.
         *
         * @throws IllegalArgumentException if it is none; the message says why
         */
        static Options parse(String... arguments) {
            Path jar = null;
            Path policy = null;
            boolean isJson = false;
            int limit = DEFAULT_LIMIT_S;
            for (int i = 0; i < arguments.length; i++) {
                int equals = arguments[i].startsWith("--") ? arguments[i].indexOf('=') : -1;
                String word = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
                if (List.of("--policy", "-o", "--output", "--limit").contains(word)) {
                    if (equals < 0 && ++i == arguments.length) {
                        throw new IllegalArgumentException(word + " needs a value");
                    }
                    String value = equals < 0 ? arguments[i] : arguments[i].substring(equals + 1);
                    switch (word) {
                        case "--policy" -> policy = Path.of(value);
                        case "--limit" -> limit = seconds(value);
                        default -> isJson = isJson(value);
                    }
                } else if (word.startsWith("-") || jar != null) {
                    throw new IllegalArgumentException("plugin conform does not know '" + arguments[i] + "'");
                } else {
                    jar = Path.of(word);
                }
            }
            if (jar == null) {
                throw new IllegalArgumentException("plugin conform needs a jar");
            }
            return new Options(jar, policy, isJson, limit);
        }

        private static boolean isJson(String value) {
            if (!value.equals("json") && !value.equals("table")) {
                throw new IllegalArgumentException("-o is '" + value + "', and must be table or json");
            }
            return value.equals("json");
        }

        private static int seconds(String value) {
            if (!value.matches("[1-9]\\d{0,4}")) {
                throw new IllegalArgumentException("--limit is '" + value + "', and must be a number of seconds");
            }
            return Integer.parseInt(value);
        }
    }
}
