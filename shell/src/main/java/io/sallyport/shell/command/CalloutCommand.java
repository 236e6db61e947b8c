package io.sallyport.shell.command;

import io.sallyport.bfe.api.PolicyView;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.policy.BuiltinCallout;
import io.sallyport.policy.CalloutObject;
import io.sallyport.policy.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code callout}. */
@Command(
        name = "callout",
        description = "Callouts: code of plug-ins that filters call.",
        subcommands = {
            CalloutCommand.Listing.class,
            CalloutConduct.Top.class,
            CalloutConduct.Release.class,
            CalloutConduct.Quarantine.class
        })
final class CalloutCommand {
    private static final CalloutCounts NONE = new CalloutCounts(0, 0, 0, 0, "");

    @Command(
            name = "list",
            description = "Lists callouts: which the policy adds, and which a plug-in registers.",
            footer = {
                "%nADDED: the policy names it. REGISTERED: a plug-in offers it now. Filters of a callout that is added and"
                        + " not registered block; UNREGISTERED counts how often. FAULT is the first fault of the callout"
                        + " that is registered now.",
                "Exit: 0, also if there are none."
            })
    static final class Listing extends ShellCommand {
        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            PolicyView view = context.view();
            FilterEngine engine = context.engine();
            Set<String> registered = engine.registeredCallouts();
            EngineStatistics statistics = engine.statistics();
            Map<String, List<CalloutObject>> added = new TreeMap<>();
            for (CalloutObject callout : view.callouts()) {
                added.computeIfAbsent(callout.calloutName(), name -> new ArrayList<>())
                        .add(callout);
            }
            Set<String> names = new TreeSet<>(registered);
            names.addAll(added.keySet());
            Table table = new Table()
                    .name("NAME")
                    .column("ADDED")
                    .column("REGISTERED")
                    .name("LAYERS")
                    .number("FILTERS")
                    .number("CALLS")
                    .number("FAULTS")
                    .number("UNREGISTERED")
                    .flexible("FAULT");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (String name : names) {
                List<CalloutObject> objects = added.getOrDefault(name, List.of());
                CalloutCounts counts = statistics.callouts().getOrDefault(name, NONE);
                List<String> layers = objects.stream()
                        .map(o -> o.layer().policyName())
                        .sorted()
                        .toList();
                long filters = filters(view, objects);
                boolean isBuiltin = objects.stream().anyMatch(o -> BuiltinCallout.byKey(o.key()) != null);
                if (isBuiltin && filters == 0) {
                    continue; // always there, and nobody's
                }
                boolean isRegistered = isBuiltin || registered.contains(name);
                table.row(
                        name,
                        objects.isEmpty() ? "no" : "yes",
                        isRegistered ? "yes" : "no",
                        String.join(",", layers),
                        filters,
                        counts.calls(),
                        counts.faults(),
                        counts.unregistered(),
                        counts.firstFault());
                json.add(Json.object(
                        "name",
                        name,
                        "added",
                        !objects.isEmpty(),
                        "registered",
                        isRegistered,
                        "layers",
                        layers,
                        "filters",
                        filters,
                        "calls",
                        counts.calls(),
                        "faults",
                        counts.faults(),
                        "ignoredAnswers",
                        counts.ignoredAnswers(),
                        "unregistered",
                        counts.unregistered(),
                        "firstFault",
                        counts.firstFault().isEmpty() ? null : counts.firstFault()));
            }
            return print(table, json);
        }

        private static long filters(PolicyView view, List<CalloutObject> objects) {
            Set<UUID> keys = objects.stream().map(CalloutObject::key).collect(Collectors.toSet());
            return view.filters().stream()
                    .map(Filter::callout)
                    .filter(key -> key != null && keys.contains(key))
                    .count();
        }
    }
}
