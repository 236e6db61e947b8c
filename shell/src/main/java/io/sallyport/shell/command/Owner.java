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

    /** Names of the providers that there were. */
    private Set<String> before = Set.of();

    String name() {
        return provider;
    }

    /** Refuses a provider that is not there, unless it is the operator, or is to be made. */
    void check(PolicyView view) {
        before = names(view);
        if (!before.contains(provider) && !mayBeNew && !provider.equals(PolicyCommand.OPERATOR)) {
            throw new CommandFailure(
                    ExitCode.INVALID,
                    "there is no provider '" + provider + "'" + Near.hint(provider, before)
                            + "; --new-provider makes it");
        }
    }

    /** Tells people that the provider was made, if it was not there at {@link #check}. */
    void tell(CommandContext context) {
        if (!before.contains(provider)) {
            context.out().println(Table.printable(madeLine(provider, before)));
        }
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
