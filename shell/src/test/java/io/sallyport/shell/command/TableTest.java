package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How rows are shown. */
class TableTest {

    @Test
    void shouldAlignTextAndNumbers() {
        Table table = new Table().column("NAME").number("COUNT");
        table.row("a", 1).row("long name", 12345).row("none", null);
        assertThat(text(table, 0)).isEqualTo("""
                NAME       COUNT
                a              1
                long name  12345
                none           -
                """);
    }

    @Test
    void shouldCutTheWidestFirstAndNumbersNever() {
        Table table = new Table().name("LAYER").flexible("REASON").number("N");
        table.row("ale-auth-recv-accept-v4", "it is no jar, or damaged", 123456789);
        assertThat(text(table, 41)).isEqualTo("""
                LAYER           REASON                  N
                ale-au..ept-v4  it is no jar..  123456789
                """);
    }

    @Test
    void shouldNeverBeWiderThanTheTerminal() {
        Table table = new Table().column("KEY").number("N").row("x".repeat(60), 1L);
        assertThat(text(table, 20).lines()).allMatch(line -> line.length() <= 20);
        assertThat(text(table, 1).lines()).allMatch(line -> line.length() <= 1);
    }

    @Test
    void shouldShowControlCharactersAsQuestionMarks() {
        assertThat(Table.printable("a\u001b[2J\r\n\u202eb\u0085")).isEqualTo("a?[2J???b?");
    }

    private static String text(Table table, int width) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        table.print(new PrintStream(out, true, StandardCharsets.UTF_8), width);
        return out.toString(StandardCharsets.UTF_8);
    }
}
