package io.sallyport.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.plugin.api.PluginReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/** Tiny jars into a real framework. */
class PluginDeployerTest {
    private static final String NO_BUNDLE =
            ", which no bundle offers; put a bundle that exports it beside it, or do not import it";

    @TempDir
    Path folder;

    @TempDir
    Path cache;

    private Framework framework;
    private PluginDeployerComponent deployer;

    @BeforeEach
    void startFramework() throws BundleException {
        framework = TestFramework.start(cache, Map.of());
        deployer = new PluginDeployerComponent(framework.getBundleContext());
    }

    @AfterEach
    void stopFramework() throws BundleException, InterruptedException {
        TestFramework.stop(framework);
    }

    @Test
    void shouldStartEveryJarOfAFolderInTheOrderOfNames() throws IOException {
        bundle("b.jar", "vendor.b", "1.2.3");
        bundle("a.jar", "vendor.a; singleton:=true", "2");
        Files.writeString(folder.resolve("readme.txt"), "no jar");

        List<PluginReport> reports = deployer.deployFolder(folder);

        assertThat(reports)
                .containsExactly(
                        new PluginReport(folder.resolve("a.jar"), "vendor.a", "2.0.0", true, ""),
                        new PluginReport(folder.resolve("b.jar"), "vendor.b", "1.2.3", true, ""));
        assertThat(activeBundles()).containsExactlyInAnyOrder("vendor.a", "vendor.b");
    }

    @Test
    void shouldLetPluginsNeedOneAnother() throws IOException {
        bundle("a.jar", "vendor.a", "1", "Import-Package", "vendor.b.api;version=\"[1,2)\"");
        bundle("b.jar", "vendor.b", "1", "Export-Package", "vendor.b.api;version=\"1.4\"");

        assertThat(deployer.deployFolder(folder)).allMatch(PluginReport::isActive);
    }

    @Test
    void shouldNameTheMissingPackageAndRemoveTheBundle() throws IOException {
        bundle("a.jar", "vendor.a", "1", "Import-Package", "com.example.codec;version=\"[1.0,2.0)\"");
        bundle("b.jar", "vendor.b", "1", "Import-Package", "com.example.other");
        bundle("c.jar", "vendor.c", "1", "Import-Package", "com.example.third;version=\"3\"");
        bundle("good.jar", "vendor.good", "1");

        List<PluginReport> reports = deployer.deployFolder(folder);

        assertThat(reports)
                .extracting(PluginReport::reason)
                .containsExactly(
                        "it imports package com.example.codec [1.0.0,2.0.0)" + NO_BUNDLE,
                        "it imports package com.example.other" + NO_BUNDLE,
                        "it imports package com.example.third 3.0.0 or later" + NO_BUNDLE,
                        "");
        assertThat(activeBundles()).containsExactly("vendor.good");
        assertThat(framework.getBundleContext().getBundles()).hasSize(2);
    }

    @Test
    void shouldNameTheCauseThroughAnotherPlugin() throws IOException {
        bundle("a.jar", "vendor.a", "1", "Import-Package", "vendor.b.api");
        bundle("b.jar", "vendor.b", "1", "Export-Package", "vendor.b.api", "Import-Package", "com.example.gone");

        assertThat(deployer.deployFolder(folder))
                .extracting(PluginReport::reason)
                .containsExactly(
                        "a bundle that it needs imports package com.example.gone" + NO_BUNDLE,
                        "it imports package com.example.gone" + NO_BUNDLE);
        assertThat(activeBundles()).isEmpty();
    }

