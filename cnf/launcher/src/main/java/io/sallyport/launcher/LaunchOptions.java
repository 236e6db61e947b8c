package io.sallyport.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The launcher's own command line. Everything from the verb on belongs to the verb and is passed through untouched.
 *
 * @param bundles directory with one folder per start level ({@code 01}, {@code 10}, ...), each holding jars
 * @param cache framework cache that outlives the process; empty = a temporary one, deleted at exit
 * @param log file for log messages; empty = warnings and errors go to stderr
 * @param patience longest time that the verb's service may take to appear
 * @param verb what the user asked for
 * @param args the verb's arguments
 */
record LaunchOptions(
        Path bundles, Optional<Path> cache, Optional<Path> log, Duration patience, String verb, List<String> args) {

    static final String USAGE =
            "usage: launcher --bundles DIR [--cache DIR] [--log FILE] [--wait SECONDS] VERB [ARG..]";
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(20);

    /** @throws UsageException naming what is wrong */
    static LaunchOptions parse(String[] arguments) {
        Optional<Path> bundles = Optional.empty();
        Optional<Path> cache = Optional.empty();
        Optional<Path> log = Optional.empty();
        Duration patience = DEFAULT_PATIENCE;
        int next = 0;
        while (next < arguments.length && arguments[next].startsWith("--")) {
            String option = arguments[next];
            if (next + 1 == arguments.length) {
                throw new UsageException("option " + option + " needs a value, or is unknown");
            }
            String value = arguments[next + 1];
            switch (option) {
                case "--bundles" -> bundles = Optional.of(directory(value));
                case "--cache" -> cache = Optional.of(Path.of(value));
                case "--log" -> log = Optional.of(Path.of(value));
                case "--wait" -> patience = seconds(value);
                default -> throw new UsageException("unknown option " + option);
            }
            next += 2;
        }
        if (next == arguments.length) {
            throw new UsageException("no verb given");
        }
        List<String> verbArgs = List.of(Arrays.copyOfRange(arguments, next + 1, arguments.length));
        return new LaunchOptions(
                bundles.orElseThrow(() -> new UsageException("--bundles is missing")),
                cache,
                log,
                patience,
                arguments[next],
                verbArgs);
    }

    private static Path directory(String value) {
        Path path = Path.of(value);
        if (!Files.isDirectory(path)) {
            throw new UsageException("--bundles " + value + " is not a directory");
        }
        return path;
    }

    private static Duration seconds(String value) {
        try {
            return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
        } catch (NumberFormatException e) {
            throw new UsageException("--wait " + value + " is not a number of seconds", e);
        }
    }

    /** The command line cannot be understood; the message says where. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }

        UsageException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
