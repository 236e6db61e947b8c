package io.sallyport.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.engine.api.BundleBudgets;
import io.sallyport.engine.api.BundleSigners;
import io.sallyport.engine.api.CalloutBudget;
import io.sallyport.plugin.api.PluginCheck;
import io.sallyport.plugin.api.PluginReport;
import io.sallyport.plugin.api.PluginTrust;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** What is let into a real framework, and what is not: one clear line each, and whoever runs goes on running. */
class PluginTrustTest {
    private static final String CALLOUT_KEY = "com.acme.filter";

    @TempDir
    Path temp;

    private Path folder;
    private Framework framework;
    private @Nullable PluginFolderComponent plugins;
    private TestVendor acme;

    @BeforeEach
    void openFolder() throws Exception {
        folder = Files.createDirectories(temp.resolve("plugins"));
        framework = TestFramework.start(temp.resolve("cache"), Map.of());
        TestFramework.startApi(framework, temp);
        acme = TestVendor.make(temp, "acme");
        acme.writeTrust(temp.resolve("trust"), "acme", "com.acme.*", "com.acme.*");
        open();
        assertThat(install(acme.sign(bundle("good.jar", "com.acme.good")))).isEmpty();
    }

    @AfterEach
    void close() throws Exception {
        component().stop();
        TestFramework.stop(framework);
    }

    @Test
    void shouldRefuseATruncatedJar() throws Exception {
        Path jar = acme.sign(bundle("a.jar", "com.acme.a"));
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertRefused(jar, "it is no jar, or damaged");
    }

    @Test
    void shouldRefuseAJarThatIsNoBundle() throws Exception {
        assertRefused(
                acme.sign(TestJars.write(temp.resolve("a.jar"))), "it is no bundle: its manifest has no Bundle-Symb");
    }

    @Test
    void shouldRefuseMissingImports() throws Exception {
        Path jar = acme.sign(bundle("a.jar", "com.acme.a", "Import-Package", "org.missing;version=\"[2,3)\""));
        assertRefused(jar, "it imports package org.missing [2.0.0,3.0.0), which no bundle offers");
    }

    @Test
    void shouldRefuseAnotherApiVersionAndSayWhichFits() throws Exception {
        Path jar =
                acme.sign(bundle("a.jar", "com.acme.a", "Import-Package", "io.sallyport.callout;version=\"[2.0,3)\""));
        assertRefused(
                jar,
                "it is made for io.sallyport.callout [2.0,3), and this gateway has 1.1.0; what would fit is a build"
                        + " against that version (an import of [1.1,2) or less), or a gateway with 2.0.0");
    }

    @Test
    void shouldRefuseAnUnsignedJar() throws Exception {
        assertRefused(bundle("a.jar", "com.acme.a"), "it is not signed; sign it");
    }

    @Test
    void shouldRefuseAnUnknownKey() throws Exception {
        TestVendor other = TestVendor.make(temp, "other");
        assertRefused(
                other.sign(bundle("a.jar", "com.acme.a")),
                "it is signed by a key that is not trusted (CN=other, SHA256");
    }

    @Test
    void shouldRefuseWhatWasChangedAfterSigning() throws Exception {
        Path changed = acme.sign(bundle("a.jar", "com.acme.a"));
        edit(changed, jar -> Files.write(jar.getPath("data.bin"), new byte[] {1}));
        assertRefused(changed, "it was changed after it was signed");
        Path added = acme.sign(bundle("b.jar", "com.acme.a"));
        edit(added, jar -> Files.write(jar.getPath("more.txt"), new byte[] {1}));
        assertRefused(added, "its signature does not cover more.txt");
        Path removed = acme.sign(bundle("c.jar", "com.acme.a"));
        edit(removed, jar -> Files.delete(jar.getPath("data.bin")));
        assertRefused(removed, "it was changed after it was signed: data.bin is missing");
        Path manifest = acme.sign(bundle("d.jar", "com.acme.a"));
        edit(manifest, jar -> {
            Path file = jar.getPath("META-INF/MANIFEST.MF");
            Files.writeString(file, Files.readString(file).replace("com.acme.a", "com.acme.b"));
        });
        assertRefused(manifest, "it was changed after it was signed");
        Path stripped = acme.sign(bundle("e.jar", "com.acme.a"));
        edit(stripped, jar -> Files.delete(jar.getPath("META-INF/VENDOR.SF")));
        assertRefused(stripped, "it is not signed");
    }

    @Test
    void shouldRefuseNamesOutsideOfTheVendorsScope() throws Exception {
        assertRefused(
                acme.sign(bundle("a.jar", "com.acmes.a")),
                "vendor acme may not use the provider name com.acmes.a, only com.acme.*");
        assertRefused(
                acme.sign(withKey("b.jar", "com.acme.a", "com.example.filter")),
                "vendor acme may not use the callout key com.example.filter, only com.acme.*");
        assertThat(install(acme.sign(withKey("c.jar", "com.acme.c", CALLOUT_KEY))))
                .isEmpty();
    }

