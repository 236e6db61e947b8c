package io.sallyport.bfe.internal.file;

import io.sallyport.bfe.internal.file.PolicyDocument.FilterPart;
import io.sallyport.bfe.internal.file.PolicyDocument.Header;
import io.sallyport.bfe.internal.store.Lifetime;
import io.sallyport.bfe.internal.store.PolicyState;
import io.sallyport.bfe.internal.store.Replacement;
import io.sallyport.callout.CalloutFlags;
import io.sallyport.layer.Layer;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.BuiltinSublayer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Condition;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.Filter;
import io.sallyport.policy.FilterFlags;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.Provider;
import io.sallyport.policy.ProviderContext;
import io.sallyport.policy.Sublayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns a description into objects: gives keys, and finds what names refer to. */
final class PolicyResolver {
    private final PolicyDocument document;
    private final PolicyState state;
    private final boolean isAddition;
    private final Problems problems;
    private final String provider;
    private final UUID providerKey;
    private final Map<UUID, Header> origins = new HashMap<>();

    /**
     * Makes a resolver.
     *
     * @param isAddition the provider keeps what it has, so that names may refer to it, too
     */
    PolicyResolver(PolicyDocument document, PolicyState state, boolean isAddition, Problems problems) {
        this.isAddition = isAddition;
        this.document = document;
        this.state = state;
        this.problems = problems;
        this.provider = document.provider().text();
        this.providerKey = ObjectKeys.of(provider, ObjectType.PROVIDER, provider, null);
    }

    /** Where an object stands in the file; null if it does not. */
    @Nullable Header originOf(UUID key) {
        return origins.get(key);
    }

    Replacement resolve() {
        checkProvider();
        List<Sublayer> sublayers = new ArrayList<>();
        for (var part : document.sublayers()) {
            Header it = part.header();
            UUID key = key(ObjectType.SUBLAYER, it, null);
            sublayers.add(new Sublayer(key, display(it), isPersistent(it), providerKey, part.weight()));
        }
        List<CalloutObject> callouts = new ArrayList<>();
        for (var part : document.callouts()) {
            Header it = part.header();
            Layer layer = part.layers().get(0);
            UUID key = it.key() == null ? ObjectKeys.ofCallout(it.name(), layer) : it.key();
            origins.put(key, it);
            int flags = part.flags() | (isPersistent(it) ? CalloutFlags.PERSISTENT : 0);
            callouts.add(new CalloutObject(key, display(it), part.calloutName(), layer, flags, providerKey, 0));
        }
        List<ProviderContext> contexts = new ArrayList<>();
        for (var part : document.contexts()) {
            Header it = part.header();
            UUID key = key(ObjectType.PROVIDER_CONTEXT, it, null);
            contexts.add(new ProviderContext(key, display(it), isPersistent(it), providerKey, part.data(), 0));
        }
        List<PolicySet> sets = new ArrayList<>();
        for (var part : document.sets()) {
            Header it = part.header();
            UUID key = key(ObjectType.SET, it, null);
            sets.add(new PolicySet(key, display(it), isPersistent(it), providerKey, part.kind(), part.entries()));
        }
        SetResolver named = new SetResolver(sets, state, providerKey, isAddition)
                .resolve(document.setUses(), declared("sets", "name"), problems);
        List<Filter> filters = new ArrayList<>();
        for (FilterPart part : document.filters()) {
            part.layers().forEach((layer, conditions) -> {
                Filter filter = filter(part, layer, named.resolved(conditions));
                if (filter != null) {
                    filters.add(filter);
                }
            });
        }
        return new Replacement(
                providerObject(sublayers, callouts, contexts, sets, filters),
                sublayers,
                callouts,
                contexts,
                sets,
                filters);
    }

    private void checkProvider() {
        for (Provider it : state.providers()) {
            if (it.display().name().equals(provider) && !it.key().equals(providerKey)) {
                problems.error(
                        document.provider(),
                        "provider " + provider,
                        "provider",
                        "ALREADY_EXISTS: a provider of this name was not made by a policy file");
            }
        }
    }

