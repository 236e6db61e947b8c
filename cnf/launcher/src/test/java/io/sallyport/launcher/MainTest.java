package io.sallyport.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.launcher.fake.FailingActivator;
import io.sallyport.launcher.fake.Journal;
import io.sallyport.launcher.fake.Recorder;
import io.sallyport.launcher.fake.VerbActivator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.logging.LogManager;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher from its command line to its exit code, in a real framework with bundles made by the test. */
class MainTest {
    @TempDir
    Path temp;

    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private BundleFolder bundles;

    @BeforeAll
    static void keepTheLogOutOfTheTestsOutput() {
        LogManager.getLogManager().reset();
    }

    @BeforeEach
    void emptyFolder() throws IOException {
        Journal.open(journal);
        bundles = new BundleFolder(Files.createDirectories(temp.resolve("bundles")));
    }

    @Test
    void shouldPassArgumentsToTheVerbAndItsExitCodeBack() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        assertThat(launch("fake", "42", "--option", "value")).isEqualTo(42);
        assertThat(journal).contains("args 42,--option,value");
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldStartBundlesInTheOrderOfTheirFoldersAndStopThemInReverse() throws IOException {
        bundles.with(30, "a.late", Recorder.class)
                .with(2, "z.early", Recorder.class)
                .with(10, "m.middle", Recorder.class)
                .with(40, "verb", VerbActivator.class);
        assertThat(launch("fake", "0")).isZero();
        assertThat(journal)
                .filteredOn(line -> line.startsWith("start") || line.startsWith("stop"))
                .containsExactly(
                        "start z.early",
                        "start m.middle",
                        "start a.late",
                        "stop verb",
                        "stop a.late",
                        "stop m.middle",
                        "stop z.early");
    }

    @Test
    void shouldInstallButNotStartLevelZeroAndIgnoreOtherFolders() throws IOException {
        bundles.with(0, "library", Recorder.class).with(5, "verb", VerbActivator.class);
        Files.createDirectories(bundles.root().resolve("notes"));
        Files.writeString(bundles.root().resolve("05/readme.txt"), "not a jar");
        assertThat(launch("fake", "0")).isZero();
        assertThat(journal).noneMatch(line -> line.contains("library"));
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldNotTryToStartFragments() throws IOException {
        bundles.with(1, "verb", VerbActivator.class).withEmpty(1, "piece", "Fragment-Host", "verb");
        assertThat(launch("fake", "0")).isZero();
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldNameAnUnresolvedBundleWithItsMissingPackageAndGoOn() throws IOException {
        bundles.with(1, "verb", VerbActivator.class)
                .with(2, "broken", Recorder.class, "Import-Package", "com.example.nowhere");
        assertThat(launch("fake", "0")).isZero();
        assertThat(errors())
                .containsExactly("sallyport: bundle broken is not active: "
                        + "nothing installed provides package com.example.nowhere");
    }

    @Test
    void shouldFollowAnUnresolvedBundleToTheRootOfItsTrouble() throws IOException {
        bundles.with(1, "verb", VerbActivator.class)
                .with(2, "user", Recorder.class, "Import-Package", "com.example.part")
                .withEmpty(2, "maker", "Export-Package", "com.example.part", "Import-Package", "com.example.gone");
        assertThat(launch("fake", "0")).isZero();
        assertThat(errors())
                .contains("sallyport: bundle user is not active: package com.example.part would come from maker, "
                        + "which does not resolve: nothing installed provides package com.example.gone");
    }

    @Test
    void shouldNameABundleWhoseActivatorFails() throws IOException {
        bundles.with(1, "verb", VerbActivator.class).with(2, "broken", FailingActivator.class);
        assertThat(launch("fake", "0")).isZero();
        assertThat(errors())
                .containsExactly("sallyport: bundle broken is not active: IllegalStateException: the shop is closed");
    }

    @Test
    void shouldKeepQuietAboutBundlesForANewerJavaAndThoseThatNeedThem() throws IOException {
        bundles.with(1, "verb", VerbActivator.class)
                .withEmpty(
                        2,
                        "modern",
                        "Export-Package",
                        "com.example.modern",
                        "Require-Capability",
                        "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"")
                .with(2, "follower", Recorder.class, "Import-Package", "com.example.modern");
        assertThat(launch("fake", "0")).isZero();
        assertThat(errors()).isEmpty();
    }

    @Test
    void shouldExitWith5WhenNoBundleOffersTheVerb() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        assertThat(launch("other", "0")).isEqualTo(Main.EXIT_NO_VERB).isEqualTo(5);
        assertThat(errors())
                .containsExactly(
                        "sallyport: no bundle offers 'other' after 0.05 s",
                        "sallyport: no component runtime is running");
    }

    @Test
    void shouldTakeFilterCharactersInAVerbLiterally() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        assertThat(launch("f*", "0")).isEqualTo(Main.EXIT_NO_VERB);
        assertThat(launch(")(", "0")).isEqualTo(Main.EXIT_NO_VERB);
    }

    @Test
    void shouldSayOneLineAndExitWith1WhenTheVerbThrows() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        assertThat(launch("fake", "no number")).isEqualTo(Main.EXIT_FAILED).isEqualTo(1);
        assertThat(errors())
                .containsExactly("sallyport: fake failed: NumberFormatException: For input string: \"no number\"");
    }

