package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Stored;
import io.sallyport.bfe.security.Role;
import io.sallyport.bfe.security.SecurityInfo;
import io.sallyport.bfe.security.Trustee;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.DataType;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.FaultPolicy;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import io.sallyport.policy.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Prints the objects of a provider as a policy file in canonical form. Dynamic objects are left out: they belong to a
 * living session. Keys are written only where they are not those that the names give.
 */
final class PolicyExporter {
    private final PolicyState state;
    private final StringBuilder out = new StringBuilder();
    private Map<UUID, String> setNames = Map.of();
    private String provider = "";
    private @Nullable UUID providerKey;
    private Lifetime fileLifetime = Lifetime.PERSISTENT;

    /** One filter of the file: the same at one or more layers. */
    private record Entry(List<String> lines, List<String> layers, Stored<Filter> first, boolean hasKey) {}

    PolicyExporter(PolicyState state) {
        this.state = state;
    }

    String export(String providerName) {
        provider = providerName;
        String service = null;
        for (Stored<Provider> it : state.storedProviders()) {
            if (it.object().display().name().equals(providerName)) {
                providerKey = it.object().key();
                service = it.object().serviceName();
                fileLifetime = it.object().isPersistent() ? Lifetime.PERSISTENT : Lifetime.STATIC;
            }
        }
        line("apiVersion: " + PolicyKeys.API_VERSION);
        line("provider: " + YamlText.text(provider));
        if (service != null) {
            line("service: " + YamlText.text(service));
        }
        line("lifetime: " + fileLifetime.word());
        if (providerKey != null) {
            sublayers();
            callouts();
            contexts();
            sets();
            filters();
        }
        return out.toString();
    }

    /** One filter as a list of one entry, for a file whose lifetime is persistent. */
    String print(Filter filter) {
        Provider owner = filter.provider() == null ? null : state.provider(filter.provider());
        if (owner != null) {
            provider = owner.display().name();
            providerKey = owner.key();
        }
        Lifetime known = state.filterLifetime(filter.key());
        Stored<Filter> stored = new Stored<>(
                filter,
                known == null ? lifetimeOf(filter) : known,
                null,
                SecurityInfo.inherited(Trustee.role(Role.ADMIN)));
        UUID derived =
                ObjectKeys.of(provider, ObjectType.FILTER, filter.display().name(), filter.layer());
        List<String> layers = List.of(filter.layer().policyName());
        filter(new Entry(filterLines(stored), layers, stored, !filter.key().equals(derived)));
        return out.toString().indent(-2);
    }

    /** Of a filter that is not there any more. */
    private static Lifetime lifetimeOf(Filter filter) {
        if ((filter.flags() & FilterFlags.BOOTTIME) != 0) {
            return Lifetime.BOOT_TIME;
        }
        return (filter.flags() & FilterFlags.PERSISTENT) != 0 ? Lifetime.PERSISTENT : Lifetime.STATIC;
    }

    private void sublayers() {
        List<Stored<Sublayer>> own = own(state.storedSublayers(), it -> isMine(it.provider()));
        section("sublayers", own);
        for (Stored<Sublayer> stored : own) {
            Sublayer it = stored.object();
            List<String> parts = header(ObjectType.SUBLAYER, it.key(), it.display(), stored.lifetime());
            parts.add("weight: " + it.weight());
            line("  - {" + String.join(", ", parts) + "}");
        }
    }

    private void callouts() {
        UUID me = providerKey;
        List<Stored<CalloutObject>> own = own(
                state.storedCallouts(), it -> me != null && state.ownersOf(it).contains(me));
        section("callouts", own);
        int next = 0;
        while (next < own.size()) {
            Stored<CalloutObject> first = own.get(next);
            List<String> layers = new ArrayList<>();
            int end = next;
            while (end < own.size() && (end == next || isSameCallout(first, own.get(end)))) {
                layers.add(own.get(end).object().layer().policyName());
                end++;
            }
            callout(first, layers);
            next = end;
        }
    }

    private static boolean isSameCallout(Stored<CalloutObject> first, Stored<CalloutObject> other) {
        CalloutObject a = first.object();
        CalloutObject b = other.object();
        return hasDerivedKey(a)
                && hasDerivedKey(b)
                && a.display().equals(b.display())
                && a.calloutName().equals(b.calloutName())
                && a.flags() == b.flags()
                && a.layer() != b.layer()
                && first.lifetime() == other.lifetime();
    }

    private static boolean hasDerivedKey(CalloutObject it) {
        return it.key().equals(ObjectKeys.ofCallout(it.calloutName(), it.layer()));
    }

