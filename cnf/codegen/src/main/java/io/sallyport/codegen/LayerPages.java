package io.sallyport.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Writes or checks docs/layers.md, and by {@link LayerFolder} the pages of docs/layers: the layers that the gateway classifies, from cnf/wfp/live-layers.csv ({@code
 * layer,classified-when}) and the tables of layers and fields.
 */
public final class LayerPages {
    private static final String LAYER_PREFIX = "FWPM_LAYER_";
    private static final String FIELD_PREFIX = "FWPM_CONDITION_";
    static final String DISCARD = "_DISCARD";

    private final Map<String, Csv.Row> layers = new HashMap<>();
    private final Map<String, List<Csv.Row>> fields = new HashMap<>();
    private final Map<String, List<String>> aliases = new HashMap<>();
    final Map<String, String> live = new LinkedHashMap<>();

    LayerPages(Path root) throws IOException {
        Path tables = root.resolve("cnf/wfp");
        for (Csv.Row row : Csv.read(tables.resolve("layers.csv"))) {
            layers.put(row.get("name"), row);
        }
        for (Csv.Row row : Csv.read(tables.resolve("layer_conditions.csv"))) {
            if (row.get("in_live_schema").equals("y")
                    && !row.get("field_index_observed").isEmpty()) {
                fields.computeIfAbsent(row.get("layer"), layer -> new ArrayList<>())
                        .add(row);
            }
        }
        fields.values()
                .forEach(rows ->
                        rows.sort(Comparator.comparingInt(row -> Integer.parseInt(row.get("field_index_observed")))));
        for (Csv.Row row : Csv.read(tables.resolve("conditions.csv"))) {
            if (!row.get("alias_of").isEmpty()) {
                aliases.computeIfAbsent(row.get("alias_of"), name -> new ArrayList<>())
                        .add(field(row.get("name")));
            }
        }
        for (Csv.Row row : Csv.read(tables.resolve("live-layers.csv"))) {
            live.put(row.get("layer"), row.get("classified-when"));
        }
    }

    /**
     * Runs the generator.
     *
     * @param args {@code write} or {@code check}, and the project's root folder
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !Set.of("write", "check").contains(args[0])) {
            throw new IllegalArgumentException("usage: LayerPages write|check <root folder>");
        }
        Path root = Path.of(args[1]);
        if (args[0].equals("write")) {
            Files.writeString(document(root), render(root));
            LayerFolder.write(root);
        }
        List<String> problems = problems(root);
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            System.exit(1);
        }
    }

    private static Path document(Path root) {
        return root.resolve("docs/layers.md");
    }

    /**
     * What is wrong: names of no layer, a layer without its other IP version, a document that is not what would be written.
     *
     * @param root the project's root folder
     * @return one line each; empty if all is well
     * @throws IOException if a file cannot be read
     */
    public static List<String> problems(Path root) throws IOException {
        LayerPages pages = new LayerPages(root);
        SortedSet<String> problems = new TreeSet<>();
        for (String layer : pages.live.keySet()) {
            if (!pages.layers.containsKey(layer)) {
                problems.add(layer + ": in live-layers.csv, but there is no such layer");
            }
            if (!pages.live.containsKey(layer.replace("_V4", "_V6"))
                    || !pages.live.containsKey(layer.replace("_V6", "_V4"))) {
                problems.add(layer + ": live-layers.csv has it for one IP version only");
            }
        }
        if (problems.isEmpty()) {
            Path document = document(root);
            if (!Files.exists(document) || !Files.readString(document).equals(pages.text())) {
                problems.add("docs/layers.md is out of date; run: cnf/layers.sh write");
            }
            problems.addAll(LayerFolder.problems(root));
        }
        return List.copyOf(problems);
    }

    /** The document. */
    static String render(Path root) throws IOException {
        return new LayerPages(root).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder("""
                # Layers

                The layers that this gateway classifies, in the order of a packet's path, with a page for each. Filters at other layers are accepted with a warning and never match.
                Generated from `cnf/wfp/*.csv` by `cnf/layers.sh write`: change a table, not this page.

                *Local* is the inside, *remote* is the outside; *outbound* goes from inside to outside.

                | column | says |
                |---|---|
                | direction | of the packets that come here; at the MAC layers, in and out of the gateway; `-` where no packet is meant |
                | callouts | whether filters may call callouts here |
                | absorb | whether a callout that blocks here may also absorb: the frames then count as absorbed, not as dropped |

                | layer | classified | direction | callouts | absorb |
                |---|---|---|---|---|
                """);
        List<String> first = live.keySet().stream().filter(LayerPages::isFirst).toList();
        first.stream().filter(layer -> !isDiscard(layer)).forEach(layer -> overview(layer, text));
        text.append("""

                ## Discard layers

                What is dropped is shown to the discard layer that is the twin of the layer where it was dropped, malformed
                packets to that of the first layer that could not read them. Frames that are no IP, and truncated ones, are
                shown nowhere. A permit there makes the gateway answer the sender of what policy refused, a block keeps it from
                telling that a packet is too big: [refuse politely or silently](policy.md#refuse-politely-or-silently).
                Nothing can be absorbed; callouts are allowed.

                | layer | shows what was dropped at |
                |---|---|
                """);
        for (String layer : first) {
            if (isDiscard(layer)) {
                text.append("| ").append(LayerFolder.link(layer)).append(" | ");
                text.append(names(layer.substring(0, layer.length() - DISCARD.length())))
                        .append(" |\n");
            }
        }
        text.append("""

                ## Fields

                By type, as messages call it. How values are written: [policy.md](policy.md#values). In brackets: other names
                of the same field. `ip-address` is `uint32` at the layers of IPv4 and `byte-array16` at those of IPv6.

                A field that is not known is `empty`, and no condition but `empty` matches it. These are not known to a gateway
                without agents, and always `empty`: application, user and package (`ale-app-id`, `ale-original-app-id`,
                `ale-user-id`, `ale-package-id`, `ale-package-family-name`, `ale-security-attribute-fqbn-value`,
                `ale-remote-user-id`, `ale-remote-machine-id`, `ale-effective-name`, `ale-nap-context`, `peer-name`), what a
                socket is set to (`ale-promiscuous-mode`, `ale-sio-firewall-system-port`), network categories (`*-profile-id`),
                sub-interfaces (`*sub-interface-index`), `interface-quarantine-epoch`, `ipsec-security-realm-id`,
                `interface-mac-address`, `ndis-port`, `reserved*`.
                """);
        for (String layer : first) {
            if (!isDiscard(layer)) {
                text.append("\n### ").append(names(layer).replace("`", "")).append("\n\n");
                fieldTable(layer, text);
                otherTypes(layer, text);
                String twin = layer + DISCARD;
                if (live.containsKey(twin)) {
                    twin(twin, text);
                }
            }
        }
        return text.toString();
    }

