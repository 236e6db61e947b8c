package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;
import static io.sallyport.codegen.JavaText.strip;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The types of io.sallyport.layer: {@code Layer}, its schemas, {@code Field}. */
final class LayerTypes {

    private static final String PACKAGE = "io.sallyport.layer";
    private static final String FOLDER = "io/sallyport/layer/";
    private static final String LAYER_PREFIX = "FWPM_LAYER_";
    private static final String FIELD_PREFIX = "FWPM_CONDITION_";

    private final List<Row> layers;
    private final List<Row> conditions;
    private final Map<String, List<Row>> fieldsByLayer;

    LayerTypes(List<Row> layers, List<Row> conditions, List<Row> matrix) {
        this.layers = new ArrayList<>(layers);
        this.layers.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("fwps_runtime_id"))));
        this.conditions = conditions;
        this.fieldsByLayer = schemas(matrix);
        for (int i = 0; i < this.layers.size(); i++) {
            Row layer = this.layers.get(i);
            if (!layer.get("fwps_runtime_id").equals(Integer.toString(i))) {
                throw new IllegalArgumentException(layer.get("name") + ": run-time ids are not 0, 1, 2, ...");
            }
            int seen = fieldsOf(layer.get("name")).size();
            if (seen != Integer.parseInt(layer.get("field_count_observed"))) {
                throw new IllegalArgumentException(layer.get("name") + ": the matrix has " + seen + " fields");
            }
        }
    }

    void addTo(Map<String, String> sources) {
        sources.put(FOLDER + "Layer.java", layerSource());
        sources.put(FOLDER + "LayerSchemas.java", schemasSource());
        sources.put(FOLDER + "Field.java", fieldSource());
    }

    /** Only rows of the live schema are fields of a layer; the others are documented names without an index. */
    private static Map<String, List<Row>> schemas(List<Row> matrix) {
        Map<String, List<Row>> byLayer = new HashMap<>();
        for (Row row : matrix) {
            if (row.get("in_live_schema").equals("y")
                    && !row.get("field_index_observed").isEmpty()) {
                byLayer.computeIfAbsent(row.get("layer"), name -> new ArrayList<>())
                        .add(row);
            }
        }
        byLayer.forEach((layer, rows) -> {
            rows.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("field_index_observed"))));
            for (int i = 0; i < rows.size(); i++) {
                if (Integer.parseInt(rows.get(i).get("field_index_observed")) != i) {
                    throw new IllegalArgumentException(layer + ": field indexes are not 0, 1, 2, ...");
                }
            }
        });
        return byLayer;
    }

    private List<Row> fieldsOf(String layer) {
        return fieldsByLayer.getOrDefault(layer, List.of());
    }

    private String layerSource() {
        StringBuilder out = new StringBuilder(JavaText.fileStart(PACKAGE, "layers.csv"));
        out.append("""
                import java.util.HashMap;
                import java.util.Locale;
                import java.util.Map;
                import java.util.UUID;
                import javax.annotation.processing.Generated;
                import org.jspecify.annotations.Nullable;

                /**
                 * A point in a packet's path at which filters are evaluated.
                 *
                 * <p>The set is fixed. Constants are ordered by run-time id, so {@code ordinal() == id()}. Run-time ids of
                 * user-mode layers move between releases of the platform: store names or keys, never ids.
                 *
                 * <p>Classify path and management path: every method may be called on any thread and never blocks; the
                 * methods without a name or key parameter do not allocate.
                 */
                """);
        out.append(JavaText.marker()).append("public enum Layer {\n");
        for (int i = 0; i < layers.size(); i++) {
            Row row = layers.get(i);
            String name = strip(row.get("name"), LAYER_PREFIX);
            out.append("    /** ").append(sentence(row.get("meaning"))).append(" */\n");
            out.append("    ").append(name).append("(\n            ");
            out.append(literal(row.get("guid"))).append(", ");
            out.append("IpVersion.").append(ipVersion(row)).append(", ");
            out.append("LayerDirection.")
                    .append(row.get("direction").toUpperCase(Locale.ROOT))
                    .append(", ");
            out.append(literal(row.get("shim"))).append(", ");
            out.append(String.join(" | ", bits(row, name))).append(",\n            ");
            out.append(literal(row.get("meaning"))).append(')');
            out.append(i + 1 < layers.size() ? ",\n" : ";\n");
        }
        out.append("""

                    /** How many layers there are; every {@link #id()} is below it. */
                    public static final int COUNT = %d;

                    private static final String WFP_PREFIX = "FWPM_LAYER_";

                    private final UUID key;
                    private final String policyName;
                    private final IpVersion ipVersion;
                    private final LayerDirection direction;
                    private final String shim;
                    private final int bits;
                    private final String meaning;
                    private final LayerSchema schema;

                    Layer(String key, IpVersion ipVersion, LayerDirection direction, String shim, int bits, String meaning) {
                        this.key = UUID.fromString(key);
                        this.policyName = name().toLowerCase(Locale.ROOT).replace('_', '-');
                        this.ipVersion = ipVersion;
                        this.direction = direction;
                        this.shim = shim;
                        this.bits = bits;
                        this.meaning = meaning;
                        this.schema = LayerSchemas.of(ordinal());
                    }

                    /**
                     * The run-time id: the index of this layer in arrays.
                     *
                     * @return 0 to {@link #COUNT} - 1, the same as {@code ordinal()}
                     */
                    public int id() {
                        return ordinal();
                    }

                    /**
                     * The management key.
                     *
                     * @return the GUID of the layer
                     */
                    public UUID key() {
                        return key;
                    }

                    /**
                     * The full name.
                     *
                     * @return such as {@code FWPM_LAYER_ALE_AUTH_CONNECT_V4}
                     */
                    public String wfpName() {
                        return WFP_PREFIX + name();
                    }

                    /**
                     * The name in policy files.
                     *
                     * @return such as {@code ale-auth-connect-v4}
                     */
                    public String policyName() {
                        return policyName;
                    }

                    /**
                     * Whether packets are classified here, as opposed to calls of user-mode services.
                     *
                     * @return true for a kernel layer
                     */
                    public boolean isKernel() {
                        return (bits & Bits.KERNEL) != 0;
                    }

                    /**
                     * The IP version of what is classified here.
                     *
                     * @return the version, or {@link IpVersion#ANY}
                     */
                    public IpVersion ipVersion() {
                        return ipVersion;
                    }

                    /**
                     * The direction of what is classified here.
                     *
                     * @return the direction, seen from the inside
                     */
                    public LayerDirection direction() {
                        return direction;
                    }

                    /**
                     * The shim that owns the layer.
                     *
                     * @return such as {@code ALE}; {@code none} if no shim does
                     */
                    public String shim() {
                        return shim;
                    }

                    /**
                     * Whether the engine buffers data here: the stream layers.
                     *
                     * @return true if it does
                     */
                    public boolean isBuffered() {
                        return (bits & Bits.BUFFERED) != 0;
                    }

                    /**
                     * Whether this layer only shows what another layer or the stack dropped.
                     *
                     * @return true for a discard layer
                     */
                    public boolean isDiscard() {
                        return (bits & Bits.DISCARD) != 0;
                    }

                    /**
                     * Whether policy is only looked up here: no match then means "no policy", not permit (ARB-19).
                     *
                     * @return true for the IPsec, IKE, keying-module and name-resolution layers
                     */
                    public boolean isLookupOnly() {
                        return (bits & Bits.LOOKUP_ONLY) != 0;
                    }

                    /**
                     * Whether a callout may absorb what is classified here; where the table has no answer, it may not.
                     *
                     * @return true if the absorb flag is allowed
                     */
                    public boolean absorbAllowed() {
                        return (bits & Bits.ABSORB) != 0;
                    }

                    /**
                     * What the layer is for.
                     *
                     * @return a sentence without markup
                     */
                    public String meaning() {
                        return meaning;
                    }

                    /**
                     * The fields that are known when this layer is classified.
                     *
                     * @return the ordered schema; empty for reserved layers
                     */
                    public LayerSchema schema() {
                        return schema;
                    }

                    /**
                     * The index of a field in this layer's values: one array read.
                     *
                     * @param field the field
                     * @return its index, or -1 if this layer does not have it
                     */
                    public int fieldIndex(Field field) {
                        return schema.indexOf(field);
                    }

                    /**
                     * The layer with a run-time id.
                     *
                     * @param id 0 to {@link #COUNT} - 1
                     * @return the layer
                     * @throws IndexOutOfBoundsException if there is no such id
                     */
                    public static Layer byId(int id) {
                        return Index.BY_ID[id];
                    }

                    /**
                     * The layer with a name.
                     *
                     * @param name in any case: the policy name, the constant's name, the full name, or the GUID as text
                     * @return the layer, or null if there is none
                     */
                    public static @Nullable Layer byName(String name) {
                        return Index.BY_NAME.get(normalise(name));
                    }

                    /**
                     * The layer with a management key.
                     *
                     * @param key the GUID
                     * @return the layer, or null if there is none
                     */
                    public static @Nullable Layer byKey(UUID key) {
                        return Index.BY_KEY.get(key);
                    }

                    private static String normalise(String name) {
                        String text = name.toUpperCase(Locale.ROOT).replace('-', '_');
                        return text.startsWith(WFP_PREFIX) ? text.substring(WFP_PREFIX.length()) : text;
                    }

                    private static final class Bits {
                        static final int KERNEL = 1;
                        static final int BUFFERED = 2;
                        static final int DISCARD = 4;
                        static final int LOOKUP_ONLY = 8;
                        static final int ABSORB = 16;

                        private Bits() {}
                    }

                    private static final class Index {
                        static final Layer[] BY_ID = values();
                        static final Map<String, Layer> BY_NAME = new HashMap<>();
                        static final Map<UUID, Layer> BY_KEY = new HashMap<>();

                        static {
                            for (Layer layer : BY_ID) {
                                BY_NAME.put(layer.name(), layer);
                                BY_NAME.put(normalise(layer.key.toString()), layer);
                                BY_KEY.put(layer.key, layer);
                            }
                        }

                        private Index() {}
                    }
                }
                """.formatted(layers.size()));
        return out.toString();
    }

    private static List<String> bits(Row row, String name) {
        List<String> bits = new ArrayList<>();
        if (row.get("mode").equals("kernel")) {
            bits.add("Bits.KERNEL");
        }
        if (List.of(row.get("layer_flags").split("\\|", -1)).contains("BUFFERED")) {
            bits.add("Bits.BUFFERED");
        }
        if (row.get("shim").equals("Discard")) {
            bits.add("Bits.DISCARD");
        }
        if (name.startsWith("IPSEC_")
                || name.startsWith("IKEEXT_")
                || name.startsWith("KM_DEMUX_")
                || name.startsWith("NAME_RESOLUTION_CACHE_")) {
            bits.add("Bits.LOOKUP_ONLY");
        }
        if (isAbsorbAllowed(row)) {
            bits.add("Bits.ABSORB");
        }
        if (bits.isEmpty()) {
            bits.add("0");
        }
        return bits;
    }

    /** "discouraged" is allowed; "?" is not known to be, so it is not. */
    static boolean isAbsorbAllowed(Row layer) {
        return List.of("y", "discouraged").contains(layer.get("absorb_flag_allowed"));
    }

    private static String ipVersion(Row row) {
        return switch (row.get("ip_version")) {
            case "4" -> "V4";
            case "6" -> "V6";
            case "any" -> "ANY";
            default -> throw new IllegalArgumentException(row.get("name") + ": ip_version " + row.get("ip_version"));
        };
    }

    private String schemasSource() {
        StringBuilder out = new StringBuilder(JavaText.fileStart(PACKAGE, "layer_conditions.csv"));
        out.append("""
                import javax.annotation.processing.Generated;

                /** The schema of each layer; one method per layer, because one initialiser for all would be too large. */
                """);
        out.append(JavaText.marker()).append("final class LayerSchemas {\n");
        out.append("""

                    private LayerSchemas() {}

                    static LayerSchema of(int id) {
                        return switch (id) {
                """);
        Map<String, Integer> methodByBody = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            String body = schemaBody(layers.get(i).get("name"));
            Integer method = methodByBody.computeIfAbsent(body, b -> methodByBody.size());
            out.append("            case ")
                    .append(i)
                    .append(" -> schema")
                    .append(method)
                    .append("();\n");
        }
        out.append("""
                            default -> throw new IndexOutOfBoundsException(id);
                        };
                    }

                    private static FieldSpec spec(int index, Field field, DataType type, FieldKind kind) {
                        return new FieldSpec(field, index, type, kind);
                    }
                """);
        methodByBody.forEach((body, method) -> out.append("\n    private static LayerSchema schema")
                .append(method)
                .append("() {\n        return LayerSchema.of(")
                .append(body)
                .append(");\n    }\n"));
        return out.append("}\n").toString();
    }

    private String schemaBody(String layer) {
        List<String> specs = new ArrayList<>();
        List<Row> fields = fieldsOf(layer);
        for (int i = 0; i < fields.size(); i++) {
            Row row = fields.get(i);
            specs.add("\n                spec(" + i + ", Field."
                    + strip(row.get("condition"), FIELD_PREFIX) + ", DataType."
                    + ConstantTypes.dataType(row.get("classify_type_observed")) + ", FieldKind."
                    + row.get("field_kind") + ")");
        }
        return String.join(",", specs);
    }

    private String fieldSource() {
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
        StringBuilder out = new StringBuilder(JavaText.fileStart(PACKAGE, "conditions.csv"));
        out.append("""
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
                """);
        out.append(JavaText.marker()).append("public enum Field {\n");
        for (int i = 0; i < targets.size(); i++) {
            Row row = targets.get(i);
            out.append("    /** ").append(sentence(row.get("meaning"))).append(" */\n    ");
            out.append(strip(row.get("name"), FIELD_PREFIX)).append("(\n            ");
            out.append(literal(row.get("guid"))).append(",\n            ");
            out.append(literal(row.get("meaning")));
            for (Row alias : aliases.getOrDefault(row.get("name"), List.of())) {
                if (!alias.get("guid").equals(row.get("guid"))) {
                    throw new IllegalArgumentException(alias.get("name") + ": not the GUID of " + row.get("name"));
                }
                out.append(",\n            ").append(literal(alias.get("name")));
            }
            out.append(i + 1 < targets.size() ? "),\n" : ");\n");
        }
        out.append("""

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
                """.formatted(targets.size()));
        return out.toString();
    }
}
