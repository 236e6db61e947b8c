package io.sallyport.codegen;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comma-separated table with a header line; fields may be quoted, a doubled quote stands for one. */
public final class Csv {

    private Csv() {}

    /** One line of a table: column name to text, in the order of the header. */
    public record Row(Map<String, String> cells) {

        /** The text in a column; fails if the table has no such column. */
        public String get(String column) {
            String text = cells.get(column);
            if (text == null) {
                throw new IllegalArgumentException("no column " + column + " among " + cells.keySet());
            }
            return text;
        }
    }

    /** Reads a table from a UTF-8 file. */
    public static List<Row> read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    }

    /** Reads a table from text; {@code origin} names it in messages. */
    public static List<Row> parse(String text, String origin) {
        List<List<String>> lines = split(text, origin);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(origin + ": no header line");
        }
        List<String> header = lines.get(0);
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> line = lines.get(i);
            if (line.size() != header.size()) {
                throw new IllegalArgumentException(
                        origin + ": record " + i + " has " + line.size() + " fields, the header has " + header.size());
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int column = 0; column < header.size(); column++) {
                cells.put(header.get(column), line.get(column));
            }
            rows.add(new Row(cells));
        }
        return rows;
    }

    private static List<List<String>> split(String text, String origin) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c != '"') {
                    field.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                line.add(field.toString());
                field.setLength(0);
            } else if (c == '\n') {
                line.add(field.toString());
                field.setLength(0);
                lines.add(line);
                line = new ArrayList<>();
            } else if (c != '\r') {
                field.append(c);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException(origin + ": a quote is never closed");
        }
        if (field.length() > 0 || !line.isEmpty()) {
            line.add(field.toString());
            lines.add(line);
        }
        return lines;
    }
}
