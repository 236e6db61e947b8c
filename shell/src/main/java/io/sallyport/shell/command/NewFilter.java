package io.sallyport.shell.command;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that describe a filter, and the policy document that they stand for. */
final class NewFilter {
    @Parameters(paramLabel = "NAME", description = "Name of the filter.")
    private String name = "";

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            required = true,
            split = ",",
            completionCandidates = Candidates.Layers.class,
            description = "Where it judges; several times, or separated by commas: one filter for each.")
    private List<String> layers = List.of();

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            required = true,
            completionCandidates = Candidates.Actions.class,
            description = "permit, block, callout-terminating, callout-inspection or callout-unknown.")
    private String action = "";

    @Option(
            names = "--when",
            paramLabel = "CONDITION",
            completionCandidates = Candidates.Fields.class,
            description =
                    "FIELD=VALUE, or an entry of a policy file: 'FIELD: {in: [1, 2]}'. Several times: conditions on"
                            + " different fields must all hold, of those on one field one. Without it the filter always"
                            + " matches.")
    private List<String> conditions = List.of();

    @Option(
            names = "--sublayer",
            paramLabel = "SUBLAYER",
            completionCandidates = Candidates.Sublayers.class,
            description = "Name of a sublayer; universal if left out.")
    private @Nullable String sublayer;

    @Option(
            names = "--weight",
            paramLabel = "WEIGHT",
            description = "0 to 15: a class; 16 and more, or 'exact: N': that weight. Automatic if left out.")
    private @Nullable String weight;

    @Option(
            names = "--callout",
            paramLabel = "CALLOUT",
            completionCandidates = Candidates.Callouts.class,
            description = "Key of the callout that a callout action calls.")
    private @Nullable String callout;

    @Option(
            names = "--context",
            paramLabel = "CONTEXT",
            completionCandidates = Candidates.Contexts.class,
            description = "Name of the context that the callout gets.")
    private @Nullable String context;

    @Mixin
    private final Owner owner = new Owner();

    @Option(
            names = "--lifetime",
            paramLabel = "LIFETIME",
            completionCandidates = Candidates.Lifetimes.class,
            description = "persistent (the default), static or boot-time.")
    private @Nullable String lifetime;

    @Option(
            names = "--flag",
            paramLabel = "FLAG",
            split = ",",
            completionCandidates = Candidates.Flags.class,
            description = "clear-action-right, permit-if-callout-unregistered or disabled; several times.")
    private List<String> flags = List.of();

    @Option(
            names = "--on-fault",
            paramLabel = "POLICY",
            completionCandidates = Candidates.FaultPolicies.class,
            description = "block, permit or continue when the callout fails; what the callout says if left out.")
    private @Nullable String onFault;

    @Option(names = "--description", paramLabel = "TEXT", description = "Text for people.")
    private @Nullable String description;

    Owner owner() {
        return owner;
    }

    /** The filter as a policy file of its own. */
    String document() {
        StringBuilder text = new StringBuilder("apiVersion: sallyport/v1\nprovider: ")
                .append(Json.quoted(owner.name()))
                .append("\nfilters:\n  - name: ")
                .append(Json.quoted(name))
                .append('\n');
        add(text, "description", description);
        text.append("    layer: ").append(list(layers)).append('\n');
        add(text, "action", action);
        add(text, "sublayer", sublayer);
        if (weight != null) {
            text.append("    weight: ")
                    .append(weight(WhenEntry.oneLine("--weight", weight)))
                    .append('\n');
        }
        add(text, "callout", callout);
        add(text, "context", context);
        add(text, "lifetime", lifetime);
        if (!flags.isEmpty()) {
            text.append("    flags: ").append(list(flags)).append('\n');
        }
        add(text, "on-fault", onFault);
        if (!conditions.isEmpty()) {
            text.append("    when:\n");
            conditions.forEach(condition ->
                    text.append("      - ").append(WhenEntry.of(condition)).append('\n'));
        }
        return text.toString();
    }

    private static void add(StringBuilder text, String key, @Nullable String value) {
        if (value != null) {
            text.append("    ")
                    .append(key)
                    .append(": ")
                    .append(Json.quoted(value))
                    .append('\n');
        }
    }

    private static String list(List<String> words) {
        return "[" + String.join(", ", words.stream().map(Json::quoted).toList()) + "]";
    }

    private static String weight(String written) {
        return written.startsWith("exact:") ? "{" + written + "}" : written;
    }
}
