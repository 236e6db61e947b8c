package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;
import static io.sallyport.codegen.JavaText.strip;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An enum made from one kind of builtin_objects.csv. */
final class BuiltinEnum {

    /** Built-in callouts whose work is done here; the others serve code of the platform that does not exist here. */
    private static final String SILENT_DROP = "_SILENT_DROP";

    private final String kind;
    private final String prefix;
    private final String suffix;
    private final String type;
    private final boolean isWeighted;

    private BuiltinEnum(String kind, String prefix, String suffix, String type, boolean isWeighted) {
        this.kind = kind;
        this.prefix = prefix;
        this.suffix = suffix;
        this.type = type;
        this.isWeighted = isWeighted;
    }

    static BuiltinEnum sublayers() {
        return new BuiltinEnum("sublayer", "FWPM_SUBLAYER_", "", "BuiltinSublayer", true);
    }

    static BuiltinEnum providers() {
        return new BuiltinEnum("provider", "FWPM_PROVIDER_", "", "BuiltinProvider", false);
    }

    static BuiltinEnum callouts() {
        return new BuiltinEnum("callout", "FWPM_CALLOUT_", SILENT_DROP, "BuiltinCallout", false);
    }

    void addTo(Map<String, String> sources, String packageName, List<Row> objects) {
        sources.put(JavaText.path(packageName, type), source(packageName, objects));
    }

    private String source(String packageName, List<Row> objects) {
        Map<String, List<Row>> byKey = new LinkedHashMap<>();
        for (Row row : objects) {
            if (row.get("kind").equals(kind) && row.get("name").endsWith(suffix)) {
                byKey.computeIfAbsent(row.get("guid"), key -> new ArrayList<>()).add(row);
            }
        }
        StringBuilder out = new StringBuilder(JavaText.fileStart(packageName, "builtin_objects.csv"));
        out.append(HEAD.formatted(kind));
        out.append(JavaText.marker()).append("public enum ").append(type).append(" {\n");
        int left = byKey.size();
        for (List<Row> rows : byKey.values()) {
            addConstant(out, rows.get(0), rows.subList(1, rows.size()));
            left--;
            out.append(left > 0 ? "),\n" : ");\n");
        }
        return out.append(body()).toString();
    }

    private void addConstant(StringBuilder out, Row row, List<Row> aliases) {
        out.append("    /** ").append(sentence(row.get("meaning"))).append(" */\n    ");
        out.append(strip(row.get("name"), prefix)).append("(\n            ");
        out.append(literal(row.get("guid"))).append(", ");
        if (isWeighted) {
            out.append(row.get("weight")).append(", ");
        }
        out.append(literal(row.get("meaning")));
        for (Row alias : aliases) {
            out.append(", ").append(literal(alias.get("name")));
        }
    }

    private String body() {
        return BODY.replace("@PREFIX@", prefix)
                .replace("@TYPE@", type)
                .replace("@FIELD@", isWeighted ? "    private final int weight;\n" : "")
                .replace("@PARAMETER@", isWeighted ? "int weight, " : "")
                .replace("@ASSIGN@", isWeighted ? "        this.weight = weight;\n" : "")
                .replace("@METHOD@\n", isWeighted ? WEIGHT_METHOD : "\n");
    }

    private static final String HEAD = """
            import java.util.HashMap;
            import java.util.List;
            import java.util.Locale;
            import java.util.Map;
            import java.util.UUID;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;

            /** A %s that always exists and cannot be deleted. */
            """;

    private static final String BODY = """

                private static final String WFP_PREFIX = "@PREFIX@";

                private final UUID key;
            @FIELD@    private final String policyName;
                private final String meaning;
                private final List<String> aliases;

                @TYPE@(String key, @PARAMETER@String meaning, String... aliases) {
                    this.key = UUID.fromString(key);
            @ASSIGN@        this.policyName = name().toLowerCase(Locale.ROOT).replace('_', '-');
                    this.meaning = meaning;
                    this.aliases = List.of(aliases);
                }

                /**
                 * The management key.
                 *
                 * @return the GUID
                 */
                public UUID key() {
                    return key;
                }
            @METHOD@
                /**
                 * The full name.
                 *
                 * @return the constant's name with its prefix
                 */
                public String wfpName() {
                    return WFP_PREFIX + name();
                }

                /**
                 * The name in policy files.
                 *
                 * @return the constant's name in lower case with hyphens
                 */
                public String policyName() {
                    return policyName;
                }

                /**
                 * Other full names of the same object.
                 *
                 * @return the names; may be empty
                 */
                public List<String> aliases() {
                    return aliases;
                }

                /**
                 * What the object is for.
                 *
                 * @return a sentence without markup
                 */
                public String meaning() {
                    return meaning;
                }

                /**
                 * The object with a name.
                 *
                 * @param name in any case: a policy name, a constant's name or a full name, also of an alias; or the GUID
                 *     as text
                 * @return the object, or null if there is none
                 */
                public static @Nullable @TYPE@ byName(String name) {
                    return Index.BY_NAME.get(normalise(name));
                }

                /**
                 * The object with a management key.
                 *
                 * @param key the GUID
                 * @return the object, or null if there is none
                 */
                public static @Nullable @TYPE@ byKey(UUID key) {
                    return Index.BY_KEY.get(key);
                }

                private static String normalise(String name) {
                    String text = name.toUpperCase(Locale.ROOT).replace('-', '_');
                    return text.startsWith(WFP_PREFIX) ? text.substring(WFP_PREFIX.length()) : text;
                }

                private static final class Index {
                    static final Map<String, @TYPE@> BY_NAME = new HashMap<>();
                    static final Map<UUID, @TYPE@> BY_KEY = new HashMap<>();

                    static {
                        for (@TYPE@ object : values()) {
                            BY_NAME.put(object.name(), object);
                            BY_NAME.put(normalise(object.key.toString()), object);
                            for (String alias : object.aliases) {
                                BY_NAME.put(normalise(alias), object);
                            }
                            BY_KEY.put(object.key, object);
                        }
                    }

                    private Index() {}
                }
            }
            """;

    private static final String WEIGHT_METHOD = """

                /**
                 * The weight: heavier sublayers are evaluated first.
                 *
                 * @return 0 to 65535
                 */
                public int weight() {
                    return weight;
                }

            """;
}