    @Test
    void shouldDeleteItsOwnCache() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        assertThat(launch("fake", "0")).isZero();
        assertThat(cache()).doesNotExist();
        Path workDir = ancestors(cache())
                .filter(path -> path.getFileName().toString().startsWith("sallyport-"))
                .findFirst()
                .orElseThrow();
        assertThat(workDir).doesNotExist();
    }

    @Test
    void shouldKeepACacheThatWasAskedFor() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        Path wanted = temp.resolve("cache");
        assertThat(run("--bundles", bundles.root().toString(), "--cache", wanted.toString(), "fake", "0"))
                .isZero();
        assertThat(cache()).startsWith(wanted);
        assertThat(wanted).isNotEmptyDirectory();
    }

    @Test
    void shouldNameAJarThatIsNoBundle() throws IOException {
        bundles.with(1, "verb", VerbActivator.class);
        Files.writeString(bundles.root().resolve("01/broken.jar"), "this is no zip file");
        assertThat(launch("fake", "0")).isEqualTo(Main.EXIT_FAILED);
        assertThat(errors())
                .containsExactly("sallyport: " + bundles.root().resolve("01/broken.jar")
                        + " cannot be installed: ZipException: zip END header not found");
    }

    @Test
    void shouldExitWith2OnWrongOptions() {
        assertThat(run("fake")).isEqualTo(Main.EXIT_USAGE).isEqualTo(2);
        assertThat(run("--bundles", bundles.root().toString())).isEqualTo(2);
        assertThat(run("--bundles", temp.resolve("absent").toString(), "fake")).isEqualTo(2);
        assertThat(run("--bundles", bundles.root().toString(), "--colour", "red", "fake"))
                .isEqualTo(2);
        assertThat(run("--bundles", bundles.root().toString(), "--wait", "soon", "fake"))
                .isEqualTo(2);
        assertThat(errors())
                .filteredOn(line -> line.startsWith("sallyport: "))
                .containsExactly(
                        "sallyport: --bundles is missing",
                        "sallyport: no verb given",
                        "sallyport: --bundles " + temp.resolve("absent") + " is not a directory",
                        "sallyport: unknown option --colour",
                        "sallyport: --wait soon is not a number of seconds");
    }

    private int launch(String... verbAndArgs) {
        List<String> all = new ArrayList<>(List.of("--bundles", bundles.root().toString(), "--wait", "0.05"));
        all.addAll(Arrays.asList(verbAndArgs));
        return run(all.toArray(String[]::new));
    }

    private int run(String... args) {
        return new Main(new PrintStream(stderr, true, UTF_8)).run(args);
    }

    private List<String> errors() {
        return stderr.toString(UTF_8).lines().toList();
    }

    private Path cache() {
        return journal.stream()
                .filter(line -> line.startsWith("cache "))
                .map(line -> Path.of(line.substring("cache ".length())).getParent())
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Path> ancestors(Path path) {
        return Stream.iterate(path, p -> p.getNameCount() > 1, Path::getParent);
    }
}
