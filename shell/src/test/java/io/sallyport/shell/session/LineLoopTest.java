package io.sallyport.shell.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.gateway.api.NetEvent;
import io.sallyport.shell.command.FakeGateway;
import io.sallyport.shell.command.FakeHistory;
import io.sallyport.shell.command.FakePolicy;
import io.sallyport.shell.protocol.Hello;
import io.sallyport.shell.session.Sessions.RemoteSession;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person's session, on a terminal of two streams. */
@Timeout(60)
class LineLoopTest {
    private static final String CTRL_C = "\u0003";
    private static final String CTRL_D = "\u0004";

    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private Principal principal = new Principal(Role.ADMIN, "root");
    private GogoHarness gogo;
    private OutputStream keys;
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private RemoteSession session;
    private CompletableFuture<Integer> end;

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
        gogo = new GogoHarness(gateway, directory.resolve("history"));
    }

    @AfterEach
    void close() throws Exception {
        session.close();
        assertThat(end.get()).isZero(); // it still writes its history
        // A command that ran to the end is interrupted, and has its session until it has noticed.
        await(() -> gateway.bfe.openSessions == 0);
        gogo.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xterm-256color", "screen", "tmux-256color", "dumb", "no-such-terminal", "-V"})
    void shouldRunLinesOnEveryTerminal(String terminal) throws Exception {
        start(terminal);
        type("filter list\r");
        awaitScreen("0xf000000000000000");
        type(CTRL_D);
        assertThat(end.get()).isZero();
    }

    @Test
    void shouldRunLinesOfViewersWithoutAHistory() throws Exception {
        principal = new Principal(Role.VIEWER, "eve");
        start("xterm");
        type("filter list\r");
        awaitScreen("0xf000000000000000");
        type("filter list | grep web\r");
        awaitScreen("words too many: | grep web; pipes, files and several commands on a line are for administrators");
        type(CTRL_D);
        assertThat(end.get()).isZero();
        assertThat(directory.resolve("history")).doesNotExist();
    }

    @Test
    void shouldShowInEachPromptWhatWaits() throws Exception {
        FakeHistory history = gateway.bfe.history;
        history.pending = new PendingCommit(history.add(7, "", true), 6, Duration.ofSeconds(83));
        start("xterm");
        awaitScreen("sallyport [revision 7 waits 1 min 23 s]>");
        type("bfe status\r");
        awaitScreen("revision 7 of user:alice (operator) waits, 1 min 23 s are left");
    }

    @Test
    void shouldHaveASessionAsLongAsTheTerminalIsThere() throws Exception {
        FakeHistory history = gateway.bfe.history;
        start("xterm");
        await(() -> history.listeners.size() == 1);
        assertThat(gateway.bfe.openSessions).isEqualTo(1);
        type("filter list\r");
        awaitScreen("no-web");
        history.listeners.get(0).accept("revision 7 is in force");
        awaitScreen("sallyport: revision 7 is in force");
        type(CTRL_D);
        assertThat(end.get()).isZero();
        assertThat(gateway.bfe.sessions).containsExactly("shell", "filter list");
    }

    /** The engine was restarted: the old one's session is closed, and the new one tells. */
    @Test
    void shouldHaveASessionWithTheEngineThatIsThereNow() throws Exception {
        start("xterm");
        await(() -> gateway.bfe.openSessions == 1);
        FakePolicy next = new FakePolicy();
        gateway.services.put(BaseFilteringEngine.class, next);
        type("help\r");
        await(() -> next.openSessions == 1);
        assertThat(gateway.bfe.openSessions).isZero();
        session.close();
        assertThat(end.get()).isZero();
        assertThat(next.openSessions).isZero();
    }

    @Test
    void shouldSayThatBracketsBelongIntoQuotes() throws Exception {
        start("xterm");
        type("filter add x --when ip-remote-port: {in: [1,2]} --action block --layer stream-v4\r");
        awaitScreen("put what holds brackets, braces or signs into single quotes");
    }

    @Test
    void shouldCompleteWithTab() throws Exception {
        start("xterm");
        type("fil\tsh\tno\t\r");
        awaitScreen("sublayerWeight");
        type("layer fields ale-auth-connect-v\t");
        awaitScreen("ale-auth-connect-v6");
    }

    @Test
    void shouldInterruptACommandAndGoOn() throws Exception {
        start("xterm");
        type("event tail\r");
        await(() -> gateway.events.listeners.size() == 1);
        gateway.events.report(NetEvent.Kind.STATE, "a plug-in arrived");
        awaitScreen("a plug-in arrived");
        interrupt();
        await(() -> gateway.events.listeners.isEmpty());
        type("bfe status\r");
        awaitScreen("policy in force");
        assertThat(end).isNotDone();
    }

    @Test
    void shouldForgetTheLineWithCtrlC() throws Exception {
        start("xterm");
        type("filter delete no-web");
        awaitScreen("filter delete no-web");
        type(CTRL_C);
        type("bfe status\r");
        awaitScreen("policy in force");
        assertThat(gateway.bfe.filters).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit\r", "quit\r", CTRL_D})
    void shouldEndTheSessionOnly(String keysOfEnd) throws Exception {
        start("xterm");
        type("filter list\r");
        awaitScreen("no-web");
        type(keysOfEnd);
        assertThat(end.get()).isZero();
        assertThat(Files.readString(directory.resolve("history"))).contains("filter list");
    }

    @Test
    void shouldEndWhenTheTerminalIsGone() throws Exception {
        start("xterm");
        keys.close();
        assertThat(end.get()).isZero();
    }

    @Test
    void shouldEndWhatRunsWhenTheClientIsGone() throws Exception {
        start("xterm");
        type("event tail\r");
        await(() -> gateway.events.listeners.size() == 1);
        session.close();
        await(() -> gateway.events.listeners.isEmpty());
        assertThat(end.get()).isZero();
    }

    @Test
    void shouldSayWhatIsWrongAndGoOn() throws Exception {
        start("xterm");
        type("fliter\r");
        awaitScreen("there is no command 'fliter'");
        type("filter show nobody\r");
        awaitScreen("there is no filter 'nobody'");
        type("help\r");
        awaitScreen("COMMAND --help tells more");
    }

    private void start(String terminal) throws Exception {
        PipedOutputStream typed = new PipedOutputStream();
        keys = typed;
        OutputStream shown = new OutputStream() {
            @Override
            public void write(int b) {
                synchronized (screen) {
                    screen.write(b);
                }
            }
        };
        session = gogo.sessions()
                .open(
                        new Hello(directory.toString(), terminal, 200, 40, null),
                        principal,
                        new PipedInputStream(typed, 4096),
                        shown,
                        shown);
        end = CompletableFuture.supplyAsync(session::run);
        awaitScreen("sallyport");
    }

    private void interrupt() throws Exception {
        if (!session.interruptsBy(CTRL_C.getBytes(StandardCharsets.US_ASCII))) {
            type(CTRL_C);
        }
    }

    private void type(String text) throws Exception {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private void awaitScreen(String text) throws InterruptedException {
        await(() -> {
            synchronized (screen) {
                return screen.toString(StandardCharsets.UTF_8)
                        .replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
                        .contains(text);
            }
        });
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(() -> "waited too long; the screen shows: " + screen.toString(StandardCharsets.UTF_8))
                    .isLessThan(deadline);
            Thread.sleep(5); // the screen is written by the session: it tells nobody
        }
    }
}
