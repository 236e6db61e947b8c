package io.sallyport.shell.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.BaseFilteringEngine;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.shell.command.Catalogue;
import io.sallyport.shell.command.FakeGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Tab offers where. */
class CommandCompleterTest {
    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private Principal principal = new Principal(Role.ADMIN, "root");

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
    }

    @Test
    void shouldOfferCommandsFirst() {
        assertThat(complete("")).containsAll(Catalogue.names()).contains("exit").doesNotContain("grep");
        assertThat(complete("gr")).contains("grep");
    }

    @Test
    void shouldOfferSubcommandsAndOptions() {
        assertThat(complete("filter", "")).containsExactly("add", "delete", "list", "show");
        assertThat(complete("filter", "list", "-")).contains("--layer", "--provider", "--output", "--help");
        assertThat(complete("filter", "list", "--layer", "x", "-")).doesNotContain("--layer");
        assertThat(complete("filter", "add", "n", "--when", "a=1", "-")).contains("--when");
    }

    @Test
    void shouldOfferWhatTheGatewayHolds() {
        assertThat(complete("filter", "show", "")).containsExactly("no-web", "words");
        assertThat(gateway.bfe.sessions).containsExactly("shell");
        assertThat(gateway.bfe.openSessions).isZero();
        assertThat(complete("filter", "list", "--provider", "")).containsExactly("operator");
        assertThat(complete("filter", "add", "x", "--sublayer", "")).containsExactly("universal");
        assertThat(complete("filter", "add", "x", "--callout", ""))
                .containsExactly("com.example.other", "io.sallyport.sample.word-block");
        assertThat(complete("layer", "fields", "")).contains("stream-v4", "ale-auth-connect-v6");
        assertThat(complete("plugin", "uninstall", "")).containsExactly("bad.jar", "good.jar");
        assertThat(complete("filter", "list", "-o", "")).containsExactly("table", "json");
        assertThat(complete("event", "tail", "--kind", "")).contains("drop", "state");
        assertThat(complete("filter", "add", "x", "--when", "")).contains("ip-remote-port=");
        assertThat(complete("policy", "")).contains("watch", "subscriptions");
        assertThat(complete("policy", "watch", "--type", ""))
                .containsExactly("callout", "filter", "provider", "provider-context", "set", "sublayer");
        assertThat(complete("policy", "watch", "--provider", "")).containsExactly("operator");
    }

    @Test
    void shouldOfferRevisionsAsNumbersNewestFirst() {
        for (int number = 1; number <= 11; number++) {
            gateway.bfe.history.add(number, "", false);
        }
        List<Candidate> candidates = candidates("revision", "show", "");
        // The terminal sorts them by itself.
        candidates.sort(null);
        assertThat(candidates)
                .extracting(Candidate::value)
                .containsExactly("current", "previous", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1");
    }

    @Test
    void shouldOfferWhatSecurityIsAbout() {
        assertThat(complete("security", "show", "sublayer", "")).containsExactly("universal");
        assertThat(complete("security", "set", "provider", "")).containsExactly("operator");
        assertThat(complete("security", "show", "nothing", "")).isEmpty();
        assertThat(complete("security", "set", "engine", "--allow", ""))
                .contains("everyone=", "owner=", "role:operator=")
                .doesNotContain("role:system=");
        assertThat(complete("security", "set", "engine", "--owner", "")).contains("role:admin");
        assertThat(complete("bfe", "stop", "--flows", "")).containsExactlyInAnyOrder("keep", "drop");
    }

    @Test
    void shouldOfferFilesWhereFilesAreMeant() throws Exception {
        Files.writeString(directory.resolve("policy.yaml"), "");
        Files.createDirectory(directory.resolve("more"));
        Files.writeString(directory.resolve("more/b.yaml"), "");
        assertThat(complete("policy", "apply", "")).contains("policy.yaml", "more/");
        assertThat(complete("policy", "apply", "more/")).containsExactly("more/b.yaml");
        assertThat(complete("policy", "apply", "nowhere/")).isEmpty();
    }

    @Test
    void shouldOfferOthersNoFilesAndNoTools() throws Exception {
        Files.writeString(directory.resolve("policy.yaml"), "");
        principal = new Principal(Role.VIEWER, "eve");
        assertThat(complete("gr")).containsAll(Catalogue.names()).doesNotContain("grep");
        assertThat(complete("policy", "apply", "")).isEmpty();
        assertThat(complete("grep", "")).isEmpty();
        assertThat(complete("security", "show", "")).contains("engine", "filter", "layer");
    }

    @Test
    void shouldOfferNothingOfABfeThatDoesNotRun() {
        gateway.services.remove(BaseFilteringEngine.class);
        assertThat(complete("filter", "show", "")).isEmpty();
        assertThat(complete("unknown", "")).isEmpty();
    }

    private List<String> complete(String... words) {
        return candidates(words).stream().map(Candidate::value).toList();
    }

    private List<Candidate> candidates(String... words) {
        List<Candidate> candidates = new ArrayList<>();
        List<String> all = List.of(words);
        new CommandCompleter(gateway, principal, directory)
                .complete(all.subList(0, all.size() - 1), all.get(all.size() - 1), candidates);
        return candidates;
    }
}
