package io.sallyport.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.deploy.trust.Trust;
import io.sallyport.gateway.api.Notices;
import io.sallyport.plugin.api.PluginReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/** A real folder and a real framework. */
class PluginFolderTest {
    private static final Duration CALL_LIMIT = Duration.ofMillis(400);

    @TempDir
    Path temp;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private Path folder;
    private Framework framework;
    private @Nullable PluginFolderComponent plugins;

    @BeforeEach
    void startFramework() throws BundleException, IOException {
        folder = Files.createDirectories(temp.resolve("plugins"));
        // PluginTrustTest is about trust.
        framework = TestFramework.start(temp.resolve("cache"), Map.of(Trust.SWITCH, "off"));
        framework.getBundleContext().addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STARTED || event.getType() == BundleEvent.STOPPED) {
                events.add((event.getType() == BundleEvent.STARTED ? "+" : "-")
                        + event.getBundle().getVersion());
            }
        });
        System.clearProperty(StubbornActivator.GO);
    }

    @AfterEach
    void stopFramework() throws BundleException, InterruptedException {
        System.setProperty(StubbornActivator.GO, "");
        close();
        TestFramework.stop(framework);
    }

    @Test
    void shouldStartUpdateAndRemoveWhatTheFolderHolds() throws IOException {
        open();
        copyIn(bundle("vendor.a", "1"), "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        Bundle first = active("vendor.a");
        copyIn(bundle("vendor.a", "2"), "a.jar");
        awaitTold("state plugin a.jar: vendor.a is updated to 2.0.0");
        assertThat(first.getState()).isEqualTo(Bundle.UNINSTALLED);
        assertThat(active("vendor.a").getVersion()).hasToString("2.0.0");
        assertThat(events).as("the new one first").containsExactly("+1.0.0", "+2.0.0", "-1.0.0");
        assertThat(reports()).containsExactly("a.jar vendor.a 2.0.0 true ");
        Files.delete(folder.resolve("a.jar"));
        awaitTold("state plugin a.jar: vendor.a 2.0.0 is removed");
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(reports()).isEmpty();
        assertThat(told).hasSize(3);
    }

    @Test
    void shouldTakeAnOlderFileForAReplacement() throws IOException {
        open();
        copyIn(bundle("vendor.a", "2"), "a.jar");
        awaitTold("state plugin a.jar: vendor.a 2.0.0 is active");
        Path older = bundle("vendor.a", "1");
        Files.setLastModifiedTime(older, FileTime.fromMillis(1_000_000_000_000L));
        Files.copy(
                older,
                folder.resolve("a.jar"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        awaitTold("state plugin a.jar: vendor.a is updated to 1.0.0");
    }

    @Test
    void shouldDoNothingForTheSameContent() throws IOException {
        open();
        Path jar = bundle("vendor.a", "1");
        copyIn(jar, "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        copyIn(jar, "a.jar");
        Files.setLastModifiedTime(folder.resolve("a.jar"), FileTime.fromMillis(5_000));
        copyIn(bundle("vendor.b", "1"), "b.jar"); // comes after it: then a.jar has been looked at
        awaitTold("state plugin b.jar: vendor.b 1.0.0 is active");
        assertThat(told).hasSize(2);
        assertThat(events).containsExactly("+1.0.0", "+1.0.0");
    }

    @Test
    void shouldIgnoreOtherNamesAndFolders() throws IOException {
        copyIn(bundle("vendor.a", "1"), ".a.jar");
        copyIn(bundle("vendor.b", "1"), "b.jar.tmp");
        Files.createDirectory(folder.resolve("c.jar"));
        open();
        copyIn(bundle("vendor.d", "1"), "d.jar");
        awaitTold("state plugin d.jar: vendor.d 1.0.0 is active");
        assertThat(reports()).containsExactly("d.jar vendor.d 1.0.0 true ");
        assertThat(told).hasSize(1);
    }

    @Test
    void shouldNotTakeASlowCopyForABadJar() throws IOException {
        open();
        byte[] whole = Files.readAllBytes(bundle("vendor.a", "1"));
        Path target = folder.resolve("a.jar");
        Files.write(target, Arrays.copyOf(whole, 100));
        long end = System.nanoTime() + 1_500_000_000L;
        int written = 100;
        while (System.nanoTime() < end) { // a slow writer, not a wait for something
            LockSupport.parkNanos(200_000_000L);
            Files.write(target, new byte[] {whole[written++]}, StandardOpenOption.APPEND);
        }
        Files.write(target, Arrays.copyOfRange(whole, written, whole.length), StandardOpenOption.APPEND);
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        assertThat(told).hasSize(1);
    }

    @Test
    void shouldTellOnceOfACutFileAndTakeItWhenTheRestArrives() throws IOException {
        open();
        byte[] whole = Files.readAllBytes(bundle("vendor.a", "1"));
        Path target = folder.resolve("a.jar");
        Files.write(target, Arrays.copyOf(whole, whole.length / 2));
        await(() -> told.size() == 1);
        assertThat(told.get(0)).startsWith("fault plugin a.jar refused: it is no jar, or damaged");
        Files.write(target, Arrays.copyOfRange(whole, whole.length / 2, whole.length), StandardOpenOption.APPEND);
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldKeepTheOldVersionRunningWhenTheNewOneIsBad() throws IOException {
        open();
        Path good = bundle("vendor.a", "1");
        copyIn(good, "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");

        Path text = Files.writeString(temp.resolve("text"), "no jar");
        copyIn(text, "a.jar");
        awaitToldLike("fault plugin a.jar refused: it is no jar, or damaged .*; vendor.a 1.0.0 keeps running");
        copyIn(bundle("vendor.a", "2", "Import-Package", "com.example.gone"), "a.jar");
        awaitToldLike(
                "fault plugin a.jar refused: it imports package com.example.gone.*; vendor.a 1.0.0 keeps running");
        assertThat(events).containsExactly("+1.0.0");
        assertThat(reports().get(0)).startsWith("a.jar vendor.a 1.0.0 true it imports package");

        copyIn(failing("vendor.a", "3"), "a.jar");
        awaitToldLike("fault plugin a.jar refused: its activator failed: .*; vendor.a 1.0.0 keeps running");
        assertThat(active("vendor.a").getVersion()).hasToString("1.0.0");
        assertThat(events).containsExactly("+1.0.0", "-3.0.0");

        copyIn(good, "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active", 2);
        assertThat(events).hasSize(2);
        assertThat(told).hasSize(5);
    }

    @Test
    void shouldRefuseASecondFileOfTheSameBundleUntilTheFirstGoes() throws IOException {
        open();
        Path jar = bundle("vendor.a", "1");
        copyIn(jar, "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        copyIn(jar, "b.jar");
        awaitTold("fault plugin b.jar refused: its bundle, vendor.a 1.0.0, is there already (from a.jar);"
                + " remove one of the two");
        copyIn(bundle("vendor.a", "2"), "c.jar");
        awaitTold("fault plugin c.jar refused: its bundle, vendor.a, is there already in version 1.0.0 (from a.jar);"
                + " remove one of the two");
        Files.delete(folder.resolve("a.jar"));
        awaitTold("state plugin b.jar: vendor.a 1.0.0 is active");
        Files.delete(folder.resolve("b.jar"));
        awaitTold("state plugin c.jar: vendor.a 2.0.0 is active");
        assertThat(active("vendor.a").getVersion()).hasToString("2.0.0");
    }

    @Test
    void shouldTakeARenamedJarForTheSameBundle() throws IOException {
        open();
        copyIn(bundle("vendor.a", "1"), "a.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        Bundle before = active("vendor.a");
        Files.move(folder.resolve("a.jar"), folder.resolve("b.jar"));
        awaitTold("state plugin b.jar: vendor.a 1.0.0 is active");
        copyIn(bundle("vendor.other", "1"), "a.jar");
        awaitTold("state plugin a.jar: vendor.other 1.0.0 is active");
        assertThat(active("vendor.a")).isSameAs(before);
        assertThat(events).containsExactly("+1.0.0", "+1.0.0");
        assertThat(told).hasSize(3);
    }

    @Test
    void shouldTryAgainWhenAPluginArrivesThatMayHelp() throws IOException {
        open();
        copyIn(bundle("vendor.a", "1", "Import-Package", "vendor.b.api"), "a.jar");
        awaitToldLike("fault plugin a.jar refused: it imports package vendor.b.api, .*");
        copyIn(bundle("vendor.c", "1"), "c.jar");
        awaitTold("state plugin c.jar: vendor.c 1.0.0 is active");
        copyIn(bundle("vendor.b", "1", "Export-Package", "vendor.b.api"), "b.jar");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        assertThat(told).hasSize(4);
        Files.delete(folder.resolve("b.jar"));
        awaitTold("state plugin b.jar: vendor.b 1.0.0 is removed");
        assertThat(reports().get(0)).startsWith("a.jar vendor.a 1.0.0 false it imports package vendor.b.api");
        assertThat(active("vendor.a", "vendor.b")).isNull();
    }

    @Test
    void shouldRefuseWhatTouchesThePlatform() throws IOException, BundleException {
        Bundle platform = framework
                .getBundleContext()
                .installBundle(
                        bundle("io.sallyport.engine.bundle", "1", "Import-Package", "vendor.api;resolution:=optional")
                                .toUri()
                                .toString());
        platform.start();
        open();
        copyIn(bundle("io.sallyport.engine.bundle", "2"), "a.jar");
        awaitTold("fault plugin a.jar refused: its symbolic name io.sallyport.engine.bundle is that of a bundle of the"
                + " gateway; rename it");
        copyIn(bundle("vendor.b", "1", "Export-Package", "vendor.b;vendor.api;version=\"1,2\""), "b.jar");
        awaitTold("fault plugin b.jar refused: it exports package vendor.api, which the gateway's bundle"
                + " io.sallyport.engine.bundle uses; do not export it");
        copyIn(bundle("vendor.c", "1", "Fragment-Host", "io.sallyport.engine.bundle"), "c.jar");
        awaitToldLike("fault plugin c.jar refused: it is a fragment of io.sallyport.engine.bundle; .*");
        assertThat(framework.getBundleContext().getBundles()).hasSize(2);
    }

    @Test
    void shouldGoOnWhenAStartDoesNotReturn() throws IOException {
        open();
        copyIn(stubborn("vendor.a", "1"), "a.jar");
        awaitTold("fault plugin a.jar refused: its start did not come to an end within 400 ms");
        copyIn(bundle("vendor.b", "1"), "b.jar");
        awaitTold("state plugin b.jar: vendor.b 1.0.0 is active");
        assertThat(reports().get(0)).startsWith("a.jar vendor.a 1.0.0 false its start");
        System.setProperty(StubbornActivator.GO, "");
        awaitTold("state plugin a.jar: vendor.a 1.0.0 is active");
        assertThat(reports().get(0)).isEqualTo("a.jar vendor.a 1.0.0 true ");
    }

    @Test
    void shouldRemoveAStuckPluginWhenItReturnsAfterItsFileWent() throws IOException {
        open();
        copyIn(stubborn("vendor.a", "1"), "a.jar");
        awaitTold("fault plugin a.jar refused: its start did not come to an end within 400 ms");
        Files.delete(folder.resolve("a.jar"));
        String stuck = "a.jar vendor.a 1.0.0 false it was removed and does not stop; "
                + "what it still does has no effect on traffic";
        await(() -> reports().equals(List.of(stuck)), stuck);
        System.setProperty(StubbornActivator.GO, "");
        await(() -> framework.getBundleContext().getBundles().length == 1);
        await(() -> reports().isEmpty());
    }

    @Test
    void shouldRefuseWhatPassesForAPartOfTheGateway() throws IOException {
        open();
        copyIn(bundle("system.bundle", "1"), "a.jar");
        awaitToldLike("fault plugin a.jar refused: its Bundle-SymbolicName system.bundle is the framework's.*");
        copyIn(bundle("vendor.b", "1", "Export-Package", "io.sallyport.engine.evil"), "b.jar");
        awaitToldLike("fault plugin b.jar refused: it exports io.sallyport.engine.evil, .*");
        copyIn(bundle("io.sallyport.c", "1", "Export-Package", "io.sallyport.c.api"), "c.jar");
        awaitTold("state plugin c.jar: io.sallyport.c 1.0.0 is active");
    }

    @Test
    void shouldSettleWhenEveryJarThatWasThereIsActiveOrRefused() throws IOException {
        copyIn(bundle("vendor.a", "1", "Import-Package", "vendor.z.api"), "a.jar");
        copyIn(failing("vendor.b", "1"), "b.jar");
        copyIn(Files.writeString(temp.resolve("text"), "no jar"), "c.jar");
        copyIn(bundle("vendor.z", "1", "Export-Package", "vendor.z.api"), "z.jar");
        PluginFolderComponent opened = open();
        await(opened::isSettled);
        assertThat(reports().get(0)).isEqualTo("a.jar vendor.a 1.0.0 true ");
        assertThat(reports().get(1)).startsWith("b.jar vendor.b 1.0.0 false its activator failed");
        assertThat(reports().get(2)).startsWith("c.jar null null false it is no jar");
        assertThat(reports().get(3)).isEqualTo("z.jar vendor.z 1.0.0 true ");
        assertThat(told).hasSize(4);
    }

    @Test
    void shouldTakeOverWhatRunsWhenOnlyTheDeployerRestarts() throws IOException {
        await(open()::isSettled);
        copyIn(bundle("vendor.a", "1"), "a.jar");
        copyIn(bundle("vendor.b", "1"), "b.jar");
        copyIn(bundle("vendor.c", "1"), "c.jar");
        copyIn(bundle("vendor.d", "1"), "d.jar");
        await(() -> told.size() == 4);
        close();
        assertThat(events).hasSize(4);
        told.clear();
        events.clear();

        Files.delete(folder.resolve("b.jar"));
        copyIn(bundle("vendor.c", "2"), "c.jar");
        Files.move(folder.resolve("d.jar"), folder.resolve("e.jar"));
        Bundle a = active("vendor.a");
        Bundle d = active("vendor.d");
        await(open()::isSettled);

        assertThat(told)
                .containsExactlyInAnyOrder(
                        "state plugin b.jar: vendor.b 1.0.0 is removed",
                        "state plugin c.jar: vendor.c is updated to 2.0.0",
                        "state plugin e.jar: vendor.d 1.0.0 is active");
        assertThat(events).containsExactlyInAnyOrder("-1.0.0", "-1.0.0", "+2.0.0");
        assertThat(active("vendor.a")).isSameAs(a);
        assertThat(active("vendor.d")).isSameAs(d);
        assertThat(reports())
                .containsExactly(
                        "a.jar vendor.a 1.0.0 true ", "c.jar vendor.c 2.0.0 true ", "e.jar vendor.d 1.0.0 true ");
    }

    @Test
    void shouldInstallThroughTheFolder() throws IOException {
        PluginFolderComponent opened = open();
        Path jar = temp.resolve("word.jar");
        TestJars.bundle(jar, "vendor.a", "1");
        assertThat(line(opened.install(jar))).isEqualTo("word.jar vendor.a 1.0.0 true ");
        assertThat(active("vendor.a")).isNotNull();
        TestJars.bundle(jar, "vendor.a", "2");
        assertThat(line(opened.install(jar))).isEqualTo("word.jar vendor.a 2.0.0 true ");
        assertThat(line(opened.install(jar))).isEqualTo("word.jar vendor.a 2.0.0 true ");
        assertThat(names()).containsExactly("word.jar");
        assertThat(line(opened.uninstall("vendor.a"))).isEqualTo("word.jar vendor.a 2.0.0 true ");
        assertThat(names()).isEmpty();
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(opened.plugins()).isEmpty();
        assertThat(events).containsExactly("+1.0.0", "+2.0.0", "-1.0.0", "-2.0.0");
    }

    @Test
    void shouldLeaveTheFolderAloneWhenAnInstallIsRefused() throws IOException {
        PluginFolderComponent opened = open();
        Path jar = temp.resolve("word.jar");
        TestJars.bundle(jar, "vendor.a", "1", "Import-Package", "com.example.gone");
        assertThat(line(opened.install(jar))).startsWith("word.jar vendor.a 1.0.0 false it imports package");
        Files.writeString(jar, "no jar");
        assertThat(line(opened.install(jar))).startsWith("word.jar null null false it is no jar");
        assertThat(names()).isEmpty();
        assertThat(opened.plugins()).isEmpty();

        TestJars.bundle(jar, "vendor.a", "1");
        opened.install(jar);
        byte[] before = Files.readAllBytes(folder.resolve("word.jar"));
        Files.copy(failing("vendor.a", "2"), jar, StandardCopyOption.REPLACE_EXISTING);
        assertThat(line(opened.install(jar))).startsWith("word.jar vendor.a 2.0.0 false its activator failed");
        assertThat(folder.resolve("word.jar")).hasBinaryContent(before);
        assertThat(names()).containsExactly("word.jar");
        assertThat(reports()).containsExactly("word.jar vendor.a 1.0.0 true ");
        assertThat(active("vendor.a").getVersion()).hasToString("1.0.0");
    }

    @Test
    void shouldRefuseToInstallUnderANameThatTheFolderIgnores() throws IOException {
        PluginFolderComponent opened = open();
        for (String name : List.of(".a.jar", "a.zip")) {
            Path jar = Files.copy(bundle("vendor.a", "1"), temp.resolve(name));
            assertThat(opened.install(jar).reason())
                    .isEqualTo("its name has to end with .jar and not to begin with a dot");
        }
        assertThat(names()).isEmpty();
        assertThatThrownBy(() -> opened.install(temp.resolve("none.jar"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> opened.uninstall("../cache"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no plug-in of that file name or symbolic name; the folder holds none");
    }

    private PluginFolderComponent open() throws IOException {
        PluginFolderComponent opened = new PluginFolderComponent(
                framework.getBundleContext(), folder, temp.resolve("copies"), CALL_LIMIT, temp.resolve("trust"));
        opened.setNotices(new Notices() {
            @Override
            public void state(String line) {
                told.add("state " + line);
            }

            @Override
            public void fault(String line) {
                told.add("fault " + line);
            }
        });
        opened.start();
        plugins = opened;
        return opened;
    }

    private void close() {
        if (plugins != null) {
            plugins.stop();
            plugins = null;
        }
    }

    private Path bundle(String name, String version, String... headers) throws IOException {
        return TestJars.bundle(Files.createTempFile(temp, "made", ".jar"), name, version, headers);
    }

    private Path failing(String name, String version) throws IOException {
        return activated(name, version, FailingActivator.class);
    }

    private Path stubborn(String name, String version) throws IOException {
        return activated(name, version, StubbornActivator.class);
    }

    private Path activated(String name, String version, Class<?> activator) throws IOException {
        return bundle(name, version, "Bundle-Activator", activator.getName(), "Import-Package", "org.osgi.framework");
    }

    private void copyIn(Path jar, String name) throws IOException {
        Files.copy(jar, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> reports() {
        return plugins == null
                ? List.of()
                : plugins.plugins().stream().map(PluginFolderTest::line).toList();
    }

    private static String line(PluginReport report) {
        return report.file().getFileName() + " " + report.symbolicName() + " " + report.version() + " "
                + report.isActive() + " " + report.reason();
    }

    private @Nullable Bundle active(String... symbolicNames) {
        return Stream.of(framework.getBundleContext().getBundles())
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                .filter(bundle -> List.of(symbolicNames).contains(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
    }

    private void awaitTold(String line) {
        awaitTold(line, 1);
    }

    private void awaitTold(String line, int times) {
        await(() -> told.stream().filter(line::equals).count() == times, line);
    }

    private void awaitToldLike(String pattern) {
        await(() -> told.stream().anyMatch(line -> line.matches(pattern)), pattern);
    }

    private void await(BooleanSupplier condition) {
        await(condition, "condition");
    }

    private void await(BooleanSupplier condition, String what) {
        long end = System.nanoTime() + 15_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not seen: " + what + "\ntold: " + String.join("\n", told));
            }
            LockSupport.parkNanos(5_000_000L);
        }
    }
}
