package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyDifference.FieldDifference;
import io.sallyport.bfe.api.PolicyDifference.Kind;
import io.sallyport.bfe.api.PolicyDifference.ObjectDifference;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history, and commits that have to be confirmed, from the shell. */
class RevisionCommandsTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private FakeHistory history;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
        history = gateway.bfe.history;
        history.add(1, "first", false);
        history.add(2, "second", true);
    }

    private int run(String... words) throws Exception {
        out.reset();
        err.reset();
        CommandContext context = new CommandContext(
                gateway,
                new Principal(Role.ADMIN, "root"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                directory,
                0);
        return Catalogue.run(words[0], List.of(words).subList(1, words.length).toArray(String[]::new), context);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldListTheNewestFirst() throws Exception {
        assertThat(run("revision", "list")).isZero();
        assertThat(out().lines().toList())
                .hasSize(3)
                .satisfies(
                        lines -> assertThat(lines.get(0)).startsWith("NUMBER").contains("COMMENT"))
                .satisfies(lines -> assertThat(lines.get(1))
                        .contains("2026-11-28T12:00:00Z", "user:alice (operator)", "filter add", "pending", "second"))
                .satisfies(lines -> assertThat(lines.get(2)).contains("first").doesNotContain("current"));
        assertThat(run("revision", "list", "--limit", "1")).isZero();
        assertThat(out())
                .contains("second", "1 older ones are kept: --limit 0 lists all")
                .doesNotContain("first");
        assertThat(run("revision", "list", "--output", "json")).isZero();
        assertThat(out()).contains("\"number\"", "\"state\"", "\"pending\"");
        assertThat(run("revision", "list", "--limit", "-1")).isEqualTo(2);
    }

    @Test
    void shouldTellDifferencesFieldByField() throws Exception {
        UUID key = new UUID(1, 2);
        history.difference = new PolicyDifference(
                1,
                2,
                List.of(
                        new ObjectDifference(
                                Kind.CHANGED,
                                ObjectType.FILTER,
                                key,
                                "no-telnet",
                                List.of(
                                        new FieldDifference("action", "block", "permit"),
                                        new FieldDifference("when[0]", null, "ip-remote-port equal 23"))),
                        new ObjectDifference(
                                Kind.REMOVED,
                                ObjectType.SUBLAYER,
                                key,
                                "web",
                                List.of(new FieldDifference("weight", "7", null)))));
        assertThat(run("revision", "diff")).isZero();
        assertThat(history.asked).containsExactly("difference previous current");
        assertThat(out())
                .contains(
                        "~ filter no-telnet  " + key,
                        "    action: block -> permit",
                        "    when[0]: (none) -> ip-remote-port equal 23",
                        "- sublayer web",
                        "    weight: 7");
        assertThat(run("revision", "diff", "1", "2", "--output", "json")).isZero();
        assertThat(history.asked).contains("difference 1 2");
        assertThat(out()).contains("\"changed\"", "\"before\"", "\"removed\"");
        assertThat(run("revision", "show", "2")).isZero();
        assertThat(out()).contains("user:alice (operator)", "second", "~ filter no-telnet");
        assertThat(run("revision", "show", "1")).isZero();
        assertThat(out()).contains("it is the first one");
        history.difference = new PolicyDifference(1, 2, List.of());
        assertThat(run("revision", "diff")).isZero();
        assertThat(out()).isEqualTo("they are equal\n");
        assertThat(run("revision", "show", "17")).isEqualTo(1);
        assertThat(err()).startsWith("revision show: the history is not read: NOT_FOUND: revision 17");
    }

    @Test
    void shouldConfirmAndGoBack() throws Exception {
        assertThat(run("policy", "confirm")).isZero();
        assertThat(out()).contains("revision 2 00c0ffee00000002 stays");
        assertThat(run("policy", "rollback")).isZero();
        assertThat(run("policy", "rollback", "1", "--comment", "was good", "--confirm", "2m"))
                .isZero();
        assertThat(out()).contains("is in force; it is taken back after 2m unless you say 'policy confirm'");
        assertThat(history.asked)
                .containsExactly(
                        "confirm",
                        "rollback previous " + CommitOptions.commented("back to previous"),
                        "rollback 1 " + new CommitOptions("was good", Duration.ofMinutes(2)));
        history.refusal = new PolicyException(WfpError.NOT_FOUND, "no commit waits");
        assertThat(run("policy", "confirm")).isEqualTo(1);
        assertThat(err()).contains("policy confirm: nothing is confirmed: NOT_FOUND: no commit waits");
        history.refusal = new PolicyException(WfpError.ERROR_ACCESS_DENIED, "no");
        assertThat(run("policy", "confirm")).isEqualTo(3);
        assertThat(run("policy", "rollback")).isEqualTo(3);
        assertThat(run("revision", "list")).isEqualTo(3);
        history.refusal = new ConfirmationPendingException("revision 2 waits");
        assertThat(run("policy", "rollback", "--confirm", "1h")).isEqualTo(6);
    }

    @Test
    void shouldHandOnHowToCommit() throws Exception {
        Files.writeString(directory.resolve("p.yaml"), "");
        assertThat(run("policy", "apply", "p.yaml", "--confirm", "90s", "--comment", "new office"))
                .isZero();
        assertThat(gateway.bfe.committed).isEqualTo(new CommitOptions("new office", Duration.ofSeconds(90)));
        assertThat(out()).contains("it is taken back after 90s unless you say 'policy confirm'");
        assertThat(run("policy", "apply", "p.yaml")).isZero();
        assertThat(gateway.bfe.committed).isEqualTo(CommitOptions.NONE);
        assertThat(out()).doesNotContain("policy confirm");
        for (String wrong : List.of("soon", "0s", "25h", "-1", "1d")) {
            gateway.bfe.committed = null;
            assertThat(run("policy", "apply", "p.yaml", "--confirm", wrong))
                    .as(wrong)
                    .isEqualTo(2);
            assertThat(err()).contains("--confirm");
            assertThat(gateway.bfe.committed).isNull();
        }
        assertThat(run("policy", "apply", "p.yaml", "--comment", "x".repeat(2_000)))
                .isEqualTo(2);
    }

    @Test
    void shouldEndWith6WhileAnotherCommitWaits() throws Exception {
        Files.writeString(directory.resolve("p.yaml"), "");
        PolicyReport.Problem waits = new PolicyReport.Problem(
                PolicyReport.Severity.ERROR, "p.yaml", 0, 0, "", "", "IN_USE: revision 2 waits", List.of());
        gateway.bfe.report = new PolicyReport("p.yaml", List.of(waits), 0, 0, false, true);
        assertThat(run("policy", "apply", "p.yaml")).isEqualTo(6);
        assertThat(err()).contains("revision 2 waits");
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block"))
                .isEqualTo(6);
    }

    @Test
    void shouldStopAndStartTheBaseFilteringEngine() throws Exception {
        List<String> calls = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        gateway.services.put(BfeControl.class, new BfeControl() {
            @Override
            public boolean stop(Flows flows) {
                calls.add("stop " + flows);
                return calls.size() != 4;
            }

            @Override
            public List<String> start() {
                calls.add("start");
                return wrong;
            }
        });
        assertThat(run("bfe", "restart", "--flows", "drop")).isZero();
        assertThat(out()).isEqualTo("the base filtering engine is running again\n");
        assertThat(run("bfe", "stop")).isZero();
        assertThat(run("bfe", "stop")).isEqualTo(1);
        assertThat(err()).contains("stopped already; 'bfe start' starts it");
        wrong.add("the store is damaged");
        assertThat(run("bfe", "start")).isEqualTo(1);
        assertThat(err()).contains("is not started: the store is damaged");
        assertThat(calls).containsExactly("stop DROP", "start", "stop KEEP", "stop KEEP", "start");
        assertThat(run("bfe", "stop", "--flows", "maybe")).isEqualTo(2);
    }

    @Test
    void shouldDeleteAProvider() throws Exception {
        assertThat(run("provider", "delete", "operator", "--comment", "left us"))
                .isZero();
        assertThat(out()).isEqualTo("deleted provider operator\n");
        assertThat(gateway.bfe.added).containsExactly("remove operator");
        assertThat(gateway.bfe.committed).isEqualTo(CommitOptions.commented("left us"));
        assertThat(run("provider", "delete", "oprator")).isEqualTo(1);
        assertThat(err()).contains("there is no provider 'oprator'; did you mean operator?");
        PolicyReport.Problem used = new PolicyReport.Problem(
                PolicyReport.Severity.ERROR, "x", 0, 0, "sublayer web", "", "IN_USE: 1 objects refer to it", List.of());
        gateway.bfe.report = new PolicyReport("x", List.of(used), 0, 0);
        assertThat(run("provider", "delete", "operator")).isEqualTo(4);
        assertThat(err()).contains("sublayer web", "IN_USE");
    }

    @Test
    void shouldCheckTheWayBack() throws Exception {
        assertThat(run("revision", "check")).isZero();
        assertThat(out())
                .contains(
                        "revision 2 00c0ffee00000002 is whole and compiles",
                        "there is a way back to each of 2 revisions");
        history.refusal = new PolicyException(WfpError.TXN_ABORTED, "revision 1 is damaged");
        assertThat(run("revision", "check")).isEqualTo(4);
        assertThat(err()).contains("revision 1 is damaged");
    }
}
