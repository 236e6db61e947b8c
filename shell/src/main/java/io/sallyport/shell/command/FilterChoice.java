package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Filter;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that choose among filters. */
final class FilterChoice {
    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            completionCandidates = Candidates.Layers.class,
            description = "Only filters of this layer.")
    private @Nullable String layer;

    @Option(
            names = "--provider",
            paramLabel = "PROVIDER",
            completionCandidates = Candidates.Providers.class,
            description = "Only filters of this provider.")
    private @Nullable String provider;

    /** All that fit, in the order in which the engine asks them. */
    List<Filter> all(PolicyView view) {
        PolicyNames names = new PolicyNames(view);
        Layer wanted = layer == null ? null : LayerNames.find(layer);
        if (provider != null) {
            requireProvider(view, provider);
        }
        return view.filters().stream()
                .filter(filter -> wanted == null || filter.layer() == wanted)
                .filter(filter -> provider == null || provider.equals(names.provider(filter.provider())))
                .sorted(asAsked(view))
                .toList();
    }

    /** By layer, sublayer and weight, heaviest first. */
    static Comparator<Filter> asAsked(PolicyView view) {
        PolicyNames names = new PolicyNames(view);
        return Comparator.comparing(Filter::layer)
                .thenComparing(filter -> -names.sublayerWeight(filter.sublayer()))
                .thenComparing(Filter::effectiveWeight, (a, b) -> Long.compareUnsigned(b, a))
                .thenComparing(Filter::id);
    }

    /** Those of this name, or the one with this key; at least one. */
    List<Filter> named(PolicyView view, String nameOrKey) {
        List<Filter> all = all(view);
        UUID key = LayerNames.uuid(nameOrKey);
        List<Filter> found = all.stream()
                .filter(filter -> filter.display().name().equals(nameOrKey)
                        || Objects.equals(filter.key(), key)
                        || Long.toString(filter.id()).equals(nameOrKey))
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "there is no filter '" + nameOrKey + "'" + (layer == null && provider == null ? "" : " among those")
                            + Near.hint(
                                    nameOrKey,
                                    all.stream()
                                            .map(filter -> filter.display().name())
                                            .distinct()
                                            .toList())
                            + "; 'filter list' shows all");
        }
        return found;
    }

    static void requireProvider(PolicyView view, String provider) {
        List<String> names =
                view.providers().stream().map(object -> object.display().name()).toList();
        if (!names.contains(provider)) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE, "there is no provider '" + provider + "'" + Near.hint(provider, names));
        }
    }
}
