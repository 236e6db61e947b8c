package io.sallyport.itest.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What tshark says about the captures: one row each. */
final class Manifest {
    static final Path FOLDER = Path.of("captures");

    private Manifest() {}

    /** One capture's row, by the names of the columns. */
    record Row(Map<String, String> columns) {

        Path file() {
            return FOLDER.resolve(name());
        }

        String name() {
            return text("file");
        }

        String text(String column) {
            return columns.get(column);
        }

        int number(String column) {
            return text(column).isEmpty() ? 0 : Integer.parseInt(text(column));
        }

        Set<String> set(String column) {
            return text(column).isEmpty()
                    ? Set.of()
                    : new TreeSet<>(List.of(text(column).split(";")));
        }
    }

    static List<Row> rows() throws IOException {
        List<String> lines = Files.readAllLines(FOLDER.resolve("MANIFEST.csv"));
        List<String> names = split(lines.get(0));
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> values = split(line);
            Map<String, String> columns = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                columns.put(names.get(i), values.get(i));
            }
            rows.add(new Row(columns));
        }
        return rows;
    }

    private static List<String> split(String line) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && !isQuoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }
}
