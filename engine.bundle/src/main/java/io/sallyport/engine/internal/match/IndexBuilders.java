package io.sallyport.engine.internal.match;

import io.sallyport.layer.DataType;
import io.sallyport.layer.FieldKind;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.LayerSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One builder for each field that is tested at all. Management plane. */
final class IndexBuilders {
    private final LayerSchema schema;
    private final int count;
    private final @Nullable FieldIndexBuilder[] byField;

    IndexBuilders(LayerSchema schema, int count) {
        this.schema = schema;
        this.count = count;
        this.byField = new FieldIndexBuilder[schema.size()];
    }

    FieldIndexBuilder of(int field) {
        FieldIndexBuilder builder = byField[field];
        if (builder == null) {
            FieldSpec spec = schema.get(field);
            boolean isWide = spec.type() == DataType.BYTE_ARRAY16;
            builder = new FieldIndexBuilder(field, spec.kind() == FieldKind.FLAGS, isWide, count);
            byField[field] = builder;
        }
        return builder;
    }

    /** The field that most filters test comes first. */
    FieldIndex[] build() {
        List<FieldIndexBuilder> used = new ArrayList<>();
        for (FieldIndexBuilder builder : byField) {
            if (builder != null) {
                used.add(builder);
            }
        }
        used.sort((a, b) -> Integer.compare(b.filters(), a.filters()));
        return used.stream().map(FieldIndexBuilder::build).toArray(FieldIndex[]::new);
    }
}
