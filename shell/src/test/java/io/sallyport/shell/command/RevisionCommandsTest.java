package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.ConfirmationPendingException;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyDifference;
import io.sallyport.bfe.api.PolicyDifference.FieldDifference;
import io.sallyport.bfe.api.PolicyDifference.Kind;
import io.sallyport.bfe.api.PolicyDifference.ObjectDifference;
import io.sallyport.bfe.api.PolicyReport;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.BfeControl;
import io.sallyport.layer.Layer;
import io.sallyport.policy.ActionType;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.ObjectType;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.Provider;
import io.sallyport.policy.WfpError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history, and commits that have to be confirmed, from the shell. */
class RevisionCommandsTest {
    @TempDir
    private Path directory;

    private static final UUID KEY = new UUID(1, 2);

    private int width;
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
                width);
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
        assertThat(err()).startsWith("revision show: NOT_FOUND: revision 17");
    }

    @Test
    void shouldConfirmAndGoBack() throws Exception {
        assertThat(run("policy", "confirm")).isZero();
        assertThat(out()).contains("revision 2 00c0ffee00000002 stays");
        assertThat(run("policy", "rollback")).isZero();
        assertThat(run("policy", "rollback", "1", "--comment", "was good", "--confirm", "2m"))
                .isZero();
        assertThat(out())
                .contains(
                        "revision 4 00c0ffee00000004 is in force; it is taken back at 2026-11-28T12:02:00Z unless you say"
                                + " 'policy confirm'; it is what revision 1 was");
        assertThat(history.asked)
                .filteredOn(it -> !it.startsWith("find") && !it.startsWith("difference"))
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
        gateway.bfe.made = history.add(7, "", false);
        assertThat(run("policy", "apply", "p.yaml", "--confirm", "90s", "--comment", "new office"))
                .isZero();
        assertThat(gateway.bfe.committed).isEqualTo(new CommitOptions("new office", Duration.ofSeconds(90)));
        assertThat(out()).contains("it is taken back at 2026-11-28T12:01:30Z unless you say 'policy confirm'");
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
        gateway.bfe.report = new PolicyReport("p.yaml", List.of(waits), 0, 0, false, true, false, null);
        assertThat(run("policy", "apply", "p.yaml")).isEqualTo(6);
        assertThat(err()).contains("revision 2 waits");
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block"))
                .isEqualTo(6);
    }

    @Test
    void shouldTellWithEachChangeTheRevisionThatItMade() throws Exception {
        Files.writeString(directory.resolve("p.yaml"), "");
        gateway.bfe.made = history.add(7, "", true);
        List<List<String>> changes = List.of(
                List.of("filter", "add", "x", "--layer", "stream-v4", "--action", "block", "--confirm", "90s"),
                List.of("filter", "delete", "more", "--confirm", "90s"),
                List.of("policy", "apply", "p.yaml", "--confirm", "90s"),
                List.of("set", "create", "s", "--confirm", "90s"),
                List.of("provider", "delete", "operator", "--confirm", "90s"),
                List.of("security", "set", "engine", "--owner", "user:root"),
                List.of("engine", "set", "txn-wait-timeout-ms", "7"));
        gateway.bfe.onAdd = () -> gateway.bfe.filters.add(
                FakeGateway.filter(UUID.randomUUID(), "more", Layer.STREAM_V4, ActionType.BLOCK, KEY, KEY, null, 9));
        for (List<String> change : changes) {
            boolean waits = change.contains("--confirm");
            gateway.bfe.onAdd.run();
            assertThat(run(change.toArray(String[]::new)))
                    .as("%s: %s", change, err())
                    .isZero();
            assertThat(out())
                    .as("%s", change)
                    .contains("revision 7 00c0ffee00000007 is in force"
                            + (waits
                                    ? "; it is taken back at 2026-11-28T12:01:30Z unless you say 'policy confirm'\n"
                                    : "\n"));
            gateway.bfe.filters.removeIf(it -> !it.key().equals(FakeGateway.WEB));
            gateway.bfe.onAdd.run();
            List<String> asJson = new ArrayList<>(change);
            asJson.addAll(List.of("-o", "json"));
            assertThat(run(asJson.toArray(String[]::new)))
                    .as("%s: %s", asJson, err())
                    .isZero();
            assertThat(out())
                    .as("%s", asJson)
                    .contains("\"number\" : 7", "\"name\" : \"00c0ffee00000007\"")
                    .contains("\"takenBackAt\" : " + (waits ? "\"2026-11-28T12:01:30Z\"" : "null"));
            gateway.bfe.filters.removeIf(it -> !it.key().equals(FakeGateway.WEB));
        }
        assertThat(gateway.bfe.sessions).contains("filter delete", "security set", "engine set");
        gateway.bfe.made = null;
        assertThat(run("policy", "apply", "p.yaml")).isZero();
        assertThat(out()).contains("no new revision: what outlives the gateway is as it was");
        assertThat(run("policy", "apply", "p.yaml", "-o", "json")).isZero();
        assertThat(out()).contains("\"revision\" : null");
    }

    @Test
    void shouldTellWhatARollbackChanged() throws Exception {
        history.difference = new PolicyDifference(
                2, 3, List.of(new ObjectDifference(Kind.REMOVED, ObjectType.FILTER, KEY, "no-telnet", List.of())));
        assertThat(run("policy", "rollback")).isZero();
        assertThat(out().lines())
                .containsExactly(
                        "revision 3 00c0ffee00000003 is in force; it is what revision 1 was",
                        "- filter no-telnet  " + KEY);
        assertThat(history.asked).contains("difference 2 3");
        assertThat(run("policy", "rollback", "1", "--confirm", "1m", "-o", "json"))
                .isZero();
        assertThat(out()).contains("\"restored\" : 1", "\"no-telnet\"", "\"takenBackAt\" : \"2026-11-28T12:01:00Z\"");
        history.restores = false;
        assertThat(run("policy", "rollback", "4")).isZero();
        assertThat(out()).isEqualTo("no new revision: 4 is the same as what is in force, revision 4\n");
    }

    @Test
    void shouldTellWhatWaitsAndForHowLong() throws Exception {
        history.pending = new PendingCommit(history.revisions.get(0), 1, Duration.ofSeconds(83));
        String line = "revision 2 of user:alice (operator) waits, 1 min 23 s are left; 'policy confirm' makes it stay,"
                + " 'policy rollback' takes it back, else revision 1 comes back by itself";
        assertThat(run("bfe", "status")).isZero();
        assertThat(out()).contains("revision number").contains(line);
        assertThat(run("bfe", "status", "-o", "json")).isZero();
        assertThat(out()).contains("\"revisionNumber\" : 2", "\"secondsLeft\" : 83", "\"before\" : 1");
        assertThat(run("revision", "list")).isZero();
        assertThat(out()).contains(line);
        assertThat(run("revision", "list", "-o", "json")).isZero();
        assertThat(out()).contains("\"secondsLeft\" : 83", "\"secondsLeft\" : null");
        history.pending = null;
        assertThat(run("bfe", "status", "-o", "json")).isZero();
        assertThat(out()).contains("\"pending\" : null");
    }

    @Test
    void shouldNeverCutWhoAndWhy() throws Exception {
        history.add(3, "the office in the new building needs telnet until the end of the month, as agreed", false);
        width = 80;
        assertThat(run("revision", "list")).isZero();
        assertThat(out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(out().replaceAll("\\s+", " "))
                .contains(
                        "3 00c0ffee00000003 2026-11-28T12:00:00Z 1 0 current user:alice (operator) by filter add: the office"
                                + " in the new building needs telnet until the end of the month, as agreed");
    }

    @Test
    void shouldMakeNoProviderByASlipOfThePen() throws Exception {
        assertThat(run("filter", "add", "x", "--layer", "stream-v4", "--action", "block", "--provider", "oprator"))
                .isEqualTo(4);
        assertThat(err()).contains("there is no provider 'oprator'; did you mean operator?; --new-provider makes it");
        assertThat(run("set", "create", "x", "--provider", "oprator")).isEqualTo(4);
        assertThat(gateway.bfe.added).isEmpty();
        Provider branch = new Provider(UUID.randomUUID(), DisplayData.of("operators"), true, null, Map.of());
        gateway.bfe.onAdd = () -> gateway.bfe.providers.add(branch);
        assertThat(run(
                        "filter",
                        "add",
                        "x",
                        "--layer",
                        "stream-v4",
                        "--action",
                        "block",
                        "--provider",
                        "operators",
                        "--new-provider"))
                .isZero();
        assertThat(out()).contains("made provider operators; if you meant operator, take it back");
        assertThat(gateway.bfe.added).singleElement().asString().contains("provider: \"operators\"");
        gateway.bfe.providers.remove(branch);
        Files.writeString(directory.resolve("p.yaml"), "");
        assertThat(run("policy", "apply", "p.yaml")).isZero();
        assertThat(out()).contains("made provider operators; if you meant operator, take it back");
        gateway.bfe.onAdd = () -> {};
        gateway.bfe.filters.add(FakeGateway.filter(
                UUID.randomUUID(), "last", Layer.STREAM_V4, ActionType.BLOCK, KEY, branch.key(), null, 9));
        assertThat(run("filter", "delete", "last")).isZero();
        assertThat(out())
                .contains("provider operators has no objects any more; 'provider delete operators' deletes it, too");
        assertThat(run("policy", "apply", "p.yaml")).isZero();
        assertThat(out()).doesNotContain("made provider");
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
        assertThat(err()).contains("--flows: 'maybe' is none of keep, drop");
    }

    @Test
    void shouldDeleteAProvider() throws Exception {
        assertThat(run("provider", "delete", "operator", "--comment", "left us"))
                .isZero();
        assertThat(out()).startsWith("deleted provider operator\n");
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
