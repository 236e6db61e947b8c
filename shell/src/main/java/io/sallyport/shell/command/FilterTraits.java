package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.layer.Layer;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what filters are like: the parts of a template besides layer and provider. */
final class FilterTraits {
    @Option(
            names = "--when",
            paramLabel = "CONDITION",
            completionCandidates = Candidates.Fields.class,
            description = {
                "Only filters that match all such traffic: FIELD=VALUE, or an entry of a policy file. Several times, for"
                        + " different fields. Needs --layer."
            })
    private List<String> conditions = List.of();

    @Option(names = "--overlapping", description = "With --when: also filters that match some of that traffic.")
    private boolean isOverlapping;

    @Option(
            names = "--callout",
            paramLabel = "CALLOUT",
            completionCandidates = Candidates.Callouts.class,
            description = "Only filters that call this callout.")
    private @Nullable String callout;

    @Option(
            names = "--context-provider",
            paramLabel = "PROVIDER",
            completionCandidates = Candidates.Providers.class,
            description = "Only filters whose provider context is this provider's.")
    private @Nullable String contextProvider;

    @Option(names = "--enabled", description = "Without boot-time and disabled filters.")
    private boolean isEnabledOnly;

    @Option(names = "--boot-time", description = "Only boot-time filters.")
    private boolean isBootTimeOnly;

    /** Whether one of these options was given. */
    boolean isAnyGiven() {
        return hasConditions()
                || isOverlapping
                || callout != null
                || contextProvider != null
                || isEnabledOnly
                || isBootTimeOnly;
    }

    boolean hasConditions() {
        return !conditions.isEmpty();
    }

    boolean isOverlapping() {
        return isOverlapping;
    }

    /**
     * Templates to be completed: one, or one for each of the objects that a callout's name stands for, one at each layer.
     *
     * @param overlapping how conditions must relate
     */
    List<FilterTemplate.Builder> templates(
            BaseFilteringEngine bfe,
            PolicyView view,
            @Nullable Layer layer,
            @Nullable UUID provider,
            boolean overlapping) {
        requireSense();
        UUID context = contextProvider == null ? null : FilterPlace.provider(view, contextProvider);
        List<FilterTemplate.Builder> templates = new ArrayList<>();
        if (callout == null) {
            templates.add(template(bfe, layer, overlapping));
        } else {
            callouts(view, callout)
                    .forEach(key ->
                            templates.add(template(bfe, layer, overlapping).callout(key)));
        }
        templates.forEach(it -> it.provider(provider).contextProvider(context));
        return templates;
    }

    private void requireSense() {
        if (isEnabledOnly && isBootTimeOnly) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--enabled leaves out boot-time filters, which alone --boot-time chooses: give one of them");
        }
        if (isOverlapping && !hasConditions()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--overlapping says how filters match what --when describes: give --when, too");
        }
    }

    private FilterTemplate.Builder template(BaseFilteringEngine bfe, @Nullable Layer layer, boolean overlapping) {
        FilterTemplate.Builder template = FilterTemplate.builder().layer(layer);
        if (overlapping) {
            template.type(EnumType.OVERLAPPING);
        }
        for (String condition : conditions) {
            if (layer == null) {
                throw new CommandFailure(ExitCode.USAGE, "--when needs --layer: fields have types at layers only");
            }
            try {
                template.when(bfe.policyFiles().condition(layer, WhenEntry.of(condition)));
            } catch (PolicyException e) {
                throw new CommandFailure(ExitCode.USAGE, "--when: " + e.getMessage());
            }
        }
        if (isBootTimeOnly) {
            template.flag(Flag.BOOTTIME_ONLY);
        } else if (!isEnabledOnly) {
            template.flag(Flag.INCLUDE_BOOTTIME).flag(Flag.INCLUDE_DISABLED);
        }
        return template;
    }

    private static List<UUID> callouts(PolicyView view, String name) {
        List<UUID> keys = view.callouts().stream()
                .filter(it -> it.calloutName().equals(name))
                .map(CalloutObject::key)
                .toList();
        if (keys.isEmpty()) {
            List<String> names = view.callouts().stream()
                    .map(CalloutObject::calloutName)
                    .distinct()
                    .toList();
            throw new CommandFailure(ExitCode.NEGATIVE, "there is no callout '" + name + "'" + Near.hint(name, names));
        }
        return keys;
    }
}
