package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.EnumHandle;
import io.sallyport.bfe.api.EnumTemplate;
import io.sallyport.bfe.api.FilterTemplate;
import io.sallyport.bfe.api.FilterTemplate.Flag;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.bfe.api.Session;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.Filter;
import io.sallyport.policy.PolicyException;
import io.sallyport.shell.protocol.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of {@code filter list}: a template of an enumeration. */
final class FilterListing {
    private static final int PAGE = 1_000;

    @Mixin
    private final FilterPlace place = new FilterPlace();

    @Mixin
    private final FilterTraits traits = new FilterTraits();

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            split = ",",
            completionCandidates = Candidates.Actions.class,
            description = "Only filters with one of these actions.")
    private List<String> actions = List.of();

    @Option(names = "--best", description = "Only the heaviest that ends its sublayer.")
    private boolean isBestOnly;

    /** All that fit, in the order in which the engine asks them. */
    List<Filter> all(BaseFilteringEngine bfe, PolicyView view, Session session) {
        return all(bfe, view, session, traits.isOverlapping());
    }

    /** How many more match some of the traffic, of which only those were asked for that match all; 0 if it was not so. */
    int moreOverlapping(BaseFilteringEngine bfe, PolicyView view, Session session, List<Filter> found) {
        return !traits.hasConditions() || traits.isOverlapping() || isBestOnly
                ? 0
                : all(bfe, view, session, true).size() - found.size();
    }

    private List<Filter> all(BaseFilteringEngine bfe, PolicyView view, Session session, boolean overlapping) {
        List<Filter> filters = new ArrayList<>();
        for (FilterTemplate.Builder template :
                traits.templates(bfe, view, place.layer(), place.provider(view), overlapping)) {
            if (isBestOnly) {
                template.flag(isChosenHere() ? Flag.SORTED : Flag.BEST_TERMINATING_MATCH);
            }
            List<Filter> fitting = all(session, template.build()).stream()
                    .filter(this::hasAction)
                    .toList();
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
