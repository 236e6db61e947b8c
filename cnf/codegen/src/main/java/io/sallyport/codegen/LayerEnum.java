package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;
import static io.sallyport.codegen.JavaText.strip;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The enum {@code Layer}: one constant for each row of layers.csv. */
final class LayerEnum {

    private LayerEnum() {}

    static String source(List<Row> layers) {
        StringBuilder out = new StringBuilder(JavaText.fileStart(LayerTypes.PACKAGE, "layers.csv"));
        out.append(HEAD).append(JavaText.marker()).append("public enum Layer {\n");
        for (int i = 0; i < layers.size(); i++) {
            addConstant(out, layers.get(i));
            out.append(i + 1 < layers.size() ? ",\n" : ";\n");
        }
        return out.append(BODY.formatted(layers.size())).toString();
    }

    private static void addConstant(StringBuilder out, Row row) {
        String name = strip(row.get("name"), LayerTypes.LAYER_PREFIX);
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
        if (LayerTables.isAbsorbAllowed(row)) {
            bits.add("Bits.ABSORB");
        }
        if (bits.isEmpty()) {
            bits.add("0");
        }
        return bits;
    }

    private static String ipVersion(Row row) {
        return switch (row.get("ip_version")) {
            case "4" -> "V4";
            case "6" -> "V6";
            case "any" -> "ANY";
            default -> throw new IllegalArgumentException(row.get("name") + ": ip_version " + row.get("ip_version"));
        };
    }

    private static final String HEAD = """
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
            """;

    private static final String BODY = """

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
            """;
}
