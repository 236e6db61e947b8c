package io.sallyport.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bfe.security.Principal;
import io.sallyport.bfe.security.Role;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** docs/shell.md shows the help of every command, word for word; {@code -Dshell.docs=write} writes it anew. */
class ShellDocsTest {
    private static final Path PAGE = Path.of("../docs/shell.md");
    private static final String START = "<!-- The rest is the commands' own help, written by ShellDocsTest. -->\n";

    @TempDir
    private Path directory;

    @Test
    void shouldShowTheHelpOfEveryCommand() throws Exception {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START);
        assertThat(start).as("the mark in " + PAGE).isPositive();
        String wanted = page.substring(0, start + START.length()) + commands();
        if ("write".equals(System.getProperty("shell.docs"))) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE))
                .as(
                        "mvn test -pl shell -am -Dtest=ShellDocsTest -Dshell.docs=write -DargLine=-Dshell.docs=write writes it")
                .isEqualTo(wanted);
    }

    @Test
    void shouldBeKnownToTheFrontDoorUnlessTheyAreVerbs() throws Exception {
        String script = Files.readString(Path.of("..", "sallyport"));
        List<String> missing = new ArrayList<>(Catalogue.names());
        missing.removeAll(List.of("plugin", "help"));
        assertThat(script).contains("readonly SHELL_COMMANDS='" + String.join(" ", missing) + "'\n");
    }

    private String commands() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandContext context = new CommandContext(
                new FakeGateway(directory), new Principal(Role.ADMIN, "root"), nowhere, nowhere, directory, 0);
        StringBuilder text = new StringBuilder();
        for (String name : Catalogue.names()) {
            CommandLine line = Catalogue.commandLine(name, context);
            text.append("\n## ").append(name).append("\n\n");
            text.append(String.join(" ", line.getCommandSpec().usageMessage().description()))
                    .append('\n');
            if (line.getSubcommands().isEmpty()) {
                append(text, line);
            }
            line.getSubcommands().forEach((subcommand, model) -> {
                text.append("\n### ")
                        .append(name)
                        .append(' ')
                        .append(subcommand)
                        .append('\n');
                append(text, model);
            });
        }
        return text.toString();
    }

    private static void append(StringBuilder text, CommandLine line) {
        text.append("\n```\n");
        line.getUsageMessage()
                .lines()
                .forEach(row -> text.append(row.stripTrailing()).append('\n'));
        text.append("```\n");
    }
}