    private void overview(String layer, StringBuilder text) {
        Csv.Row row = row(layer);
        text.append("| ").append(LayerFolder.link(layer)).append(" | ");
        text.append(live.get(layer)).append(" | ");
        String direction = row.get("direction");
        text.append(direction.equals("none") ? "-" : direction).append(" | ");
        text.append(row.get("mode").equals("kernel") ? "yes" : "no").append(" | ");
        text.append(LayerTables.isAbsorbAllowed(row) ? "yes" : "no").append(" |\n");
    }

    void fieldTable(String layer, StringBuilder text) {
        Map<String, List<String>> byType = new LinkedHashMap<>();
        for (Csv.Row row : fieldsOf(layer)) {
            byType.computeIfAbsent(type(row), type -> new ArrayList<>()).add(fieldText(row));
        }
        text.append("| type | fields |\n|---|---|\n");
        byType.forEach((type, names) -> text.append("| ")
                .append(type)
                .append(" | ")
                .append(String.join(", ", names))
                .append(" |\n"));
    }

    /** The versions of a layer have the same fields, but for a few the types differ. */
    void otherTypes(String layer, StringBuilder text) {
        for (String version : versions(layer)) {
            List<String> others = new ArrayList<>();
            for (Csv.Row row : fieldsOf(version)) {
                boolean isOther = fieldsOf(layer).stream()
                        .anyMatch(
                                it -> it.get("condition").equals(row.get("condition")) && !type(it).equals(type(row)));
                if (isOther) {
                    others.add(fieldText(row) + " is " + type(row));
                }
            }
            if (!others.isEmpty()) {
                text.append("\nAt `").append(policyName(version)).append("`: ");
                text.append(String.join(", ", others)).append(".\n");
            }
        }
    }

    /** Discard layers have the fields of their twins, but for what the tables say otherwise. */
    void twin(String twin, StringBuilder text) {
        for (String name : versions(twin)) {
            List<String> more = new ArrayList<>(fieldNames(name));
            List<String> less = new ArrayList<>(fieldNames(name.substring(0, name.length() - DISCARD.length())));
            more.removeAll(fieldNames(name.substring(0, name.length() - DISCARD.length())));
            less.removeAll(fieldNames(name));
            if (!more.isEmpty() || !less.isEmpty()) {
                text.append("\n`").append(policyName(name)).append("`:");
                text.append(more.isEmpty() ? "" : " also has " + String.join(", ", more) + ";");
                text.append(less.isEmpty() ? "" : " lacks " + String.join(", ", less) + ";");
                text.setCharAt(text.length() - 1, '.');
                text.append('\n');
            }
        }
    }

    private List<String> fieldNames(String layer) {
        return fieldsOf(layer).stream().map(this::fieldText).toList();
    }

    private List<Csv.Row> fieldsOf(String layer) {
        return fields.getOrDefault(layer, List.of());
    }

    private String fieldText(Csv.Row row) {
        List<String> others = aliases.getOrDefault(row.get("condition"), List.of());
        String name = field(row.get("condition"));
        return others.isEmpty() ? name : name + " (" + String.join(", ", others) + ")";
    }

    private static String type(Csv.Row row) {
        if (row.get("field_kind").equals("IP_ADDRESS")) {
            return "ip-address";
        }
        String type = JavaText.policyName(DataTypes.name(row.get("classify_type_observed")));
        return row.get("field_kind").equals("FLAGS") ? type + ", flags" : type;
    }

    Csv.Row row(String layer) {
        Csv.Row row = layers.get(layer);
        if (row == null) {
            throw new IllegalArgumentException(layer + ": in live-layers.csv, but there is no such layer");
        }
        return row;
    }

    /** The layer itself, and the same for IPv6 if there is one. */
    static List<String> versions(String layer) {
        return layer.contains("_V4") ? List.of(layer, layer.replace("_V4", "_V6")) : List.of(layer);
    }

    static boolean isFirst(String layer) {
        return !layer.contains("_V6");
    }

    static boolean isDiscard(String layer) {
        return layer.endsWith(DISCARD);
    }

    static String names(String layer) {
        return String.join(
                ", ",
                versions(layer).stream()
                        .map(name -> "`" + policyName(name) + "`")
                        .toList());
    }

    static String policyName(String layer) {
        return JavaText.policyName(JavaText.strip(layer, LAYER_PREFIX));
    }

    private static String field(String name) {
        return "`" + JavaText.policyName(JavaText.strip(name, FIELD_PREFIX)) + "`";
    }
}