    /** A provider must live at least as long as its objects (LIFE-12). */
    private Provider providerObject(
            List<Sublayer> sublayers,
            List<CalloutObject> callouts,
            List<ProviderContext> contexts,
            List<PolicySet> sets,
            List<Filter> filters) {
        int outlive = FilterFlags.PERSISTENT | FilterFlags.BOOTTIME;
        boolean isPersistent = document.lifetime() != Lifetime.STATIC
                || sublayers.stream().anyMatch(Sublayer::isPersistent)
                || callouts.stream().anyMatch(it -> (it.flags() & CalloutFlags.PERSISTENT) != 0)
                || contexts.stream().anyMatch(ProviderContext::isPersistent)
                || sets.stream().anyMatch(PolicySet::isPersistent)
                || filters.stream().anyMatch(it -> (it.flags() & outlive) != 0);
        return new Provider(providerKey, DisplayData.of(provider), isPersistent, document.service(), Map.of());
    }

    private @Nullable Filter filter(FilterPart part, Layer layer, @Nullable List<Condition> conditions) {
        Header it = part.header();
        boolean isKnown = conditions != null;
        UUID sublayer = null;
        if (part.sublayer() != null) {
            sublayer = sublayer(it, part.sublayer());
            isKnown &= sublayer != null;
        }
        UUID callout = null;
        if (part.callout() != null) {
            callout = callout(it, part.callout(), layer);
            isKnown &= callout != null;
        }
        UUID context = null;
        if (part.context() != null) {
            context = context(it, part.context());
            isKnown &= context != null;
        }
        if (!isKnown || conditions == null) {
            return null;
        }
        int lifetime = switch (it.lifetime()) {
            case PERSISTENT -> FilterFlags.PERSISTENT;
            case BOOT_TIME -> FilterFlags.BOOTTIME;
            default -> 0;
        };
        return new Filter(
                key(ObjectType.FILTER, it, layer),
                display(it),
                part.flags() | lifetime,
                providerKey,
                layer,
                sublayer,
                part.weight(),
                conditions,
                part.action(),
                callout,
                part.rawContext(),
                context,
                0,
                0);
    }

    private @Nullable UUID sublayer(Header filter, YamlNode.Scalar name) {
        Set<String> known = declared("sublayers", "name");
        for (var part : document.sublayers()) {
            if (isNamed(part.header(), name.text())) {
                return key(ObjectType.SUBLAYER, part.header(), null);
            }
        }
        BuiltinSublayer builtin = BuiltinSublayer.byName(name.text());
        UUID guid = ValueParser.guid(name.text());
        if (builtin != null || (guid != null && state.sublayer(guid) != null)) {
            return builtin == null ? guid : builtin.key();
        }
        if (isAddition) {
            for (Sublayer it : state.sublayers()) {
                if (isOwn(it.provider()) && it.display().name().equals(name.text())) {
                    return it.key();
                }
                if (isOwn(it.provider())) {
                    known.add(it.display().name());
                }
            }
        }
        if (!known.contains(name.text())) {
            for (BuiltinSublayer it : BuiltinSublayer.values()) {
                known.add(it.policyName());
            }
            if (!isOfOtherProvider(filter, name)) {
                unknown(filter, "sublayer", name, known, "list it under sublayers");
            }
        }
        return null;
    }

    /** Says so, if only somebody else has a sublayer of that name. */
    private boolean isOfOtherProvider(Header filter, YamlNode.Scalar name) {
        for (Sublayer it : state.sublayers()) {
            if (it.display().name().equals(name.text())) {
                problems.error(
                        name,
                        "filter " + filter.name(),
                        "sublayer",
                        "there is no sublayer \"" + name.text() + "\" of provider \""
                                + document.provider().text() + "\"; that of another provider is named by its key, "
                                + it.key(),
                        List.of(it.key().toString()));
                return true;
            }
        }
        return false;
    }

