package io.sallyport.bfe.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.api.PendingCommit;
import io.sallyport.bfe.api.PolicyHistory;
import io.sallyport.bfe.api.Session;
import io.sallyport.bfe.api.SessionOptions;
import io.sallyport.engine.api.PolicyImage.FilterImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a commit that waits for its confirmation when the gateway ends and starts again. */
class UnconfirmedTest {
    private static final String CHANGE = """
            apiVersion: sallyport/v1
            provider: change
            filters:
              - {name: lock-out, layer: ale-auth-connect-v4, action: block}
            """;

    @TempDir
    private Path home;

    private LiveHarness gateway;

    @BeforeEach
    void commitUnconfirmed() throws Exception {
        gateway = new LiveHarness(home).start(null);
        Path file = gateway.write("change.yaml", CHANGE);
        try (Session session = open()) {
            assertThat(session.policyFiles()
                            .apply(file, new CommitOptions("careful", Duration.ofHours(1)))
                            .problems())
                    .isEmpty();
        }
        assertThat(inForce()).containsExactly("no-inbound", "lock-out");
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private Session open() throws Exception {
        return gateway.bfe().openSession(SessionOptions.named("test"));
    }

    private List<String> inForce() {
        return gateway.engine.current().filters().stream()
                .map(FilterImage::name)
                .toList();
    }

    @Test
    void shouldGoOnWaiting() throws Exception {
        gateway.stop();
        gateway.wallJump = Duration.ofMinutes(20);
        gateway.start(null);
        assertThat(inForce()).containsExactly("no-inbound", "lock-out");
        try (Session session = open()) {
            PolicyHistory history = session.history();
            PendingCommit pending = history.pending();
            assertThat(pending.revision().comment()).isEqualTo("careful");
            assertThat(pending.left()).isBetween(Duration.ofMinutes(38), Duration.ofMinutes(40));
            history.rollback("previous", CommitOptions.NONE);
            assertThat(history.pending()).isNull();
        }
        assertThat(inForce()).containsExactly("no-inbound");
    }

    @Test
    void shouldStayOnceConfirmed() throws Exception {
        gateway.stop();
        gateway.start(null);
        try (Session session = open()) {
            session.history().confirm();
        }
        gateway.stop();
        gateway.wallJump = Duration.ofHours(2);
        gateway.start(null);
        assertThat(inForce()).containsExactly("no-inbound", "lock-out");
    }

    @Test
    void shouldBeTakenBackByAStartThatIsTooLate() throws Exception {
        gateway.stop();
        gateway.wallJump = Duration.ofHours(2);
        gateway.engine.published.clear();
        gateway.start(null);
        assertThat(gateway.engine.published)
                .as("what was not confirmed is never in force again")
                .singleElement()
                .satisfies(it ->
                        assertThat(it.filters()).extracting(FilterImage::name).containsExactly("no-inbound"));
        try (Session session = open()) {
            assertThat(session.history().pending()).isNull();
            assertThat(session.history().find("current").comment()).contains("was not confirmed in time");
        }
        gateway.stop();
        gateway.wallJump = Duration.ZERO;
        gateway.start(null);
        assertThat(inForce()).containsExactly("no-inbound");
    }

    @Test
    void shouldBeTakenBackByAStartThatNamesAPolicy() {
        gateway.stop();
        gateway.start(LiveHarness.OPERATOR);
        assertThat(inForce()).containsExactly("no-telnet", "until-stop");
        assertThat(gateway.bfe().current().providers())
                .extracting(it -> it.display().name())
                .doesNotContain("change");
    }

    /** As after kill -9: nothing was closed, and the file is as the commit left it. */
    @Test
    void shouldBeKnownFromTheDiskAlone() throws Exception {
        Path copy = home.resolve("copy");
        Files.createDirectories(copy.resolve("store"));
        for (String name : List.of("policy.mv", "policy.seal", "boot.bin")) {
            Files.copy(gateway.store().resolve(name), copy.resolve("store").resolve(name));
        }
        try (LiveHarness other = new LiveHarness(copy)) {
            other.bootFile.takeOver(gateway.bootFile);
            other.wallJump = Duration.ofHours(2);
            other.start(null);
            assertThat(other.engine.current().filters())
                    .extracting(FilterImage::name)
                    .containsExactly("no-inbound");
        }
    }
}
