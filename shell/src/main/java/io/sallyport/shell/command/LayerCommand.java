package io.sallyport.shell.command;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyView;
import io.sallyport.engine.api.EngineStatistics;
import io.sallyport.engine.api.EngineStatistics.LayerCounts;
import io.sallyport.engine.api.FilterEngine;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import io.sallyport.stack.api.LiveLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layer}. */
@Command(
        name = "layer",
        description = "Layers: the points of a packet's path where filters are asked.",
        subcommands = {LayerCommand.Listing.class, LayerCommand.Fields.class})
final class LayerCommand {
    private static final LayerCounts NONE = new LayerCounts(0, 0, 0, 0);

    @Command(
            name = "list",
            description = "Lists the layers that this gateway classifies, and what was decided there.",
            footer = {
                "%nFILTERS is '-' if the base filtering engine is not running; the counts, if the filter engine is not.",
                "Exit: 0."
            })
    static final class Listing extends ShellCommand {
        @Option(
                names = "--all",
                description = "Also the layers that this gateway never classifies: filters there have no" + " effect.")
        private boolean isAll;

        Listing(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            BaseFilteringEngine bfe = context.services().find(BaseFilteringEngine.class, BaseFilteringEngine.LIVE);
            PolicyView view = bfe == null ? null : context.view(bfe);
            FilterEngine engine = context.engineOrNull();
            EngineStatistics statistics = engine == null ? null : engine.statistics();
            Table table = new Table()
                    .name("LAYER")
                    .column("LIVE")
                    .number("FIELDS")
                    .number("FILTERS")
                    .number("PERMITS")
                    .number("BLOCKS")
                    .number("VETOES")
                    .number("NO MATCH");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (Layer layer : Layer.values()) {
                boolean isLive = LiveLayers.contains(layer);
                if (!isAll && !isLive) {
                    continue;
                }
                Long filters = view == null
                        ? null
                        : view.filters().stream()
                                .filter(filter -> filter.layer() == layer)
                                .count();
                LayerCounts counts =
                        statistics == null ? null : statistics.layers().getOrDefault(layer, NONE);
                Map<String, @Nullable Object> fields = Json.object(
                        "layer",
                        layer.policyName(),
                        "live",
                        isLive,
                        "direction",
                        layer.direction().name().toLowerCase(Locale.ROOT),
                        "fields",
                        layer.schema().size(),
                        "filters",
                        filters,
                        "permits",
                        counts == null ? null : counts.permits(),
                        "blocks",
                        counts == null ? null : counts.blocks(),
                        "vetoes",
                        counts == null ? null : counts.vetoes(),
                        "noMatches",
                        counts == null ? null : counts.noMatches(),
                        "meaning",
                        layer.meaning());
                json.add(fields);
                table.row(
                        layer.policyName(),
                        isLive ? "yes" : "no",
                        layer.schema().size(),
                        fields.get("filters"),
                        fields.get("permits"),
                        fields.get("blocks"),
                        fields.get("vetoes"),
                        fields.get("noMatches"));
            }
            return print(table, json);
        }
    }

    @Command(
            name = "fields",
            description = "Lists the fields that conditions of a layer can test.",
            footer = "%nExit: 0, or 1 if there is no such layer.")
    static final class Fields extends ShellCommand {
        @Parameters(
                paramLabel = "LAYER",
                completionCandidates = Candidates.Layers.class,
                description = "Name or key (GUID) of a layer.")
        private String name = "";

        Fields(CommandContext context) {
            super(context);
        }

        @Override
        public Integer call() {
            Layer layer = LayerNames.find(name);
            Table table = new Table().column("FIELD").column("TYPE").flexible("MEANING");
            List<Map<String, @Nullable Object>> json = new ArrayList<>();
            for (FieldSpec spec : layer.schema()) {
                String type = spec.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
                table.row(spec.field().policyName(), type, spec.field().meaning());
                json.add(Json.object(
                        "field", spec.field().policyName(),
                        "aliases", spec.field().aliases(),
                        "type", type,
                        "kind", spec.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        "meaning", spec.field().meaning()));
            }
            return print(table, json);
        }
    }
}
