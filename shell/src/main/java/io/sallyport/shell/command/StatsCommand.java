package io.sallyport.shell.command;

import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.EngineStatistics.CalloutCounts;
import io.sallyport.engine.api.EngineStatistics.LayerCounts;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.gateway.api.ConnectionCounts;
import io.sallyport.gateway.api.NetEvents;
import io.sallyport.layer.Layer;
import io.sallyport.policy.AccessRights;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.stack.api.FlowStatistics;
import io.sallyport.stack.api.Ledger;
import io.sallyport.stack.api.LiveDataPath;
import io.sallyport.stack.api.PacketText;
import io.sallyport.stack.api.PathCounter;
import io.sallyport.stack.port.LivePort;
import io.sallyport.stack.port.PortStatistics;
import io.sallyport.stack.port.PortStatistics.InterfaceCounts;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code stats}. */
@Command(
        name = "stats",
        description = "Statistics: what became of frames, at interfaces, in the data path and at layers.",
        subcommands = StatsCommand.Show.class)
final class StatsCommand {
    private static final LayerCounts NONE = new LayerCounts(0, 0, 0, 0);

    @Command(
            name = "show",
            description =
                    "Shows counts since the data path, the port and the filter engine started, and how many flows are active and"
                            + " filters in force now.",
            footer = {
                "%nframesIn + injected = framesOut + dropped + absorbed + pended, to the frame. What does not run is left"
                        + " out, with -o json null.",
                "Exit: 0; 3 without the right read-stats on the engine."
            })
    static final class Show extends ShellCommand {
        Show(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            context.requireOnEngine(AccessRights.READ_STATS, "statistics");
            Map<String, @Nullable Object> all = collect();
            if (isJson()) {
                Json.print(context.out(), all);
                return ExitCode.OK;
            }
            all.forEach((name, value) -> {
                if (value instanceof Map<?, ?> section && !section.isEmpty()) {
                    print(name, section);
                } else if (value instanceof List<?> rows && !rows.isEmpty()) {
                    print(name, rows);
                } else if (value instanceof Long || value instanceof Integer) {
                    context.out().println(Table.heading(name) + "  " + value);
                    context.out().println();
                }
            });
            return ExitCode.OK;
        }

        private Map<String, @Nullable Object> collect() {
            LiveDataPath path = context.pathOrNull();
            LivePort port = context.portOrNull();
            FilterEngine engine = context.engineOrNull();
            EngineStatistics statistics = engine == null ? null : engine.statistics();
            NetEvents events = context.services().find(NetEvents.class, null);
            FlowStatistics flows = path == null ? null : path.flowStatistics();
            return Json.object(
                    "ledger", path == null ? null : ledger(path.ledger()),
                    "flows", path == null ? null : path.flowCount(),
                    "counters", path == null ? null : counters(path.counters()),
                    "interfaces", port == null ? null : interfaces(port.statistics()),
                    "layers", statistics == null ? null : layers(statistics),
                    "callouts", statistics == null ? null : callouts(statistics),
                    "connections", events == null && flows == null ? null : connections(events, flows),
                    "reauthorizations", flows == null ? null : reauthorizations(flows),
                    "eventsLost", events == null ? null : events.lost());
        }

        private static Map<String, @Nullable Object> ledger(Ledger ledger) {
            Map<String, @Nullable Object> dropped = new LinkedHashMap<>();
            ledger.dropped().forEach((reason, frames) -> {
                if (frames > 0) {
                    dropped.put(reason.label(), frames);
                }
            });
            Map<String, @Nullable Object> normalized = new LinkedHashMap<>();
            ledger.normalized().forEach((kind, frames) -> {
                if (frames > 0) {
                    normalized.put(kind.label(), frames);
                }
            });
            return Json.object(
                    "framesIn", ledger.framesIn(),
                    "injected", ledger.injected(),
                    "framesOut", ledger.framesOut(),
                    "absorbed", ledger.absorbed(),
                    "pended", ledger.pended(),
                    "dropped", dropped,
                    "normalized", normalized);
        }

        private static Map<String, @Nullable Object> counters(Map<PathCounter, Long> counters) {
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            counters.forEach((counter, count) -> named.put(counter.label(), count));
            return named;
        }

        private static Map<String, @Nullable Object> interfaces(PortStatistics port) {
            return Json.object("lan", counts(port.lan()), "wan", counts(port.wan()));
        }

        private static Map<String, @Nullable Object> counts(InterfaceCounts counts) {
            return Json.object(
                    "name", counts.name(),
                    "received", counts.received(),
                    "sent", counts.sent(),
                    "segmented", counts.segmented(),
                    "sendFailures", counts.sendFailures(),
                    "noHandler", counts.noHandler(),
                    "kernelDropped", counts.kernelDropped(),
                    "linkFailed", counts.linkFailed(),
                    "state", counts.state().label());
        }

