package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.policy.PolicyException;
import io.sallyport.policy.WfpError;
import io.sallyport.shell.protocol.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run of a command has one session: under the command's name, open as long as it works and prints, closed in the end. The fake
 * engine throws an error at whoever uses a session, or what is of it, after its end.
 */
class RunSessionTest {
    private static final Principal ROOT = new Principal(Role.ADMIN, "root");
    private static final String TEXT = "provider: x";

    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final InputStream document = new ByteArrayInputStream(TEXT.getBytes(StandardCharsets.UTF_8));

    /** How many sessions were open each time that something was printed. */
    private final TreeSet<Integer> openWhilePrinting = new TreeSet<>();

    @BeforeEach
    void makeGateway() throws Exception {
        gateway = new FakeGateway(directory);
        gateway.bfe.history.add(1, "one", false);
        gateway.bfe.history.add(2, "two", false);
        Files.writeString(directory.resolve("p.yaml"), TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bfe status",
                "filter list",
                "filter show words",
                "filter add new --layer stream-v4 --action block",
                "filter delete no-web",
                "callout list",
                "sublayer list",
                "context list",
                "provider list",
                "provider delete operator",
                "set list",
                "set create new 1.2.3.4",
                "layer list",
                "event list",
                "policy validate p.yaml",
                "policy validate -",
                "policy apply p.yaml",
                "policy apply -",
                "policy export",
                "policy confirm",
                "policy rollback",
                "revision list",
                "revision show current",
                "revision diff",
                "revision check",
                "stats show",
                "engine show",
                "engine set txn-watchdog-timeout-ms 5",
                "session list",
                "security show engine",
                "security set engine --protect",
                "whoami"
            })
    @Tag("TXN-11")
    void shouldHaveOneSessionFromItsFirstUseToItsEnd(String line) throws Exception {
        assertThat(run(line)).isZero();
        String command = line.replaceAll("^(whoami|\\S+ \\S+).*", "$1");
        assertThat(gateway.bfe.sessions).containsExactly(command);
        assertThat(openWhilePrinting).as("open while %s prints", line).containsExactly(1);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @ParameterizedTest
    @CsvSource({"filter show nobody,1", "provider delete nobody,1", "set show nobody,1", "security show filter nobody,1"
    })
    void shouldCloseItAfterAFailure(String line, int code) throws Exception {
        assertThat(run(line)).isEqualTo(code);
        assertThat(gateway.bfe.sessions).hasSize(1);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @Test
    void shouldCloseItAfterAnErrorThatNobodyExpects() throws Exception {
        gateway.bfe.onAdd = () -> {
            assertThat(gateway.bfe.openSessions).isEqualTo(1);
            throw new IllegalStateException("broken");
        };
        assertThat(run("policy apply p.yaml")).isEqualTo(ExitCode.NEGATIVE);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter show words", "filter delete words", "revision list", "security show filter words"})
    @Tag("TXN-11")
    void shouldSayThatTheEngineStoppedUnderIt(String line) throws Exception {
        gateway.bfe.isAborting = true;
        assertThat(run(line)).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(gateway.bfe.openSessions).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy validate -", "policy apply -"})
    void shouldReadNothingOfWhoMayOpenNone(String line) throws Exception {
        gateway.bfe.noSession = new PolicyException(WfpError.ERROR_ACCESS_DENIED, "guest may not");
        assertThat(run(line)).isEqualTo(ExitCode.DENIED);
        assertThat(document.available()).as("left unread").isEqualTo(TEXT.length());
    }

    @Test
    void shouldOpenNoneForHelpAndWrongOptions() throws Exception {
        assertThat(run("filter list --help")).isZero();
        assertThat(run("filter list --nonsense")).isEqualTo(ExitCode.USAGE);
        assertThat(gateway.bfe.sessions).isEmpty();
    }

    /** As after a restart of the engine while a command runs. */
    @Test
    void shouldHaveASessionWithTheEngineThatIsAsked() {
        FakePolicy before = gateway.bfe;
        FakePolicy after = new FakePolicy();
        try (RunSession own = new RunSession(ROOT)) {
            own.named("stats show");
            Session first = own.with(before);
            assertThat(own.with(before)).isSameAs(first);
            assertThat(own.with(after)).isNotSameAs(first);
            assertThat(before.openSessions).isZero();
            assertThat(after.openSessions).isEqualTo(1);
        }
        assertThat(after.openSessions).isZero();
    }

    private int run(String line) throws InterruptedException {
        String[] words = line.split(" ", -1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(int b) {
                openWhilePrinting.add(gateway.bfe.openSessions);
                super.write(b);
            }

            @Override
            public synchronized void write(byte[] b, int offset, int length) {
                openWhilePrinting.add(gateway.bfe.openSessions);
                super.write(b, offset, length);
            }
        };
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CommandContext context = new CommandContext(gateway, ROOT, out, out, directory, 0, document);
        return Catalogue.run(words[0], Arrays.copyOfRange(words, 1, words.length), context);
    }
}
