package io.sallyport.bfe.internal.file;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes text and data so that they read back the same. */
final class YamlText {
    private YamlText() {}

    /** Text as YAML: plain if it can be mistaken for nothing else, else in double quotes as JSON has them. */
    static String text(String text) {
        boolean isPlain =
                text.matches("[A-Za-z0-9_][A-Za-z0-9_./-]*") && DataParser.isText(text) && !text.equals("empty");
        return isPlain ? text : quoted(text);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isUnprintable =
                    c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029' || c == '\ufeff';
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (isUnprintable || c >= 0xfffe) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** A list in one line. */
    static String list(List<String> elements) {
        return elements.size() == 1 ? elements.get(0) : "[" + String.join(", ", elements) + "]";
    }

    /** Free data in one line, keys in order. */
    static String data(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, element) -> sorted.put((String) key, element));
            return sorted.entrySet().stream()
                    .map(it -> text(it.getKey()) + ": " + data(it.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(YamlText::data).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Double number) {
            if (number.isNaN()) {
                return ".nan";
            }
            return number.isInfinite() ? (number > 0 ? ".inf" : "-.inf") : number.toString();
        }
        return value instanceof String text ? text(text) : String.valueOf(value);
    }
}