    @Test
    void shouldNameTheJavaThatIsNeeded() throws IOException {
        bundle("a.jar", "vendor.a", "1", "Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"");

        assertThat(refusal())
                .isEqualTo("it is built for Java 99; this is Java "
                        + Runtime.version().feature());
    }

    @Test
    void shouldNameAnotherRequirement() throws IOException {
        bundle("a.jar", "vendor.a", "1", "Require-Capability", "vendor.licence;filter:=\"(level=gold)\"");
        assertThat(refusal()).isEqualTo("it needs vendor.licence (level=gold), which nothing offers");

        bundle("a.jar", "vendor.a", "1", "Require-Bundle", "vendor.base;bundle-version=\"[2,3)\"");
        assertThat(refusal()).startsWith("it requires bundle vendor.base").endsWith("which is not there");
    }

    @Test
    void shouldTellWhatTheActivatorSays() throws IOException {
        bundle(
                "a.jar",
                "vendor.a",
                "1",
                "Bundle-Activator",
                FailingActivator.class.getName(),
                "Import-Package",
                "org.osgi.framework");

        assertThat(refusal())
                .isEqualTo("its activator failed: java.lang.IllegalStateException: the licence is missing");
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
    }

    @Test
    void shouldRefuseWhatIsNoBundle() throws IOException {
        assertRefused(Files.writeString(folder.resolve("a.jar"), "text"), "it is no jar, or damaged");
        assertRefused(Files.write(folder.resolve("a.jar"), new byte[0]), "it is empty");
        byte[] whole = Files.readAllBytes(bundle("a.jar", "vendor.a", "1"));
        assertRefused(
                Files.write(folder.resolve("a.jar"), Arrays.copyOf(whole, whole.length / 2)),
                "it is no jar, or damaged");
        whole[whole.length / 2] ^= 0x55;
        assertRefused(Files.write(folder.resolve("a.jar"), whole), "it is no jar, or damaged");
        assertRefused(TestJars.write(folder.resolve("a.jar")), "its manifest has no Bundle-SymbolicName");
        assertRefused(
                TestJars.write(folder.resolve("a.jar"), "Bundle-SymbolicName", "a"), "no Bundle-ManifestVersion: 2");
        assertRefused(bundle("a.jar", "vendor.a", "1", "Fragment-Host", "vendor.b"), "it is a fragment of vendor.b");
        assertRefused(bundle("a.jar", "vendor.a", "one"), "its Bundle-Version 'one' is none");
    }

    @Test
    void shouldRefuseASecondBundleOfTheSameNameAndVersion() throws IOException {
        bundle("a.jar", "vendor.a", "1");
        bundle("b.jar", "vendor.a", "1.0.0");
        bundle("c.jar", "vendor.a", "2");

        assertThat(deployer.deployFolder(folder))
                .extracting(PluginReport::reason)
                .containsExactly(
                        "",
                        "its bundle, vendor.a 1.0.0, is there already (from " + folder.resolve("a.jar")
                                + "); remove one, or raise the version",
                        "");
        assertThat(deployer.deployFolder(folder)).noneMatch(PluginReport::isActive);
        assertThat(activeBundles()).containsExactly("vendor.a", "vendor.a");
    }

    @Test
    void shouldFailIfThereIsNoFolder() {
        assertThatThrownBy(() -> deployer.deployFolder(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    private void assertRefused(Path jar, String reason) throws IOException {
        List<PluginReport> reports = deployer.deployFolder(folder);
        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).file()).isEqualTo(jar);
        assertThat(reports.get(0).isActive()).isFalse();
        assertThat(reports.get(0).reason())
                .contains(reason)
                .doesNotContain("\n")
                .isNotEmpty();
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
    }

    private String refusal() throws IOException {
        List<PluginReport> reports = deployer.deployFolder(folder);
        assertThat(reports).hasSize(1);
        return reports.get(0).reason();
    }

    private Path bundle(String file, String name, String version, String... headers) throws IOException {
        return TestJars.bundle(folder.resolve(file), name, version, headers);
    }

    private List<String> activeBundles() {
        return Stream.of(framework.getBundleContext().getBundles())
                .filter(bundle -> bundle.getBundleId() != 0 && bundle.getState() == Bundle.ACTIVE)
                .map(Bundle::getSymbolicName)
                .toList();
    }
}
