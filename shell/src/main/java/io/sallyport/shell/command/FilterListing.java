package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.EnumType;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of {@code filter list}: a template of an enumeration. */
final class FilterListing {
    private static final int PAGE = 1_000;

    @Mixin
    private final FilterPlace place = new FilterPlace();

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
            names = "--action",
            paramLabel = "ACTION",
            split = ",",
            completionCandidates = Candidates.Actions.class,
            description = "Only filters with one of these actions.")
    private List<String> actions = List.of();

    @Option(
            names = "--callout",
            paramLabel = "CALLOUT",
            completionCandidates = Candidates.Callouts.class,
            description = "Only filters that call this callout.")
    private @Nullable String callout;

    @Option(names = "--enabled", description = "Without boot-time and disabled filters.")
    private boolean isEnabledOnly;

    @Option(names = "--boot-time", description = "Only boot-time filters.")
    private boolean isBootTimeOnly;

    @Option(names = "--best", description = "Only the heaviest that ends its sublayer.")
    private boolean isBestOnly;

    /** All that fit, in the order in which the engine asks them. */
    List<Filter> all(BaseFilteringEngine bfe, PolicyView view, Session session) {
        return all(bfe, view, session, isOverlapping);
    }

    /** How many more match some of the traffic, of which only those were asked for that match all; 0 if it was not so. */
    int moreOverlapping(BaseFilteringEngine bfe, PolicyView view, Session session, List<Filter> found) {
        return conditions.isEmpty() || isOverlapping || isBestOnly
                ? 0
                : all(bfe, view, session, true).size() - found.size();
    }

    private List<Filter> all(BaseFilteringEngine bfe, PolicyView view, Session session, boolean overlapping) {
        List<Filter> filters = new ArrayList<>();
        for (FilterTemplate template : templates(bfe, view, overlapping)) {
            List<Filter> fitting =
                    all(session, template).stream().filter(this::hasAction).toList();
            filters.addAll(isChosenHere() ? best(fitting) : fitting);
        }
        return filters.stream().sorted(FilterChoice.asAsked(view)).toList();
    }

    /** Masks of actions overlap, so the BFE cannot choose among some: a heavier filter of another action would hide the best. */
    private boolean isChosenHere() {
        return isBestOnly && !actions.isEmpty();
    }

    /** The heaviest that ends its sublayer, of filters heaviest first. */
    private static List<Filter> best(List<Filter> sorted) {
        return sorted.stream()
                .filter(it -> it.action().isTerminating())
                .limit(1)
                .toList();
    }

    private static List<Filter> all(Session session, FilterTemplate template) {
        List<Filter> filters = new ArrayList<>();
        try (EnumHandle<Filter> handle = session.createEnumHandle(new EnumTemplate.Filters(template))) {
            List<Filter> page = handle.next(PAGE);
            while (!page.isEmpty()) {
                filters.addAll(page);
                page = page.size() < PAGE ? List.of() : handle.next(PAGE);
            }
            return filters;
        } catch (PolicyException e) {
            throw Refused.by(e);
        }
    }

    /** One, or one for each of the objects that a callout's name stands for: one at each layer. */
    private List<FilterTemplate> templates(BaseFilteringEngine bfe, PolicyView view, boolean overlapping) {
        FilterTemplate.Builder template = FilterTemplate.builder();
        Layer wanted = place.layer();
        template.layer(wanted);
        UUID provider = place.provider(view);
        if (provider != null) {
            template.provider(provider);
        }
        if (overlapping) {
            template.type(EnumType.OVERLAPPING);
        }
        if (!conditions.isEmpty() && wanted == null) {
            throw new CommandFailure(ExitCode.USAGE, "--when needs --layer: fields have types at layers only");
        }
        for (String condition : conditions) {
            try {
                template.when(bfe.policyFiles().condition(Objects.requireNonNull(wanted), WhenEntry.of(condition)));
            } catch (PolicyException e) {
                throw new CommandFailure(ExitCode.USAGE, "--when: " + e.getMessage());
            }
        }
        if (isBootTimeOnly) {
            template.flag(Flag.BOOTTIME_ONLY);
        } else if (!isEnabledOnly) {
            template.flag(Flag.INCLUDE_BOOTTIME).flag(Flag.INCLUDE_DISABLED);
        }
        if (isBestOnly) {
            template.flag(isChosenHere() ? Flag.SORTED : Flag.BEST_TERMINATING_MATCH);
        }
        if (callout == null) {
            return List.of(template.build());
        }
        return callouts(view, callout).stream()
                .map(key -> template.callout(key).build())
                .toList();
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

    /** The bits of a mask select groups of actions, so single ones are told apart here. */
    private boolean hasAction(Filter filter) {
        return actions.isEmpty() || actions.stream().map(FilterListing::action).anyMatch(filter.action()::equals);
    }

    private static ActionType action(String name) {
        ActionType action = ActionType.byName(name);
        if (action == null || !Candidates.ACTIONS.contains(action.policyName())) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--action: there is no action '" + name + "'; allowed: " + String.join(", ", Candidates.ACTIONS));
        }
        return action;
    }
}