    private void callout(Stored<CalloutObject> stored, List<String> layers) {
        CalloutObject it = stored.object();
        List<String> parts = new ArrayList<>();
        String key = it.key().toString();
        parts.add("key: " + (hasDerivedKey(it) ? YamlText.text(it.calloutName()) : key));
        if (!hasDerivedKey(it) && !it.calloutName().equals(key)) {
            parts.add("name: " + YamlText.text(it.calloutName()));
        }
        description(parts, it.display());
        parts.add("layer: " + YamlText.list(layers));
        if ((it.flags() & CalloutFlags.USES_PROVIDER_CONTEXT) == 0) {
            parts.add("flags: []");
        }
        FaultPolicy onFault = FaultPolicy.of(it.flags());
        if (onFault != null) {
            parts.add("on-fault: " + onFault.policyName());
        }
        lifetime(parts, stored.lifetime());
        line("  - {" + String.join(", ", parts) + "}");
    }

    private void contexts() {
        List<Stored<ProviderContext>> own = own(state.storedContexts(), it -> isMine(it.provider()));
        section("contexts", own);
        for (Stored<ProviderContext> stored : own) {
            ProviderContext it = stored.object();
            List<String> parts = header(ObjectType.PROVIDER_CONTEXT, it.key(), it.display(), stored.lifetime());
            parts.add("data: " + YamlText.data(it.data()));
            line("  - {" + String.join(", ", parts) + "}");
        }
    }

    private void sets() {
        List<Stored<PolicySet>> own = own(state.storedSets(), it -> isMine(it.provider()));
        setNames = setNames(own);
        section("sets", own);
        for (Stored<PolicySet> stored : own) {
            PolicySet it = stored.object();
            for (String part : header(ObjectType.SET, it.key(), it.display(), stored.lifetime())) {
                line((part.startsWith("name: ") ? "  - " : "    ") + part);
            }
            boolean isEmpty = it.entries().size() == 0;
            line("    " + it.kind().word() + (isEmpty ? ": []" : ":"));
            it.entries().list().forEach(entry -> line("      - " + YamlText.quoted(entry.text())));
        }
    }

    private String setName(UUID key) {
        String name = setNames.get(key);
        return name == null ? key.toString() : YamlText.text(name);
    }

    /** The names that mean one own set each. */
    private static Map<UUID, String> setNames(List<Stored<PolicySet>> own) {
        Map<String, Integer> counts = new HashMap<>();
        own.forEach(it -> counts.merge(it.object().display().name(), 1, Integer::sum));
        Map<UUID, String> names = new HashMap<>();
        for (Stored<PolicySet> stored : own) {
            String name = stored.object().display().name();
            if (counts.getOrDefault(name, 0) == 1) {
                names.put(stored.object().key(), name);
            }
        }
        return names;
    }

