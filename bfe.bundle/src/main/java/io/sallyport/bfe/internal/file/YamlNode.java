package io.sallyport.bfe.internal.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a policy file and where it stands. Lines and columns are 1-based. */
sealed interface YamlNode {

    int line();

    int column();

    /**
     * A scalar.
     *
     * @param isPlain written without quotes: may stand for something else than text
     */
    record Scalar(String text, boolean isPlain, int line, int column) implements YamlNode {}

    /** A sequence. */
    record Sequence(List<YamlNode> elements, int line, int column) implements YamlNode {}

    /** A mapping; keys are text and unique. */
    record Mapping(List<Entry> entries, int line, int column) implements YamlNode {

        @Nullable YamlNode get(String key) {
            for (Entry entry : entries) {
                if (entry.key().text().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    /** One line of a mapping. */
    record Entry(Scalar key, YamlNode value) {}

    /**
     * What a node is, for messages.
     *
     * @return e.g. {@code a list}
     */
    default String kind() {
        if (this instanceof Sequence) {
            return "a list";
        }
        return this instanceof Mapping ? "a mapping" : "a single value";
    }
}
