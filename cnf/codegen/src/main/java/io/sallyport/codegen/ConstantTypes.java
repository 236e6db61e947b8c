package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;
import static io.sallyport.codegen.JavaText.strip;
import static io.sallyport.codegen.JavaText.upperSnake;

import io.sallyport.codegen.Csv.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The types made from the groups of constants and from the built-in objects. */
final class ConstantTypes {

    private static final String LAYER = "io.sallyport.layer";
    private static final String POLICY = "io.sallyport.policy";
    private static final String CALLOUT = "io.sallyport.callout";

    private final Map<String, List<Row>> groups = new HashMap<>();
    private final List<Row> builtin;

    /** One constant: its Java name, the name in the table, the number, what it means. */
    private record Constant(String name, String wfpName, long code, String meaning) {}

    ConstantTypes(List<Row> constants, List<Row> builtin) {
        for (Row row : constants) {
            groups.computeIfAbsent(row.get("group"), group -> new ArrayList<>()).add(row);
        }
        this.builtin = builtin;
    }

    /** {@code FWP_BYTE_BLOB_TYPE} to {@code BYTE_BLOB}. */
    static String dataType(String name) {
        String text = strip(name, "FWP_");
        return text.endsWith("_TYPE") ? text.substring(0, text.length() - "_TYPE".length()) : text;
    }

    void addTo(Map<String, String> sources) {
        List<Constant> dataTypes = new ArrayList<>(group("data_type", ConstantTypes::dataType));
        dataTypes.removeIf(constant -> constant.wfpName().equals("FWP_SINGLE_DATA_TYPE_MAX"));
        putEnum(sources, LAYER, "DataType", "The type of a value or of a condition's operand.", dataTypes, "");

        putFlags(
                sources,
                POLICY,
                "ConditionFlags",
                "Bits of the field {@code flags} that conditions test.",
                group("condition_flag", drop("FWP_CONDITION_FLAG_")));
        putFlags(
                sources,
                POLICY,
                "L2Flags",
                "Bits of the field {@code l2-flags} at the MAC layers.",
                group("l2_flag", drop("FWP_CONDITION_L2_")));
        putEnum(
                sources,
                POLICY,
                "MatchType",
                "How a condition compares a field with its operand.",
                group("match_type", drop("FWP_MATCH_")),
                "");
        putEnum(
                sources,
                POLICY,
                "ActionType",
                "What a filter does, or what a classify ended with.",
                group("action_type", drop("FWP_ACTION_")),
                actionMethods());
        putFlags(
                sources,
                POLICY,
                "FilterFlags",
                "Options of a filter.",
                group("filter_flag", drop("FWPM_FILTER_FLAG_")));
        List<Constant> errors = new ArrayList<>(group("error", ConstantTypes::errorName));
        errors.addAll(group("error_other", UnaryOperator.identity()));
        putEnum(sources, POLICY, "WfpError", "Why a management call was refused.", errors, "");
        sources.put(path(POLICY, "BuiltinSublayer"), builtinSource("sublayer", "FWPM_SUBLAYER_", "BuiltinSublayer"));
        sources.put(path(POLICY, "BuiltinProvider"), builtinSource("provider", "FWPM_PROVIDER_", "BuiltinProvider"));

        List<Constant> calloutFlags = new ArrayList<>(group("fwps_callout_flag", drop("FWP_CALLOUT_FLAG_")));
        calloutFlags.addAll(group("fwpm_callout_flag", drop("FWPM_CALLOUT_FLAG_")));
        putFlags(sources, CALLOUT, "CalloutFlags", "Options of a callout.", calloutFlags);
        putFlags(
                sources,
                CALLOUT,
                "StreamFlags",
                "What a piece of stream data carries.",
                group("stream_flag", drop("FWPS_STREAM_FLAG_")));
        putEnum(
                sources,
                CALLOUT,
                "NotifyType",
                "What a callout is told about filters that name it.",
                group("callout_notify_type", drop("FWPS_CALLOUT_NOTIFY_")),
                "");
        putEnum(
                sources,
                CALLOUT,
                "BfeState",
                "The state of the base filtering engine.",
                group("bfe_state", drop("FWPM_SERVICE_")),
                "");
        putEnum(
                sources,
                CALLOUT,
                "GeneralDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#GENERAL} says so.",
                group("general_discard_reason", drop("FWPS_DISCARD_")),
                "");
        putEnum(
                sources,
                CALLOUT,
                "NetworkDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#NETWORK} says so.",
                group("network_discard_reason", name -> upperSnake(strip(name, "IpDiscard"))),
                "");
        putEnum(
                sources,
                CALLOUT,
                "TransportDiscardReason",
                "Why a packet was dropped, if {@link DiscardModule#TRANSPORT} says so.",
                group("transport_discard_reason", name -> upperSnake(strip(name, "InetDiscard"))),
                "");
        putEnum(
                sources,
                CALLOUT,
                "ReauthorizeReason",
                "Why a flow is authorised again; the code is the bit that the field {@code reauthorize-reason} holds.",
                group("reauthorize_reason", drop("FWP_CONDITION_REAUTHORIZE_REASON_")),
                "");
        putEnum(
                sources,
                CALLOUT,
                "DiscardModule",
                "Which set of reasons a discard reason belongs to.",
                group("discard_module", drop("FWPS_DISCARD_MODULE_")),
                "");
    }