    private void filters() {
        List<Stored<Filter>> own = own(state.storedFilters(), it -> isMine(it.provider()));
        section("filters", own);
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Stored<Filter> stored : own) {
            Filter it = stored.object();
            boolean isDerived = it.key()
                    .equals(ObjectKeys.of(
                            provider, ObjectType.FILTER, it.display().name(), it.layer()));
            List<String> lines = filterLines(stored);
            Entry last = entries.isEmpty() ? null : entries.get(entries.size() - 1);
            if (isDerived && last != null && !last.hasKey() && isSameFilter(last, stored, lines)) {
                last.layers().add(it.layer().policyName());
                continue;
            }
            boolean needsKey = !isDerived || !names.add(it.display().name());
            List<String> layers = new ArrayList<>(List.of(it.layer().policyName()));
            entries.add(new Entry(lines, layers, stored, needsKey));
        }
        entries.forEach(this::filter);
    }

    private static boolean isSameFilter(Entry last, Stored<Filter> stored, List<String> lines) {
        return last.first().object().display().equals(stored.object().display())
                && last.lines().equals(lines)
                && !last.layers().contains(stored.object().layer().policyName());
    }

    private void filter(Entry entry) {
        Filter it = entry.first().object();
        line("  - name: " + YamlText.text(it.display().name()));
        if (!it.display().description().isEmpty()) {
            line("    description: " + YamlText.text(it.display().description()));
        }
        if (entry.hasKey()) {
            line("    key: " + it.key());
        }
        line("    layer: " + YamlText.list(entry.layers()));
        entry.lines().forEach(this::line);
    }

    /** Everything that must be equal for two layers to share an entry. */
    private List<String> filterLines(Stored<Filter> stored) {
        Filter it = stored.object();
        List<String> lines = new ArrayList<>();
        String sublayer = sublayerName(it.sublayer());
        if (sublayer != null) {
            lines.add("    sublayer: " + sublayer);
        }
        if (it.weight() instanceof Value.Number weight) {
            String number = Long.toUnsignedString(weight.bits());
            boolean isSmallExact = weight.type() == DataType.UINT64 && Long.compareUnsigned(weight.bits(), 16) < 0;
            lines.add("    weight: " + (isSmallExact ? "{exact: " + number + "}" : number));
        }
        List<String> when = ValuePrinter.entries(it.layer(), it.conditions(), this::setName);
        if (!when.isEmpty()) {
            lines.add("    when:");
            when.forEach(entry -> lines.add("      - " + entry));
        }
        lines.add("    action: " + it.action().policyName());
        if (it.callout() != null) {
            lines.add("    callout: " + calloutName(it.callout()));
        }
        if (it.providerContext() != null) {
            lines.add("    context: " + contextName(it.providerContext()));
        }
        if (it.rawContext() != 0) {
            lines.add("    raw-context: " + Long.toUnsignedString(it.rawContext()));
        }
        List<String> flags = new ArrayList<>(FilterFlags.names(it.flags()));
        flags.retainAll(PolicyKeys.FILTER_FLAGS);
        if (!flags.isEmpty()) {
            lines.add("    flags: [" + String.join(", ", flags) + "]");
        }
        FaultPolicy onFault = FaultPolicy.of(it.flags());
        if (onFault != null) {
            lines.add("    on-fault: " + onFault.policyName());
        }
        if (stored.lifetime() == Lifetime.DYNAMIC) {
            lines.add("    # dynamic: ends with the session that added it");
        } else if (stored.lifetime() != fileLifetime) {
            lines.add("    lifetime: " + stored.lifetime().word());
        }
        return lines;
    }

    /** Null for the default sublayer. */
    private @Nullable String sublayerName(@Nullable UUID key) {
        if (key == null || key.equals(BuiltinSublayer.UNIVERSAL.key())) {
            return null;
        }
        Sublayer it = state.sublayer(key);
        if (it == null) {
            return key.toString();
        }
        BuiltinSublayer builtin = BuiltinSublayer.byKey(key);
        List<Sublayer> sameName = state.sublayers().stream()
                .filter(other -> isMine(other.provider()) || BuiltinSublayer.byKey(other.key()) != null)
                .filter(other -> other.display().name().equals(it.display().name()))
                .toList();
        boolean isReachable = (builtin != null || isMine(it.provider())) && sameName.size() == 1;
        return isReachable ? YamlText.text(it.display().name()) : key.toString();
    }

    private String calloutName(UUID key) {
        CalloutObject it = state.callout(key);
        return it != null && hasDerivedKey(it) ? YamlText.text(it.calloutName()) : key.toString();
    }

    private String contextName(UUID key) {
        ProviderContext it = state.providerContext(key);
        if (it == null || !isMine(it.provider())) {
            return key.toString();
        }
        long sameName = state.providerContexts().stream()
                .filter(other -> isMine(other.provider()))
                .filter(other -> other.display().name().equals(it.display().name()))
                .count();
        return sameName == 1 ? YamlText.text(it.display().name()) : key.toString();
    }

    private List<String> header(ObjectType type, UUID key, DisplayData display, Lifetime lifetime) {
        List<String> parts = new ArrayList<>();
        parts.add("name: " + YamlText.text(display.name()));
        description(parts, display);
        if (!key.equals(ObjectKeys.of(provider, type, display.name(), null))) {
            parts.add("key: " + key);
        }
        lifetime(parts, lifetime);
        return parts;
    }

    private static void description(List<String> parts, DisplayData display) {
        if (!display.description().isEmpty()) {
            parts.add("description: " + YamlText.text(display.description()));
        }
    }

    private void lifetime(List<String> parts, Lifetime lifetime) {
        if (lifetime != fileLifetime) {
            parts.add("lifetime: " + lifetime.word());
        }
    }

    private boolean isMine(@Nullable UUID key) {
        return key != null && key.equals(providerKey);
    }

    private static <T> List<Stored<T>> own(Collection<Stored<T>> all, Predicate<T> isOwn) {
        return all.stream()
                .filter(it -> it.lifetime() != Lifetime.DYNAMIC && isOwn.test(it.object()))
                .toList();
    }

    private void section(String name, List<?> objects) {
        if (!objects.isEmpty()) {
            line(name + ":");
        }
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
