package io.sallyport.codegen;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The rows of constants.csv by their groups. */
final class ConstantGroups {

    private final Map<String, List<Row>> groups = new HashMap<>();

    ConstantGroups(List<Row> constants) {
        for (Row row : constants) {
            groups.computeIfAbsent(row.get("group"), group -> new ArrayList<>()).add(row);
        }
    }

    /** A group whose names lose a prefix. */
    List<Constant> group(String name, String prefix) {
        return group(name, full -> JavaText.strip(full, prefix));
    }

    List<Constant> group(String name, UnaryOperator<String> rename) {
        List<Row> rows = groups.get(name);
        if (rows == null) {
            throw new IllegalArgumentException("constants.csv has no group " + name);
        }
        return rows.stream()
                .map(row -> new Constant(
                        rename.apply(row.get("name")),
                        row.get("name"),
                        Long.decode(row.get("value")),
                        row.get("meaning")))
                .toList();
    }
}
