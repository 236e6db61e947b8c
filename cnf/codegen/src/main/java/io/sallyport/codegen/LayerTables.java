package io.sallyport.codegen;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The layers in the order of their run-time ids, each with its fields in the order of their indexes. */
final class LayerTables {

    private final List<Row> layers;
    private final Map<String, List<Row>> fieldsByLayer;

    LayerTables(List<Row> layers, List<Row> matrix) {
        this.layers = new ArrayList<>(layers);
        this.layers.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("fwps_runtime_id"))));
        this.fieldsByLayer = schemas(matrix);
        for (int i = 0; i < this.layers.size(); i++) {
            Row layer = this.layers.get(i);
            if (!layer.get("fwps_runtime_id").equals(Integer.toString(i))) {
                throw new IllegalArgumentException(layer.get("name") + ": run-time ids are not 0, 1, 2, ...");
            }
            int seen = fieldsOf(layer.get("name")).size();
            if (seen != Integer.parseInt(layer.get("field_count_observed"))) {
                throw new IllegalArgumentException(layer.get("name") + ": the matrix has " + seen + " fields");
            }
        }
    }

    /** Only rows of the live schema are fields of a layer; the others are documented names without an index. */
    private static Map<String, List<Row>> schemas(List<Row> matrix) {
        Map<String, List<Row>> byLayer = new HashMap<>();
        for (Row row : matrix) {
            if (row.get("in_live_schema").equals("y")
                    && !row.get("field_index_observed").isEmpty()) {
                byLayer.computeIfAbsent(row.get("layer"), name -> new ArrayList<>())
                        .add(row);
            }
        }
        byLayer.forEach((layer, rows) -> {
            rows.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("field_index_observed"))));
            for (int i = 0; i < rows.size(); i++) {
                if (Integer.parseInt(rows.get(i).get("field_index_observed")) != i) {
                    throw new IllegalArgumentException(layer + ": field indexes are not 0, 1, 2, ...");
                }
            }
        });
        return byLayer;
    }

    List<Row> layers() {
        return layers;
    }

    List<Row> fieldsOf(String layer) {
        return fieldsByLayer.getOrDefault(layer, List.of());
    }

    /** "discouraged" is allowed; "?" is not known to be, so it is not. */
    static boolean isAbsorbAllowed(Row layer) {
        return List.of("y", "discouraged").contains(layer.get("absorb_flag_allowed"));
    }
}
