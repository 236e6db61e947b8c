package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.api.PolicyReport.Problem;
import io.sallyport.bfe.api.PolicyReport.Severity;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
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
        assertThat(err()).startsWith("filter show: " + message);

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

    @Test
    void shouldTellProgramsWhyADocumentOfOptionsIsRefused() throws Exception {
        gateway.bfe.report = new PolicyReport(
                "x",
                List.of(
                        new Problem(Severity.WARNING, "x", 0, 0, "filter x", "when", "is odd", List.of()),
                        new Problem(Severity.ERROR, "x", 0, 0, "filter x", "layer", "there is none", List.of()),
                        new Problem(Severity.ERROR, "x", 0, 0, "filter x", "weight", "is too much", List.of())),
                0,
                0);
        String errors = "error: filter x: layer: there is none; error: filter x: weight: is too much";
        for (List<String> line : List.of(
                List.of("filter", "add", "x", "--layer", "stream-v4", "--action", "block"),
                List.of("set", "create", "x", "192.0.2.1"),
                List.of("provider", "delete", "operator"))) {
            String path = line.get(0) + " " + line.get(1);
            List<String> json = new ArrayList<>(line.subList(1, line.size()));
            json.addAll(List.of("-o", "json"));
            assertThat(run(line.get(0), json.toArray(new String[0]))).isEqualTo(4);
            assertThat(out())
                    .isEqualTo("{\"error\":{\"exit\":4,\"code\":\"invalid\",\"command\":\"" + path + "\",\"message\":\""
                            + errors + "\"}}\n");
            assertThat(err()).isEqualTo(path + ": warning: filter x: when: is odd\n" + path + ": " + errors + "\n");
        }
    }

    @Test
    void shouldNotCallAPolicyInvalidThatTheDiskHadNoRoomFor() throws Exception {
        Problem full = new Problem(Severity.ERROR, "p.yaml", 0, 0, "", "", "TXN_ABORTED: no space left", List.of());
        gateway.bfe.report = new PolicyReport("p.yaml", List.of(full), 0, 0, false, false, true, null);
        assertThat(run("policy", "apply", "p.yaml")).isEqualTo(1);
        assertThat(err()).contains("p.yaml is not applied; nothing was changed");
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block"))
                .isEqualTo(1);
        assertThat(run("provider", "delete", "operator")).isEqualTo(1);
    }
}
