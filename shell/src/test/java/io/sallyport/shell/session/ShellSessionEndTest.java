package io.sallyport.shell.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.shell.command.FakeGateway;
import io.sallyport.shell.protocol.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A session ends at whichever moment its client leaves. Gogo shows a job as running before the job's thread has begun, and waits
 * for ever for one that is interrupted in between.
 */
class ShellSessionEndTest {
    /** The moment that is looked for is hit by nearly every round. */
    private static final int ROUNDS = 20;

    private static final int PATIENCE_S = 30;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private GogoHarness gogo;
    private ShellSession session;

    @BeforeEach
    void open() throws IOException {
        gogo = new GogoHarness(new FakeGateway(directory), directory.resolve("history"));
        session = new ShellSession(
                gogo.processor(),
                new Principal(Role.ADMIN, "root"),
                out,
                out,
                new DumbTerminal(InputStream.nullInputStream(), out),
                directory);
    }

    @AfterEach
    void close() {
        session.close();
        gogo.close();
    }

    @RepeatedTest(ROUNDS)
    void shouldComeBackFromALineThatIsInterruptedAsItBegins() throws Exception {
        CompletableFuture<Outcome> line = begin();
        session.interrupt();
        assertThat(line.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(new Outcome(ExitCode.INTERRUPTED, false));
        assertThat(session.run("filter list").exitCode()).as("the next line").isZero();
    }

    @RepeatedTest(ROUNDS)
    void shouldEndWithALineThatBegins() throws Exception {
        CompletableFuture<Outcome> line = begin();
        session.close();
        assertThat(line.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(new Outcome(ExitCode.INTERRUPTED, true));
    }

    @Test
    void shouldNotRunALineThatWasReadBeforeItsEnd() {
        session.close();
        assertThat(session.run("event tail")).isEqualTo(new Outcome(ExitCode.INTERRUPTED, true));
    }

    private CompletableFuture<Outcome> begin() {
        CompletableFuture<Outcome> line = CompletableFuture.supplyAsync(() -> session.run("event tail"));
        while (!session.isRunning()) {
            Thread.onSpinWait();
        }
        return line;
    }
}
