package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ObjectType;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that choose among changes of policy: templates of subscriptions. */
final class ChangeChoice {
    /** What changes (NOTE-1): layers never do, and the base filtering engine says so to those who ask for them. */
    static final List<ObjectType> CHANGING = List.of(
            ObjectType.FILTER,
            ObjectType.CALLOUT,
            ObjectType.PROVIDER,
            ObjectType.PROVIDER_CONTEXT,
            ObjectType.SUBLAYER,
            ObjectType.SET);

    private static final long MOST_MASK = 0xFFFF_FFFFL;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            completionCandidates = Candidates.ChangingTypes.class,
            description =
                    "Only filter, callout, provider, provider-context, sublayer or set; several times, or separated"
                            + " by commas. All that the other options can be about if left out.")
    private List<String> types = List.of();

    @Option(names = "--added", description = "Only what is added.")
    private boolean isAdded;

    @Option(names = "--deleted", description = "Only what is deleted.")
    private boolean isDeleted;

    @Option(
            names = "--provider",
            paramLabel = "PROVIDER",
            completionCandidates = Candidates.Providers.class,
            description = "Only objects of this provider: its name, or its key if it is not there yet.")
    private @Nullable String provider;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            completionCandidates = Candidates.Layers.class,
            description = "Only filters and callouts of this layer.")
    private @Nullable String layer;

    @Mixin
    private final FilterTraits traits = new FilterTraits();

    @Option(
            names = "--action-mask",
            paramLabel = "MASK",
            description =
                    "Only filters whose action shares a bit with it: 0x1000 ends its sublayer, 0x4000 calls a callout.")
    private @Nullable String actionMask;

    /** What is to be shown. */
    Set<ChangeType> changes() {
        if (isAdded == isDeleted) {
            return EnumSet.allOf(ChangeType.class);
        }
        return Set.of(isAdded ? ChangeType.ADD : ChangeType.DELETE);
    }

    /** What the watch has to be told: also of adds, if only deletes are shown, since their names are known from there only. */
    Set<ChangeType> toldChanges() {
        return isAdded && !isDeleted ? changes() : EnumSet.allOf(ChangeType.class);
    }

    /** The types of objects, in an order of their own. */
    Set<ObjectType> types() {
        Set<ObjectType> chosen = EnumSet.noneOf(ObjectType.class);
        for (String word : types) {
            ObjectType type = type(word);
            String why = type == ObjectType.LAYER ? null : misfit(type);
            if (why != null) {
                throw new CommandFailure(ExitCode.USAGE, why);
            }
            chosen.add(type);
        }
        if (types.isEmpty()) {
            CHANGING.stream().filter(it -> misfit(it) == null).forEach(chosen::add);
        }
        return chosen;
    }

    private static ObjectType type(String word) {
        return Arrays.stream(ObjectType.values())
                .filter(it -> it.word().equals(word))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> words = CHANGING.stream().map(ObjectType::word).toList();
                    return new CommandFailure(
                            ExitCode.USAGE,
                            "--type: there is no type '" + word + "'" + Near.hint(word, words) + "; allowed: "
                                    + String.join(", ", words));
                });
    }

    /** Which option cannot be about objects of a type, and why; null if all can. */
    private @Nullable String misfit(ObjectType type) {
        if (type == ObjectType.FILTER) {
            return null;
        }
        if (traits.isAnyGiven() || actionMask != null) {
            return "--type " + type.word() + ": --when, --overlapping, --callout, --context-provider, --enabled,"
                    + " --boot-time and --action-mask choose among filters only";
        }
        if (layer != null && type != ObjectType.CALLOUT) {
            return "--type " + type.word() + ": only filters and callouts have a --layer";
        }
        return provider != null && type == ObjectType.PROVIDER
                ? "--type provider: --provider chooses among the objects of a provider"
                : null;
    }

    /** One for each subscription that it takes. */
    List<EnumTemplate<?>> templates(BaseFilteringEngine bfe, PolicyView view) {
        Layer at = layer == null ? null : LayerNames.find(layer);
        UUID owner = owner(view);
        List<EnumTemplate<?>> templates = new ArrayList<>();
        for (ObjectType type : types()) {
            switch (type) {
                case FILTER ->
                    traits.templates(bfe, view, at, owner, traits.isOverlapping())
                            .forEach(it -> templates.add(new EnumTemplate.Filters(
                                    it.actionMask(mask()).build())));
                case CALLOUT -> templates.add(new EnumTemplate.Callouts(owner, at));
                case PROVIDER -> templates.add(new EnumTemplate.Providers());
                case PROVIDER_CONTEXT -> templates.add(new EnumTemplate.ProviderContexts(owner));
                case SUBLAYER -> templates.add(new EnumTemplate.Sublayers(owner));
                case SET -> templates.add(new EnumTemplate.Sets(owner));
                case LAYER -> templates.add(new EnumTemplate.Layers());
            }
        }
        return templates;
    }

    private @Nullable UUID owner(PolicyView view) {
        if (provider == null) {
            return null;
        }
        UUID key = LayerNames.uuid(provider);
        return key == null ? FilterPlace.provider(view, provider) : key;
    }

    private int mask() {
        if (actionMask == null) {
            return FilterTemplate.ANY_ACTION;
        }
        try {
            long mask = Long.decode(actionMask);
            if (mask >= 0 && mask <= MOST_MASK) {
                return (int) mask;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new CommandFailure(
                ExitCode.USAGE, "--action-mask: '" + actionMask + "' is no number of 32 bits; write 0x1000, or 4096");
    }
}
