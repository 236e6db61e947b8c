package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;

import java.util.ArrayList;
import java.util.List;

/** A class of {@code int} constants made from a group of flags, which may be set together. */
final class FlagClass {

    private FlagClass() {}

    static String source(String packageName, String type, String doc, List<Constant> constants) {
        Constant.requireDistinct(type, constants);
        StringBuilder out = new StringBuilder(JavaText.fileStart(packageName, "constants.csv"));
        out.append(HEAD.formatted(doc));
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
        return out.append(BODY.formatted(prefixes(constants), type)).toString();
    }

    /** The prefixes that full names have before the constant's name, as a Java array body in policy spelling. */
    private static String prefixes(List<Constant> constants) {
        List<String> prefixes = new ArrayList<>();
        for (Constant constant : constants) {
            String prefix = JavaText.policyName(constant.wfpName()
                    .substring(0, constant.wfpName().length() - constant.name().length()));
            if (!prefix.isEmpty() && !prefixes.contains(prefix)) {
                prefixes.add(prefix);
            }
        }
        return String.join(", ", prefixes.stream().map(JavaText::literal).toList());
    }

    private static final String HEAD = """
            import java.util.ArrayList;
            import java.util.LinkedHashMap;
            import java.util.List;
            import java.util.Locale;
            import java.util.Map;
            import java.util.OptionalInt;
            import javax.annotation.processing.Generated;

            /** %s */
            """;

    private static final String BODY = """
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
            """;
}
