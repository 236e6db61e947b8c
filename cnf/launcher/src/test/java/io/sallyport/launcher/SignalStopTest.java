package io.sallyport.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.launcher.fake.PluginInstaller;
import io.sallyport.launcher.fake.SpeakingActivator;
import io.sallyport.launcher.fake.StuckActivator;
import io.sallyport.launcher.fake.WaitingActivator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals, in a process of its own. */
@Timeout(60)
class SignalStopTest {
    private static final int SIGTERM_EXIT = 128 + 15;

    @TempDir
    Path temp;

    private Path bundles;
    private Path tmp;
    private Process process;
    private BufferedReader out;

    @BeforeEach
    void folders() throws IOException {
        bundles = Files.createDirectories(temp.resolve("bundles"));
        tmp = Files.createDirectories(temp.resolve("tmp"));
        new BundleFolder(bundles).with(1, "verb", WaitingActivator.class);
    }

    @AfterEach
    void leaveNoProcess() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldTellBundlesTheArgumentsBeforeTheVerbIsCalled() throws Exception {
        start("wait", "7", "--lan", "a b");
        assertThat(out.readLine()).isEqualTo("told [7, --lan, a b]");
        assertThat(out.readLine()).isEqualTo("ready wait [7, --lan, a b]");
    }

    @Test
    void shouldTellNothingToBundlesThatWaitForAnotherVerb() throws Exception {
        start("hang", "7");
        assertThat(out.readLine()).isEqualTo("told nothing");
    }

    @Test
    void shouldInterruptAGracefulVerbStopTheFrameworkAndExitWithTheVerbsCode() throws Exception {
        start("wait", "7");
        awaitReady();
        process.toHandle().destroy(); // unlike Process.destroy, it leaves the output readable
        assertThat(rest()).containsExactly("interrupted", "stopped");
        assertThat(exitCode()).isEqualTo(7);
        assertThat(workDirs()).isEmpty();
    }

    @Test
    void shouldStopTheFrameworkAndExitByTheSignalWhenTheVerbIsNotGraceful() throws Exception {
        start("hang", "7");
        awaitReady();
        process.toHandle().destroy(); // unlike Process.destroy, it leaves the output readable
        assertThat(rest()).containsExactly("stopped");
        assertThat(exitCode()).isEqualTo(SIGTERM_EXIT);
        assertThat(workDirs()).isEmpty();
    }

    @Test
    void shouldStopItsOwnBundlesWhenAPluginDoesNotStop() throws Exception {
        Path plugins = Files.createDirectories(temp.resolve("plugins"));
        new BundleFolder(plugins).with(30, "stuck.plugin", StuckActivator.class);
        new BundleFolder(bundles)
                .with(10, "engine", SpeakingActivator.class)
                .with(30, "port", SpeakingActivator.class)
                .with(
                        20,
                        "installer",
                        PluginInstaller.class,
                        "Test-Plugin",
                        plugins.resolve("30/stuck.plugin.jar").toString(),
                        "Import-Package",
                        "org.osgi.framework.startlevel");
        start("wait", "0");
        awaitReady();
        long startNs = System.nanoTime();
        process.toHandle().destroy();
        assertThat(rest()).containsExactly("interrupted", "stopped port", "stopped engine");
        assertThat(exitCode()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(8));
        assertThat(errors()).containsExactly("sallyport: plug-in stuck.plugin does not stop");
        assertThat(workDirs()).isEmpty();
    }

    @Test
    void shouldNameABundleOfItsOwnThatDoesNotStopAndFail() throws Exception {
        new BundleFolder(bundles)
                .with(10, "engine", SpeakingActivator.class)
                .with(20, "stuck", StuckActivator.class)
                .with(30, "port", SpeakingActivator.class);
        start("wait", "0");
        awaitReady();
        process.toHandle().destroy();
        assertThat(rest()).containsExactly("interrupted", "stopped port", "stopped engine");
        assertThat(exitCode()).isEqualTo(1);
        assertThat(errors()).containsExactly("sallyport: bundle stuck does not stop");
    }

    @Test
    void shouldDeleteWhatAKilledProcessLeftBehind() throws Exception {
        start("wait", "0");
        awaitReady();
        process.destroyForcibly();
        exitCode();
        List<Path> left = workDirs();
        assertThat(left).hasSize(1);
        start("wait", "0");
        awaitReady();
        assertThat(workDirs()).hasSize(1).doesNotContainAnyElementsOf(left);
    }

    @Test
    void shouldKeepTheDirectoriesOfProcessesThatAreAliveAndWhatIsNotOurs() throws Exception {
        start("wait", "0");
        awaitReady();
        Path alive = workDirs().get(0);
        Path other = Files.createDirectories(tmp.resolve("sallyport-notes"));
        WorkDir.forgetTheDead(tmp);
        assertThat(alive).isNotEmptyDirectory();
        assertThat(other).exists();
    }

    private void start(String... verbAndArgs) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + tmp,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--bundles",
                bundles.toString()));
        command.addAll(List.of(verbAndArgs));
        process = new ProcessBuilder(command)
                .redirectError(temp.resolve("stderr").toFile())
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private void awaitReady() throws IOException {
        String line;
        do {
            line = out.readLine();
        } while (line != null && !line.startsWith("ready"));
        assertThat(line).isNotNull();
    }

    private List<String> rest() {
        return out.lines().toList();
    }

    private List<String> errors() throws IOException {
        // Newer JVMs add warnings of their own about the framework.
        return Files.readAllLines(temp.resolve("stderr")).stream()
                .filter(line -> !line.startsWith("WARNING: "))
                .toList();
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<Path> workDirs() throws IOException {
        try (Stream<Path> entries = Files.list(tmp)) {
            return entries.filter(path -> path.getFileName().toString().matches("sallyport-\\d+-\\d+"))
                    .toList();
        }
    }
}