    private @Nullable UUID callout(Header filter, YamlNode.Scalar name, Layer layer) {
        for (var part : document.callouts()) {
            if (part.header().name().equals(name.text()) && part.layers().contains(layer)) {
                return part.header().key() == null
                        ? ObjectKeys.ofCallout(name.text(), layer)
                        : part.header().key();
            }
        }
        BuiltinCallout builtin = BuiltinCallout.byName(name.text());
        UUID guid = builtin == null ? ValueParser.guid(name.text()) : builtin.key();
        for (CalloutObject it : state.callouts()) {
            boolean isOwn = state.ownersOf(it).equals(List.of(providerKey));
            boolean isNamed = it.key().equals(guid) || (it.calloutName().equals(name.text()) && it.layer() == layer);
            if ((isAddition || !isOwn) && isNamed) {
                return it.key();
            }
        }
        Set<String> known = declared("callouts", "key");
        boolean isElsewhere =
                document.callouts().stream().anyMatch(it -> it.header().name().equals(name.text()));
        if (isElsewhere) {
            problems.error(
                    name,
                    "filter " + filter.name(),
                    "callout",
                    "callout " + name.text() + " is not added at the layer " + layer.policyName()
                            + ": list the layer under callouts");
        } else if (!known.contains(name.text())) {
            unknown(filter, "callout", name, known, "list it under callouts, or install the plug-in that brings it");
        }
        return null;
    }

    private @Nullable UUID context(Header filter, YamlNode.Scalar name) {
        for (var part : document.contexts()) {
            if (isNamed(part.header(), name.text())) {
                return key(ObjectType.PROVIDER_CONTEXT, part.header(), null);
            }
        }
        UUID guid = ValueParser.guid(name.text());
        if (guid != null && state.providerContext(guid) != null) {
            return guid;
        }
        Set<String> known = declared("contexts", "name");
        if (isAddition) {
            for (ProviderContext it : state.providerContexts()) {
                if (isOwn(it.provider()) && it.display().name().equals(name.text())) {
                    return it.key();
                }
                if (isOwn(it.provider())) {
                    known.add(it.display().name());
                }
            }
        }
        if (!known.contains(name.text())) {
            unknown(filter, "context", name, known, "list it under contexts");
        }
        return null;
    }

    private boolean isOwn(@Nullable UUID provider) {
        return providerKey.equals(provider);
    }

    /** By name, or by a key that the file gives. */
    private static boolean isNamed(Header header, String name) {
        return header.name().equals(name)
                || (header.key() != null && header.key().equals(ValueParser.guid(name)));
    }

    private void unknown(Header filter, String field, YamlNode.Scalar name, Set<String> known, String help) {
        String near = Suggestions.didYouMean(name.text(), known);
        String hint = near.isEmpty() ? "; " + help : near;
        problems.error(
                name,
                "filter " + filter.name(),
                field,
                "there is no " + field + " \"" + name.text() + "\"" + hint,
                Suggestions.nearest(name.text(), known));
    }

    /** The names in a section, also those of objects that have mistakes: nobody needs to hear of those twice. */
    private Set<String> declared(String section, String nameKey) {
        Set<String> names = new LinkedHashSet<>();
        if (document.root().get(section) instanceof YamlNode.Sequence list) {
            for (YamlNode node : list.elements()) {
                if (node instanceof YamlNode.Mapping mapping && mapping.get(nameKey) instanceof YamlNode.Scalar name) {
                    names.add(name.text());
                }
            }
        }
        return names;
    }

    private UUID key(ObjectType type, Header header, @Nullable Layer layer) {
        UUID key = header.key() == null ? ObjectKeys.of(provider, type, header.name(), layer) : header.key();
        origins.put(key, header);
        return key;
    }

    private static DisplayData display(Header header) {
        return new DisplayData(header.name(), header.description());
    }

    private static boolean isPersistent(Header header) {
        return header.lifetime() == Lifetime.PERSISTENT;
    }
}
