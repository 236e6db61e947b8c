package io.sallyport.shell.command;

import io.sallyport.shell.protocol.ExitCode;
import java.util.List;

/**
 * How a failed command says so: a line for people on stderr; with {@code -o json} also one line on stdout, an object with the
 * one member {@code error}, which has {@code exit}, {@code code}, {@code command} and {@code message}.
 */
final class FailureReport {
    private static final List<String> FORM_OPTIONS = List.of("-o", "--output");
    private static final String JSON = "json";

    private FailureReport() {}

    /**
     * Says it.
     *
     * @param path the command with its subcommand
     * @param message may hold what came out of packets and plug-ins
     * @return the exit code
     */
    static int say(CommandContext context, String path, int exitCode, String message, boolean isJson) {
        String line = Table.printable(message);
        context.err().println(path + ": " + line);
        if (isJson) {
            Json.printLine(
                    context.out(),
                    Json.object(
                            "error",
                            Json.object("exit", exitCode, "code", word(exitCode), "command", path, "message", line)));
        }
        return exitCode;
    }

    /** Whether {@code -o json} is among the arguments of a command line that could not be parsed. */
    static boolean asksForJson(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            for (String option : FORM_OPTIONS) {
                boolean isNext = argument.equals(option) && i + 1 < arguments.length && arguments[i + 1].equals(JSON);
                if (isNext || argument.equals(option + "=" + JSON)) {
                    return true;
                }
            }
            if (argument.equals("-o" + JSON)) {
                return true;
            }
        }
        return false;
    }

    private static String word(int exitCode) {
        return switch (exitCode) {
            case ExitCode.USAGE -> "usage";
            case ExitCode.DENIED -> "denied";
            case ExitCode.INVALID -> "invalid";
            case ExitCode.UNREACHABLE -> "unreachable";
            case ExitCode.CONFIRM_PENDING -> "confirm-pending";
            default -> "negative";
        };
    }
}
