package io.sallyport.shell.command;

import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code provider}, {@code sublayer} and {@code context}: the objects of policy that filters refer to. */
final class ObjectCommands {
    private ObjectCommands() {}

    /** What the three have: an enumeration, and names. */
    abstract static class ObjectListing extends ShellCommand {
        ObjectListing(CommandContext context) {
            super(context);
        }

        /** What a listing works with. */
        record Found<T>(List<T> objects, PolicyView view) {}

        <T> Found<T> find(Function<PolicyView, EnumTemplate<T>> template) {
            try {
                Session session = context.session();
                PolicyView view = session.view();
                try (EnumHandle<T> handle = session.createEnumHandle(template.apply(view))) {
                    return new Found<>(handle.next(Integer.MAX_VALUE), view);
                }
            } catch (PolicyException e) {
                throw Refused.by(e);
            }
        }

        static @Nullable UUID providerKey(PolicyView view, @Nullable String name) {
            return name == null ? null : FilterPlace.provider(view, name);
        }

        /** How many filters refer to each key that a filter names. */
        static Map<UUID, Integer> uses(PolicyView view, Function<Filter, @Nullable UUID> reference) {
            Map<UUID, Integer> uses = new HashMap<>();
            for (Filter filter : view.filters()) {
                UUID key = reference.apply(filter);
                if (key != null) {
                    uses.merge(key, 1, Integer::sum);
                }
            }
            return uses;
        }
    }

    /** {@code provider}. */
    @Command(
            name = "provider",
            description = "Providers: who owns objects of policy.",
            subcommands = {ObjectCommands.ProviderListing.class, ProviderDeletion.class})
    static final class ProviderCommand {}

    @Command(name = "list", description = "Lists providers.", footer = "%nExit: 0.")
    static final class ProviderListing extends ObjectListing {
        ProviderListing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Found<Provider> found = find(view -> new EnumTemplate.Providers());
            Map<UUID, Integer> filters = uses(found.view(), Filter::provider);
            Table table = new Table()
                    .name("NAME")
                    .column("PERSISTENT")
                    .number("FILTERS")
                    .column("KEY")
                    .flexible("DESCRIPTION");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (Provider it : found.objects()) {
                int uses = filters.getOrDefault(it.key(), 0);
                String description = it.display().description();
                table.row(it.display().name(), yes(it.isPersistent()), uses, it.key(), description);
                json.add(Json.object(
                        "name", it.display().name(),
                        "description", description,
                        "key", it.key(),
                        "persistent", it.isPersistent(),
                        "service", it.serviceName(),
                        "filters", uses));
            }
            return print(table, json);
        }
    }

    /** {@code sublayer}. */
    @Command(
            name = "sublayer",
            description = "Sublayers: groups of filters that decide together.",
            subcommands = SublayerListing.class)
    static final class SublayerCommand {}

    @Command(
            name = "list",
            description = "Lists sublayers in the order in which they are asked: heaviest first.",
            footer = "%nExit: 0; 1 if there is no such provider.")
    static final class SublayerListing extends ObjectListing {
        @Option(
                names = "--provider",
                paramLabel = "PROVIDER",
                completionCandidates = Candidates.Providers.class,
                description = "Only sublayers of this provider.")
        private @Nullable String provider;

        SublayerListing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Found<Sublayer> found = find(view -> new EnumTemplate.Sublayers(providerKey(view, provider)));
            PolicyNames names = new PolicyNames(found.view());
            Map<UUID, Integer> filters = uses(found.view(), Filter::sublayer);
            Table table = new Table()
                    .name("NAME")
                    .number("WEIGHT")
                    .name("PROVIDER")
                    .column("PERSISTENT")
                    .number("FILTERS")
                    .column("KEY");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            List<Sublayer> sorted = found.objects().stream()
                    .sorted(Comparator.comparingInt(Sublayer::weight).reversed())
                    .toList();
            for (Sublayer it : sorted) {
                int uses = filters.getOrDefault(it.key(), 0);
                String owner = names.provider(it.provider());
                table.row(it.display().name(), it.weight(), owner, yes(it.isPersistent()), uses, it.key());
                json.add(Json.object(
                        "name", it.display().name(),
                        "description", it.display().description(),
                        "key", it.key(),
                        "weight", it.weight(),
                        "provider", owner,
                        "persistent", it.isPersistent(),
                        "filters", uses));
            }
            return print(table, json);
        }
    }

    /** {@code context}. */
    @Command(
            name = "context",
            description = "Provider contexts: data that filters hand to their callout.",
            subcommands = ContextListing.class)
    static final class ContextCommand {}

    @Command(
            name = "list",
            description = "Lists provider contexts.",
            footer = "%nExit: 0, also if there are none; 1 if there is no such provider.")
    static final class ContextListing extends ObjectListing {
        @Option(
                names = "--provider",
                paramLabel = "PROVIDER",
                completionCandidates = Candidates.Providers.class,
                description = "Only contexts of this provider.")
        private @Nullable String provider;

        ContextListing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Found<ProviderContext> found = find(view -> new EnumTemplate.ProviderContexts(providerKey(view, provider)));
            PolicyNames names = new PolicyNames(found.view());
            Map<UUID, Integer> filters = uses(found.view(), Filter::providerContext);
            Table table = new Table()
                    .name("NAME")
                    .name("PROVIDER")
                    .column("PERSISTENT")
                    .number("FILTERS")
                    .number("ID")
                    .flexible("DATA");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (ProviderContext it : found.objects()) {
                int uses = filters.getOrDefault(it.key(), 0);
                String owner = names.provider(it.provider());
                table.row(it.display().name(), owner, yes(it.isPersistent()), uses, it.id(), it.data());
                json.add(Json.object(
                        "name", it.display().name(),
                        "description", it.display().description(),
                        "key", it.key(),
                        "id", it.id(),
                        "provider", owner,
                        "persistent", it.isPersistent(),
                        "filters", uses,
                        "data", it.data()));
            }
            return print(table, json);
        }
    }

    private static String yes(boolean isSo) {
        return isSo ? "yes" : "no";
    }
}
