package io.sallyport.bfe.internal.file;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the free data of a provider context into values: YAML 1.2's core schema, without null. */
final class DataParser {
    private final ObjectReader reader;

    DataParser(ObjectReader reader) {
        this.reader = reader;
    }

    Map<String, Object> mapping(YamlNode.Mapping node, String field) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (YamlNode.Entry entry : node.entries()) {
            Object value = value(entry.value(), field + "." + entry.key().text());
            if (value != null) {
                map.put(entry.key().text(), value);
            }
        }
        return map;
    }

    private @Nullable Object value(YamlNode node, String field) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping(mapping, field);
        }
        if (node instanceof YamlNode.Sequence list) {
            List<Object> values = new ArrayList<>();
            for (YamlNode element : list.elements()) {
                Object value = value(element, field + "[" + values.size() + "]");
                if (value != null) {
                    values.add(value);
                }
            }
            return values;
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return scalar.isPlain() ? plain(scalar, field) : scalar.text();
    }

    private @Nullable Object plain(YamlNode.Scalar scalar, String field) {
        String text = scalar.text();
        if (isNull(text)) {
            reader.error(scalar, field, "there is no null in policy data; leave the key out or write \"\"");
            return null;
        }
        if (text.matches("true|True|TRUE|false|False|FALSE")) {
            return Boolean.parseBoolean(text);
        }
        if (isInteger(text)) {
            BigInteger number = number(text);
            if (number.bitLength() > 63) {
                reader.error(scalar, field, text + " does not fit 64 bits; quote it to make it text");
                return null;
            }
            return number.longValue();
        }
        return isFloat(text) ? (Object) floatingPoint(text) : text;
    }

    /** Tells whether text must be quoted to stay text. */
    static boolean isText(String plain) {
        return !(isNull(plain)
                || plain.matches("true|True|TRUE|false|False|FALSE")
                || isInteger(plain)
                || isFloat(plain));
    }

    private static boolean isNull(String text) {
        return text.matches("|~|null|Null|NULL");
    }

    private static boolean isInteger(String text) {
        return text.matches("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    }

    private static boolean isFloat(String text) {
        return text.matches(
                "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    }

    private static BigInteger number(String text) {
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16);
        }
        return text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
    }

    private static double floatingPoint(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        if (lower.endsWith(".inf")) {
            return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return lower.endsWith(".nan") ? Double.NaN : Double.parseDouble(text);
    }
}
