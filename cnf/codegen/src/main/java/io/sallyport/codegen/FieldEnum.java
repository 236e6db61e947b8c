package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;
import static io.sallyport.codegen.JavaText.strip;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The enum {@code Field}: one constant for each row of conditions.csv that is not another name of one. */
final class FieldEnum {

    private FieldEnum() {}

    static String source(List<Row> conditions) {
        Map<String, List<Row>> aliases = new HashMap<>();
        List<Row> targets = new ArrayList<>();
        for (Row row : conditions) {
            if (row.get("alias_of").isEmpty()) {
                targets.add(row);
            } else {
                aliases.computeIfAbsent(row.get("alias_of"), name -> new ArrayList<>())
                        .add(row);
            }
        }
        StringBuilder out = new StringBuilder(JavaText.fileStart(LayerTypes.PACKAGE, "conditions.csv"));
        out.append(HEAD).append(JavaText.marker()).append("public enum Field {\n");
        for (int i = 0; i < targets.size(); i++) {
            Row row = targets.get(i);
            addConstant(out, row, aliases.getOrDefault(row.get("name"), List.of()));
            out.append(i + 1 < targets.size() ? "),\n" : ");\n");
        }
        return out.append(BODY.formatted(targets.size())).toString();
    }

    private static void addConstant(StringBuilder out, Row row, List<Row> aliases) {
        out.append("    /** ").append(sentence(row.get("meaning"))).append(" */\n    ");
        out.append(strip(row.get("name"), LayerTypes.FIELD_PREFIX)).append("(\n            ");
        out.append(literal(row.get("guid"))).append(",\n            ");
        out.append(literal(row.get("meaning")));
        for (Row alias : aliases) {
            if (!alias.get("guid").equals(row.get("guid"))) {
                throw new IllegalArgumentException(alias.get("name") + ": not the GUID of " + row.get("name"));
            }
            out.append(",\n            ").append(literal(alias.get("name")));
        }
    }

    private static final String HEAD = """
            import java.util.HashMap;
            import java.util.List;
            import java.util.Locale;
            import java.util.Map;
            import java.util.UUID;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;

            /**
             * What a condition can test: a field, found at the layers whose schema has it.
             *
             * <p>The same field may have another data type at another layer (OBJ-12). Several names may stand for one
             * field (OBJ-13): those are its {@link #aliases()}.
             *
             * <p>Every method may be called on any thread and never blocks.
             */
            """;

    private static final String BODY = """

                /** How many fields there are. */
                public static final int COUNT = %d;

                private static final String WFP_PREFIX = "FWPM_CONDITION_";

                private final UUID key;
                private final String policyName;
                private final String meaning;
                private final List<String> aliases;

                Field(String key, String meaning, String... aliases) {
                    this.key = UUID.fromString(key);
                    this.policyName = name().toLowerCase(Locale.ROOT).replace('_', '-');
                    this.meaning = meaning;
                    this.aliases = List.of(aliases);
                }

                /**
                 * The management key.
                 *
                 * @return the GUID of the field
                 */
                public UUID key() {
                    return key;
                }

                /**
                 * The full name.
                 *
                 * @return such as {@code FWPM_CONDITION_IP_REMOTE_PORT}
                 */
                public String wfpName() {
                    return WFP_PREFIX + name();
                }

                /**
                 * The name in policy files.
                 *
                 * @return such as {@code ip-remote-port}
                 */
                public String policyName() {
                    return policyName;
                }

                /**
                 * Other names of the same field.
                 *
                 * @return full names, such as {@code FWPM_CONDITION_ICMP_CODE}; may be empty
                 */
                public List<String> aliases() {
                    return aliases;
                }

                /**
                 * What the field holds.
                 *
                 * @return a sentence without markup
                 */
                public String meaning() {
                    return meaning;
                }

                /**
                 * The field with a name.
                 *
                 * @param name in any case: a policy name, a constant's name or a full name, also of an alias; or the GUID
                 *     as text
                 * @return the field, or null if there is none
                 */
                public static @Nullable Field byName(String name) {
                    return Index.BY_NAME.get(normalise(name));
                }

                /**
                 * The field with a management key.
                 *
                 * @param key the GUID
                 * @return the field, or null if there is none
                 */
                public static @Nullable Field byKey(UUID key) {
                    return Index.BY_KEY.get(key);
                }

                private static String normalise(String name) {
                    String text = name.toUpperCase(Locale.ROOT).replace('-', '_');
                    return text.startsWith(WFP_PREFIX) ? text.substring(WFP_PREFIX.length()) : text;
                }

                private static final class Index {
                    static final Map<String, Field> BY_NAME = new HashMap<>();
                    static final Map<UUID, Field> BY_KEY = new HashMap<>();

                    static {
                        for (Field field : values()) {
                            BY_NAME.put(field.name(), field);
                            BY_NAME.put(normalise(field.key.toString()), field);
                            for (String alias : field.aliases) {
                                BY_NAME.put(normalise(alias), field);
                            }
                            BY_KEY.put(field.key, field);
                        }
                    }

                    private Index() {}
                }
            }
            """;
}
