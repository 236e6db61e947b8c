package io.sallyport.codegen;

import static io.sallyport.codegen.JavaText.literal;
import static io.sallyport.codegen.JavaText.sentence;

import java.util.List;

/** An enum made from a group of constants that exclude each other. */
final class ConstantEnum {

    private ConstantEnum() {}

    static String source(String packageName, String type, String doc, List<Constant> constants, String extraMethods) {
        Constant.requireDistinct(type, constants);
        StringBuilder out = new StringBuilder(JavaText.fileStart(packageName, "constants.csv"));
        out.append(HEAD.formatted(doc));
        out.append(JavaText.marker()).append("public enum ").append(type).append(" {\n");
        for (int i = 0; i < constants.size(); i++) {
            Constant constant = constants.get(i);
            out.append("    /** ").append(sentence(constant.meaning())).append(" */\n    ");
            out.append(constant.name()).append('(').append(constant.hex()).append(", ");
            out.append(literal(constant.wfpName())).append(", ");
            out.append(literal(constant.meaning())).append(i + 1 < constants.size() ? "),\n" : ");\n");
        }
        return out.append(BODY.replace("@TYPE@", type)
                        .replace("@EXTRA@\n", extraMethods.isEmpty() ? "\n" : "\n" + extraMethods + "\n"))
                .toString();
    }

    private static final String HEAD = """
            import java.util.HashMap;
            import java.util.Locale;
            import java.util.Map;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;

            /** %s */
            """;

    private static final String BODY = """

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
            """;
}
