package io.sallyport.codegen;

import java.util.Locale;

/** The few text forms that generated Java needs: names, literals, comments. */
final class JavaText {

    private JavaText() {}

    /** {@code FWPM_LAYER_STREAM_V4} without {@code FWPM_LAYER_}; fails if the prefix is missing. */
    static String strip(String name, String prefix) {
        if (!name.startsWith(prefix)) {
            throw new IllegalArgumentException(name + " does not start with " + prefix);
        }
        return name.substring(prefix.length());
    }

    /** {@code STREAM_V4} to {@code stream-v4}. */
    static String policyName(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code BadSourceAddress} to {@code BAD_SOURCE_ADDRESS}. */
    static String upperSnake(String camel) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < camel.length(); i++) {
            char c = camel.charAt(i);
            if (i > 0 && Character.isUpperCase(c)) {
                out.append('_');
            }
            out.append(Character.toUpperCase(c));
        }
        return out.toString();
    }

    /** A Java string literal. */
    static String literal(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** A meaning as one Javadoc sentence: first letter upper case, markup escaped, a full stop at the end. */
    static String sentence(String meaning) {
        if (meaning.isBlank()) {
            throw new IllegalArgumentException("a meaning is missing");
        }
        String text = meaning.strip();
        text = Character.toUpperCase(text.charAt(0)) + text.substring(1);
        text = text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;");
        return text.endsWith(".") ? text : text + ".";
    }

    /** Where a generated type lies below the output folder. */
    static String path(String packageName, String type) {
        return packageName.replace('.', '/') + '/' + type + ".java";
    }

    /** The start of every generated file. */
    static String fileStart(String packageName, String table) {
        return "// Generated from cnf/wfp/" + table + ": change the table, not this file.\npackage " + packageName
                + ";\n\n";
    }

    /** The marker of every generated type. */
    static String marker() {
        return "@Generated(\"" + Generate.class.getName() + "\")\n";
    }
}
