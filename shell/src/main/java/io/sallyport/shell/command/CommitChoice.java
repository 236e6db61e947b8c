package io.sallyport.shell.command;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.RevisionInfo;
import io.sallyport.engine.api.ExistingFlows;
import io.sallyport.engine.api.PolicyTrial;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.stack.api.FlowImpact;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of whatever commits. */
final class CommitChoice {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smh])");

    @Option(names = "--comment", paramLabel = "TEXT", description = "Why, for the history ('revision list').")
    private String comment = "";

    @Option(
            names = "--confirm",
            paramLabel = "TIME",
            description =
                    "Takes the change back after TIME, e.g. 90s, 5m or 1h, unless 'policy confirm' is given before: also over a"
                            + " restart. For changes that may lock you out.")
    private @Nullable String confirm;

    @Option(
            names = "--existing-flows",
            paramLabel = "keep|recheck|reset",
            completionCandidates = Candidates.FlowFates.class,
            description =
                    "What becomes of flows that are there: recheck, the default, asks for each again at its next packet; keep"
                            + " leaves them authorised; reset ends those at once that are not permitted any more.")
    private String existingFlows = ExistingFlows.RECHECK.policyName();

    @Option(
            names = "--preview",
            description =
                    "Changes nothing and tells what would become of the flows that are there, and by which filter.")
    private boolean isPreview;

    /** What a preview found out. */
    private @Nullable FlowImpact impact;

    CommitOptions options(CommandContext context) {
        Duration within = within();
        ExistingFlows fate = fate();
        try {
            return new CommitOptions(comment, within, fate, isPreview ? trial -> ask(context, trial) : null);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--" + e.getMessage());
        }
    }

    private ExistingFlows fate() {
        return Arrays.stream(ExistingFlows.values())
                .filter(it -> it.policyName().equals(existingFlows))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "--existing-flows: '" + existingFlows + "' is none of "
                                + String.join(", ", Candidates.FlowFates.NAMES)));
    }

    private void ask(CommandContext context, PolicyTrial trial) {
        impact =
                context.path().preview(trial, flows -> context.err().println("preview: " + flows + " flows looked at"));
        if (impact == null) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "the data path has no time or no ALE shim to ask, nothing was changed; 'bfe status' tells what runs");
        }
    }

    /** Whether nothing is to be changed. */
    boolean isPreview() {
        return isPreview;
    }

    /** What a preview found out, for programs. */
    Map<String, @Nullable Object> previewed() {
        return FlowImpacts.fields(found(), fate());
    }

    /** Prints what a preview found out; exit code 0. */
    int printPreview(ShellCommand command) {
        if (command.isJson()) {
            Json.print(command.context.out(), previewed());
        } else {
            FlowImpacts.print(command.context, found(), fate());
        }
        return ExitCode.OK;
    }

    /** Every change that is not refused is asked about, also one that changes nothing. */
    private FlowImpact found() {
        return Objects.requireNonNull(impact, "not asked");
    }

    /** One line on the revision that the change made. */
    String line(@Nullable RevisionInfo made) {
        return Made.line(made, within());
    }

    /** The same for programs. */
    @Nullable Map<String, @Nullable Object> fields(@Nullable RevisionInfo made) {
        return Made.fields(made, within());
    }

    /** When it is taken back without a confirmation; null: it stays. */
    @Nullable Instant takenBackAt(RevisionInfo made) {
        Duration within = within();
        return within == null ? null : Made.takenBackAt(made, within);
    }

    /** How long it stays without a confirmation; null: it stays. */
    @Nullable Duration within() {
        return confirm == null ? null : duration(confirm);
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
