package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.engine.api.ExistingFlows;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of existing flows, from the shell. */
class ExistingFlowsCommandTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeGateway() throws Exception {
        gateway = new FakeGateway(directory);
        Files.writeString(directory.resolve("p.yaml"), "");
    }

    private int run(String line) throws Exception {
        out.reset();
        err.reset();
        CommandContext context = new CommandContext(
                gateway,
                new Principal(Role.ADMIN, "root"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                directory,
                0);
        List<String> words = List.of(line.split(" "));
        return Catalogue.run(words.get(0), words.subList(1, words.size()).toArray(String[]::new), context);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy apply p.yaml",
                "filter add x --layer ale-auth-connect-v4 --action block",
                "filter delete no-web",
                "provider delete operator"
            })
    void shouldHandOnWhatBecomesOfThem(String line) throws Exception {
        for (ExistingFlows fate : ExistingFlows.values()) {
            assertThat(run(line + " --existing-flows " + fate.policyName()))
                    .as(err.toString(StandardCharsets.UTF_8))
                    .isZero();
            assertThat(gateway.bfe.committed.existingFlows()).isEqualTo(fate);
            assertThat(gateway.bfe.committed.preview()).isNull();
            gateway = new FakeGateway(directory);
        }
        assertThat(run(line)).isZero();
        assertThat(gateway.bfe.committed.existingFlows()).isEqualTo(ExistingFlows.RECHECK);
    }

    @Test
    void shouldRefuseWhatIsNoFate() throws Exception {
        assertThat(run("policy apply p.yaml --existing-flows kill")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--existing-flows: 'kill' is none of keep, recheck, reset");
        assertThat(gateway.bfe.committed).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy apply p.yaml",
                "filter add x --layer ale-auth-connect-v4 --action block",
                "filter delete no-web",
                "provider delete operator"
            })
    void shouldTellInAdvance(String line) throws Exception {
        assertThat(run(line + " --preview")).isZero();
        assertThat(out())
                .contains(
                        "nothing was changed; authorised flows 40, touched 30, would be blocked 3, undecided until their callouts are asked 1",
                        "recheck: touched ones are asked for at their next packet")
                .containsPattern("block +3 +no-telnet +ale-auth-connect-v4 +web +operator");
        assertThat(out()).doesNotContain("in force", "deleted", "added");
        assertThat(run(line + " --preview --existing-flows reset -o json")).isZero();
        assertThat(out())
                .contains("\"existingFlows\" : \"reset\"", "\"touched\" : 30", "\"undecided\" : 1")
                .contains("\"callout\" : \"decides\"");
    }

    @Test
    void shouldSayWhenThereIsNothingToAsk() throws Exception {
        gateway.isPathBusy = true;
        assertThat(run("policy apply p.yaml --preview")).isNotZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nothing was changed");
    }
}
