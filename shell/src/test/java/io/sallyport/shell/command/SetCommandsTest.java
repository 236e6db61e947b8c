package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.api.CommitOptions;
import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import io.sallyport.policy.DisplayData;
import io.sallyport.policy.PolicySet;
import io.sallyport.policy.SetEntries;
import io.sallyport.policy.SetEntry;
import io.sallyport.policy.SetKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets from the shell. */
class SetCommandsTest {
    private static final UUID KEY = new UUID(1, 2);

    @TempDir
    private Path directory;

    private FakeGateway gateway;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void makeGateway() {
        gateway = new FakeGateway(directory);
        List<SetEntry> entries =
                List.of(new SetEntry("8000-8099", false, 0, 8000, 0, 8099), new SetEntry("443", false, 0, 443, 0, 443));
        gateway.bfe.sets.add(new PolicySet(
                KEY, DisplayData.of("web"), true, null, SetKind.PORTS, SetEntries.EMPTY.edited(List.of(), entries)));
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
    void shouldListSetsAndShowTheirEntries() throws Exception {
        assertThat(run("set", "list")).isZero();
        assertThat(out()).contains("web", "ports", "yes", KEY.toString());
        assertThat(run("set", "list", "-o", "json")).isZero();
        assertThat(out()).contains("\"kind\" : \"ports\"", "\"entries\" : 2");
        assertThat(run("set", "show", "web")).isZero();
        assertThat(out().lines().map(String::strip)).containsExactly("ENTRY", "443", "8000-8099");
        assertThat(run("set", "show", "wev")).isEqualTo(1);
        assertThat(err()).contains("there is no set 'wev'; did you mean web?");
    }

    @Test
    void shouldEditASet() throws Exception {
        assertThat(run("set", "add", "web", "80", "81-82", "--comment", "more")).isZero();
        assertThat(run("set", "remove", KEY.toString(), "443")).isZero();
        assertThat(out()).contains("has 2 entries");
        assertThat(gateway.bfe.edits).containsExactly(KEY + " -[] +[80, 81-82]", KEY + " -[443] +[]");
        assertThat(gateway.bfe.committed).isEqualTo(CommitOptions.NONE);
        assertThat(run("set", "add", "web")).isEqualTo(2);
    }

    @Test
    void shouldTellWhyAnEditIsRefused() throws Exception {
        assertThat(run("set", "add", "web", "1.2.3")).isEqualTo(4);
        assertThat(err()).contains("set web is not changed", "\"1.2.3\"");
        assertThat(run("set", "delete", "web")).isEqualTo(1);
        assertThat(err()).contains("IN_USE");
    }

    @Test
    void shouldMakeASetAsAFileWould() throws Exception {
        assertThat(run("set", "create", "bad-hosts", "192.0.2.7", "2001:db8::/32", "--static"))
                .isZero();
        assertThat(out()).startsWith("made set bad-hosts with 2 entries\n");
        assertThat(gateway.bfe.added)
                .singleElement()
                .asString()
                .contains("name: \"bad-hosts\"", "lifetime: static", "addresses: [\"192.0.2.7\", \"2001:db8::/32\"]");
        gateway.bfe.isDenying = true;
        assertThat(run("set", "create", "x")).isEqualTo(3);
    }
}
