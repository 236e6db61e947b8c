package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.Filter;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import picocli.CommandLine.Mixin;

/** Options that choose among filters. */
final class FilterChoice {
    @Mixin
    private final FilterPlace place = new FilterPlace();

    /** All that fit, in the order in which the engine asks them. */
    List<Filter> all(PolicyView view) {
        Layer layer = place.layer();
        UUID provider = place.provider(view);
        return view.filters().stream()
                .filter(filter -> layer == null || filter.layer() == layer)
                .filter(filter -> provider == null || provider.equals(filter.provider()))
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
                    "there is no filter '" + nameOrKey + "'" + (place.isAnywhere() ? "" : " among those")
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
}
