package io.sallyport.bfe.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shipped schema says the same as the parser. */
class SchemaTest {
    private YamlNode root;

    @BeforeEach
    void setUp() throws IOException {
        try (InputStream in = SchemaTest.class.getResourceAsStream("/schema/policy-v1.schema.json")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Problems problems = new Problems("schema");
            root = YamlReader.read(text, problems);
            assertThat(problems.sorted()).isEmpty();
        }
    }

    @Test
    void shouldListTheKeysOfEveryObject() {
        assertThat(keys("properties")).containsExactlyElementsOf(PolicyKeys.FILE);
        assertThat(keys("$defs", "sublayer", "properties")).containsExactlyElementsOf(PolicyKeys.SUBLAYER);
        assertThat(keys("$defs", "callout", "properties")).containsExactlyElementsOf(PolicyKeys.CALLOUT);
        assertThat(keys("$defs", "set", "properties")).containsExactlyElementsOf(PolicyKeys.SET);
        assertThat(keys("$defs", "context", "properties")).containsExactlyElementsOf(PolicyKeys.CONTEXT);
        assertThat(keys("$defs", "filter", "properties")).containsExactlyElementsOf(PolicyKeys.FILTER);
        assertThat(keys("$defs", "test", "properties")).containsExactlyElementsOf(PolicyKeys.TEST);
        assertThat(keys("$defs", "operator", "properties")).containsExactlyElementsOf(PolicyKeys.OPERATORS);
    }

    @Test
    void shouldListTheWords() {
        assertThat(text("properties", "apiVersion", "const")).isEqualTo(PolicyKeys.API_VERSION);
        assertThat(words("properties", "lifetime", "enum")).isEqualTo(PolicyKeys.FILTER_LIFETIMES);
        assertThat(words("$defs", "filter", "properties", "lifetime", "enum")).isEqualTo(PolicyKeys.FILTER_LIFETIMES);
        for (String type : List.of("sublayer", "callout", "context")) {
            assertThat(words("$defs", type, "properties", "lifetime", "enum")).isEqualTo(PolicyKeys.LIFETIMES);
        }
        assertThat(words("$defs", "filter", "properties", "action", "enum")).isEqualTo(PolicyKeys.ACTIONS);
        assertThat(words("$defs", "filterFlag", "enum")).isEqualTo(PolicyKeys.FILTER_FLAGS);
        assertThat(words("$defs", "calloutFlag", "enum")).isEqualTo(PolicyKeys.CALLOUT_FLAGS);
    }

    @Test
    void shouldAllowNoOtherKeys() {
        assertThat(text("additionalProperties")).isEqualTo("false");
        for (String type : List.of("sublayer", "callout", "context", "filter", "test", "operator")) {
            assertThat(text("$defs", type, "additionalProperties")).isEqualTo("false");
        }
    }

    private YamlNode at(String... path) {
        YamlNode node = root;
        for (String key : path) {
            node = Objects.requireNonNull(((YamlNode.Mapping) node).get(key), key);
        }
        return node;
    }

    private List<String> keys(String... path) {
        return ((YamlNode.Mapping) at(path))
                .entries().stream().map(it -> it.key().text()).toList();
    }

    private List<String> words(String... path) {
        return ((YamlNode.Sequence) at(path))
                .elements().stream().map(it -> ((YamlNode.Scalar) it).text()).toList();
    }

    private String text(String... path) {
        return ((YamlNode.Scalar) at(path)).text();
    }
}
