package io.sallyport.bfe.internal.file;

import io.sallyport.layer.Field;
import io.sallyport.layer.FieldSpec;
import io.sallyport.layer.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names of fields, aliases included (OBJ-13). */
final class Fields {
    private static final String PREFIX = "FWPM_CONDITION_";

    private Fields() {}

    static List<String> allNames() {
        List<String> names = new ArrayList<>();
        for (Field field : Field.values()) {
            addNames(names, field);
        }
        return names;
    }

    static List<String> namesAt(Layer layer) {
        List<String> names = new ArrayList<>();
        for (FieldSpec spec : layer.schema()) {
            addNames(names, spec.field());
        }
        return names;
    }

    private static void addNames(List<String> names, Field field) {
        names.add(field.policyName());
        for (String alias : field.aliases()) {
            names.add(alias.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }
}