    private static UnaryOperator<String> drop(String prefix) {
        return name -> strip(name, prefix);
    }

    private static String errorName(String name) {
        return name.startsWith("STATUS_FWP_") ? strip(name, "STATUS_FWP_") : strip(name, "FWP_E_");
    }

    private List<Constant> group(String name, UnaryOperator<String> rename) {
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

    private static String path(String packageName, String type) {
        return packageName.replace('.', '/') + '/' + type + ".java";
    }

    private static void requireDistinct(String type, List<Constant> constants) {
        Set<String> names = new HashSet<>();
        for (Constant constant : constants) {
            if (!names.add(constant.name())) {
                throw new IllegalArgumentException(type + ": two constants named " + constant.name());
            }
        }
    }

    private static String hex(long code) {
        return code < 10 ? Long.toString(code) : "0x" + Long.toHexString(code).toUpperCase(java.util.Locale.ROOT);
    }

    private static void putEnum(
            Map<String, String> sources,
            String packageName,
            String type,
            String doc,
            List<Constant> constants,
            String extraMethods) {
        requireDistinct(type, constants);
        StringBuilder out = new StringBuilder(JavaText.fileStart(packageName, "constants.csv"));
        out.append("""
                import java.util.HashMap;
                import java.util.Locale;
                import java.util.Map;
                import javax.annotation.processing.Generated;
                import org.jspecify.annotations.Nullable;

                /** %s */
                """.formatted(doc));
        out.append(JavaText.marker()).append("public enum ").append(type).append(" {\n");
        for (int i = 0; i < constants.size(); i++) {
            Constant constant = constants.get(i);
            out.append("    /** ").append(sentence(constant.meaning())).append(" */\n    ");
            out.append(constant.name()).append('(').append(hex(constant.code())).append(", ");
            out.append(literal(constant.wfpName())).append(", ");
            out.append(literal(constant.meaning())).append(i + 1 < constants.size() ? "),\n" : ");\n");
        }
        out.append("""

                    private final int code;
                    private final String wfpName;
                    private final String policyName;
                    private final String meaning;

                    @TYPE@(int code, String wfpName, String meaning) {
                        this.code = code;
                        this.wfpName = wfpName;
                        this.policyName = name().toLowerCase(Locale.ROOT).replace('_', '-');
                        this.meaning = meaning;
                    }

                    /**
                     * The number that stands for this constant outside Java.
                     *
                     * @return the code; not the ordinal
                     */
                    public int code() {
                        return code;
                    }

                    /**
                     * The name in the platform's own headers.
                     *
                     * @return the full name
                     */
                    public String wfpName() {
                        return wfpName;
                    }

                    /**
                     * The name in policy files and messages.
                     *
                     * @return the constant's name in lower case with hyphens
                     */
                    public String policyName() {
                        return policyName;
                    }

                    /**
                     * What the constant means.
                     *
                     * @return a sentence without markup
                     */
                    public String meaning() {
                        return meaning;
                    }
                @EXTRA@
                    /**
                     * The constant with a name.
                     *
                     * @param name in any case: the policy name, the constant's name or the full name
                     * @return the constant, or null if there is none
                     */
                    public static @Nullable @TYPE@ byName(String name) {
                        return Index.BY_NAME.get(normalise(name));
                    }

                    /**
                     * The constant with a code.
                     *
                     * @param code the code
                     * @return the constant, or null if there is none
                     */
                    public static @Nullable @TYPE@ byCode(int code) {
                        for (@TYPE@ constant : Index.ALL) {
                            if (constant.code == code) {
                                return constant;
                            }
                        }
                        return null;
                    }

                    private static String normalise(String name) {
                        return name.toUpperCase(Locale.ROOT).replace('-', '_');
                    }

                    private static final class Index {
                        static final @TYPE@[] ALL = values();
                        static final Map<String, @TYPE@> BY_NAME = new HashMap<>();

                        static {
                            for (@TYPE@ constant : ALL) {
                                BY_NAME.put(normalise(constant.wfpName), constant);
                                BY_NAME.put(constant.name(), constant);
                            }
                        }

                        private Index() {}
                    }
                }
                """.replace("@TYPE@", type)
                .replace("@EXTRA@\n", extraMethods.isEmpty() ? "\n" : "\n" + extraMethods + "\n"));
        sources.put(path(packageName, type), out.toString());
    }

    private String actionMethods() {
        return """
                    /**
                     * Whether the action ends its sublayer with permit or block.
                     *
                     * @return true if the terminating bit is set
                     */
                    public boolean isTerminating() {
                        return (code & %s) != 0;
                    }

                    /**
                     * Whether the action never ends its sublayer.
                     *
                     * @return true if the non-terminating bit is set
                     */
                    public boolean isNonTerminating() {
                        return (code & %s) != 0;
                    }

                    /**
                     * Whether the action calls a callout.
                     *
                     * @return true if the callout bit is set
                     */
                    public boolean isCallout() {
                        return (code & %s) != 0;
                    }
                """.formatted(actionFlag("TERMINATING"), actionFlag("NON_TERMINATING"), actionFlag("CALLOUT"))
                        .stripTrailing()
                + "\n";
    }

    private String actionFlag(String name) {
        return group("action_flag", drop("FWP_ACTION_FLAG_")).stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> hex(flag.code()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("constants.csv has no action flag " + name));
    }

    private static void putFlags(
            Map<String, String> sources, String packageName, String type, String doc, List<Constant> constants) {
        requireDistinct(type, constants);
        StringBuilder out = new StringBuilder(JavaText.fileStart(packageName, "constants.csv"));
        out.append("""
                import java.util.ArrayList;
                import java.util.LinkedHashMap;
                import java.util.List;
                import java.util.Locale;
                import java.util.Map;
                import java.util.OptionalInt;
                import javax.annotation.processing.Generated;

                /** %s */
                """.formatted(doc));
        out.append(JavaText.marker()).append("public final class ").append(type).append(" {\n");
        for (Constant constant : constants) {
            out.append("    /** ").append(sentence(constant.meaning())).append(" */\n");
            out.append("    public static final int ").append(constant.name()).append(" = 0x");
            out.append(Long.toHexString(constant.code())).append(";\n\n");
        }
        out.append("    private static final Map<String, Integer> BY_NAME = new LinkedHashMap<>();\n\n    static {\n");
        for (Constant constant : constants) {
            out.append("        BY_NAME.put(")
                    .append(literal(JavaText.policyName(constant.name())))
                    .append(", ")
                    .append(constant.name())
                    .append(");\n");
        }
        String prefix = commonPrefix(constants);
        out.append("""
                    }

                    private static final String[] WFP_PREFIXES = {%s};

                    private %s() {}

                    /**
                     * The value of a flag.
                     *
                     * @param name in any case: the policy name, the constant's name or the full name
                     * @return the value, or empty if there is no such flag
                     */
                    public static OptionalInt byName(String name) {
                        String text = name.toLowerCase(Locale.ROOT).replace('_', '-');
                        for (String prefix : WFP_PREFIXES) {
                            if (text.startsWith(prefix)) {
                                text = text.substring(prefix.length());
                                break;
                            }
                        }
                        Integer bits = BY_NAME.get(text);
                        return bits == null ? OptionalInt.empty() : OptionalInt.of(bits);
                    }

                    /**
                     * The policy names of the flags that are set.
                     *
                     * @param flags any combination of bits
                     * @return the names in the order of the constants; what has no name is one hexadecimal number at the end
                     */
                    public static List<String> names(int flags) {
                        List<String> names = new ArrayList<>();
                        int rest = flags;
                        for (Map.Entry<String, Integer> entry : BY_NAME.entrySet()) {
                            int bits = entry.getValue();
                            if (bits != 0 && (flags & bits) == bits) {
                                names.add(entry.getKey());
                                rest &= ~bits;
                            }
                        }
                        if (rest != 0) {
                            names.add("0x" + Integer.toHexString(rest));
                        }
                        return names;
                    }
                }
                """.formatted(prefix, type));
        sources.put(path(packageName, type), out.toString());
    }

    /** The prefixes that full names have before the constant's name, as a Java array body in policy spelling. */
    private static String commonPrefix(List<Constant> constants) {
        List<String> prefixes = new ArrayList<>();
        for (Constant constant : constants) {
            String prefix = JavaText.policyName(constant.wfpName()
                    .substring(0, constant.wfpName().length() - constant.name().length()));
            if (!prefixes.contains(prefix)) {
                prefixes.add(prefix);
            }
        }
        return String.join(", ", prefixes.stream().map(JavaText::literal).toList());
    }

    private String builtinSource(String kind, String prefix, String type) {
        boolean weighted = kind.equals("sublayer");
        Map<String, List<Row>> byKey = new java.util.LinkedHashMap<>();
        for (Row row : builtin) {
            if (row.get("kind").equals(kind)) {
                byKey.computeIfAbsent(row.get("guid"), key -> new ArrayList<>()).add(row);
            }
        }
        StringBuilder out = new StringBuilder(JavaText.fileStart(POLICY, "builtin_objects.csv"));
        out.append("""
                import java.util.HashMap;
                import java.util.List;
                import java.util.Locale;
                import java.util.Map;
                import java.util.UUID;
                import javax.annotation.processing.Generated;
                import org.jspecify.annotations.Nullable;

                /** A %s that always exists and cannot be deleted. */
                """.formatted(kind));
        out.append(JavaText.marker()).append("public enum ").append(type).append(" {\n");
        int left = byKey.size();
        for (List<Row> rows : byKey.values()) {
            Row row = rows.get(0);
            out.append("    /** ").append(sentence(row.get("meaning"))).append(" */\n    ");
            out.append(strip(row.get("name"), prefix)).append("(\n            ");
            out.append(literal(row.get("guid"))).append(", ");
            if (weighted) {
                out.append(row.get("weight")).append(", ");
            }
            out.append(literal(row.get("meaning")));
            for (Row alias : rows.subList(1, rows.size())) {
                out.append(", ").append(literal(alias.get("name")));
            }
            left--;
            out.append(left > 0 ? "),\n" : ");\n");
        }
        out.append("""

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
                """.replace("@PREFIX@", prefix)
                .replace("@TYPE@", type)
                .replace("@FIELD@", weighted ? "    private final int weight;\n" : "")
                .replace("@PARAMETER@", weighted ? "int weight, " : "")
                .replace("@ASSIGN@", weighted ? "        this.weight = weight;\n" : "")
                .replace("@METHOD@\n", weighted ? WEIGHT_METHOD : "\n"));
        return out.toString();
    }

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
