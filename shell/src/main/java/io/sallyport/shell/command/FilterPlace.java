package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Provider;
import io.sallyport.shell.protocol.ExitCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say at which layer filters are, and whose. */
final class FilterPlace {
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

    /** Tells whether neither was given. */
    boolean isAnywhere() {
        return layer == null && provider == null;
    }

    /** The layer; null for all. */
    @Nullable Layer layer() {
        return layer == null ? null : LayerNames.find(layer);
    }

    /** The provider's key; null for all. */
    @Nullable UUID provider(PolicyView view) {
        return provider == null ? null : provider(view, provider);
    }

    /** The key of a provider that must be there. */
    static UUID provider(PolicyView view, String name) {
        requireProvider(view, name);
        return view.providers().stream()
                .filter(it -> it.display().name().equals(name))
                .map(Provider::key)
                .findFirst()
                .orElseThrow();
    }

    static void requireProvider(PolicyView view, String provider) {
        List<String> names =
                view.providers().stream().map(object -> object.display().name()).toList();
        if (!names.contains(provider)) {
            throw new CommandFailure(
                    ExitCode.NEGATIVE,
                    "there is no provider '" + provider + "'" + Near.hint(provider, names)
                            + "; 'provider list' shows all");
        }
    }
}
