package io.sallyport.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CsvTest {

    @Test
    void shouldReadQuotedFieldsWithCommasAndQuotes() {
        var rows = Csv.parse("name,meaning\nA,\"one, \"\"two\"\"\"\nB,\n", "test");

        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("meaning")).isEqualTo("one, \"two\"");
        assertThat(rows.get(1).get("meaning")).isEmpty();
    }

    @Test
    void shouldReadALastLineWithoutLineEnd() {
        assertThat(Csv.parse("name\r\nA", "test").get(0).get("name")).isEqualTo("A");
    }

    @Test
    void shouldRefuseALineOfAnotherLength() {
        assertThatThrownBy(() -> Csv.parse("a,b\n1\n", "table.csv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table.csv")
                .hasMessageContaining("record 1");
    }

    @Test
    void shouldRefuseAQuoteThatIsNeverClosed() {
        assertThatThrownBy(() -> Csv.parse("a\n\"x\n", "table.csv")).hasMessageContaining("never closed");
    }

    @Test
    void shouldRefuseAnUnknownColumn() {
        var row = Csv.parse("a\n1\n", "test").get(0);

        assertThatThrownBy(() -> row.get("b")).hasMessageContaining("no column b");
    }
}
