package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.ChangeNotice;
import io.sallyport.bfe.api.ChangeType;
import io.sallyport.policy.ObjectType;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChangeLineTest {
    private static final Instant AT = Instant.parse("2026-01-31T10:11:12.013Z");
    private static final UUID KEY = UUID.fromString("11111111-0000-4000-8000-000000000001");
    private static final ChangeNotice NOTICE = new ChangeNotice(ChangeType.ADD, ObjectType.FILTER, KEY, 7);

    @Test
    void shouldPutTheKeyBehindTheNameWhereThereIsRoom() {
        assertThat(new ChangeLine(100).text(AT, NOTICE, "no-web"))
                .isEqualTo("10:11:12.013  add     filter               7  no-web            " + KEY)
                .hasSize(100);
        assertThat(new ChangeLine(100).heading()).endsWith("NAME              KEY");
    }

    @Test
    void shouldCutNeitherNameNorKey() {
        String name = "no-unsolicited-inbound";
        for (int width : new int[] {99, 80, 60}) {
            assertThat(new ChangeLine(width).text(AT, NOTICE, name).lines())
                    .as("width %s", width)
                    .hasSize(2)
                    .satisfies(lines -> assertThat(lines.get(0)).endsWith(name))
                    .satisfies(lines -> assertThat(lines.get(1).strip()).isEqualTo(KEY.toString()));
        }
        assertThat(new ChangeLine(60).heading()).hasSizeLessThanOrEqualTo(60);
    }

    @Test
    void shouldLetNoNameSteerTheTerminal() {
        assertThat(new ChangeLine(80).text(AT, NOTICE, "\u001b[31m\n")).doesNotContain("\u001b", "m\n");
    }
}
