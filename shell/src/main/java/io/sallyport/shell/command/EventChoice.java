package io.sallyport.shell.command;

import io.sallyport.gateway.api.NetEvent;
import io.sallyport.gateway.api.NetEventTemplate;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Condition;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose among events: a template. */
final class EventChoice {
    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            completionCandidates = Candidates.Kinds.class,
            description = "Only drop, permit, reauth, fault or state; several times, or separated by commas.")
    private List<String> kinds = List.of();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            completionCandidates = Candidates.Types.class,
            description = "Only classify-drop, classify-allow or classify-drop-mac.")
    private List<String> types = List.of();

    @Option(
            names = "--when",
            paramLabel = "CONDITION",
            completionCandidates = Candidates.EventFields.class,
            description = {
                "Only of such packets: FIELD=VALUE, or an entry of a policy file, on ip-protocol, ip-local-address,"
                        + " ip-remote-address, ip-local-port or ip-remote-port. Several times; all must hold."
            })
    private List<String> conditions = List.of();

    NetEventTemplate template(CommandContext context, @Nullable Instant from, @Nullable Instant to) {
        List<Condition> all = new ArrayList<>();
        for (String condition : conditions) {
            all.add(condition(context, WhenEntry.of(condition)));
        }
        return new NetEventTemplate(
                from, to, set("--kind", NetEvent.Kind.class, kinds), set("--type", NetEvent.Type.class, types), all);
    }

    /** An address says itself of which IP version it is. */
    private static Condition condition(CommandContext context, String entry) {
        try {
            return context.bfe().policyFiles().condition(Layer.ALE_AUTH_CONNECT_V4, entry);
        } catch (PolicyException first) {
            try {
                if (first.error() != WfpError.CONDITION_NOT_FOUND) {
                    return context.bfe().policyFiles().condition(Layer.ALE_AUTH_CONNECT_V6, entry);
                }
            } catch (PolicyException e) {
                // Then the first complaint is as good as the second.
            }
            throw new CommandFailure(ExitCode.USAGE, "--when: " + first.getMessage());
        }
    }

    /** A time, or null if none was written. */
    static @Nullable Instant time(String option, @Nullable String written) {
        if (written == null) {
            return null;
        }
        Matcher ago = AGO.matcher(written);
        try {
            if (!ago.matches()) {
                return Instant.parse(written);
            }
            long number = Long.parseLong(ago.group(1));
            return Instant.now()
                    .minus(
                            switch (ago.group(2)) {
                                case "s" -> Duration.ofSeconds(number);
                                case "m" -> Duration.ofMinutes(number);
                                case "h" -> Duration.ofHours(number);
                                default -> Duration.ofDays(number);
                            });
        } catch (DateTimeException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    option + ": '" + written + "' is no time; write 2026-01-31T12:00:00Z, or 10m for ten"
                            + " minutes ago");
        }
    }

    static <E extends Enum<E>> Set<E> set(String option, Class<E> type, List<String> written) {
        Set<E> set = EnumSet.noneOf(type);
        for (String word : written) {
            set.add(Arrays.stream(type.getEnumConstants())
                    .filter(it -> word(it).equalsIgnoreCase(word))
                    .findFirst()
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE,
                            option + ": there is no " + option.substring(2) + " '" + word + "'; allowed: "
                                    + String.join(", ", words(List.of(type.getEnumConstants()))))));
        }
        return set;
    }

    static List<String> words(Collection<? extends Enum<?>> constants) {
        return constants.stream()
                .sorted((a, b) -> Integer.compare(a.ordinal(), b.ordinal()))
                .map(EventChoice::word)
                .toList();
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
