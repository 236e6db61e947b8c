package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.engine.api.CalloutAccount.Kind;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.engine.api.CalloutControl;
import io.sallyport.engine.api.FaultKind;
import io.sallyport.policy.AccessRights;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callouts cost, and keeping them out. */
class CalloutConductTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Control control = new Control();
    private FakeGateway gateway;
    private Role role = Role.OPERATOR;

    /** Two callouts; notes what is asked for. */
    private static final class Control implements CalloutControl {
        final List<String> asked = new ArrayList<>();
        final List<Status> more = new ArrayList<>();

        @Nullable PolicyException refusal;

        @Override
        public List<Status> list() {
            List<Status> all = new ArrayList<>(List.of(
                    status("com.example.cheap", State.IN_SERVICE, "", -1, 10),
                    status("com.example.dear", State.QUARANTINED, "30 of its last 40 calls failed", 7, 5_000)));
            all.addAll(more);
            return all;
        }

        private static Status status(String name, State state, String reason, long secondsLeft, long calls) {
            return new Status(
                    name,
                    "com.example",
                    "1.2.3",
                    state,
                    reason,
                    secondsLeft,
                    1,
                    0,
                    CalloutBudget.DEFAULT,
                    Map.of(Kind.BUFFERS, 3, Kind.CONTEXTS, 41),
                    Map.of(Kind.BUFFERS, 1),
                    Map.of(FaultKind.EXCEPTION, 30L),
                    "java.lang.IllegalStateException: boom",
                    new Usage(calls, 800, 2_500_000, -1, 24));
        }

        @Override
        public List<String> quarantine(String name, String reason) {
            asked.add("quarantine " + name + " " + reason);
            return List.of(name);
        }

        @Override
        public List<String> release(String name) throws PolicyException {
            if (refusal != null) {
                throw refusal;
            }
            asked.add("release " + name);
            return name.equals("com.example.cheap") ? List.of() : List.of(name);
        }
    }

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
        gateway.services.put(CalloutControl.class, control);
    }

    private int run(String... arguments) {
        return runWord("callout", arguments);
    }

    private int runWord(String word, String... arguments) {
        out.reset();
        err.reset();
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            Principal principal = new Principal(role, "me");
            return Catalogue.run(word, arguments, new CommandContext(gateway, principal, o, e, directory, 200));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTellHowManyContextsAJarTakesOver() throws Exception {
        Path jar = Files.createFile(directory.resolve("x.jar"));
        role = Role.ADMIN;
        assertThat(checked(jar)).containsEntry("flowContexts", 0L);
        control.more.add(Control.status("com.example.key", CalloutControl.State.IN_SERVICE, "", -1, 1));
        assertThat(checked(jar)).containsEntry("flowContexts", 41L);
        gateway.services.remove(CalloutControl.class);
        assertThat(checked(jar)).containsEntry("flowContexts", -1L);
    }

    private Map<String, Object> checked(Path jar) {
        assertThat(runWord("plugin", "check", jar.toString(), "-o", "json")).isZero();
        return JsonText.object(out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldShowTheCostliestFirst() {
        assertThat(run("top")).isZero();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(1))
                .contains("com.example.dear", "quarantined 7s", "5000", "800ns", "2ms", "3/256", "30 of");
        assertThat(lines.get(2)).contains("com.example.cheap", "in-service", "boom");
        assertThat(run("top", "-o", "json")).isZero();
        Map<String, Object> first =
                JsonText.list(out.toString(StandardCharsets.UTF_8)).get(0);
        assertThat(first)
                .containsEntry("state", "quarantined")
                .containsEntry("secondsLeft", 7L)
                .containsEntry("p99Ns", 2_500_000L)
                .containsEntry("cpuNs", null)
                .containsEntry("bundle", "com.example");
    }

    @Test
    void shouldReleaseAndKeepOut() {
        assertThat(run("release", "com.example.dear")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("com.example.dear called again");
        assertThat(run("release", "com.example.cheap")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("was called anyway");
        assertThat(run("quarantine", "com.example.dear")).isZero();
        assertThat(control.asked).hasSize(3).last().asString().startsWith("quarantine com.example.dear by ");
    }

    @Test
    void shouldSayWhyNot() {
        control.refusal = new PolicyException(WfpError.IN_USE, "it has kept 2 threads for good");
        assertThat(run("release", "com.example.dear")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("kept 2 threads for good");
    }

    @Test
    void shouldRefuseThoseWhoOnlyView() {
        role = Role.VIEWER;
        assertThat(run("release", "com.example.dear")).isEqualTo(3);
        assertThat(run("quarantine", "com.example.dear")).isEqualTo(3);
        assertThat(control.asked).isEmpty();
        assertThat(run("top")).isZero();
        assertThat(gateway.events.history)
                .as("one event for each denial")
                .hasSize(2)
                .allMatch(event ->
                        event.reason().startsWith("denied: ") && event.reason().contains("user:me"));
    }

    @Test
    @Tag("SEC-7")
    void shouldShowEventsAndStatisticsOnlyToThoseWhoMaySeeThem() {
        role = Role.VIEWER;
        assertThat(runWord("event", "list")).isZero();
        assertThat(runWord("stats", "show")).isZero();
        gateway.bfe.engineRights = AccessRights.OPEN | AccessRights.READ;
        assertDenied("needs enum on the engine", "event", "list");
        assertDenied("needs subscribe on the engine", "event", "tail");
        assertDenied("needs read-stats on the engine", "stats", "show");
        assertThat(gateway.events.templates)
                .as("asked once, when it was allowed")
                .hasSize(1);
        assertThat(gateway.events.listeners).isEmpty();
    }

    private void assertDenied(String reason, String word, String... arguments) {
        gateway.events.history.clear();
        assertThat(runWord(word, arguments)).isEqualTo(3);
        assertThat(out.size()).isZero();
        assertThat(gateway.events.history)
                .singleElement()
                .satisfies(event ->
                        assertThat(event.reason()).startsWith("denied: ").contains(reason));
    }
}
