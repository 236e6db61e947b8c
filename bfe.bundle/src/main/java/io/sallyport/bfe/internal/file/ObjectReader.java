package io.sallyport.bfe.internal.file;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one mapping and reports what is wrong with them. */
final class ObjectReader {
    private final YamlNode.Mapping node;
    private final String object;
    private final Problems problems;

    /** Complains at once about keys that do not exist. */
    ObjectReader(YamlNode.Mapping node, String object, List<String> keys, Problems problems) {
        this.node = node;
        this.object = object;
        this.problems = problems;
        for (YamlNode.Entry entry : node.entries()) {
            String key = entry.key().text();
            if (!keys.contains(key)) {
                problems.error(
                        entry.key(),
                        object,
                        key,
                        "unknown key \"" + key + "\"" + Suggestions.didYouMean(key, keys),
                        keys);
            }
        }
    }

    YamlNode.Mapping node() {
        return node;
    }

    String object() {
        return object;
    }

    boolean has(String key) {
        return node.get(key) != null;
    }

    @Nullable YamlNode get(String key) {
        return node.get(key);
    }

    void error(@Nullable YamlNode at, String field, String message, List<String> allowed) {
        problems.error(at == null ? node : at, object, field, message, allowed);
    }

    void error(@Nullable YamlNode at, String field, String message) {
        error(at, field, message, List.of());
    }

    /** A single value, or null if it is missing or something else, which is reported. */
    YamlNode.@Nullable Scalar scalar(String key) {
        YamlNode value = node.get(key);
        if (value == null || value instanceof YamlNode.Scalar) {
            return (YamlNode.Scalar) value;
        }
        error(value, key, "must be a single value, not " + value.kind());
        return null;
    }

    YamlNode.@Nullable Scalar required(String key) {
        if (!has(key)) {
            error(node, key, "is missing");
            return null;
        }
        YamlNode.Scalar value = scalar(key);
        if (value != null && value.text().isBlank()) {
            error(value, key, "must not be empty");
            return null;
        }
        return value;
    }

    /** Text, or the default if it is missing. */
    String text(String key, String otherwise) {
        YamlNode.Scalar value = scalar(key);
        return value == null ? otherwise : value.text();
    }

    /** One of some words; null if it is missing or another one, which is reported. */
    @Nullable String word(String key, List<String> allowed) {
        YamlNode.Scalar value = scalar(key);
        if (value == null || allowed.contains(value.text())) {
            return value == null ? null : value.text();
        }
        error(
                value,
                key,
                "unknown value \"" + value.text() + "\"" + Suggestions.didYouMean(value.text(), allowed),
                allowed);
        return null;
    }

    /** An integer of a range; null if it is missing or wrong, which is reported. */
    @Nullable BigInteger integer(String key, BigInteger max) {
        YamlNode.Scalar value = scalar(key);
        return value == null ? null : integer(value, key, max);
    }

    @Nullable BigInteger integer(YamlNode.Scalar value, String field, BigInteger max) {
        BigInteger number = ValueParser.integer(value.text());
        if (number == null || number.signum() < 0 || number.compareTo(max) > 0) {
            error(value, field, "\"" + value.text() + "\" is not a fitting integer", List.of("0 to " + max));
            return null;
        }
        return number;
    }

    /** Single values, written as one or as a list; what else is there is reported. */
    List<YamlNode.Scalar> scalars(String key) {
        YamlNode value = node.get(key);
        List<YamlNode.Scalar> scalars = new ArrayList<>();
        if (value instanceof YamlNode.Scalar single) {
            scalars.add(single);
        } else if (value instanceof YamlNode.Sequence list) {
            for (YamlNode element : list.elements()) {
                if (element instanceof YamlNode.Scalar single) {
                    scalars.add(single);
                } else {
                    error(element, key, "must hold single values, not " + element.kind());
                }
            }
        } else if (value != null) {
            error(value, key, "must be a value or a list of values, not " + value.kind());
        }
        return scalars;
    }

    /** The mappings of a list; what else is there is reported. */
    List<YamlNode.Mapping> mappings(String key) {
        YamlNode value = node.get(key);
        List<YamlNode.Mapping> mappings = new ArrayList<>();
        if (value instanceof YamlNode.Sequence list) {
            for (YamlNode element : list.elements()) {
                if (element instanceof YamlNode.Mapping mapping) {
                    mappings.add(mapping);
                } else {
                    error(element, key, "must hold mappings, not " + element.kind());
                }
            }
        } else if (value != null) {
            error(value, key, "must be a list, not " + value.kind());
        }
        return mappings;
    }
}
