package io.sallyport.shell.command;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.shell.protocol.ExitCode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of whatever commits. */
final class CommitChoice {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(s|m|h|)");

    @Option(names = "--comment", paramLabel = "TEXT", description = "Why, for the history ('revision list').")
    private String comment = "";

    @Option(
            names = "--confirm",
            paramLabel = "TIME",
            description =
                    "Comes back after TIME, e.g. 90s, 5m or 1h, unless 'policy confirm' is given before: also over a"
                            + " restart. For changes that may lock you out.")
    private @Nullable String confirm;

    CommitOptions options() {
        Duration within = confirm == null ? null : duration(confirm);
        try {
            return new CommitOptions(comment, within);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--comment or --confirm: " + e.getMessage());
        }
    }

    /** What to append to "it is in force"; empty unless it has to be confirmed. */
    String hint() {
        return confirm == null ? "" : "; it comes back after " + confirm + " unless you say 'policy confirm'";
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--confirm: '" + text + "' is no time; write 90s, 5m or 1h, from one second to a day");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