    @Test
    void shouldRefuseAZipBomb() throws Exception {
        Path jar = temp.resolve("a.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("zeros"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                out.write(zeros);
            }
        }
        assertRefused(jar, "unpacked it grows to more than 100 times its size (a zip bomb?)");
    }

    @Test
    void shouldRefusePathsThatLeadOut() throws Exception {
        for (String name : List.of("../../etc/passwd", "/etc/passwd", "a/..\\b", "C:/x")) {
            Path jar = temp.resolve("a.jar");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
                out.putNextEntry(new ZipEntry(name));
            }
            assertRefused(jar, "its entry '" + name + "' leads out of the jar (path traversal)");
        }
    }

    @Test
    void shouldRefuseWhatReachesBehindTheApi() throws Exception {
        assertRefused(
                acme.sign(bundle("a.jar", "com.acme.a", "Import-Package", "io.sallyport.engine.api")),
                "it imports io.sallyport.engine.api, which plug-ins may not use");
        assertRefused(
                acme.sign(bundle("b.jar", "com.acme.a", "DynamicImport-Package", "*")),
                "it imports packages while it runs");
        assertRefused(
                acme.sign(bundle("c.jar", "com.acme.a", "Bundle-NativeCode", "x.so;osname=Linux")),
                "it brings native code");
    }

    @Test
    void shouldAskForABudgetThatIsMoreThanUsual() throws Exception {
        Path jar = acme.sign(bundle("a.jar", "com.acme.a", "Sallyport-Budget", "contexts=500000"));
        assertRefused(jar, "it asks for more than is approved: classify-us=100000; buffers=256; contexts=500000;");
        trust().approve("com.acme.a", "contexts=600000");
        assertThat(install(jar)).isEmpty();
        assertRefused(
                acme.sign(bundle("b.jar", "com.acme.b", "Sallyport-Budget", "classify-us=1")),
                "its Sallyport-Budget: classify-us is '1', and must be a number from 10000 to 1000000");
        assertThatThrownBy(() -> trust().approve("com.acme.a", "threads=1"))
                .hasMessageContaining("there is no 'threads'; a budget has classify-us, buffers, contexts, pends");
    }

    @Test
    void shouldFollowTheOperatorsTrustAtOnce() throws Exception {
        trust().remove("acme");
        assertThat(bundle("com.acme.good")).as("its filters block").isNull();
        assertThat(component().plugins())
                .extracting(PluginReport::reason)
                .singleElement()
                .asString()
                .contains("a key that is not trusted");
        Path certificate = acme.writeCertificate(temp.resolve("acme.crt"));
        trust().add("acme", certificate, List.of("com.acme.*"), List.of("com.acme.good"));
        assertThat(bundle("com.acme.good")).as("the folder still holds it").isNotNull();
        assertThatThrownBy(() -> trust().add("twin", certificate, List.of("*"), List.of("*")))
                .hasMessageContaining("this key is trusted already, as acme");
    }

    @Test
    void shouldAcceptAnUnsignedFileForAWhile() throws Exception {
        Path jar = bundle("a.jar", "com.acme.a");
        assertThat(trust().warning()).isEmpty();
        trust().accept(jar, Duration.ofHours(2));
        assertThat(trust().warning()).matches("dev 1h59m|dev 2h0m");
        assertThat(install(jar)).isEmpty();
        assertRefused(bundle("a.jar", "com.acme.a", "X-Other", "content"), "it is not signed");
        trust().endAcceptances();
        assertThat(bundle("com.acme.a")).isNull();
        assertThat(trust().warning()).isEmpty();
        assertThatThrownBy(() -> trust().accept(jar, Duration.ofDays(31))).hasMessageContaining("30 days at most");
    }

    @Test
    void shouldTellWhatAJarWouldDoWithoutDoingIt() throws Exception {
        Path jar = acme.sign(TestJars.bundle(temp.resolve("next.jar"), "com.acme.good", "2.0.0"));
        PluginCheck check = component().check(jar);
        assertThat(check.reason()).isEmpty();
        assertThat(check.vendor()).isEqualTo("acme");
        assertThat(check.replaced()).isEqualTo("com.acme.good 1.0.0");
        assertThat(check.refreshed()).isEmpty();
        assertThat(bundle("com.acme.good").getVersion()).hasToString("1.0.0");
        assertThat(component().update(jar).file()).hasFileName("good.jar");
        assertThat(bundle("com.acme.good").getVersion()).hasToString("2.0.0");
        assertThatThrownBy(() -> component().update(acme.sign(bundle("x.jar", "com.acme.x"))))
                .hasMessageContaining("no such plug-in is installed");
    }

    @Test
    void shouldHideCalloutsOutsideOfTheScopeWheneverTheyAppear() throws Exception {
        assertThat(install(acme.sign(offering("a.jar", "com.acme.a", "com.other.filter"))))
                .isEmpty();
        assertThat(seenCallouts()).isEmpty();
        assertThat(install(acme.sign(offering("b.jar", "com.acme.b", CALLOUT_KEY))))
                .isEmpty();
        assertThat(seenCallouts()).containsExactly(CALLOUT_KEY);
    }

    @Test
    void shouldNameTheSignersKeyOfABundle() throws Exception {
        BundleContext context = framework.getBundleContext();
        BundleSigners signers = context.getService(context.getServiceReference(BundleSigners.class));
        assertThat(signers.signerOf(bundle("com.acme.good").getBundleId()))
                .isEqualTo(trust().vendors().get(0).key())
                .startsWith("SHA256:");
        assertThat(signers.signerOf(0)).isEmpty();
        Path unsigned = bundle("a.jar", "com.acme.a");
        trust().accept(unsigned, Duration.ofHours(1));
        assertThat(install(unsigned)).isEmpty();
        assertThat(signers.signerOf(bundle("com.acme.a").getBundleId())).isEmpty();
    }

    @Test
    void shouldSayWhatABundleMayUse() throws Exception {
        BundleContext context = framework.getBundleContext();
        BundleBudgets budgets = context.getService(context.getServiceReference(BundleBudgets.class));
        assertThat(install(acme.sign(bundle("a.jar", "com.acme.a", "Sallyport-Budget", "contexts=100; pends=7"))))
                .isEmpty();
        assertThat(budgets.budgetOf(bundle("com.acme.a").getBundleId()))
                .isEqualTo(new CalloutBudget(100_000, 256, 100, 7));
        assertThat(budgets.budgetOf(bundle("com.acme.good").getBundleId())).isEqualTo(CalloutBudget.DEFAULT);
        assertThat(budgets.budgetOf(0)).isNull();
    }

    @Test
    void shouldKeepPluginsWhenTheDeployerRestartsAndDropThoseWhoseTrustEndedMeanwhile() throws Exception {
        Bundle before = bundle("com.acme.good");
        component().stop();
        open();
        assertThat(bundle("com.acme.good")).isSameAs(before);
        assertThat(before.getState()).isEqualTo(Bundle.ACTIVE);
        component().stop();
        Files.delete(temp.resolve("trust/acme.pem"));
        open();
        assertThat(before.getState()).isEqualTo(Bundle.UNINSTALLED);
    }

    private void assertRefused(Path jar, String reason) throws Exception {
        Bundle good = bundle("com.acme.good");
        String refusal = install(jar);
        assertThat(refusal).startsWith(reason).doesNotContain("\n");
        assertThat(component().check(jar).reason())
                .as("the check says the same")
                .startsWith(reason);
        assertThat(bundle("com.acme.good")).isSameAs(good);
        assertThat(good.getState()).isEqualTo(Bundle.ACTIVE);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("a refused file does not stay")
                    .allMatch(name -> name.equals("good.jar")
                            || component().plugins().stream()
                                    .anyMatch(plugin ->
                                            plugin.isActive() && plugin.file().endsWith(name)));
        }
    }

    private void open() throws Exception {
        plugins = new PluginFolderComponent(
                framework.getBundleContext(),
                folder,
                temp.resolve("copies"),
                Duration.ofSeconds(5),
                temp.resolve("trust"));
        plugins.start();
        long end = System.nanoTime() + 10_000_000_000L;
        while (!plugins.isSettled() && System.nanoTime() < end) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        assertThat(plugins.isSettled()).isTrue();
    }

    private String install(Path jar) throws IOException {
        return component().install(jar).reason();
    }

    private PluginFolderComponent component() {
        return java.util.Objects.requireNonNull(plugins);
    }

    private PluginTrust trust() {
        var reference = framework.getBundleContext().getServiceReference(PluginTrust.class);
        return framework.getBundleContext().getService(reference);
    }

    private Path bundle(String file, String symbolicName, String... headers) throws IOException {
        return TestJars.bundle(temp.resolve(file), symbolicName, "1.0.0", headers);
    }

    private @Nullable Bundle bundle(String symbolicName) {
        return Stream.of(framework.getBundleContext().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElse(null);
    }

    private Path offering(String file, String symbolicName, String key) throws IOException {
        return bundle(
                file,
                symbolicName,
                "Bundle-Activator",
                VendorActivator.class.getName(),
                "Import-Package",
                "org.osgi.framework",
                VendorActivator.OFFERS,
                key);
    }

    /** As another bundle sees them: hooks do not hide anything from the framework itself. */
    private List<String> seenCallouts() throws Exception {
        ServiceReference<?>[] found = bundle("io.sallyport.callout.api")
                .getBundleContext()
                .getAllServiceReferences("io.sallyport.callout.Callout", null);
        return found == null
                ? List.of()
                : Stream.of(found)
                        .map(service -> String.valueOf(service.getProperty("sallyport.callout.key")))
                        .toList();
    }

    private Path withKey(String file, String symbolicName, String key) throws Exception {
        String xml = "<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0'>"
                + "<property name='sallyport.callout.key' value='" + key + "'/></scr:component>";
        Path jar = bundle(file, symbolicName);
        edit(jar, files -> {
            Files.createDirectory(files.getPath("OSGI-INF"));
            Files.writeString(files.getPath("OSGI-INF/a.xml"), xml);
        });
        return jar;
    }

    private static void edit(Path jar, Edit edit) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            edit.apply(files);
        }
    }

    @FunctionalInterface
    private interface Edit {
        void apply(FileSystem files) throws IOException;
    }
}
