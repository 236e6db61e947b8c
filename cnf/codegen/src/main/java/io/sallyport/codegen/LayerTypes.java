package io.sallyport.codegen;

import io.sallyport.codegen.Csv.Row;
import java.util.List;
import java.util.Map;

/** The types of io.sallyport.layer that are made from the tables of layers and conditions. */
final class LayerTypes {

    static final String PACKAGE = "io.sallyport.layer";
    static final String LAYER_PREFIX = "FWPM_LAYER_";
    static final String FIELD_PREFIX = "FWPM_CONDITION_";

    private final LayerTables tables;
    private final List<Row> conditions;

    LayerTypes(List<Row> layers, List<Row> conditions, List<Row> matrix) {
        this.tables = new LayerTables(layers, matrix);
        this.conditions = conditions;
    }

    void addTo(Map<String, String> sources) {
        sources.put(JavaText.path(PACKAGE, "Layer"), LayerEnum.source(tables.layers()));
        sources.put(JavaText.path(PACKAGE, "LayerSchemas"), LayerSchemas.source(tables));
        sources.put(JavaText.path(PACKAGE, "Field"), FieldEnum.source(conditions));
    }
}
