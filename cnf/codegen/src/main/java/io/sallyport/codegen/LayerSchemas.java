package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.strip;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The class {@code LayerSchemas}: which fields each layer has, in which order. */
final class LayerSchemas {

    private LayerSchemas() {}

    static String source(LayerTables tables) {
        StringBuilder out = new StringBuilder(JavaText.fileStart(LayerTypes.PACKAGE, "layer_conditions.csv"));
        out.append(HEAD).append(JavaText.marker()).append("final class LayerSchemas {\n");
        out.append(START_OF_SWITCH);
        Map<String, Integer> methodByBody = new LinkedHashMap<>();
        List<Row> layers = tables.layers();
        for (int i = 0; i < layers.size(); i++) {
            String body = body(tables.fieldsOf(layers.get(i).get("name")));
            Integer method = methodByBody.computeIfAbsent(body, b -> methodByBody.size());
            out.append("            case ")
                    .append(i)
                    .append(" -> schema")
                    .append(method)
                    .append("();\n");
        }
        out.append(END_OF_SWITCH);
        methodByBody.forEach((body, method) -> out.append("\n    private static LayerSchema schema")
                .append(method)
                .append("() {\n        return LayerSchema.of(")
                .append(body)
                .append(");\n    }\n"));
        return out.append("}\n").toString();
    }

    private static String body(List<Row> fields) {
        List<String> specs = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Row row = fields.get(i);
            specs.add("\n                spec(" + i + ", Field."
                    + strip(row.get("condition"), LayerTypes.FIELD_PREFIX) + ", DataType."
                    + DataTypes.name(row.get("classify_type_observed")) + ", FieldKind."
                    + row.get("field_kind") + ")");
        }
        return String.join(",", specs);
    }

    private static final String HEAD = """
            import javax.annotation.processing.Generated;

            /** The schema of each layer; one method per layer, because one initialiser for all would be too large. */
            """;

    private static final String START_OF_SWITCH = """

                private LayerSchemas() {}

                static LayerSchema of(int id) {
                    return switch (id) {
            """;

    private static final String END_OF_SWITCH = """
                        default -> throw new IndexOutOfBoundsException(id);
                    };
                }

                private static FieldSpec spec(int index, Field field, DataType type, FieldKind kind) {
                    return new FieldSpec(field, index, type, kind);
                }
            """;
}
