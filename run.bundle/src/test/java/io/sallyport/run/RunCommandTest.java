package io.sallyport.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldTakeTheCallersDirectoryForRelativePaths() throws Exception {
        Files.createFile(directory.resolve("p.yaml"));
        RunOptions options = parse("--lan", "lan0", "--wan", "wan0", "--policy", "p.yaml", "--shell", "--force");
        assertThat(options)
                .isEqualTo(new RunOptions(
                        "lan0",
                        "wan0",
                        directory.resolve("p.yaml"),
                        directory.resolve("sallyport-home"),
                        true,
                        true,
                        "sallyport",
                        "sallyport-operator"));
    }

    @Test
    void shouldTakeOtherGroups() throws Exception {
        RunOptions options = parse("--lan", "a", "--wan", "b", "--admin-group", "wheel", "--operator-group=net.ops_1");
        assertThat(options.adminGroup()).isEqualTo("wheel");
        assertThat(options.operatorGroup()).isEqualTo("net.ops_1");
    }

    @Test
    void shouldTakeAnotherHomeAndTheOptionsThatNameWhatIsThere() throws Exception {
        RunOptions options = parse("--lan=a", "--wan=b", "--home", "x/../y", "--port", "pcap", "--workers", "1");
        assertThat(options.home()).isEqualTo(directory.resolve("y"));
        assertThat(options.policy()).isNull();
        assertThat(options.isShell()).isFalse();
        assertThat(options.isForced()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --wan b                               | --lan is missing
                    --lan a                               | --wan is missing
                    --lan a --wan a                       | --lan and --wan are both a
                    --lan a --wan b --admin-group=-x      | --admin-group '-x' is no name of a group
                    --lan a --wan b --operator-group=a:b  | --operator-group 'a:b' is no name of a group
                    --lan a --wan b --port ring           | --port ring is not in this version yet
                    --lan a --wan b --port tap            | --port tap is not known
                    --lan a --wan b --workers 2           | --workers 2 is not in this version yet
                    --lan a --wan b --workers 0           | --workers 0 is no number of workers
                    --lan a --wan b --workers x           | 'x' is not an int
                    --lan a --wan b --mgmt 192.0.2.1      | --mgmt is not in this version yet
                    --lan a --wan b more                  | Unmatched argument at index 4: 'more'
                    --lan a --wan b --colour              | Unknown option: '--colour'
                    """)
    void shouldSayInOneLineWhatIsWrong(String arguments, String message) {
        RunException refused = refused(arguments.split(" "));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.line())
                .contains(message)
                .endsWith("; see ./sallyport run --help")
                .doesNotContain("\n");
    }

    @Test
    void shouldRefuseAPolicyThatIsNotThere() {
        RunException refused = refused("--lan", "a", "--wan", "b", "--policy", "p.yaml");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.line()).isEqualTo("policy p.yaml: no such file");
    }

    @Test
    void shouldRefuseAFolderAsPolicy() {
        RunException refused = refused("--lan", "a", "--wan", "b", "--policy", ".");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.line()).isEqualTo("policy . cannot be read");
    }

    @Test
    void shouldHaveTheHelpThatTheScriptPrints() throws IOException, RunException {
        Path help = Path.of("../cnf/help/run.txt");
        if (Boolean.getBoolean("sallyport.help.write")) {
            Files.writeString(help, RunCommand.usage());
        }
        assertThat(parse("--help")).isNull();
        assertThat(RunCommand.usage()).isEqualTo(Files.readString(help));
    }

    private RunOptions parse(String... arguments) throws RunException {
        return RunCommand.parse(List.of(arguments), directory);
    }

    private RunException refused(String... arguments) {
        return catchThrowableOfType(RunException.class, () -> parse(arguments));
    }
}