        private static Map<String, @Nullable Object> layers(EngineStatistics statistics) {
            Map<String, @Nullable Object> layers = new LinkedHashMap<>();
            for (Layer layer : Layer.values()) {
                LayerCounts counts = statistics.layers().getOrDefault(layer, NONE);
                int filters = statistics.filters().getOrDefault(layer, 0);
                if (filters > 0 || !counts.equals(NONE)) {
                    layers.put(
                            layer.policyName(),
                            Json.object(
                                    "filters", filters,
                                    "permits", counts.permits(),
                                    "blocks", counts.blocks(),
                                    "vetoes", counts.vetoes(),
                                    "noMatches", counts.noMatches()));
                }
            }
            return layers;
        }

        /** What the base filtering engine counts about attempts, and how many flows the data path has. */
        private static Map<String, @Nullable Object> connections(
                @Nullable NetEvents events, @Nullable FlowStatistics flows) {
            Map<String, ConnectionCounts> attempts = new LinkedHashMap<>();
            if (events != null) {
                events.connections()
                        .forEach(counts -> attempts.put(family(counts.direction(), counts.ipVersion()), counts));
            }
            Map<String, Long> active = new LinkedHashMap<>();
            if (flows != null) {
                flows.active()
                        .forEach(now -> active.put(
                                family(PacketText.direction(now.direction()), now.ipVersion()), now.flows()));
            }
            Set<String> families = new LinkedHashSet<>(attempts.keySet());
            families.addAll(active.keySet());
            Map<String, @Nullable Object> connections = new LinkedHashMap<>();
            for (String family : families) {
                ConnectionCounts counts = attempts.get(family);
                connections.put(
                        family,
                        Json.object(
                                "active", active.get(family),
                                "allowed", counts == null ? null : counts.allowed(),
                                "blocked", counts == null ? null : counts.blocked(),
                                "reauthorizations", counts == null ? null : counts.reauthorizations()));
            }
            return connections;
        }

        private static String family(String direction, int ipVersion) {
            return direction + " IPv" + ipVersion;
        }

        private static List<Map<String, @Nullable Object>> reauthorizations(FlowStatistics flows) {
            return flows.reauthorizations().stream()
                    .map(it -> Json.object(
                            "reason", it.reason().policyName(),
                            "direction", PacketText.direction(it.direction()),
                            "ipVersion", it.ipVersion(),
                            "protocol", it.protocol(),
                            "permitted", it.permitted(),
                            "refused", it.refused()))
                    .toList();
        }

        private static Map<String, @Nullable Object> callouts(EngineStatistics statistics) {
            Map<String, @Nullable Object> callouts = new LinkedHashMap<>();
            for (Map.Entry<String, CalloutCounts> entry : new TreeMap<>(statistics.callouts()).entrySet()) {
                CalloutCounts counts = entry.getValue();
                callouts.put(
                        entry.getKey(),
                        Json.object(
                                "calls", counts.calls(),
                                "faults", counts.faults(),
                                "ignoredAnswers", counts.ignoredAnswers(),
                                "unregistered", counts.unregistered()));
            }
            return callouts;
        }

        /** A row for each map, and a column for each name. */
        private void print(String heading, List<?> rows) {
            context.out().println(Table.heading(heading));
            Table table = new Table();
            ((Map<?, ?>) rows.get(0)).forEach((name, value) -> {
                String title = Table.heading(String.valueOf(name));
                if (value instanceof Number) {
                    table.number(title);
                } else {
                    table.column(title);
                }
            });
            rows.forEach(row -> table.row(((Map<?, ?>) row).values().toArray()));
            table.print(context.out(), context.width());
            context.out().println();
        }

        /** A map of numbers is a table of two columns; a map of maps has a row for each and a column for each name. */
        private void print(String heading, Map<?, ?> section) {
            String title = Table.heading(heading);
            boolean isNested = section.values().iterator().next() instanceof Map<?, ?>;
            Table table = new Table().flexible(title);
            if (isNested) {
                Map<?, ?> first = (Map<?, ?>) section.values().iterator().next();
                first.keySet().forEach(name -> table.number(Table.heading(String.valueOf(name))));
                section.forEach((name, row) -> {
                    List<Object> cells = new java.util.ArrayList<>(((Map<?, ?>) row).values());
                    cells.add(0, name);
                    table.row(cells.toArray());
                });
            } else {
                table.number("COUNT");
                section.forEach((name, value) -> {
                    if (value instanceof Map<?, ?> parts) {
                        parts.forEach((part, count) -> table.row(name + " " + part, count));
                    } else {
                        table.row(name, value);
                    }
                });
            }
            table.print(context.out(), context.width());
            context.out().println();
        }
    }
}
