package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs read when a command fails. */
class FailureReportTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private FakeGateway gateway;
    private Principal principal = new Principal(Role.ADMIN, "alice");

    @BeforeEach
    void make() {
        gateway = new FakeGateway(directory);
    }

    private int run(String name, String... arguments) throws InterruptedException {
        out.reset();
        err.reset();
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            return Catalogue.run(name, arguments, new CommandContext(gateway, principal, o, e, directory, 0));
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private Object error() {
        assertThat(out().lines()).hasSize(1);
        return JsonText.object(out()).get("error");
    }

    @Test
    void shouldPrintAnObjectForEachKindOfFailure() throws Exception {
        assertThat(run("filter", "show", "no\u001bsuch", "-o", "json")).isEqualTo(1);
        String message = "there is no filter 'no?such'";
        assertThat(error()).asString().contains("exit=1", "code=negative", "command=filter show", message);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("filter show: " + message);

        gateway.bfe.isDenying = true;
        assertThat(run("filter", "delete", "no-web", "-o", "json")).isEqualTo(3);
        assertThat(error()).asString().contains("exit=3", "code=denied", "command=filter delete");
        gateway.services.remove(BaseFilteringEngine.class);
        assertThat(run("filter", "list", "-o", "json")).isEqualTo(5);
        assertThat(error()).asString().contains("exit=5", "code=unreachable", "'bfe status' tells");
    }

    @Test
    void shouldPrintAnObjectForAWrongCommandLine() throws Exception {
        for (String[] form :
                new String[][] {{"-o", "json"}, {"-o=json"}, {"-ojson"}, {"--output", "json"}, {"--output=json"}}) {
            String[] arguments = new String[form.length + 2];
            arguments[0] = "list";
            arguments[1] = "--colour";
            System.arraycopy(form, 0, arguments, 2, form.length);
            assertThat(run("filter", arguments)).isEqualTo(2);
            assertThat(error()).asString().contains("exit=2", "code=usage", "command=filter list", "--colour");
        }
        assertThat(run("filter", "lits", "-o", "json")).isEqualTo(2);
        assertThat(error()).asString().contains("there is no 'filter lits'");
    }

    @Test
    void shouldLeaveStdoutEmptyForPeople() throws Exception {
        assertThat(run("filter", "show", "no-such")).isEqualTo(1);
        assertThat(out()).isEmpty();
        assertThat(run("filter", "list", "--layer", "json", "-o")).isEqualTo(2);
        assertThat(out()).isEmpty();
    }

    /** One document, not two. */
    @Test
    void shouldPrintNothingBesideAnAnswerThatSaysNo() throws Exception {
        Files.writeString(directory.resolve("bad-one.jar"), "x");
        for (String verb : new String[] {"check", "install"}) {
            assertThat(run("plugin", verb, "bad-one.jar", "-o", "json")).isEqualTo(4);
            assertThat(JsonText.object(out())).doesNotContainKey("error");
        }
    }
}
