package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.shell.protocol.ExitCode;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say whose a new object is. A provider is made by the way only if that is said: a slip of the pen is none. */
final class Owner {
    @Option(
            names = "--provider",
            paramLabel = "PROVIDER",
            completionCandidates = Candidates.Providers.class,
            description = "Whose it is; operator if left out.")
    private String provider = PolicyCommand.OPERATOR;

    @Option(names = "--new-provider", description = "Makes the provider if it is not there.")
    private boolean mayBeNew;

    String name() {
        return provider;
    }

    /**
     * Refuses a provider that is not there, unless it is the operator, or is to be made.
     *
     * @return whether it is there
     */
    boolean check(PolicyView view) {
        Set<String> there = names(view);
        if (there.contains(provider)) {
            return true;
        }
        if (!mayBeNew && !provider.equals(PolicyCommand.OPERATOR)) {
            throw new CommandFailure(
                    ExitCode.INVALID,
                    "there is no provider '" + provider + "'" + Near.hint(provider, there)
                            + "; --new-provider makes it");
        }
        return false;
    }

    static Set<String> names(PolicyView view) {
        Set<String> names = new TreeSet<>();
        view.providers().forEach(it -> names.add(it.display().name()));
        return names;
    }

    /** That a provider was made, and what else may have been meant. */
    static String madeLine(String provider, Collection<String> before) {
        List<String> near = Near.to(provider, before);
        return "made provider " + provider
                + (near.isEmpty() ? "" : "; if you meant " + String.join(" or ", near) + ", take it back");
    }

    /** Those of some providers that own nothing any more, by name. */
    static List<String> idle(PolicyView view, Set<UUID> providers) {
        Set<@Nullable UUID> owners = new HashSet<>();
        Stream.of(
                        view.filters().stream().map(it -> it.provider()),
                        view.sublayers().stream().map(it -> it.provider()),
                        view.callouts().stream().map(it -> it.provider()),
                        view.providerContexts().stream().map(it -> it.provider()),
                        view.sets().stream().map(it -> it.provider()))
                .flatMap(it -> it)
                .forEach(owners::add);
        return view.providers().stream()
                .filter(it -> providers.contains(it.key()) && !owners.contains(it.key()))
                .map(it -> it.display().name())
                .filter(name -> !name.equals(PolicyCommand.OPERATOR))
                .toList();
    }
}
