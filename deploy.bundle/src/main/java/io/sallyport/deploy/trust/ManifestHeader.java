package io.sallyport.deploy.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A header such as {@code a.b;a.c;version="[1,2)",a.d;resolution:=optional}. */
final class ManifestHeader {
    private ManifestHeader() {}

    /**
     * One name of a clause.
     *
     * @param name of a package or a bundle
     * @param attributes attributes by name, directives by name with a colon behind
     */
    record Clause(String name, Map<String, String> attributes) {
        boolean isOptional() {
            return "optional".equals(attributes.get("resolution:"));
        }
    }

    static List<Clause> parse(@Nullable String header) {
        List<Clause> clauses = new ArrayList<>();
        for (String clause : split(header == null ? "" : header, ',')) {
            List<String> names = new ArrayList<>();
            Map<String, String> attributes = new LinkedHashMap<>();
            for (String part : split(clause, ';')) {
                int equals = part.indexOf('=');
                if (equals < 0) {
                    names.add(part.strip());
                } else {
                    String value = part.substring(equals + 1).strip();
                    attributes.put(part.substring(0, equals).strip(), value.replace("\"", ""));
                }
            }
            for (String name : names) {
                if (!name.isEmpty()) {
                    clauses.add(new Clause(name, Map.copyOf(attributes)));
                }
            }
        }
        return clauses;
    }

    /** Splits where it is not quoted. */
    private static List<String> split(String text, char at) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            isQuoted ^= c == '"';
            if (c == at && !isQuoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
